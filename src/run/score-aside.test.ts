/** The thread that looks at the leaders: the owner's filters count, what is missing is a word, and it can be stopped. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withTraderStore } from "../control/traders.ts";
import type { TraderFillRecord } from "../store/trader-store.ts";
import { FILTER_NAMES, type FilterBounds } from "../traders/filters/registry.ts";
import { type ScoringOrder, scoreAside } from "./score-aside.ts";

const DAY_MS = 86_400_000;
const BOUNDS = Object.fromEntries(FILTER_NAMES.map((name) => [name, null])) as unknown as FilterBounds;
const NEVER = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aside-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function order(over: Partial<ScoringOrder> = {}): ScoringOrder {
  const followers = [{ follower: "one", correlationLimit: 0.7, isClosed: false }];
  return {
    configDir: join(folder, "config"),
    dataDir: folder,
    nowMs: Date.UTC(2026, 6, 1),
    subjects: ["alice", "bob"].map((name) => ({
      ...{ name, followers },
      trader: { venue: "bybit", trader: name },
      role: "leader",
    })),
    recorded: [],
    recordedUpTo: null,
    fetched: [],
    filters: { ...BOUNDS, min_trades: 1_000 },
    benchmark: "BTCUSDT",
    minStrategyDiversity: null,
    decay: { windowDays: 90, falseAlarms: 0.05 },
    ...over,
  };
}

/** A round trip a day of alice's. */
async function record(days: number): Promise<void> {
  const key = { venue: "bybit", trader: "alice" };
  await withTraderStore(folder, async (store) => {
    const taking = store.beginImport(1);
    const groups = Array.from({ length: 2 * days }, (_, half) => {
      const timeMs = Date.UTC(2026, 0, 1) + Math.floor(half / 2) * DAY_MS + (half % 2) * 60_000;
      const price = String(half % 2 === 0 ? 100 : 100 + Math.sin(half) + 0.2);
      const fill: TraderFillRecord = {
        kind: "trade",
        timeMs,
        symbol: "BTCUSDT",
        quoteAsset: "USDT",
        side: half % 2 === 0 ? "buy" : "sell",
        leg: "net",
        price,
        quantity: "1",
        realizedPnl: null,
        fee: "0",
        feeAsset: "USDT",
        liquidity: "unknown",
        tradeId: `t${half}`,
        orderId: "",
        positionBefore: null,
        closedQuantity: null,
        leverage: null,
      };
      return { key, timeMs, fills: [fill] };
    });
    await taking.merge(groups, { dropDuplicates: false });
    await taking.finish({ hash: "h", name: "f" }, [
      { key, seenMs: 1, history: "complete", statedEquity: "1000", rejectedRows: 0 },
    ]);
  });
}

function ownFilter(text: string): void {
  mkdirSync(join(folder, "config", "extensions"), { recursive: true });
  writeFileSync(join(folder, "config", "extensions", "own.ts"), text);
}

it("scores who has a record by every filter, the owner's own too, and tells who has none", {
  timeout: 30_000,
}, async () => {
  await record(100);
  ownFilter(`export default {
    contract: 1, kind: "trader-filter", name: "mine", description: "trips", unit: "count", asks: "at-least", bound: 50,
    figure: ({ trips }) => trips.length,
  };`);
  const { scoring, problems } = await scoreAside(order(), NEVER);
  const [alice, bob] = scoring.leaders;
  expect(alice).toMatchObject({ name: "alice", days: 100, trips: 100, verdict: "judgeable" });
  expect(alice?.filters.results.map(({ filter, result }) => [filter, result])).toEqual([
    ["min_trades", "failed"],
    ["mine", "passed"],
  ]);
  expect(alice?.decay.kind).toBe("measured");
  expect(bob).toMatchObject({ verdict: "empty", days: 0, filters: { passes: false } });
  expect(scoring.readings.map(({ rule, leader, state }) => [rule, leader, state])).toEqual([
    ["failed-filter", "alice", "raised"],
    ["failed-filter", "alice", "clear"],
    ["decay", "alice", expect.stringMatching(/clear|between/)],
    ["style-change", "alice", expect.any(String)],
  ]);
  expect(problems).toEqual([expect.stringContaining("could not be taken on")]);
});

it("counts the styles that each follower copies where that is asked for", { timeout: 30_000 }, async () => {
  await record(100);
  const { scoring } = await scoreAside(order({ minStrategyDiversity: 3 }), NEVER);
  const ofSets = scoring.readings.filter(({ follower }) => follower !== undefined);
  expect(ofSets).toMatchObject([
    { rule: "failed-filter", follower: "one", topic: "min_strategy_diversity", state: "raised", limit: "3" },
  ]);
  const closed = order().subjects.map((one) => ({
    ...one,
    followers: one.followers.map((each) => ({ ...each, isClosed: true })),
  }));
  const none = await scoreAside(order({ minStrategyDiversity: 3, subjects: closed }), NEVER);
  expect(none.scoring.readings.filter(({ follower }) => follower !== undefined)).toEqual([]);
});

it("goes without the owner's filters where one is broken, and says so", { timeout: 30_000 }, async () => {
  await record(40);
  ownFilter("export default { contract: 1, kind: 'trader-filter' };");
  const { scoring, problems } = await scoreAside(order(), NEVER);
  expect(scoring.leaders[0]?.filters.results.map(({ filter }) => filter)).toEqual(["min_trades"]);
  expect(problems.join("\n")).toContain("extensions/own.ts");
});

it("is ended when the run stops", { timeout: 30_000 }, async () => {
  const stop = new AbortController();
  const looking = scoreAside(order(), stop.signal);
  stop.abort();
  await expect(looking).rejects.toThrow("stopped");
});
