/** What was known of a trader at a moment of the past does not change with what came after it. */
import { describe, expect, it } from "vitest";
import type { TraderFillRecord, TraderRecord } from "../../src/store/trader-store.ts";
import { type TraderEvidence, traderEvidence } from "../../src/traders/evidence.ts";
import type { TraderMarks } from "../../src/traders/marks.ts";
import { tradingMoments } from "../../src/traders/moments.ts";
import { periodThen } from "../../src/traders/walk-forward/period-then.ts";
import { recordThen } from "../../src/traders/walk-forward/record-then.ts";

const DAY_MS = 86_400_000;
const FIRST = 19_800;

const trader = (name: string): TraderRecord => ({
  venue: "binance",
  trader: name,
  firstSeenMs: 0,
  lastSeenMs: Number.MAX_SAFE_INTEGER,
  history: "complete",
  statedEquity: null,
  revision: 1,
  rejectedRows: 0,
});
const marks: TraderMarks = { markAt: () => null, sourceOf: () => null, basis: () => "" };

/** Buys at 100 on each day and sells an hour later at the day's price. */
function trips(prices: readonly number[], quantity = "1"): readonly TraderFillRecord[] {
  const fill = (timeMs: number, side: "buy" | "sell", price: number): TraderFillRecord => ({
    kind: "trade",
    timeMs,
    symbol: "BTCUSDT",
    quoteAsset: "USDT",
    side,
    leg: "net",
    price: String(price),
    quantity,
    realizedPnl: null,
    fee: "0",
    feeAsset: "USDT",
    liquidity: "unknown",
    tradeId: "",
    orderId: "",
    positionBefore: null,
    closedQuantity: null,
    leverage: null,
  });
  return prices.flatMap((price, day) => {
    const ms = (FIRST + day) * DAY_MS;
    return [fill(ms, "buy", 100), fill(ms + 3_600_000, "sell", price)];
  });
}

async function then(name: string, fills: readonly TraderFillRecord[], beginDay: number, days: number) {
  const input = {
    trader: trader(name),
    // In pages, as a store gives them: a boundary may lie within one.
    fills: async function* () {
      for (let at = 0; at < fills.length; at += 3) yield fills.slice(at, at + 3);
    },
    marks,
    equity: null,
    quality: [],
  };
  const whole = await traderEvidence(input);
  if (whole === null) return expect.fail("no evidence");
  const moments = await tradingMoments(input.fills());
  const looked: TraderEvidence[] = [];
  const featuresOf = (known: TraderEvidence) => [looked.push(known), known.days.length];
  const rest = { whole, moments, copying: null, needs: { days: 1, trips: 0 }, featuresOf };
  const found = await recordThen({ ...input, ...rest }, { beginDay, days });
  return found === null ? null : { ...found, evidence: looked[0] ?? expect.fail("never looked at") };
}

describe("a record as it was known then", () => {
  const past = [101, 102, 99, 103, 100, 104];

  it("is the same whatever came afterwards", async () => {
    const calm = await then("a", trips([...past, 101, 101]), FIRST + 6, 2);
    const wild = await then(
      "a",
      [...trips(past), ...trips([...past, 101, 20], "50").slice(12)],
      FIRST + 6,
      2,
    );
    expect(calm?.evidence).toEqual(wild?.evidence);
    expect(calm?.features).toEqual([1, 6]);
    expect(wild).toMatchObject({ judged: calm?.judged, returns: calm?.returns, features: [1, 6] });
    expect(calm?.evidence.days).toHaveLength(6);
    expect(calm?.outcome).not.toEqual(wild?.outcome);
  });

  it("comes to what followed, on the capital that was there, and to nothing after the last fill", async () => {
    const found = await then("a", trips([...past, 110]), FIRST + 6, 3);
    const { base, pnl } = found?.evidence ?? expect.fail("unknown");
    const capital = base + pnl.reduce((sum, value) => sum + value, 0);
    expect([...(found?.outcome ?? [])]).toEqual([10 / capital, 0, 0]);
  });

  it("is none before the first fill, and where the capital was used up", async () => {
    expect(await then("a", trips(past), FIRST, 2)).toBeNull();
    const ruined = await then("a", [...trips([101]), ...trips([101, 1], "9").slice(2)], FIRST + 1, 5);
    expect(ruined?.outcome[0]).toBe(-1);
  });
});

describe("a period of the past", () => {
  it("has those whose record gave figures then, the surest first, and one of two in lock-step (pain 42)", async () => {
    const good = [102, 103, 101, 102, 103, 102, 101, 103, 102, 103, 101, 102];
    const bad = good.map((price) => 200 - price);
    const later = trips(good).map((fill) => ({ ...fill, timeMs: fill.timeMs + 7_200_000 }));
    const short = trips([101]);
    const records = await Promise.all([
      then("bad", trips(bad), FIRST + 12, 5),
      then("good", later, FIRST + 12, 5),
      then("twin", later, FIRST + 12, 5),
      then("short", short, FIRST + 12, 5),
    ]);
    const known = records.filter((one) => one !== null);
    const span = { beginDay: FIRST + 12, days: 5 };
    const { candidates } = periodThen(known, span, { days: 7, trips: 3 });
    expect(candidates.map(({ name }) => name)).toEqual(["binance good", "binance bad"]);
  });
});
