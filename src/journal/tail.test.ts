/** Following a journal while it grows: every record once and in order, across segments, torn writes and restarts. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openJournalFolder } from "./file.ts";
import type { JournalEntry } from "./journal.ts";
import { foldingStart, JournalTail } from "./tail.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tail-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = { reserveBytes: 0, segmentBytesMax: 400 };

function event(payload: string): JournalEntry {
  return { type: "event", payload };
}

describe("a tail", () => {
  test("gives every record once, however reading and writing alternate", () => {
    const step = fc.oneof(
      fc.record({ append: fc.array(fc.constantFrom("event", "checkpoint"), { minLength: 1, maxLength: 4 }) }),
      fc.record({ read: fc.integer({ min: 1, max: 5 }) }),
      fc.constant({ reopen: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const place = mkdtempSync(join(folder, "run-"));
        let { journal } = openJournalFolder(place, options);
        const tail = new JournalTail(place, 1);
        const seen: number[] = [];
        for (const one of steps) {
          if ("append" in one) {
            for (const type of one.append) {
              journal.append([{ type: type === "event" ? "event" : "checkpoint", payload: "x".repeat(60) }]);
            }
          } else if ("read" in one) seen.push(...tail.read(one.read).map(({ sequence }) => sequence));
          else {
            journal.close();
            ({ journal } = openJournalFolder(place, options));
          }
        }
        seen.push(...tail.read(1_000).map(({ sequence }) => sequence));
        expect(seen).toEqual(Array.from({ length: journal.lastSequence }, (_, index) => index + 1));
        expect(tail.next).toBe(journal.lastSequence + 1);
        journal.close();
      }),
      { numRuns: 40 },
    );
  });

  test("begins where it is told, and finds nothing in an empty folder", () => {
    expect(new JournalTail(join(folder, "none"), 1).read(10)).toEqual([]);
    const { journal } = openJournalFolder(folder, options);
    for (const payload of ["a", "b", "c", "d", "e", "f"]) journal.append([event(payload)]);
    expect(new JournalTail(folder, 5).read(10).map(({ payload }) => payload)).toEqual(["e", "f"]);
    journal.close();
  });

  test("waits before half a record, and goes on when the writer has cut it", () => {
    const first = openJournalFolder(folder, { reserveBytes: 0 }).journal;
    first.append([event("a")]);
    first.close();
    const tail = new JournalTail(folder, 1);
    expect(tail.read(10)).toHaveLength(1);
    const [segment = ""] = readdirSync(folder).filter((name) => name.endsWith(".journal"));
    appendFileSync(join(folder, segment), Buffer.from([0xff, 0x43, 0x54, 0x4a, 1, 2, 3]));
    expect(tail.read(10)).toEqual([]);
    const { journal, opening } = openJournalFolder(folder, { reserveBytes: 0 });
    expect(opening.cutBytes).toBe(7);
    journal.append([event("b")]);
    expect(tail.read(10)).toMatchObject([{ sequence: 2, payload: "b" }]);
    journal.close();
  });

  test("says that a pruned record is gone", async () => {
    const { journal } = openJournalFolder(folder, options);
    for (const payload of ["a", "b"]) journal.append([event(payload.repeat(500))]);
    journal.append([{ type: "checkpoint", payload: "{}" }]);
    journal.sync();
    await journal.prune({ sinceMs: 0, bytesMax: 0, neededFrom: 3 });
    expect(() => new JournalTail(folder, 1).read(10)).toThrow(/oldest record kept is 3/);
    expect(foldingStart(folder, 0)).toEqual({ from: 3, checkpoint: null });
    expect(foldingStart(folder, 2)).toBeNull();
    journal.close();
  });
});

test("folding starts at the newest checkpoint that is old enough", () => {
  const { journal } = openJournalFolder(folder, options);
  journal.append([event("a")]);
  journal.append([{ type: "checkpoint", payload: "{}" }]);
  journal.append([event("b")]);
  journal.append([{ type: "checkpoint", payload: "{}" }]);
  const starts = [0, 1, 2, 3, 4, 9].map((sequence) => foldingStart(folder, sequence)?.from);
  expect(starts).toEqual([1, 1, 2, 2, 4, 4]);
  journal.close();
});
