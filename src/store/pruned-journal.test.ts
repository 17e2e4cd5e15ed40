/** The database beside a journal that lost its oldest records to retention: it goes on, and what is made anew is what is kept. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Move, playInto } from "../../test/journal-fixture.ts";
import { openJournalFolder } from "../journal/file.ts";
import { JournalFold } from "../journal/fold.ts";
import { keptRecords } from "../journal/kept.ts";
import { makeCheckpoint } from "../journal/make-checkpoint.ts";
import { RealDisk } from "../journal/real-disk.ts";
import { catchUpStore, rebuildStore } from "./journal-follower.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import type { Store } from "./store.ts";

const STORY: readonly Move[] = [
  { kind: "half-day" },
  ...Array.from({ length: 4 }, (_, at) => [
    { kind: "trade", symbol: at % 2 === 0 ? 0 : 1, side: "buy", quantity: 4 + at } as const,
    { kind: "settle" } as const,
  ]).flat(),
  { kind: "price", to: 60_000 },
];

let root = "";
let store: Store;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "pruned-"));
  store = await openSqliteStore({ path: join(root, "copytrader.db") });
});
afterEach(async () => {
  await store.close();
  rmSync(root, { recursive: true });
});

const all = { limit: 1_000 };

test("it keeps its older rows while the journal goes on, and made anew it has those of the kept records", async () => {
  const journalFolder = join(root, "journal");
  const { journal } = openJournalFolder(journalFolder, { segmentRecordsMax: 12, reserveBytes: 0 });
  const recovered = () => {
    const fold = new JournalFold();
    for (const record of journal.sinceCheckpoint()) fold.take(record);
    fold.end();
    return fold.state;
  };
  const keep = async (neededFrom: number) => {
    const due = journal.checkpointDue;
    if (due !== null) {
      makeCheckpoint(new RealDisk(journalFolder), due);
      journal.noteCheckpoint(due);
    }
    journal.sync();
    while ((await journal.prune({ sinceMs: 0, bytesMax: 0, neededFrom })) > 0) {}
  };
  playInto(journal, STORY);
  expect(keptRecords(journalFolder)).toBeNull();
  let had = 0;
  for (let round = 0; round < 5; round += 1) {
    had = await catchUpStore({ journalFolder, store });
    expect(had).toBe(journal.lastSequence);
    await keep(had);
    playInto(journal, STORY, recovered());
    await keep(had);
  }
  const kept = keptRecords(journalFolder);
  expect(kept?.from).toBeGreaterThan(100);
  expect(kept?.from).toBeLessThanOrEqual(had);
  expect(kept?.sinceMs).toBeGreaterThan(1_700_000_000_000);
  await catchUpStore({ journalFolder, store });
  const [orders, positions] = [await store.orders(all), await store.positions({})];
  const isKept = ({ decision }: { readonly decision: number }) => decision >= (kept?.from ?? 0);
  expect(orders.some(isKept)).toBe(true);
  expect(orders.every(isKept)).toBe(false);

  const days = async () => [await store.accountDays({}), await store.copyDays({})] as const;
  const before = await days();
  const firsts = before[0].filter(({ sequence }) => sequence < (kept?.from ?? 0));
  expect(firsts.length).toBeGreaterThan(2);
  expect(before[0].some(({ opening }) => opening)).toBe(false);
  expect(before[1].length).toBeGreaterThan(2);

  expect(await rebuildStore({ journalFolder, store })).toBe(journal.lastSequence);
  const rebuilt = await store.orders(all);
  expect(rebuilt.filter(isKept)).toEqual(orders.filter(isKept));
  expect(rebuilt.length).toBeLessThan(orders.length);
  expect(await days()).toEqual(before);
  for (const position of await store.positions({})) {
    const { account, symbol, quantity, ownedQuantity } = position;
    expect(positions).toContainEqual(expect.objectContaining({ account, symbol, quantity, ownedQuantity }));
  }
  journal.close();
});

test("a database that never read what was pruned begins its days with what the journal goes on from", async () => {
  const journalFolder = join(root, "journal");
  const { journal } = openJournalFolder(journalFolder, { segmentRecordsMax: 12, reserveBytes: 0 });
  playInto(journal, STORY);
  const due = journal.checkpointDue;
  if (due === null) return expect.fail();
  makeCheckpoint(new RealDisk(journalFolder), due);
  journal.noteCheckpoint(due);
  journal.sync();
  while ((await journal.prune({ sinceMs: 0, bytesMax: 0, neededFrom: due })) > 0) {}
  const fold = new JournalFold();
  for (const record of journal.sinceCheckpoint()) fold.take(record);
  fold.end();
  playInto(journal, STORY, fold.state);
  await catchUpStore({ journalFolder, store });
  const days = async () => [await store.accountDays({}), await store.copyDays({})] as const;
  const made = await days();
  const openings = made[0].filter(({ opening }) => opening);
  expect(openings.map(({ account, day }) => [account, day])).toEqual([
    ["first", (made[0].find(({ opening }) => !opening)?.day ?? 0) - 1],
    ["second", (made[0].find(({ opening }) => !opening)?.day ?? 0) - 1],
  ]);
  expect(made[0].length).toBeGreaterThan(openings.length);
  await rebuildStore({ journalFolder, store });
  expect(await days()).toEqual(made);
  journal.close();
});

test("a database of a version without days reads the journal once more, and has all that it had", async () => {
  const journalFolder = join(root, "journal");
  const { journal } = openJournalFolder(journalFolder, { reserveBytes: 0 });
  playInto(journal, STORY.concat(STORY));
  journal.close();
  const path = join(root, "old.db");
  const all = async (from: Store) => [await from.orders({ limit: 1_000 }), await from.positions({})];
  const old = await openSqliteStore({ path });
  await catchUpStore({ journalFolder, store: old });
  const [before, days] = [await all(old), await old.accountDays({})];
  await old.close();
  const database = new Database(path);
  database.exec(
    "drop table account_days; drop table copy_days; delete from kysely_migration where name = '0005-days'",
  );
  database.close();
  const upgraded = await openSqliteStore({ path });
  expect(await upgraded.lastSequence()).toBe(0);
  await catchUpStore({ journalFolder, store: upgraded });
  expect(await all(upgraded)).toEqual(before);
  expect(await upgraded.accountDays({})).toEqual(days);
  expect(days.length).toBeGreaterThan(1);
  await upgraded.close();
});
