/**
 * What was measured of leaders at a moment of the past, as the engine is told it: a stop that replaces a leader chooses by the score,
 * limits of the portfolio's risk go by what holding their positions risks, `max_strategy_exposure` by the style. As
 * live, the score is the lower bound of the Sharpe ratio a year, drawn towards the others; of a follower's returns here.
 */
import { momentsOf } from "../analytics/metrics/moments.ts";
import { rankRecords } from "../analytics/ranking/rank-records.ts";
import type { LeaderEvidence, LeaderRisk } from "../core/evidence.ts";
import { USUAL_NEEDS } from "../traders/verdict.ts";

export interface MeasuredRecord {
  readonly trader: string;
  /** One a day, only of days that were over. */
  readonly returns: Float64Array;
  readonly trips: number;
  /** Null where it is not surely known. */
  readonly style: string | null;
  /** What holding its positions risks; null where too little is known, or no limit asks for it. */
  readonly risk: LeaderRisk | null;
}

const DAYS_A_YEAR = 365;
const DIGITS = 6;

/** By trader; whose record is too short for every figure is left out. */
export function evidenceThen(
  records: readonly MeasuredRecord[],
  measuredAtMs: number,
): ReadonlyMap<string, LeaderEvidence> {
  const long = records.filter(({ returns }) => returns.length >= USUAL_NEEDS.days);
  const scored = long.filter(({ trips }) => trips >= USUAL_NEEDS.trips);
  const { ranked } = rankRecords(
    scored.map(({ trader, returns }) => ({ name: trader, returns })),
    { screened: records.length },
  );
  const scores = new Map(ranked.map(({ name, lowerBound }) => [name, lowerBound.toFixed(DIGITS)]));
  return new Map(
    records.flatMap((record) => {
      const { trader, returns, style, risk } = record;
      const evidence = {
        ...(long.includes(record) ? volatilityOf(returns) : {}),
        ...scoreOf(scores.get(trader)),
        ...(style === null ? {} : { style }),
        ...(risk === null ? {} : { risk }),
      };
      return Object.keys(evidence).length === 0 ? [] : [[trader, { measuredAtMs, ...evidence }] as const];
    }),
  );
}

function scoreOf(score: string | undefined): Pick<LeaderEvidence, "score"> {
  return score === undefined ? {} : { score };
}

function volatilityOf(returns: Float64Array): Pick<LeaderEvidence, "annualVolatility"> {
  const { deviation } = momentsOf(returns);
  if (deviation === null || deviation === 0) return {};
  return { annualVolatility: (deviation * Math.sqrt(DAYS_A_YEAR)).toFixed(DIGITS) };
}
