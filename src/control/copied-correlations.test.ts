/** Which copied leaders are one bet, on each follower by what it holds of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { follower, leader, loaded } from "../../test/configuration/folder.ts";
import { seededRandom } from "../analytics/numeric/random.ts";
import type { TraderFillRecord } from "../store/trader-store.ts";
import { copiedCorrelations } from "./copied-correlations.ts";
import type { AllocationStatus } from "./owner-commands.ts";
import { withTraderStore } from "./traders.ts";

const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 0, 1);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "copied-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A round trip a day on a capital of 10,000. */
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
      { key, seenMs: 1, history: "complete", statedEquity: "10000", rejectedRows: 0 },
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
  const positions = value === "" ? [] : [{ symbol: "BTCUSDT", target: "1", held: "1", value }];
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

it("finds those that move together, weighed by what is held, and names whom nothing is known of", async () => {
  const random = seededRandom(5);
  const same = Array.from({ length: 90 }, () => 100 * (random() - 0.5));
  await record("leader", same);
  await record(
    "bob",
    same.map((profit) => profit + 10 * (random() - 0.5)),
  );
  const allocations = [relation("leader", "-600"), relation("bob", "300"), relation("carol", "100")];
  const found = await copiedCorrelations(folder, accounts, { allocations, alike: 0.7 });
  expect(found.leaders.map(({ leader: name, days }) => [name, days])).toEqual([
    ["bob", 90],
    ["carol", 0],
    ["leader", 90],
  ]);
  expect(found.followers).toMatchObject([
    {
      follower: "follower",
      weighted_by: "exposure",
      leaders: [{ weight: 0.6 }, { weight: 0.3 }, { weight: 0.1 }],
      one_bet: [{ leaders: ["leader", "bob"], weight: expect.closeTo(0.9, 9), sure: true }],
      unknown: ["carol"],
    },
  ]);
  const [{ effective_number: number, effective_number_careful: careful } = { effective_number: 0 }] =
    found.followers;
  expect(number ?? 0).toBeGreaterThanOrEqual(careful ?? 0);
  expect(number ?? 0).toBeLessThan(1.1);
});

it("weighs equally where nothing is held or a price is not known, and leaves out what ended", async () => {
  const ended = relation("carol", "", { state: "ended" });
  const nothing = [relation("leader", ""), relation("bob", ""), ended];
  const { followers, leaders } = await copiedCorrelations(folder, accounts, {
    allocations: nothing,
    alike: 0.7,
  });
  expect(leaders.map(({ leader: name }) => name)).toEqual(["bob", "leader"]);
  expect(followers).toMatchObject([
    {
      weighted_by: "equal",
      leaders: [{ weight: 0.5 }, { weight: 0.5 }],
      effective_number: null,
      one_bet: [],
    },
  ]);
  const unpriced = [
    relation("leader", "100"),
    relation("bob", "1", { positions: [{ symbol: "X", target: "1", held: "1", value: "" }] }),
  ];
  const other = await copiedCorrelations(folder, accounts, { allocations: unpriced, alike: 0.7 });
  expect(other.followers).toMatchObject([{ weighted_by: "equal", leaders: [{}, { exposure: null }] }]);
});
