/** A leader's fill is copied when it is heard of: also where the leader was read meanwhile, and where its venue has finer prices. */
import { describe, expect, it } from "vitest";
import { openRecordedMarket } from "../../src/backtest/history.ts";
import { type Allocation, plainAllocation } from "../../src/core/settings.ts";
import { liveThroughEngine } from "./engine-life.ts";
import {
  BEGIN_MS,
  DAY_MS,
  FOLLOWER,
  fillOf,
  HOUR_MS,
  makePast,
  recordedFrom,
  VENUE,
} from "./recorded-past.ts";

const DELAY_MS = 60_000;
const LATENCY_MS = 50;

/** One fill of 0.1 BTC at a time and price; the leader is told once a day, at midnight. */
async function copied(timeMs: number, price: number) {
  const past = makePast(1, 4, 0);
  const [, open = 0] = past.bars.get("BTCUSDT")?.[Math.floor((timeMs - BEGIN_MS) / HOUR_MS)] ?? [];
  const fills = [timeMs - DAY_MS, timeMs].map((ms, at) =>
    fillOf({
      timeMs: ms,
      symbol: at === 0 ? "ETHUSDT" : "BTCUSDT",
      by: 0.1,
      price: at === 0 ? 3_000 : open + price,
      realises: false,
    }),
  );
  const range = { fromMs: BEGIN_MS + HOUR_MS, toMs: BEGIN_MS + 3 * DAY_MS };
  const { recorded, markets } = await recordedFrom({ ...past, traders: new Map([["anna", fills]]) }, range);
  const [leader] = recorded.leaders;
  if (leader === undefined) throw new Error("there is nobody");
  const allocation: Allocation = {
    ...plainAllocation(leader.account, FOLLOWER),
    leverage: { kind: "leave" },
  };
  const { fills: found } = liveThroughEngine({
    world: {
      ...{ fromMs: range.fromMs, leaders: recorded.leaders, fills: recorded.fills, ...markets, seed: 1 },
      follower: {
        ...{ account: FOLLOWER, venue: VENUE, equity: "100000", settings: {}, latencyMs: LATENCY_MS },
        feeRates: { maker: "0", taker: "0" },
      },
      openMarket: (clock, onPrice) =>
        openRecordedMarket(markets, { venue: VENUE, clock, slippage: { kind: "fixed", bps: 0 }, onPrice }),
      delayOf: () => ({ heardAtMs: (ms) => ms + DELAY_MS }),
    },
    toMs: range.toMs,
    allocation,
    capitalAt: () => "100000",
    tellsCapitalDaily: true,
  });
  return found.filter(({ instrument }) => instrument.startsWith("BTC")).map(({ atMs }) => atMs - timeMs);
}

/** Heard of, the instrument asked about, the order on its way. */
const COPIED_AFTER_MS = DELAY_MS + 2 * LATENCY_MS;

describe("a leader's fill", () => {
  const midnight = BEGIN_MS + 2 * DAY_MS;

  it("counts when it is heard of", async () => {
    expect(await copied(midnight - 2 * HOUR_MS, 0)).toEqual([COPIED_AFTER_MS]);
  });

  it("that was on its way while the leader was read counts, too", async () => {
    expect(await copied(midnight - DELAY_MS / 2, 0)).toEqual([COPIED_AFTER_MS]);
  });

  it("at a price between two ticks of the follower's venue counts like any other", async () => {
    expect(await copied(midnight - 2 * HOUR_MS, 0.123_45)).toEqual([COPIED_AFTER_MS]);
  });
});
