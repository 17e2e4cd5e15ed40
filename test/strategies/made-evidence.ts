/** Evidence of made leaders, for tests of strategies: drawn from a seed, so that the same test sees the same leaders. */
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import { type CandidateRecord, LOOKBACK_DAYS, strategyEvidence } from "../../src/strategies/evidence.ts";
import type { StrategyEvidence } from "../../src/strategies/strategy.ts";

const DAY_MS = 86_400_000;
export const TODAY = 20_500;

export interface MadeLeader extends Partial<Omit<CandidateRecord, "returns">> {
  readonly trader: string;
  /** Mean of its days, exactly, and about their deviation. */
  readonly mean?: number;
  readonly deviation?: number;
  readonly days?: number;
  readonly seed?: number;
  /** In place of what is drawn. */
  readonly returns?: readonly number[];
}

/** Its days end with yesterday. */
export function madeRecord(leader: MadeLeader): CandidateRecord {
  const { mean = 0.002, deviation = 0.005, days = 200, seed = leader.trader.length, ...record } = leader;
  const returns = Float64Array.from(leader.returns ?? drawn({ mean, deviation, days, seed }));
  return {
    firstDay: TODAY - returns.length,
    trips: 500,
    failedFilters: [],
    style: null,
    sector: null,
    weight: 0,
    costBps: 7,
    ...record,
    returns,
  };
}

function drawn({ mean, deviation, days, seed }: Record<"mean" | "deviation" | "days" | "seed", number>) {
  const random = seededRandom(seed);
  const noise = Array.from({ length: days }, () => deviation * Math.sqrt(12) * (random() - 0.5));
  const off = noise.reduce((sum, value) => sum + value, 0) / days;
  return noise.map((value) => mean + value - off);
}

export function madeEvidence(leaders: readonly MadeLeader[]): StrategyEvidence {
  return strategyEvidence({
    asOfMs: TODAY * DAY_MS,
    equity: 10_000,
    lookbackDays: LOOKBACK_DAYS,
    records: leaders.map(madeRecord),
  });
}
