import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Move, moves, playInto } from "../../test/journal-fixture.ts";
import { encodeCheckpoint } from "../core/checkpoint.ts";
import { type FileJournalOptions, openJournalFolder } from "./file.ts";
import type { JournalEntry, JournalRecord } from "./journal.ts";
import { makeCheckpoint } from "./make-checkpoint.ts";
import { MemoryJournal } from "./memory.ts";
import { RealDisk } from "./real-disk.ts";
import { type Difference, Replay, type ReplayEnd, type ReplayOptions } from "./replay.ts";
import { listSegments } from "./segment-name.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "replay-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const STORY: readonly Move[] = [
  { kind: "trade", symbol: 0, side: "buy", quantity: 20 },
  { kind: "settle" },
  { kind: "trade", symbol: 1, side: "sell", quantity: 7 },
  { kind: "settle" },
  { kind: "restart" },
  { kind: "trade", symbol: 0, side: "sell", quantity: 31 },
  { kind: "settle" },
];

function recordsOf(played: readonly Move[]): readonly JournalRecord[] {
  const journal = new MemoryJournal();
  playInto(journal, played);
  return [...journal.read(1)];
}

/** A decision in one append with its event, as the engine writes them. */
function write(records: readonly JournalEntry[], options: Omit<FileJournalOptions, "disk"> = {}): void {
  const { journal } = openJournalFolder(folder, { reserveBytes: 0, ...options });
  records.forEach((record, index) => {
    const next = records[index + 1];
    if (record.type === "decision") return;
    journal.append(record.type === "event" && next?.type === "decision" ? [record, next] : [record]);
  });
  journal.close();
}

function replay(options: Partial<ReplayOptions> = {}): ReplayEnd | null {
  const steps = new Replay({ folder, ...options }).run();
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

function differencesIn(options: Partial<ReplayOptions> = {}): readonly Difference[] {
  const found: Difference[] = [];
  replay({ ...options, against: true, onDifference: (difference) => found.push(difference) });
  return found;
}

/** The last segment, and its bytes. */
function lastFile(): { readonly path: string; readonly bytes: Buffer } {
  const name = readdirSync(folder)
    .filter((each) => each.endsWith(".journal"))
    .sort()
    .at(-1);
  const path = join(folder, name ?? "");
  return { path, bytes: readFileSync(path) };
}

/** Where the payload of the record lies in its file. */
function payloadAt(bytes: Buffer, payload: string): number {
  return bytes.indexOf(payload);
}

describe("the state after any record", () => {
  test("is the one that there was, byte for byte", () => {
    fc.assert(
      fc.property(moves(), fc.nat(), fc.integer({ min: 2, max: 40 }), (played, place, segmentRecordsMax) => {
        const journal = new MemoryJournal();
        const { state } = playInto(journal, played.slice(0, place % (played.length + 1)));
        const known = journal.lastSequence;
        const then = encodeCheckpoint(state);
        const records = recordsOf(played);
        write(records, { segmentRecordsMax });
        expect(replay({ until: known })).toMatchObject({ last: known, stateText: then, tornBytes: 0 });
        expect(replay({ against: true })).toMatchObject({ last: records.length, differences: 0 });
        for (const name of readdirSync(folder)) rmSync(join(folder, name));
      }),
      { numRuns: 25 },
    );
  });

  test("is the same whichever state before it folding begins at", () => {
    const records = recordsOf([...STORY, ...STORY]);
    write(records, { segmentRecordsMax: 10 });
    const disk = new RealDisk(folder);
    for (const { first } of listSegments(disk).slice(2, 5)) makeCheckpoint(disk, first);
    const whole = replay();
    for (let from = 1; from <= records.length; from += 7) {
      const part = replay({ from });
      expect(part).toMatchObject({ last: records.length, stateHash: whole?.stateHash });
    }
    expect(whole?.checkpoints.exact).toBeGreaterThan(4);
  });

  test("takes a decision with its event", () => {
    const records = recordsOf(STORY);
    write(records);
    const event = records.find((_, index) => records[index + 1]?.type === "decision")?.sequence ?? 0;
    expect(replay({ until: event })).toMatchObject({ last: event + 1 });
    expect(replay({ until: event })?.stateHash).toBe(replay({ until: event + 1 })?.stateHash);
  });

  test("outside of what is kept is refused", () => {
    write(recordsOf(STORY));
    const { last = 0 } = replay() ?? {};
    expect(() => replay({ until: last + 1 })).toThrow(
      new RangeError(`record ${last + 1} is not in the journal: it has 1 to ${last}`),
    );
    expect(() => replay({ from: last + 5 })).toThrow(RangeError);
  });

  test("of an empty folder there is none", () => {
    expect(replay()).toBeNull();
  });
});

describe("deciding again", () => {
  test("tells where something else would be decided, with both, and nowhere else", () => {
    const records = recordsOf(STORY);
    const planted = records.findLast(({ type, payload }) => type === "decision" && payload.includes('"o":['));
    const payload =
      planted?.payload.replace(
        /"o":\[(\d+),(\d+),(-?\d+)/,
        (_, market, leg, lots) => `"o":[${market},${leg},${Number(lots) + 1}`,
      ) ?? "";
    write(
      records
        .map((record) => (record === planted ? { ...record, payload } : record))
        .slice(0, planted?.sequence),
    );
    const [difference, ...others] = differencesIn();
    expect(others).toEqual([]);
    expect(difference).toMatchObject({
      sequence: (planted?.sequence ?? 0) - 1,
      recordedText: payload,
      nowText: planted?.payload,
    });
  });
});

describe("a journal that cannot be read", () => {
  test("for damage names the record", () => {
    const records = recordsOf(STORY);
    write(records);
    const { path, bytes } = lastFile();
    const victim = records[records.length - 8];
    const at = payloadAt(bytes, victim?.payload ?? "?");
    bytes[at + 3] = (bytes[at + 3] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    // An event goes with its decision, so the damage of either is the event's.
    expect(() => replay()).toThrow(
      /^record \d+ cannot be read: .*\.journal is damaged at byte \d+: .*had been synced$/,
    );
    const named = messageOf(replay).match(/^record (\d+) /)?.[1];
    expect([victim?.sequence, (victim?.sequence ?? 0) - 1]).toContain(Number(named));
  });

  test("for damage in an earlier segment names the record", () => {
    const records = recordsOf(STORY);
    write(records, { segmentRecordsMax: 10 });
    const [, second] = readdirSync(folder)
      .filter((name) => name.endsWith(".journal"))
      .sort();
    const path = join(folder, second ?? "");
    const bytes = readFileSync(path);
    bytes[bytes.length - 2] = 0;
    writeFileSync(path, bytes);
    expect(() => replay()).toThrow(/^record \d+ cannot be read: \d+\.journal is damaged at byte \d+: /);
  });

  test("for a format of a later version says so", () => {
    write(recordsOf(STORY));
    const { path, bytes } = lastFile();
    bytes[12] = 9;
    writeFileSync(path, bytes);
    expect(() => replay()).toThrow(
      /^record \d+ cannot be read: \d+\.journal has format version 9; this program knows version 1$/,
    );
  });

  test.each([
    [
      "an event",
      { type: "event", payload: '{"kind":"moon-rose","atMs":5}' },
      /^record 3 is an event "moon-rose", which this version does not know/,
    ],
    [
      "a state",
      { type: "checkpoint", payload: '{"version":2}' },
      /^record 3 is a state of version 2; this program knows version 1$/,
    ],
  ] as const)("for %s of a later version names the record", (_, entry, message) => {
    write([...recordsOf([]).slice(0, 2), entry]);
    expect(() => replay()).toThrow(message);
  });

  test("for a decision with more than this version knows names the record", () => {
    const records = recordsOf(STORY);
    const decision = records.find(({ type }) => type === "decision");
    const payload = decision?.payload.replace(/\}$/, ',"later":[1]}') ?? "";
    write(records.map((record) => (record === decision ? { ...record, payload } : record)));
    expect(() => replay()).toThrow(`record ${decision?.sequence} is a decision with "later"`);
  });

  test("for a state that its records do not lead to names the record and the place", () => {
    const records = recordsOf(STORY);
    const state = records.findLast(({ type }) => type === "checkpoint");
    const payload = state?.payload.replace(/"ownedLots":(-?\d+)/, '"ownedLots":77') ?? "";
    write(records.map((record) => (record === state ? { ...record, payload } : record)));
    const text = `the state that was recorded at record ${state?.sequence} is not the one that its records lead to: markets[0].legs[0].ownedLots is 77 there and `;
    expect(() => replay()).toThrow(text);
  });

  test("for what cannot be folded names the record", () => {
    write([{ type: "event", payload: "{" }]);
    expect(() => replay()).toThrow(/^record 1 cannot be folded: /);
  });
});

test("a state of an earlier version counts for what it says", () => {
  const records = recordsOf(STORY);
  const older = records.map((record) => {
    if (record.type !== "checkpoint") return record;
    const { proposalSequence: _, moved: __, ...rest } = JSON.parse(record.payload);
    return { ...record, payload: JSON.stringify(rest) };
  });
  write(older);
  expect(replay()?.checkpoints).toEqual({ exact: 0, earlier: 2 });
});

describe("a torn tail", () => {
  test("is passed over, counted, and left as it is, wherever it was torn", () => {
    const records = recordsOf(STORY);
    write(records);
    const { path, bytes } = lastFile();
    const last = records.at(-1);
    const start = payloadAt(bytes, last?.payload ?? "?") - 48;
    for (const kept of [1, 20, 48, 60]) {
      writeFileSync(path, bytes.subarray(0, start + kept));
      const before = statSync(path);
      const end = replay();
      expect(end?.last).toBeLessThan(last?.sequence ?? 0);
      expect(end?.tornBytes).toBeGreaterThan(0);
      expect(statSync(path)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
    }
  });

  test("is no damage where an engine is writing it just now", () => {
    const records = recordsOf(STORY);
    const { journal } = openJournalFolder(folder, { reserveBytes: 0 });
    const [first] = records;
    if (first === undefined) throw new Error("no record");
    journal.append([first]);
    appendFileSync(lastFile().path, "half");
    expect(replay()).toMatchObject({ last: 1, tornBytes: 4 });
    expect(readFileSync(lastFile().path).toString("utf8").endsWith("half")).toBe(true);
  });
});

test("what it reads may be for reading only", () => {
  write(recordsOf(STORY));
  expect(() =>
    new RealDisk(folder, "read").open(readdirSync(folder)[0] ?? "").write(Buffer.from("x"), 0),
  ).toThrow();
  expect(readdirSync(folder)).toHaveLength(3);
  expect(() => new Replay({ folder: join(folder, "none") }).run().next()).toThrow(/cannot be read/);
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}
