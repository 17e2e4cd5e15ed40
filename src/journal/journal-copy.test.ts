/** A copy of a journal that is being written: whole records up to one that is on the disk, with the checkpoints beside, whatever retention does. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFileJournal } from "./file.ts";
import { openJournalCopy } from "./journal-copy.ts";
import { RealDisk } from "./real-disk.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "journal-copy-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const event = (number: number) => ({ type: "event", payload: `{"number":${number}}` }) as const;
const decision = (number: number) => ({ type: "decision", payload: `{"of":${number}}` }) as const;

/** The clock never runs, so that nothing is synced but by hand. */
const still = { nowMs: () => 0, setTimer: () => ({ cancel: () => {} }) };

function opened(segmentRecordsMax = 1_000) {
  return openFileJournal({
    disk: new RealDisk(join(root, "from")),
    clock: still,
    segmentRecordsMax,
    reserveBytes: 0,
  }).journal;
}

/** The copy as a journal of its own. */
function copied() {
  const copy = openJournalCopy(join(root, "from"));
  if (copy === null) throw new Error("no journal");
  const folder = join(root, "to");
  rmSync(folder, { recursive: true, force: true });
  const disk = new RealDisk(folder);
  for (const { name, bytes, read } of copy.files) {
    const content = Buffer.alloc(bytes);
    expect(read(content, 0)).toBe(bytes);
    writeFileSync(join(folder, name), content);
  }
  copy.close();
  const { journal, opening } = openFileJournal({ disk, clock: still, verify: "all", reserveBytes: 0 });
  const records = [...journal.read(Math.max(1, journal.firstSequence))].map(({ payload }) => payload);
  journal.close();
  return { lastSequence: copy.lastSequence, cutBytes: opening.cutBytes, records };
}

test("it ends with the last record that is known to be on the disk", () => {
  expect(openJournalCopy(join(root, "from"))).toBeNull();
  const journal = opened();
  journal.append([event(1), decision(1)]);
  journal.append([event(2), decision(2)]);
  journal.sync();
  journal.append([event(3), decision(3)]);
  expect(copied()).toEqual({
    lastSequence: 4,
    cutBytes: 0,
    records: ['{"number":1}', '{"of":1}', '{"number":2}', '{"of":2}'],
  });
  journal.sync();
  expect(copied().lastSequence).toBe(6);
  journal.close();
});

test("a segment of which nothing is synced yet is left out", () => {
  const journal = opened(4);
  for (let number = 1; number <= 4; number += 1) journal.append([event(number)]);
  journal.sync();
  journal.append([event(5)]);
  expect(copied()).toMatchObject({ lastSequence: 4, cutBytes: 0 });
  journal.sync();
  expect(copied()).toMatchObject({ lastSequence: 5, cutBytes: 0 });
  journal.close();
});

test("a record that is half written is left out", () => {
  const journal = opened();
  for (let number = 1; number <= 3; number += 1) journal.append([event(number)]);
  journal.sync();
  journal.append([event(4)]);
  journal.close();
  const file = join(root, "from", "0000000000000001.journal");
  const copy = openJournalCopy(join(root, "from"));
  truncateSync(file, (copy?.files[0]?.bytes ?? 0) - 60);
  copy?.close();
  expect(copied().records.length).toBeGreaterThanOrEqual(3);
});

test("what retention removes afterwards can still be read", async () => {
  const journal = opened(2);
  journal.append([{ type: "checkpoint", payload: "{}" }, event(1)]);
  journal.append([event(2)]);
  journal.append([{ type: "checkpoint", payload: "{}" }, event(3)]);
  journal.append([event(4)]);
  journal.sync();
  const copy = openJournalCopy(join(root, "from"));
  expect(await journal.prune({ sinceMs: Date.now() + 1e9, bytesMax: 0, neededFrom: 1e9 })).toBeGreaterThan(0);
  const [oldest] = copy?.files ?? [];
  expect(oldest?.read(Buffer.alloc(oldest.bytes), 0)).toBe(oldest?.bytes);
  expect(copy?.lastSequence).toBe(6);
  copy?.close();
  expect(copied()).toMatchObject({ lastSequence: 6, cutBytes: 0 });
  journal.close();
});
