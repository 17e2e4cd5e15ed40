/**
 * A journal that somebody else wrote into: damaged payloads under checksums that are right, and damaged bytes. Recovery and whoever
 * reads along end with a JournalError that names the record, never with anything else, and never go on for ever.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutboxView } from "../../src/alerts/outbox-records.ts";
import { recover } from "../../src/engine/recovery.ts";
import { encodeFrame, frameBytes, NO_HASH } from "../../src/journal/frame.ts";
import { FrameReader } from "../../src/journal/frame-reader.ts";
import { JournalError, type JournalRecord } from "../../src/journal/journal.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { FernetKey } from "../../src/security/fernet.ts";
import { playInto } from "../journal-fixture.ts";
import { damagedText, hostileBytes, runs } from "./hostile.ts";

const records = playedRecords();

function playedRecords(): readonly JournalRecord[] {
  const journal = new MemoryJournal();
  playInto(journal, [
    { kind: "trade", symbol: 0, side: "buy", quantity: 100 },
    { kind: "settle" },
    { kind: "trade", symbol: 1, side: "sell", quantity: 50 },
    { kind: "refuse" },
    { kind: "pause" },
    { kind: "trade", symbol: 0, side: "sell", quantity: 40 },
    { kind: "restart" },
    { kind: "resume" },
    { kind: "snapshots" },
  ]);
  return [...journal.read(1)];
}

describe("a journal", () => {
  it("whose records hold anything is read, or refused by the record's name", () => {
    const damage = fc
      .nat(records.length - 1)
      .chain((at) =>
        fc.record({ at: fc.constant(at), payload: damagedText([JSON.parse(records[at]?.payload ?? "")]) }),
      );
    fc.assert(
      fc.property(damage, ({ at, payload }) => {
        const source = records.map((record, index) => (index === at ? { ...record, payload } : record));
        expectJournalErrorOnly(() => recover({ sinceCheckpoint: () => source }));
      }),
      runs(400),
    );
  });

  it("of any bytes is read frame by frame to an end", () => {
    const frames = records.slice(0, 6).map(({ sequence, type, payload }) => {
      const bytes = Buffer.alloc(frameBytes(payload));
      encodeFrame(bytes, 0, { type, sequence, syncedSequence: 0, previous: NO_HASH, payload });
      return bytes;
    });
    fc.assert(
      fc.property(hostileBytes(frames), (chunks) => {
        const bytes = Buffer.concat(chunks);
        const reader = new FrameReader(fileOf(bytes));
        for (let left = bytes.length + 2; ; left--) {
          const step = reader.next();
          if (step.kind === "end" || (step.kind !== "frame" && reader.skipToNextFrame().kind === "end"))
            return;
          expect(left).toBeGreaterThan(0);
        }
      }),
      runs(400),
    );
  });
});

function fileOf(bytes: Buffer) {
  return {
    size: () => bytes.length,
    read: (target: Buffer, offset: number) => bytes.copy(target, 0, offset),
    write: () => {},
    sync: () => {},
    syncNow: () => {},
    truncate: () => {},
    close: () => {},
  };
}

function expectJournalErrorOnly(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    expect(error.message).toMatch(/record \d+/);
  }
}

describe("other files of the program's own", () => {
  it("the outbox of alerts counts what it cannot read and goes on", () => {
    const alert = { id: "1", kind: "engine-started", severity: "info", atMs: 1, text: "x", detail: { a: 1 } };
    const lines = damagedText([
      { type: "alert", alert, channels: ["webhook"] },
      {
        type: "ended",
        id: "1",
        channel: "webhook",
        atMs: 1,
        ending: { kind: "delivered", answer: "HTTP 200" },
      },
      { type: "run", run: "started", atMs: 1 },
    ]);
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 6 }), (texts) => {
        new OutboxView().takeText(texts.join("\n"));
      }),
      runs(500),
    );
  });

  it("a token that is not ours, or not whole, is nothing", () => {
    const key = FernetKey.generate();
    const token = key.encrypt(Buffer.from("a secret"));
    const bytes = Buffer.from(token, "base64url");
    fc.assert(
      fc.property(hostileBytes([token, "gAAAAA", "=", bytes.toString("base64")]), (chunks) => {
        const text = Buffer.concat(chunks).toString("latin1");
        const message = key.decrypt(text);
        if (text !== token) expect(message).toBeNull();
      }),
      runs(1_000),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ mask;
        expect(key.decrypt(flipped.toString("base64url"))).toBeNull();
        expect(key.decrypt(`${flipped.toString("base64url")}==`.slice(0, token.length))).toBeNull();
      }),
      runs(500),
    );
  });
});
