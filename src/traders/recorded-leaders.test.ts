/** Fills of copied leaders, taken on into their records: once each, from where the last reading ended. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSqliteTraderStore } from "../store/sqlite/sqlite-trader-store.ts";
import type { FillPlace, FillRecord } from "../store/store.ts";
import type { TraderFillRecord, TraderStore } from "../store/trader-store.ts";
import { recordLeaders } from "./recorded-leaders.ts";

const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 0, 1);
const KEY = { venue: "bybit", trader: "alice" };
const keys = new Map([["alice", KEY]]);

let folder: string;
let traders: TraderStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "recorded-"));
  traders = await openSqliteTraderStore(join(folder, "traders.db"));
});
afterEach(async () => {
  await traders.close();
  rmSync(folder, { recursive: true });
});

function row(day: number, side: "buy" | "sell", over: Partial<FillRecord> = {}): FillRecord {
  return {
    tradeId: `t${day}`,
    account: "alice",
    role: "leader",
    symbol: "BTCUSDT",
    leg: "net",
    side,
    quantity: "0.10",
    price: "60000.0",
    fee: "3.3",
    clientOrderId: "",
    venueTimeMs: BEGIN_MS + day * DAY_MS,
    sequence: 10 + day,
    positionBefore: side === "buy" ? "0" : "0.1",
    ...over,
  };
}

/** The engine's database, with these rows in it. */
function engineWith(rows: readonly FillRecord[]) {
  const isAfter = (one: FillRecord, after: FillPlace) => one.sequence > after.sequence;
  return {
    leaderFills: async ({ after }: { readonly after: FillPlace | null }) =>
      rows.filter((one) => after === null || isAfter(one, after)),
    firstEquity: async () => ({ account: "alice", atMs: 0, equity: "5000", available: "" }),
  };
}

async function fillsOf(): Promise<readonly TraderFillRecord[]> {
  const all: TraderFillRecord[] = [];
  for await (const page of traders.fills(KEY)) all.push(...page);
  return all;
}

it("takes on each fill once, as a cash flow, with the equity of the beginning as its capital", async () => {
  const rows = [row(0, "buy"), row(1, "sell"), row(1, "sell", { account: "follower", tradeId: "x" })];
  const first = await recordLeaders(traders, engineWith(rows), { keys, nowMs: 1, after: null });
  expect(first).toEqual({
    after: { sequence: 11, account: "follower", tradeId: "x" },
    added: 2,
    refused: [],
  });
  expect(await fillsOf()).toMatchObject([
    {
      tradeId: "t0",
      side: "buy",
      price: "60000",
      quantity: "0.1",
      fee: "-3.3",
      positionBefore: "0",
      leg: "net",
    },
    { tradeId: "t1", side: "sell", quoteAsset: "USDT", positionBefore: "0.1" },
  ]);
  expect(await traders.traders()).toMatchObject([{ ...KEY, statedEquity: "5000", lastSeenMs: 1 }]);
  const more = engineWith([...rows, row(2, "buy")]);
  expect(await recordLeaders(traders, more, { keys, nowMs: 2, after: first.after })).toMatchObject({
    added: 1,
  });
  expect(await recordLeaders(traders, more, { keys, nowMs: 3, after: null })).toMatchObject({ added: 0 });
  expect(await fillsOf()).toHaveLength(3);
});

it.each([["900"], [null]])(
  "leaves the capital of a history that was there before as it is: %s",
  async (statedEquity) => {
    const taking = traders.beginImport(1);
    const statement = { key: KEY, seenMs: 1, history: "unknown", statedEquity, rejectedRows: 0 } as const;
    await taking.finish({ hash: "h", name: "file" }, [statement]);
    await recordLeaders(traders, engineWith([row(0, "buy")]), { keys, nowMs: 2, after: null });
    expect(await traders.traders()).toMatchObject([{ statedEquity }]);
  },
);

it("names what is no fill, and takes the rest", async () => {
  const engine = engineWith([row(0, "buy", { price: "0" }), row(1, "buy")]);
  const { added, refused } = await recordLeaders(traders, engine, { keys, nowMs: 1, after: null });
  expect({ added, refused }).toEqual({
    added: 1,
    refused: ['alice t0: price: "0" is no decimal number above zero'],
  });
});
