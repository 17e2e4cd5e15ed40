/** Rows read from a journal: every change explained once, and the same rows whether read at once or in pieces. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Move, moves, playInto } from "../../test/journal-fixture.ts";
import { openJournalFolder } from "../journal/file.ts";
import type { Journal, JournalRecord } from "../journal/journal.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { catchUpStore, JournalFollower, rebuildStore } from "./journal-follower.ts";
import { Projection, ProjectionDiverged } from "./projection.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import type { OutcomeRecord, Store, StoreBatch } from "./store.ts";

function journalOf(played: readonly Move[]): Journal {
  const journal = new MemoryJournal();
  playInto(journal, played);
  return journal;
}

function project(records: Iterable<JournalRecord>): readonly StoreBatch[] {
  const projection = new Projection();
  for (const record of records) projection.take(record);
  projection.quiet();
  return projection.drain();
}

function lastOutcomes(batches: readonly StoreBatch[]): readonly OutcomeRecord[] {
  const rows = new Map<string, OutcomeRecord>();
  for (const row of batches.flatMap(({ outcomes = [] }) => outcomes)) {
    rows.set(JSON.stringify([row.change, row.leader, row.follower, row.symbol, row.leg]), row);
  }
  return [...rows.values()];
}

describe("outcomes", () => {
  test("name each leader change once for every follower, with orders or one reason at the end", () => {
    fc.assert(
      fc.property(moves(), (played) => {
        const journal = new MemoryJournal();
        const { changes, followers } = playInto(journal, played);
        const rows = lastOutcomes(project(journal.read(1)));
        const stated = rows.filter(({ leader, follower }) => leader !== "" && follower !== "");
        expect(stated.length).toBe(changes * followers);
        for (const { orders, reason } of stated) {
          expect(Number(orders.length > 0) + Number(reason !== "")).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("all end with orders or with one reason once the followers are at rest", () => {
    const rest: readonly Move[] = [
      { kind: "resume" },
      { kind: "snapshots" },
      ...Array.from({ length: 10 }, (): Move => ({ kind: "settle" })),
    ];
    fc.assert(
      fc.property(moves(), (played) => {
        const rows = lastOutcomes(project(journalOf([...played, ...rest]).read(1)));
        for (const row of rows) {
          expect({
            ...row,
            endings: Number(row.orders.length > 0) + Number(row.reason !== ""),
          }).toMatchObject({
            endings: 1,
          });
        }
      }),
      { numRuns: 100 },
    );
  });

  test("of changes that came together share the order", () => {
    const trade = { kind: "trade", symbol: 0, side: "buy" } as const;
    const journal = journalOf([
      { ...trade, quantity: 10 },
      { ...trade, quantity: 20 },
      { kind: "settle" },
      { kind: "trade", symbol: 1, side: "buy", quantity: 3 },
      { kind: "settle" },
    ]);
    const rows = lastOutcomes(project(journal.read(1)));
    const mine = rows.filter(({ follower, symbol }) => follower === "first" && symbol === "BTCUSDT");
    expect(mine.map(({ changedBy, leaderHolds }) => [changedBy, leaderHolds])).toEqual([
      ["0.01", "0.01"],
      ["0.02", "0.03"],
    ]);
    expect(mine[0]?.orders).toHaveLength(1);
    expect(mine[1]?.orders).toEqual(mine[0]?.orders);
    const filtered = rows.filter(({ reason }) => reason === "symbol-filtered");
    expect(filtered.map(({ follower, symbol }) => [follower, symbol])).toEqual([["second", "ETHUSDT"]]);
  });

  test("tell of a statement that was refused at the door", () => {
    const journal = journalOf([{ kind: "trade", symbol: 0, side: "buy", quantity: 0.5 }, { kind: "settle" }]);
    const rows = lastOutcomes(project(journal.read(1)));
    expect(rows).toMatchObject([{ leader: "lead", follower: "", reason: "wrong-step", changedBy: "0.0005" }]);
  });
});

describe("orders", () => {
  test("end as the venue said, with what filled and at which price", () => {
    const journal = journalOf([{ kind: "trade", symbol: 0, side: "buy", quantity: 4 }, { kind: "settle" }]);
    const orders = new Map(
      project(journal.read(1))
        .flatMap((batch) => batch.orders ?? [])
        .map((row) => [row.account, row]),
    );
    expect(orders.get("first")).toMatchObject({
      status: "filled",
      quantity: "0.002",
      filledQuantity: "0.002",
      averagePrice: "60000",
      leaderPrice: "60000",
      side: "buy",
      reduceOnly: false,
    });
  });
});

describe("an order that the process left open", () => {
  test("is unknown from the next run on, and has never arrived when the venue says so for long enough", () => {
    const trade: Move = { kind: "trade", symbol: 0, side: "buy", quantity: 4 };
    const settle: Move = { kind: "settle" };
    const journal = journalOf([trade, settle, trade, { kind: "restart" }, ...Array(8).fill(settle)]);
    const statuses = new Map<string, string[]>();
    for (const row of project(journal.read(1)).flatMap((batch) => batch.orders ?? [])) {
      if (row.account !== "first") continue;
      statuses.set(row.clientOrderId, [...(statuses.get(row.clientOrderId) ?? []), row.status]);
    }
    expect([...statuses.values()]).toEqual([
      ["intended", "accepted", "accepted", "filled"],
      ["intended", "unknown", "never-arrived"],
      ["intended", "accepted", "accepted", "filled"],
    ]);
  });
});

describe("reading on", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "projection-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("in pieces, with restarts between them, gives the rows of one reading", async () => {
    await fc.assert(
      fc.asyncProperty(
        moves("half-day"),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 8 }),
        async (played, cuts) => {
          const records = [...journalOf(played).read(1)];
          const journalFolder = mkdtempSync(join(folder, "journal-"));
          const pieces = await openSqliteStore({ path: join(journalFolder, "pieces.db") });
          const whole = await openSqliteStore({ path: join(journalFolder, "whole.db") });
          await readInPieces(journalFolder, pieces, records, cuts);
          await rebuildStore({ journalFolder, store: whole });
          expect(await everything(pieces)).toEqual(await everything(whole));
          await pieces.close();
          await whole.close();
        },
      ),
      { numRuns: 15 },
    );
  }, 30_000);

  test("makes the rows anew when the journal lost a tail that the database has", async () => {
    const records = [
      ...journalOf([{ kind: "trade", symbol: 0, side: "buy", quantity: 4 }, { kind: "settle" }]).read(1),
    ];
    const [journalFolder, shorter] = [join(folder, "long"), join(folder, "short")];
    write(journalFolder, records);
    write(shorter, records.slice(0, -4));
    const store = await openSqliteStore({ path: join(folder, "store.db") });
    await catchUpStore({ journalFolder, store });
    expect((await store.orders({ limit: 10 })).map(({ status }) => status)).toContain("filled");
    await catchUpStore({ journalFolder: shorter, store, journalSequence: records.length - 4 });
    const fresh = await openSqliteStore({ path: join(folder, "fresh.db") });
    await rebuildStore({ journalFolder: shorter, store: fresh });
    expect(await everything(store)).toEqual(await everything(fresh));
    await store.close();
    await fresh.close();
  });

  test("notices a decision whose event was taken to have none", () => {
    const projection = new Projection();
    const records = [...journalOf([{ kind: "trade", symbol: 0, side: "buy", quantity: 4 }]).read(1)];
    const at = records.findIndex(({ type }) => type === "decision");
    for (const record of records.slice(0, at)) projection.take(record);
    projection.quiet();
    const takeRest = () => {
      for (const record of records.slice(at)) projection.take(record);
    };
    expect(takeRest).toThrow(ProjectionDiverged);
  });
});

/** Appends the records piece by piece; each piece is read by a follower of its own. */
async function readInPieces(
  journalFolder: string,
  store: Store,
  records: readonly JournalRecord[],
  cuts: readonly number[],
): Promise<void> {
  let written = 0;
  for (const count of [...cuts, records.length]) {
    write(journalFolder, records.slice(written, written + count));
    written += count;
    const follower = await JournalFollower.open({ journalFolder, store });
    while ((await follower.step()) > 0) {}
  }
  await catchUpStore({ journalFolder, store });
}

function write(folder: string, records: readonly JournalRecord[]): void {
  const { journal } = openJournalFolder(folder, { reserveBytes: 0 });
  for (const { type, payload } of records) journal.append([{ type, payload }]);
  journal.close();
}

async function everything(store: Store) {
  const limit = 10_000;
  return {
    orders: await store.orders({ limit }),
    fills: await store.fills({ limit }),
    positions: await store.positions({}),
    outcomes: await store.outcomes({ limit }),
    equity: await store.equity({ account: "lead", sinceMs: 0, limit }),
    allocations: await store.allocations(),
    accountDays: await store.accountDays({}),
    copyDays: await store.copyDays({}),
  };
}
