/** What copies may lose together, by what is held of each leader and what its record says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { follower, leader, loaded } from "../../test/configuration/folder.ts";
import type { TraderFillRecord } from "../store/trader-store.ts";
import { copiedRisk, type RiskQuestion } from "./copied-risk.ts";
import type { AllocationStatus } from "./owner-commands.ts";
import { withTraderStore } from "./traders.ts";

const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 0, 1);
const NOW_MS = BEGIN_MS + 100 * DAY_MS + 1;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "risk-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Holds 1,000 each day and makes `profits` of it. */
async function record(trader: string, profits: readonly number[]): Promise<void> {
  await withTraderStore(folder, async (store) => {
    const key = { venue: "bybit", trader };
    const taking = store.beginImport(1);
    const groups = profits.flatMap((profit, day) =>
      [0, 1].map((half) => {
        const timeMs = BEGIN_MS + day * DAY_MS + (1 + half) * 3_600_000;
        return { key, timeMs, fills: [fill(timeMs, half === 0 ? 1_000 : 1_000 + profit, half === 0)] };
      }),
    );
    await taking.merge(groups, { dropDuplicates: false });
    await taking.finish({ hash: trader, name: trader }, [
      { key, seenMs: 1, history: "complete", statedEquity: null, rejectedRows: 0 },
    ]);
  });
}

function fill(timeMs: number, price: number, isBuy: boolean): TraderFillRecord {
  return {
    kind: "trade",
    timeMs,
    symbol: "BTCUSDT",
    quoteAsset: "USDT",
    side: isBuy ? "buy" : "sell",
    leg: "net",
    price: price.toFixed(2),
    quantity: "1",
    realizedPnl: null,
    fee: "0",
    feeAsset: "USDT",
    liquidity: "unknown",
    tradeId: `t${timeMs}`,
    orderId: "",
    positionBefore: null,
    closedQuantity: null,
    leverage: null,
  };
}

function relation(name: string, value: string, over: Partial<AllocationStatus> = {}): AllocationStatus {
  const positions = [{ symbol: "BTCUSDT", target: "1", held: "1", value }];
  return {
    leader: name,
    follower: "follower",
    state: "copying",
    revision: "0",
    settings: [],
    results: [],
    positions,
    ...over,
  };
}

const names = ["leader", "bob", "carol"];
const { accounts } = loaded({
  ...Object.fromEntries(
    names.map((name) => [
      `data/accounts/${name}.json`,
      { ...leader, nickname: name, api_key: name, api_secret: `${name}s` },
    ]),
  ),
  "data/accounts/follower.json": { ...follower, leader: names },
});

function asked(allocations: readonly AllocationStatus[], over: Partial<RiskQuestion> = {}) {
  const limits = { followers: [{ follower: "follower", equity: "10000", limits: [], guards: [], off: [] }] };
  const question = { allocations, limits, nowMs: NOW_MS, days: 100, confidence: 0.95 };
  return copiedRisk(folder, accounts, {
    ...question,
    benchmark: "BTCUSDT",
    resamples: 100,
    seed: 1,
    ...over,
  });
}

/** Loses 20 on one day in ten, from `first` on. */
const losing = (first: number) => Array.from({ length: 100 }, (_, day) => (day % 10 === first ? -20 : 1));

it("weighs what is held, tells whose part it is, and sums to the whole", async () => {
  await record("leader", losing(0));
  await record("bob", losing(5));
  const { followers, until } = await asked([relation("leader", "5000"), relation("bob", "-2000")]);
  expect(until).toBe("2026-04-10");
  const [one] = followers;
  expect(one?.leaders).toMatchObject([
    { leader: "leader", held: 5_000, own_days: 100, lack: null, is_old: false },
    { leader: "bob", held: 2_000, own_days: 100 },
  ]);
  expect(one?.leaders[0]?.per_unit).toMatchObject({ value_at_risk: 0.02, cvar: expect.closeTo(0.02, 9) });
  const figures = one?.figures;
  // On the worst days the one loses 100 and the other makes 2.
  expect(figures?.cvar.whole).toBeCloseTo(0.0098, 9);
  expect(figures?.cvar.by_leader).toEqual({
    leader: expect.closeTo(0.01, 9),
    bob: expect.closeTo(-0.0002, 9),
  });
  expect(figures?.cvar.interval_95).not.toBeNull();
  for (const figure of [figures?.value_at_risk, figures?.annual_volatility, figures?.deepest_fall])
    expect(Object.values<number>(figure?.by_leader ?? {}).reduce((sum, part) => sum + part, 0)).toBeCloseTo(
      figure?.whole ?? Number.NaN,
      9,
    );
});

it("counts an inverse copy the other way, and nothing of whom nothing is held", async () => {
  await record("leader", losing(0));
  await record("bob", losing(0));
  const inverse = { settings: [{ keyPath: "inverse", value: true, source: "" }] };
  const { followers } = await asked([
    relation("leader", "5000"),
    relation("bob", "5000", inverse),
    relation("carol", "0", { positions: [] }),
  ]);
  expect(followers[0]?.figures?.annual_volatility.whole).toBe(0);
  expect(followers[0]?.leaders[2]).toMatchObject({ held: 0, lack: "no-record" });
});

it("says what is missing, too short or old, and why nothing can be told", async () => {
  await record("leader", losing(0).slice(0, 29));
  await record("bob", losing(0).slice(0, 40));
  const { followers } = await asked([relation("leader", "1"), relation("bob", "1"), relation("carol", "1")]);
  expect(followers[0]?.leaders).toMatchObject([
    { lack: "too-short", own_days: 0, record_until: "2026-01-29" },
    { lack: null, own_days: 40, is_old: true },
    { lack: "no-record", record_until: null },
  ]);
  expect((await asked([relation("carol", "1")])).followers[0]).toMatchObject({
    figures: null,
    why_not: "nothing is known of those who are held",
  });
  const whyNot = async (allocations: readonly AllocationStatus[], over: Partial<RiskQuestion> = {}) =>
    (await asked(allocations, over)).followers[0]?.why_not;
  expect(await whyNot([relation("bob", "")])).toBe("a price is not known of something that is held");
  expect(await whyNot([relation("bob", "1", { positions: [] })])).toBe("nothing is held");
  expect(await whyNot([relation("bob", "1")], { limits: { followers: [] } })).toBe("the equity is not known");
});
