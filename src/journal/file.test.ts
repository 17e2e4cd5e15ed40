/**
 * The journal file against a disk that tears, fills, fails and loses power: what survives is a prefix with everything that
 * was synced, and what was changed behind its back is refused.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiskError, type JournalClock } from "./disk.ts";
import { type FileJournalOptions, openFileJournal } from "./file.ts";
import { type JournalEntry, JournalError, type JournalRecord } from "./journal.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { verifySynced } from "./opening.ts";
import { readRecords } from "./record-reader.ts";
import { listSegments } from "./segment-name.ts";

const NO_RESERVE = { reserveBytes: 0, segmentBytesMax: 300 };

/** Timers run when the test says so. */
class ManualClock implements JournalClock {
  now = 0;
  readonly #due = new Set<() => void>();

  nowMs(): number {
    return this.now;
  }

  setTimer(_delayMs: number, action: () => void) {
    this.#due.add(action);
    return { cancel: () => this.#due.delete(action) };
  }

  runAll(): void {
    for (const action of [...this.#due]) {
      this.#due.delete(action);
      action();
    }
  }
}

function open(disk: MemoryDisk, options: Partial<FileJournalOptions> = {}) {
  return openFileJournal({ disk, clock: new ManualClock(), ...NO_RESERVE, ...options });
}

function records(disk: MemoryDisk, options: Partial<FileJournalOptions> = {}): readonly JournalRecord[] {
  return [...open(disk, options).journal.read(1)];
}

function entries(payloads: readonly string[]): JournalEntry[] {
  return payloads.map((payload) => ({ type: "event", payload }));
}

function written(payloads: readonly string[], checkpointEvery = 0): MemoryDisk {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  payloads.forEach((payload, index) => {
    const type =
      checkpointEvery > 0 && index % checkpointEvery === checkpointEvery - 1 ? "checkpoint" : "event";
    journal.append([{ type, payload }]);
  });
  journal.close();
  disk.killProcess();
  return disk;
}

function lastFile(disk: MemoryDisk): string {
  return [...disk.list()].sort().at(-1) ?? "";
}

function journalError(action: () => unknown): JournalError {
  try {
    action();
  } catch (error) {
    if (error instanceof JournalError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const payloads = fc.array(fc.string({ maxLength: 60 }), { minLength: 1, maxLength: 20 });

describe("a torn tail", () => {
  it("is cut at any byte of the last segment, and the rest is a prefix", () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.nat({ max: 4 }), (texts, nat, checkpointEvery) => {
        const disk = written(texts, checkpointEvery);
        const name = lastFile(disk);
        const content = disk.content(name);
        const size = nat % content.length;
        disk.replace(name, content.subarray(0, size));
        const opened = open(disk);
        const found = [...opened.journal.read(1)].map((record) => record.payload);
        expect(found).toEqual(texts.slice(0, found.length));
        expect(opened.opening.lastSequence).toBe(found.length);
        expect(opened.opening.cutBytes).toBeLessThanOrEqual(size);
        expect(opened.journal.append(entries(["next"]))).toBe(found.length + 1);
      }),
    );
  });

  it("never leaves an event without the decision that was written with it", () => {
    const pair = fc.tuple(fc.string({ maxLength: 30 }), fc.option(fc.string({ maxLength: 30 })));
    const batches = fc.array(fc.array(pair, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(batches, fc.nat(), (drawn, nat) => {
        const disk = new MemoryDisk();
        const { journal } = open(disk);
        const appended = drawn.map((batch) =>
          batch.flatMap(([event, decision]): JournalEntry[] =>
            decision === null
              ? [{ type: "event", payload: event }]
              : [
                  { type: "event", payload: event },
                  { type: "decision", payload: decision },
                ],
          ),
        );
        for (const batch of appended) journal.append(batch);
        disk.killProcess();
        const content = disk.content(lastFile(disk));
        disk.replace(lastFile(disk), content.subarray(0, nat % content.length));
        const found = [...open(disk).journal.read(1)];
        const all = appended.flat();
        expect(found.map(({ type, payload }) => ({ type, payload }))).toEqual(all.slice(0, found.length));
        expect(all[found.length]?.type).not.toBe("decision");
        expect(open(disk).opening.cutBytes).toBe(0);
      }),
    );
  });

  it("is shown to nobody who reads along: the event appears with its decision", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    journal.append(entries(["alone"]));
    journal.append([
      { type: "event", payload: "asked" },
      { type: "decision", payload: "answered" },
    ]);
    const whole = disk.content(lastFile(disk));
    const seen = new Set<string>();
    for (let size = 0; size <= whole.length; size += 1) {
      disk.replace(lastFile(disk), whole.subarray(0, size));
      const range = { from: 1, to: 99, segments: listSegments(disk), openEnd: true };
      seen.add([...readRecords(disk, range)].map(({ payload }) => payload).join(" "));
    }
    expect([...seen]).toEqual(["", "alone", "alone asked answered"]);
  });

  it("is reported with its size and gone after the first opening", () => {
    const disk = written(["a", "b"]);
    const content = disk.content(lastFile(disk));
    disk.replace(lastFile(disk), Buffer.concat([content, Buffer.from("half a rec")]));
    expect(open(disk).opening).toEqual({ lastSequence: 2, cutBytes: 10 });
    expect(open(disk).opening).toEqual({ lastSequence: 2, cutBytes: 0 });
  });

  it("may be a whole segment whose first write never finished", () => {
    const disk = written(["a", "b"]);
    disk.create("0000000000000003.journal").write(Buffer.from([0xff, 0x43]), 0);
    expect(open(disk).opening).toEqual({ lastSequence: 2, cutBytes: 2 });
    expect(disk.list()).toEqual(["0000000000000001.journal"]);
  });

  it("goes back to the older checkpoint when the newest was torn", () => {
    const disk = written(["a", "b", "c", "d"], 2);
    const name = lastFile(disk);
    disk.replace(name, disk.content(name).subarray(0, 120));
    const { journal } = open(disk);
    expect([journal.lastSequence, journal.lastCheckpoint]).toEqual([3, 2]);
  });
});

describe("damage", () => {
  it("is detected for any flipped bit, at opening or when the record is read", () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.nat({ max: 7 }), fc.nat({ max: 4 }), (texts, nat, bit, every) => {
        const disk = written(texts, every);
        const { name, at } = pickByte(disk, nat);
        const content = disk.content(name);
        content[at] = (content[at] ?? 0) ^ (1 << bit);
        disk.replace(name, content);
        let cutBytes = 0;
        let found: readonly JournalRecord[] = [];
        try {
          const opened = open(disk);
          cutBytes = opened.opening.cutBytes;
          found = [...opened.journal.read(1)];
        } catch (error) {
          expect(error).toBeInstanceOf(JournalError);
          return;
        }
        // Only the closing note may go without complaint: it holds no record.
        expect(cutBytes).toBeGreaterThan(0);
        expect(found.map((record) => record.payload)).toEqual(texts);
      }),
      { numRuns: 300 },
    );
  });

  it("names file and offset", () => {
    const disk = written(["first", "second", "third"]);
    const content = disk.content("0000000000000001.journal");
    content[content.indexOf("second")] = 0x53;
    disk.replace("0000000000000001.journal", content);
    const error = journalError(() => open(disk));
    expect(error.failure).toBe("damaged");
    expect(error.message).toMatch(/^0000000000000001\.journal is damaged at byte \d+: the checksum is wrong/);
  });

  it("is found without touching anything, and a half written tail is none", () => {
    const disk = written(["first", "second", "third"]);
    const name = "0000000000000001.journal";
    const whole = disk.content(name);
    verifySynced(disk);
    for (const cut of [1, 30, 200]) {
      disk.replace(name, whole.subarray(0, whole.length - cut));
      verifySynced(disk);
      expect(disk.content(name)).toHaveLength(whole.length - cut);
    }
    const spoilt = Buffer.from(whole);
    spoilt[spoilt.indexOf("second")] = 0x53;
    disk.replace(name, spoilt);
    expect(journalError(() => verifySynced(disk)).failure).toBe("damaged");
    expect(disk.content(name)).toEqual(spoilt);
  });

  it("of segments before the newest checkpoint is seen when they are read, or at once when asked", () => {
    const disk = written(["old", "old too", "checkpoint", "new"], 3);
    const content = disk.content("0000000000000001.journal");
    content[content.indexOf("old")] = 0x4f;
    disk.replace("0000000000000001.journal", content);
    const { journal } = open(disk);
    expect([...journal.read(3)].map((record) => record.payload)).toEqual(["checkpoint", "new"]);
    expect(journalError(() => [...journal.read(1)]).failure).toBe("damaged");
    expect(journalError(() => open(disk, { verify: "all" })).failure).toBe("damaged");
  });

  it("includes a missing segment and one of another journal", () => {
    const texts = Array.from({ length: 30 }, (_, index) => `payload number ${index}`);
    const disk = written(texts);
    const other = written(texts.map((text) => text.toUpperCase()));
    const middle = [...disk.list()].sort()[2] ?? "";
    const own = disk.content(middle);
    disk.replace(middle, other.content(middle));
    expect(journalError(() => open(disk)).failure).toBe("damaged");
    disk.replace(middle, own);
    expect(records(disk)).toHaveLength(30);
    disk.remove(middle);
    expect(journalError(() => open(disk)).failure).toBe("damaged");
  });

  it("does not pass for an unknown version, nor the other way round", () => {
    const disk = written(["a"]);
    const content = disk.content(lastFile(disk));
    content[12] = 2;
    disk.replace(lastFile(disk), content);
    const error = journalError(() => open(disk));
    expect([error.failure, error.message]).toEqual([
      "unknown-version",
      "0000000000000001.journal has format version 2; this program knows version 1",
    ]);
  });
});

function pickByte(disk: MemoryDisk, nat: number): { name: string; at: number } {
  const names = [...disk.list()].sort();
  const total = names.reduce((sum, name) => sum + disk.content(name).length, 0);
  let at = nat % total;
  for (const name of names) {
    const size = disk.content(name).length;
    if (at < size) return { name, at };
    at -= size;
  }
  throw new Error("unreachable");
}

describe("a power cut", () => {
  it("loses at most what was not synced, whatever pages survive", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size: fc.nat({ max: 900 }), sync: fc.boolean(), checkpoint: fc.boolean() }), {
          minLength: 1,
          maxLength: 15,
        }),
        fc.array(fc.float({ min: 0, max: 1, noNaN: true, maxExcluded: true }), {
          minLength: 8,
          maxLength: 8,
        }),
        fc.constantFrom(0, 0.3, 0.7, 1),
        async (steps, chances, survival) => {
          const disk = new MemoryDisk();
          const clock = new ManualClock();
          const { journal } = open(disk, { clock, segmentBytesMax: 2000 });
          for (const step of steps) {
            const type = step.checkpoint ? "checkpoint" : "event";
            journal.append([{ type, payload: "x".repeat(step.size) }]);
            if (step.sync) clock.runAll();
            await new Promise<void>((resolve) => setImmediate(resolve));
          }
          const synced = journal.syncedSequence;
          let draw = 0;
          disk.cutPower(() => chances[draw++ % chances.length] ?? 0, survival);
          const found = [...open(disk).journal.read(1)].map((record) => record.payload.length);
          expect(found).toEqual(steps.slice(0, found.length).map((step) => step.size));
          expect(found.length).toBeGreaterThanOrEqual(synced);
          if (survival === 1) expect(found).toHaveLength(steps.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is not needed to keep what a killed process had appended", () => {
    const disk = new MemoryDisk();
    open(disk).journal.append(entries(["a", "b"]));
    disk.killProcess();
    expect(records(disk).map((record) => record.payload)).toEqual(["a", "b"]);
  });
});

describe("a failing disk", () => {
  it("takes back a torn write, so that later records follow the last whole one", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    journal.append(entries(["a"]));
    disk.nextWrite = { bytes: 30, failure: "failed" };
    expect(journalError(() => journal.append(entries(["lost"]))).failure).toBe("write-failed");
    expect(journal.append(entries(["b"]))).toBe(2);
    disk.killProcess();
    expect(records(disk).map((record) => record.payload)).toEqual(["a", "b"]);
  });

  it("does not leave half a segment behind", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    journal.append(entries(["a"]));
    disk.nextWrite = { bytes: 60, failure: "full" };
    const failed = journalError(() => journal.append([{ type: "checkpoint", payload: "{}" }]));
    expect([failed.failure, journal.lastCheckpoint]).toEqual(["disk-full", 0]);
    journal.append([{ type: "checkpoint", payload: "{}" }]);
    expect(disk.list()).toHaveLength(2);
    expect(records(disk)).toHaveLength(2);
  });

  it("that fails to sync stops the journal and says so at once", async () => {
    const disk = new MemoryDisk();
    const clock = new ManualClock();
    const heard: JournalError[] = [];
    const { journal } = open(disk, { clock, onFailure: (error) => heard.push(error) });
    journal.append(entries(["a"]));
    disk.failSyncs = true;
    clock.runAll();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(heard.map((error) => error.failure)).toEqual(["write-failed"]);
    expect(journalError(() => journal.append(entries(["b"])))).toBe(heard[0]);
  });

  it("that was full takes ordinary records again once there is room for a new reserve", () => {
    const disk = new MemoryDisk({ bytesMax: 5000 });
    const clock = new ManualClock();
    const { journal } = open(disk, { clock, reserveBytes: 2000 });
    const long = entries(["x".repeat(900)]);
    while (disk.usedBytes() < 4000) journal.append(long);
    journal.append(long, { reduction: true });
    disk.bytesMax = 20_000;
    clock.now += 500;
    expect(journalError(() => journal.append(long)).failure).toBe("disk-full");
    clock.now += 1000;
    const count = journal.append(long);
    expect(records(disk, { reserveBytes: 2000 })).toHaveLength(count);
  });

  it("still opens when it is full, for reductions' sake", () => {
    const disk = new MemoryDisk({ bytesMax: 5000 });
    const { journal } = open(disk, { reserveBytes: 2000 });
    while (disk.usedBytes() < 4500) journal.append(entries(["x".repeat(500)]));
    disk.bytesMax = disk.usedBytes();
    const count = journal.append(entries(["reduce"]), { reduction: true });
    disk.killProcess();
    const again = open(disk, { reserveBytes: 2000 });
    expect(again.opening).toEqual({ lastSequence: count, cutBytes: 0 });
    expect(again.journal.append(entries(["reduce"]), { reduction: true })).toBe(count + 1);
  });

  it("makes a reserve anew that a power cut left with what a segment had written to it", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk, { reserveBytes: 2000 });
    journal.append(entries(["a"]));
    journal.sync();
    const reserve = disk.open("reserve");
    reserve.write(Buffer.from("a segment of before"), 0);
    reserve.close();
    disk.killProcess();
    open(disk, { reserveBytes: 2000 });
    const found = Buffer.alloc(2000, 1);
    expect(disk.open("reserve").read(found, 0)).toBe(2000);
    expect(found.equals(Buffer.alloc(2000))).toBe(true);
  });
});

describe("pruning", () => {
  const everything = { sinceMs: 0, bytesMax: 0, neededFrom: Number.MAX_SAFE_INTEGER };

  function longJournal() {
    const disk = written(
      Array.from({ length: 40 }, (_, index) => `payload number ${index}`),
      25,
    );
    return { disk, journal: open(disk).journal };
  }

  it("removes the oldest segments but never the newest checkpoint or what follows", async () => {
    const { disk, journal } = longJournal();
    expect(await journal.prune({ ...everything, bytesMax: 1_000_000 })).toBe(0);
    const before = journal.keptBytes;
    const removed = await journal.prune(everything);
    expect(removed).toBeGreaterThan(0);
    expect(journal.keptBytes).toBe(before - removed);
    expect(disk.usedBytes()).toBe(journal.keptBytes);
    expect(await journal.prune(everything)).toBe(0);
    expect(journal.firstSequence).toBe(25);
    expect([...journal.read(25)]).toHaveLength(16);
    expect(() => journal.read(24)).toThrow("the oldest record kept is 25");
    journal.close();
    disk.killProcess();
    expect(open(disk, { verify: "all" }).opening).toEqual({ lastSequence: 40, cutBytes: 0 });
  });

  it("keeps what somebody has not read yet, and what is young enough", async () => {
    const { disk, journal } = longJournal();
    expect(await journal.prune({ ...everything, neededFrom: 24 })).toBe(0);
    const roomy = { ...everything, bytesMax: 1_000_000 };
    expect(await journal.prune({ ...roomy, sinceMs: disk.nowMs })).toBe(0);
    expect(await journal.prune({ ...roomy, sinceMs: disk.nowMs + 1 })).toBeGreaterThan(0);
  });

  it("keeps what a power cut could still take", async () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    for (let at = 0; at < 10; at += 1) journal.append(entries([`payload ${at}`]));
    journal.append([{ type: "checkpoint", payload: "{}" }]);
    expect(await journal.prune(everything)).toBe(0);
    journal.sync();
    expect(await journal.prune(everything)).toBeGreaterThan(0);
    disk.cutPower(() => 0.9, 0);
    expect(open(disk).opening).toEqual({ lastSequence: 11, cutBytes: 0 });
  });

  it("leaves a journal that opens when the process dies or the power goes between two removals", async () => {
    for (let steps = 0; steps < 12; steps += 1) {
      for (const end of ["kill", "power"] as const) {
        const { disk, journal } = longJournal();
        let left = steps;
        const discard = disk.discard.bind(disk);
        disk.discard = (name, done) => {
          left -= 1;
          if (left >= 0) return discard(name, done);
          if (end === "kill") disk.killProcess();
          else disk.cutPower(() => 0.5, 0.4);
          done(new DiskError("failed", "dead"));
        };
        await journal.prune(everything).catch((error) => expect(error).toBeInstanceOf(DiskError));
        disk.killProcess();
        const again = open(disk, { verify: "all" });
        expect(again.opening).toEqual({ lastSequence: 40, cutBytes: 0 });
        expect([...again.journal.read(25)]).toHaveLength(16);
      }
    }
  });
});
