/** One variation of a past, through the fast path and through the engine's world. */
import { LeaderDelay } from "../../src/backtest/delay.ts";
import { type FastOutcome, layOutPast, liveFast } from "../../src/backtest/fast/fast-backtest.ts";
import type { CopiedFill } from "../../src/backtest/happenings.ts";
import {
  openRecordedMarket,
  type RecordedLeaders,
  type RecordedMarkets,
} from "../../src/backtest/history.ts";
import type { SlippageModel } from "../../src/backtest/market/slippage.ts";
import { type Allocation, plainAllocation } from "../../src/core/settings.ts";
import type { TimeRange } from "../../src/market/market-history.ts";
import { type EngineLife, liveThroughEngine } from "./engine-life.ts";
import { FOLLOWER, VENUE } from "./recorded-past.ts";

export interface Variation {
  readonly range: TimeRange;
  readonly settings: Partial<Allocation>;
  readonly slippage: SlippageModel;
  readonly equity: string;
  readonly delayMs: number;
  readonly delaySpread: number;
  readonly latencyMs: number;
  readonly takerRate: string;
  readonly capitalAt: (ms: number) => string;
  readonly tellsCapitalDaily: boolean;
  readonly seed: number;
}

export interface Both {
  readonly fast: FastOutcome;
  readonly fills: readonly CopiedFill[];
  /** Null where the fast path left it to the engine. */
  readonly engine: EngineLife | null;
}

/** The first leader is copied. */
export function throughBoth(recorded: RecordedLeaders, markets: RecordedMarkets, variation: Variation): Both {
  const { range, settings, slippage, seed, delayMs: medianMs, delaySpread: spread } = variation;
  const { latencyMs, equity, capitalAt, tellsCapitalDaily } = variation;
  const [leader] = recorded.leaders;
  if (leader === undefined) throw new Error("there is nobody");
  const allocation = { ...plainAllocation(leader.account, FOLLOWER), ...settings };
  const common = { latencyMs, equity, feeRates: { maker: "0.0002", taker: variation.takerRate } };
  const delayOf = (name: string) => new LeaderDelay({ medianMs, spread, seed }, name);
  const told = { capitalAt, tellsCapitalDaily };
  const fills: CopiedFill[] = [];
  const [fast] = liveFast(layOutPast({ ...recorded, ...markets, leader, slippage, range }), {
    ...{ ...range, ...common, ...told, allocation, settings: {}, seed },
    delay: delayOf(leader.name),
    onFill: (fill) => fills.push(fill),
  });
  if (fast === undefined) throw new Error("there is no outcome");
  if (fast.kind === "needs-engine") return { fast, fills, engine: null };
  const engine = liveThroughEngine({
    world: {
      ...{
        fromMs: range.fromMs,
        leaders: recorded.leaders,
        fills: recorded.fills,
        ...markets,
        delayOf,
        seed,
      },
      follower: { account: FOLLOWER, venue: VENUE, settings: {}, ...common },
      openMarket: (clock, onPrice) => openRecordedMarket(markets, { venue: VENUE, clock, slippage, onPrice }),
    },
    ...{ toMs: range.toMs, allocation, ...told },
  });
  return { fast, fills, engine };
}
