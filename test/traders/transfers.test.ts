/** Transfers in the trader store: each once, told better later, and apart from those that nobody tells. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteTraderStore } from "../../src/store/sqlite/sqlite-trader-store.ts";
import type { TraderKey, TraderStore, TraderTransferRecord } from "../../src/store/trader-store.ts";
import { takeCsv } from "./take-csv.ts";

let folder = "";
let store: TraderStore;
let alice: TraderKey;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "transfers-"));
  store = await openSqliteTraderStore(join(folder, "traders.db"));
  const lines = ["time,symbol,side,price,quantity", "2024-05-01T10:00:00Z,BTCUSDT,buy,60000,0.5"];
  alice = await takeCsv(store, folder, { lines, statedEquity: null });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const deposit = (id: string, timeMs: number): TraderTransferRecord => ({
  ...{ id, timeMs, kind: "deposit", amount: "2703997.4500000002", asset: "USDC" },
});
const untold: TraderTransferRecord = { id: "b", timeMs: 2, kind: "unknown", amount: null, asset: "" };
const revision = async () => (await store.traders())[0]?.revision;

describe("transfers", () => {
  it("are null where no source tells them, and none where one tells that there are none", async () => {
    expect(await store.transfers(alice)).toBeNull();
    await store.takeTransfers(alice, { readMs: 5, rows: [] });
    expect(await store.transfers(alice)).toEqual({ readMs: 5, rows: [] });
  });

  it("are taken in once, oldest first, to the last digit", async () => {
    const rows = [untold, deposit("a", 1)];
    expect(await store.takeTransfers(alice, { readMs: 5, rows })).toEqual({ added: 2, known: 0 });
    const before = await revision();
    expect(await store.takeTransfers(alice, { readMs: 4, rows })).toEqual({ added: 0, known: 2 });
    expect(await store.transfers(alice)).toEqual({ readMs: 5, rows: [deposit("a", 1), untold] });
    expect(await revision()).toBe(before);
  });

  it("are told better later, and never worse", async () => {
    await store.takeTransfers(alice, { readMs: 5, rows: [untold, deposit("a", 1)] });
    const before = (await revision()) ?? 0;
    const rows = [deposit("b", 2), { ...untold, id: "a", timeMs: 1 }];
    expect(await store.takeTransfers(alice, { readMs: 6, rows })).toEqual({ added: 1, known: 1 });
    expect((await store.transfers(alice))?.rows).toEqual([deposit("a", 1), deposit("b", 2)]);
    expect(await revision()).toBe(before + 1);
  });

  it("of nobody are refused", async () => {
    const nobody = { venue: "nowhere", trader: "bob" };
    expect(await store.transfers(nobody)).toBeNull();
    await expect(store.takeTransfers(nobody, { readMs: 5, rows: [] })).rejects.toThrow(RangeError);
  });

  it("find their place in a store of before", async () => {
    await store.close();
    const old = new Database(join(folder, "traders.db"));
    old.exec("drop table trader_transfers; drop table trader_transfers_read");
    old.exec("delete from kysely_migration where name = '0004-transfers'");
    old.close();
    store = await openSqliteTraderStore(join(folder, "traders.db"));
    expect(await store.traders()).toHaveLength(1);
    await store.takeTransfers(alice, { readMs: 5, rows: [deposit("a", 1)] });
    expect((await store.transfers(alice))?.rows).toEqual([deposit("a", 1)]);
  });
});
