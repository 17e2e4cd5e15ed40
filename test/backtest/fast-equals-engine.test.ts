/**
 * The fast path gives what the engine gives: the same fills (moment, side, size, price and fee), the same targets and the same equity,
 * longs and shorts at each hour, to the last digit that the venue tells.
 */
import { describe, expect, it } from "vitest";
import { LeaderDelay } from "../../src/backtest/delay.ts";
import { layOutPast, liveFast } from "../../src/backtest/fast/fast-backtest.ts";
import type { CopiedFill } from "../../src/backtest/happenings.ts";
import { openRecordedMarket } from "../../src/backtest/history.ts";
import type { SlippageModel } from "../../src/backtest/market/slippage.ts";
import { type Allocation, plainAllocation } from "../../src/core/settings.ts";
import { type EngineLife, liveThroughEngine } from "./engine-life.ts";
import { BEGIN_MS, DAY_MS, FOLLOWER, makePast, type Past, recordedFrom, VENUE } from "./recorded-past.ts";

const SHARE = { kind: "equity-proportional", rebalanceBand: "0.1", capital: { kind: "equity" } } as const;
const FIXED: SlippageModel = { kind: "fixed", bps: 5 };
const SPREAD: SlippageModel = { kind: "impact", halfSpreadBps: 1, factor: 0 };

interface Case {
  readonly past: Past;
  readonly days: number;
  readonly settings: Partial<Allocation>;
  readonly slippage: SlippageModel;
  readonly seed: number;
}

/** The same through both. */
async function both({ past, days, settings, slippage, seed }: Case) {
  const range = { fromMs: BEGIN_MS + DAY_MS, toMs: BEGIN_MS + days * DAY_MS };
  const { recorded, markets } = await recordedFrom(past, range);
  const [leader] = recorded.leaders;
  if (leader === undefined) throw new Error("there is nobody");
  const allocation = { ...plainAllocation(leader.account, FOLLOWER), ...settings };
  const common = { latencyMs: 50, feeRates: { maker: "0.0002", taker: "0.00055" }, equity: "10000" };
  const delayOf = (name: string) => new LeaderDelay({ medianMs: 1_000, spread: 0.5, seed }, name);
  const told = { capitalAt: () => "100000", tellsCapitalDaily: false };
  const engine = liveThroughEngine({
    world: {
      fromMs: range.fromMs,
      leaders: recorded.leaders,
      follower: { account: FOLLOWER, venue: VENUE, settings: {}, ...common },
      fills: recorded.fills,
      ...markets,
      openMarket: (clock, onPrice) => openRecordedMarket(markets, { venue: VENUE, clock, slippage, onPrice }),
      delayOf,
      seed,
    },
    toMs: range.toMs,
    allocation,
    ...told,
  });
  const laidOut = layOutPast({ ...recorded, ...markets, leader, slippage, range });
  const fills: CopiedFill[] = [];
  const [fast] = liveFast(laidOut, {
    ...range,
    ...common,
    ...told,
    allocation,
    settings: {},
    delay: delayOf(leader.name),
    seed,
    onFill: (fill) => fills.push(fill),
  });
  return { engine, fast, fills };
}

function expectEqual({ engine, fast, fills }: Awaited<ReturnType<typeof both>>): EngineLife {
  if (fast?.kind !== "lived") throw new Error(`left to the engine: ${fast?.reasons.join(", ")}`);
  expect(fills).toEqual(engine.fills);
  expect(fast.samples).toEqual(engine.samples);
  expect(fast.targets).toMatchObject(engine.targets);
  expect(fast.fees).toBeCloseTo(engine.fees, 8);
  expect(fast.funding).toBeCloseTo(engine.funding, 8);
  return engine;
}

describe("a made-up month", () => {
  it.each<readonly [string, Partial<Allocation>, SlippageModel]>([
    ["a multiplier", { sizing: { kind: "multiplier", multiplier: "0.02" } }, FIXED],
    ["a share of the equity", { sizing: SHARE, positionScaling: "0.7" }, SPREAD],
    ["small parts that add up", { sizing: { kind: "multiplier", multiplier: "0.0005" } }, FIXED],
  ])("by %s", async (_name, settings, slippage) => {
    for (const seed of [1, 2]) {
      const engine = expectEqual(
        await both({ past: makePast(seed, 8, 2), days: 8, settings, slippage, seed }),
      );
      expect(engine.samples.length).toBeGreaterThan(150);
    }
  });
});
