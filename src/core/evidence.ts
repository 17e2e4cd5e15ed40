/**
 * What was measured of a leader's record, beside what it holds: how much its equity swings, and how closely it moves with
 * other leaders. Measured elsewhere and told as events; rules and limits that need it look at its age first.
 */
import type { EventOf } from "./event.ts";
import { Decimal } from "./model/decimal.ts";
import type { Refusal } from "./reason.ts";
import type { LeaderState, State } from "./state.ts";

/** Numbers are decimal texts; what was not measured is absent. */
export interface LeaderEvidence {
  readonly measuredAtMs: number;
  /** Standard deviation of yearly returns as a share: "0.4" is 40 %. */
  readonly annualVolatility?: string;
  /** Correlation of returns (-1 to 1) with other leaders, by nickname. */
  readonly correlations?: Readonly<Record<string, string>>;
  /** How good its record is, in any unit that is the same for all leaders, such as a Sharpe ratio: more is better. */
  readonly score?: string;
  /** The style that it trades in, such as `trend-following`. */
  readonly style?: string;
  /** Share of the leader's exposure (0 to 1) by sector. */
  readonly sectors?: Readonly<Record<string, string>>;
  /** Absent where too little is known of what its positions risk. */
  readonly risk?: LeaderRisk;
}

/** What past days would have brought to each unit of value that is held of a leader. */
export interface LeaderRisk {
  /**
   * One for each of RISK_DAYS days, in units of 1 / RETURN_UNITS: -2000 is a loss of 2 % of the value held. The result of UTC day d (counted from
   * 1970) is at place d modulo RISK_DAYS, so that those of two leaders lie beside each other whenever they were measured.
   */
  readonly dayReturns: readonly number[];
  /** How far it moves with the benchmark, per unit of value held; absent where that is not known. */
  readonly beta?: string;
}

export const RISK_DAYS = 365;
export const RETURN_UNITS = 100_000;
/** A thousand times what was held. */
const RETURN_MAX = 1_000 * RETURN_UNITS;

/** The newest measurement counts, in whatever order they arrive. */
export function applyEvidence(leader: LeaderState, { evidence }: EventOf<"evidence-updated">): void {
  if (leader.evidence !== null && leader.evidence.measuredAtMs > evidence.measuredAtMs) return;
  leader.evidence = evidence;
}

/** Why a limit that needs a measurement has none: nobody measured it, or nobody lately. */
export type EvidenceLack =
  | { readonly reason: "evidence-missing" }
  | { readonly reason: "evidence-stale"; readonly ageMs: number; readonly limitMs: number };

/** `measuredAtMs`: of each measurement that says something; null where one of them is fresh. */
export function evidenceLack(
  { nowMs }: Pick<State, "nowMs">,
  measuredAtMs: readonly number[],
  limitMs: number,
): EvidenceLack | null {
  if (measuredAtMs.length === 0) return { reason: "evidence-missing" };
  const ageMs = nowMs - Math.max(...measuredAtMs);
  return ageMs > limitMs ? { reason: "evidence-stale", ageMs, limitMs } : null;
}

/** Figures that no measurement can give are refused whole. */
export function checkEvidence({ evidence }: EventOf<"evidence-updated">): Refusal | null {
  const { annualVolatility, correlations = {}, sectors = {}, score, risk } = evidence;
  if (score !== undefined && Decimal.tryParse(score) === undefined)
    return { kind: "not-a-number", detail: { score } };
  return (
    (annualVolatility === undefined ? null : outside("annualVolatility", annualVolatility, "0")) ??
    firstOutside("correlations", correlations, "-1", "1") ??
    firstOutside("sectors", sectors, "0", "1") ??
    (risk === undefined ? null : checkLeaderRisk(risk))
  );
}

function checkLeaderRisk({ dayReturns, beta }: LeaderRisk): Refusal | null {
  if (beta !== undefined && Decimal.tryParse(beta) === undefined)
    return { kind: "not-a-number", detail: { beta } };
  const wrong = dayReturns.find((value) => !Number.isSafeInteger(value) || Math.abs(value) > RETURN_MAX);
  if (wrong !== undefined) return { kind: "impossible-evidence", detail: { dayReturns: String(wrong) } };
  return dayReturns.length === RISK_DAYS
    ? null
    : { kind: "impossible-evidence", detail: { days: dayReturns.length } };
}

function firstOutside(
  what: string,
  figures: Readonly<Record<string, string>>,
  least: string,
  most: string,
): Refusal | null {
  for (const [name, text] of Object.entries(figures)) {
    const refusal = outside(`${what} ${name}`, text, least, most);
    if (refusal !== null) return refusal;
  }
  return null;
}

function outside(what: string, text: string, least: string, most?: string): Refusal | null {
  const value = Decimal.tryParse(text);
  if (value === undefined) return { kind: "not-a-number", detail: { [what]: text } };
  const isLow = value.compare(Decimal.parse(least)) < 0;
  const isHigh = most !== undefined && value.compare(Decimal.parse(most)) > 0;
  return isLow || isHigh ? { kind: "impossible-evidence", detail: { [what]: text } } : null;
}
