/**
 * The state recovered from a checkpoint beside the journal and the records after it is the state of all records, whatever was
 * interrupted while the checkpoint was written, and whatever a power cut took.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Move, moves, playInto } from "../../test/journal-fixture.ts";
import { encodeCheckpoint } from "../core/checkpoint.ts";
import { recover } from "../engine/recovery.ts";
import { makeCheckpointAside } from "./checkpoint-thread.ts";
import { type Disk, DiskError, type DiskFile } from "./disk.ts";
import { type FileJournal, openFileJournal, openJournalFolder, viewJournalFolder } from "./file.ts";
import { JournalFold } from "./fold.ts";
import type { Journal, JournalEntry, JournalRecord } from "./journal.ts";
import { makeCheckpoint } from "./make-checkpoint.ts";
import { MemoryDisk } from "./memory-disk.ts";
import type { Retention } from "./retention.ts";

const SMALL = { segmentRecordsMax: 9, reserveBytes: 0 };

/** All records but checkpoints, folded: what recovery must come to. */
function folded(records: Iterable<JournalRecord>): string {
  const fold = new JournalFold();
  for (const record of records) if (record.type !== "checkpoint") fold.take(record);
  fold.end();
  return encodeCheckpoint(fold.state);
}

/** A journal that has every due checkpoint made at once, and counts them. */
class Keeping implements Journal {
  readonly #disk: MemoryDisk;
  readonly #journal: FileJournal;
  made = 0;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
    this.#journal = openFileJournal({ ...SMALL, disk }).journal;
  }

  get lastSequence(): number {
    return this.#journal.lastSequence;
  }

  get lastCheckpoint(): number {
    return this.#journal.lastCheckpoint;
  }

  append(entries: readonly JournalEntry[]): number {
    const first = this.#journal.append(entries);
    const due = this.#journal.checkpointDue;
    if (due !== null) {
      makeCheckpoint(this.#disk, due);
      this.#journal.noteCheckpoint(due);
      this.made += 1;
    }
    return first;
  }

  read(fromSequence: number) {
    return this.#journal.read(fromSequence);
  }

  sinceCheckpoint() {
    return this.#journal.sinceCheckpoint();
  }

  get firstSequence(): number {
    return this.#journal.firstSequence;
  }

  prune(retention: Retention): Promise<number> {
    return this.#journal.prune(retention);
  }

  sync(): void {
    this.#journal.sync();
  }

  close(): void {
    this.#journal.close();
  }
}

/** Dies before operation number `after` that changes something. */
class MortalDisk implements Disk {
  readonly #disk: MemoryDisk;
  #left: number;

  constructor(disk: MemoryDisk, after: number) {
    this.#disk = disk;
    this.#left = after;
  }

  list() {
    return this.#disk.list();
  }

  create(name: string): DiskFile {
    this.#live();
    return this.#mortal(this.#disk.create(name));
  }

  open(name: string): DiskFile {
    return this.#mortal(this.#disk.open(name));
  }

  rename(from: string, to: string): void {
    this.#live();
    this.#disk.rename(from, to);
  }

  remove(name: string): void {
    this.#live();
    this.#disk.remove(name);
  }

  discard(): void {
    throw new Error("a checkpoint is written synchronously");
  }

  modifiedMs(name: string): number {
    return this.#disk.modifiedMs(name);
  }

  syncFolder(): void {
    throw new Error("a checkpoint is written synchronously");
  }

  syncFolderNow(): void {
    this.#live();
    this.#disk.syncFolderNow();
  }

  #live(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new DiskError("failed", "dead");
  }

  #mortal(file: DiskFile): DiskFile {
    const [write, syncNow] = [file.write.bind(file), file.syncNow.bind(file)];
    file.write = (bytes, position) => {
      this.#live();
      const half = bytes.length >> 1;
      write(bytes.subarray(0, half), position);
      this.#live();
      write(bytes.subarray(half), position + half);
    };
    file.syncNow = () => {
      this.#live();
      syncNow();
    };
    return file;
  }
}

function played(story: readonly Move[]): { readonly disk: MemoryDisk; readonly journal: Keeping } {
  const disk = new MemoryDisk();
  const journal = new Keeping(disk);
  playInto(journal, story);
  return { disk, journal };
}

const LONG: readonly Move[] = Array.from({ length: 8 }, (_, at) => [
  { kind: "trade", symbol: at % 2 === 0 ? 0 : 1, side: "buy", quantity: 4 + at } as const,
  { kind: "settle" } as const,
]).flat();

describe("a checkpoint beside the journal", () => {
  it("leads, with the records after it, to the state of all records", () => {
    fc.assert(
      fc.property(moves(), (story) => {
        const { disk, journal } = played(story);
        const whole = folded(journal.read(1));
        expect(encodeCheckpoint(recover(journal).state)).toBe(whole);
        journal.close();
        disk.killProcess();
        const again = openFileJournal({ ...SMALL, disk }).journal;
        expect(encodeCheckpoint(recover(again).state)).toBe(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("spares recovery the records before it", () => {
    const { journal } = played(LONG);
    const [first, ...rest] = journal.sinceCheckpoint();
    expect(journal.made).toBeGreaterThan(3);
    expect(first?.type).toBe("checkpoint");
    expect(rest.length).toBeLessThan(20);
    expect(journal.lastSequence).toBeGreaterThan(60);
  });

  it("is whole or not there when the process dies at any step of writing it", () => {
    for (let steps = 0; steps < 9; steps += 1) {
      const disk = new MemoryDisk();
      const { journal } = openFileJournal({ ...SMALL, disk });
      playInto(journal, LONG);
      const whole = folded(journal.read(1));
      const due = journal.checkpointDue ?? 0;
      expect(due).toBeGreaterThan(0);
      try {
        makeCheckpoint(new MortalDisk(disk, steps), due);
      } catch (error) {
        if (!(error instanceof DiskError)) throw error;
      }
      disk.killProcess();
      const again = openFileJournal({ ...SMALL, disk });
      expect(again.opening.cutBytes).toBe(0);
      expect(encodeCheckpoint(recover(again.journal).state)).toBe(whole);
      makeCheckpoint(disk, due);
      expect(encodeCheckpoint(recover(again.journal).state)).toBe(whole);
    }
  });

  it("never stands for records that a power cut took, nor for others written in their place", () => {
    const chances = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));
    fc.assert(
      fc.property(
        moves(),
        moves(),
        chances,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, two, stream, survival) => {
          const { disk } = played([...LONG, ...one]);
          disk.cutPower(() => stream.next().value ?? 0, survival);
          const journal = new Keeping(disk);
          const { state } = recover(journal);
          expect(encodeCheckpoint(state)).toBe(folded(journal.read(1)));
          playInto(journal, two, state);
          expect(encodeCheckpoint(recover(journal).state)).toBe(folded(journal.read(1)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is passed over when it is damaged or of another history", () => {
    const { disk, journal } = played(LONG);
    const whole = folded(journal.read(1));
    const files = disk
      .list()
      .filter((name) => name.endsWith(".checkpoint"))
      .toSorted();
    const [older = "", newest = ""] = files.slice(-2);
    disk.replace(newest, disk.content(newest).subarray(0, 500));
    expect(encodeCheckpoint(recover(journal).state)).toBe(whole);
    expect([...journal.sinceCheckpoint()][0]?.sequence).toBe(Number.parseInt(older, 10) - 1);
    const others = LONG.map((move) => (move.kind === "trade" ? { ...move, quantity: 30 } : move));
    disk.replace(newest, played(others).disk.content(newest));
    expect(encodeCheckpoint(recover(journal).state)).toBe(whole);
    expect([...journal.sinceCheckpoint()][0]?.sequence).toBe(Number.parseInt(older, 10) - 1);
  });

  it("lets what is before it go, but for the newest, and recovery and folding go on from what is kept", async () => {
    const { disk, journal } = played(LONG);
    const whole = folded(journal.read(1));
    journal.sync();
    const all = { sinceMs: 0, bytesMax: 0, neededFrom: Number.MAX_SAFE_INTEGER };
    while ((await journal.prune(all)) > 0) {}
    expect(disk.list().filter((name) => name.endsWith(".checkpoint"))).toHaveLength(2);
    expect(journal.firstSequence).toBeGreaterThan(30);
    expect(encodeCheckpoint(recover(journal).state)).toBe(whole);
    journal.close();
    disk.killProcess();
    const again = new Keeping(disk);
    expect(encodeCheckpoint(recover(again).state)).toBe(whole);
    const newest =
      disk
        .list()
        .filter((name) => name.endsWith(".checkpoint"))
        .toSorted()
        .at(-1) ?? "";
    disk.remove(newest);
    expect(encodeCheckpoint(recover(again).state)).toBe(whole);
  });

  it("is made by a thread while the journal is written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
    try {
      const { journal } = openJournalFolder(folder, SMALL);
      playInto(journal, LONG);
      const whole = folded(journal.read(1));
      const first = journal.checkpointDue ?? 0;
      await makeCheckpointAside({ folder, first });
      journal.noteCheckpoint(first);
      expect(journal.checkpointDue).toBeNull();
      const view = viewJournalFolder(folder);
      expect(view.lastCheckpoint).toBe(first);
      expect([...view.sinceCheckpoint()][0]).toMatchObject({ type: "checkpoint", sequence: first - 1 });
      expect(encodeCheckpoint(recover(view).state)).toBe(whole);
      await expect(makeCheckpointAside({ folder, first: first + 1 })).rejects.toThrow(/no segment/);
      journal.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
