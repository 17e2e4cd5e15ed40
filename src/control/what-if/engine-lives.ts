/** Lives of one follower of one leader through the engine, each with something otherwise, over the same time and by the same chance. */
import { DAY_MS, utcDay } from "../../analytics/equity/days.ts";
import type { LivedHours } from "../../analytics/what-if/start-windows.ts";
import { dailyEquity } from "../../backtest/backtest.ts";
import { type DelayModel, LeaderDelay } from "../../backtest/delay.ts";
import { openRecordedMarket, type RecordedLeaders, type RecordedMarkets } from "../../backtest/history.ts";
import { withFineSteps } from "../../backtest/market/fine-steps.ts";
import type { SlippageModel } from "../../backtest/market/slippage.ts";
import { copyOneLeader, type OneLeaderOutcome } from "../../backtest/one-leader.ts";
import type { KnownNow, WorldFollower } from "../../backtest/world.ts";
import type { CopyTerms } from "../../config.ts";
import { limitsRisk } from "../../core/risk/portfolio-risk.ts";
import type { Allocation } from "../../core/settings.ts";
import type { TimeRange } from "../../market/market-history.ts";
import type { TraderEvidence } from "../../traders/evidence.ts";
import { FOLLOWER, VENUE } from "../backtest/past.ts";

/** Everything that a life is made of and that may be otherwise in another. */
export interface LifeTerms {
  /** In the settle coin, decimal text. */
  readonly equity: string;
  readonly allocation: Allocation;
  readonly settings: CopyTerms["follower"];
  readonly delay: DelayModel;
  readonly orderLatencyMs: number;
  readonly slippage: SlippageModel;
  readonly feeRates: WorldFollower["feeRates"];
  readonly paysFunding: boolean;
  /** Whether the venue's steps and minima hold. */
  readonly hasSteps: boolean;
}

export interface EngineLife {
  readonly profit: number;
  /** Of each UTC day, from that of the beginning. */
  readonly daily: Float64Array;
  readonly hours: LivedHours;
  readonly outcome: OneLeaderOutcome;
}

export interface LivesParts {
  /** Of one leader. */
  readonly recorded: RecordedLeaders;
  readonly markets: RecordedMarkets;
  readonly evidence: TraderEvidence;
  readonly range: TimeRange;
  readonly seed: number;
  readonly stop: AbortSignal;
  /** What was measured of the leader by then; null where no limit that is asked about needs it. */
  readonly measuredAt: ((ms: number) => Promise<readonly KnownNow[]>) | null;
}

/** Digits of a capital. */
const EQUITY_PLACES = 8;

/** `onTime`: how much of it is over, from 0 to 1. */
export async function livedBy(
  parts: LivesParts,
  terms: LifeTerms,
  onTime: (part: number) => void = () => {},
): Promise<EngineLife> {
  const { recorded, evidence, range, seed, stop, measuredAt } = parts;
  const { equity, allocation, settings, delay, orderLatencyMs: latencyMs, feeRates, slippage } = terms;
  const markets = terms.hasSteps ? parts.markets : withFineSteps(parts.markets, VENUE);
  const outcome = await copyOneLeader({
    world: {
      fromMs: range.fromMs,
      leaders: recorded.leaders,
      follower: { account: FOLLOWER, venue: VENUE, equity, settings, latencyMs, feeRates },
      fills: recorded.fills,
      ...markets,
      openMarket: (clock, onPrice) =>
        openRecordedMarket(markets, {
          venue: VENUE,
          clock,
          slippage,
          onPrice,
          paysFunding: terms.paysFunding,
        }),
      delayOf: (leader) => new LeaderDelay(delay, leader),
      seed,
    },
    toMs: range.toMs,
    allocation,
    ...(measuredAt !== null && limitsRisk(settings.limits) ? { measuredAt } : {}),
    capitalAt: capitalsOf(evidence),
    stop,
    onTime: (nowMs) => onTime((nowMs - range.fromMs) / (range.toMs - range.fromMs)),
  });
  const { samples } = outcome;
  const days = dailyEquity(samples).equity;
  return {
    profit: (days.at(-1) ?? 0) - (days[0] ?? 0),
    daily: Float64Array.from(days.slice(1), (value, at) => value - (days[at] ?? 0)),
    hours: {
      equity: Float64Array.from(samples, (one) => one.equity),
      gross: Float64Array.from(samples, ({ long, short }) => long + short),
    },
    outcome,
  };
}

/** The leader's capital at the beginning, and what the days since have made of it; never below a cent. */
function capitalsOf({ days, base, pnl }: TraderEvidence): (ms: number) => string {
  const first = utcDay(Date.parse(days[0] ?? ""));
  const capitals = [base];
  for (const profit of pnl) capitals.push((capitals.at(-1) ?? base) + profit);
  return (ms) => {
    const over = Math.min(Math.max(Math.floor(ms / DAY_MS) - first, 0), pnl.length);
    return Math.max(capitals[over] ?? base, 0.01).toFixed(EQUITY_PLACES);
  };
}
