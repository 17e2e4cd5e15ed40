/**
 * What a look measured of each configured leader, as the engine is told it: limits that need a measurement, sizes by volatility and the
 * choice of a replacement go by it. What a record cannot carry is left out.
 */
import { type LeaderScore, PAIR_DAYS_MIN, type PairScore, type Scoring } from "../control/leader-scores.ts";
import type { LeaderEvidence } from "../core/evidence.ts";
import { AccountId } from "../core/model/identifiers.ts";

const DIGITS = 6;

/** Those of whom nothing is known are left out. */
export function evidenceOf(
  { leaders, pairs }: Pick<Scoring, "leaders" | "pairs">,
  measuredAtMs: number,
): readonly (readonly [AccountId, LeaderEvidence])[] {
  const configured = leaders.filter(({ role }) => role === "leader");
  const names = new Set(configured.map(({ name }) => name));
  return configured.flatMap((leader) => {
    const evidence = { ...measured(leader), ...correlationsOf(leader.name, names, pairs) };
    return Object.keys(evidence).length === 0
      ? []
      : [[AccountId(leader.name), { measuredAtMs, ...evidence }] as const];
  });
}

function measured({ annualVolatility, score, style }: LeaderScore): Omit<LeaderEvidence, "measuredAtMs"> {
  const isStyled = style.confidence === "high" || style.confidence === "moderate";
  return {
    ...(annualVolatility === null ? {} : { annualVolatility: annualVolatility.toFixed(DIGITS) }),
    ...(score === null ? {} : { score: score.toFixed(DIGITS) }),
    ...(isStyled ? { style: style.label } : {}),
  };
}

/** Drawn towards what all pairs have in common. */
function correlationsOf(
  name: string,
  names: ReadonlySet<string>,
  pairs: readonly PairScore[],
): Pick<LeaderEvidence, "correlations"> {
  const known = pairs.flatMap(({ one, other, shrunk, days }) => {
    const with_ = one === name ? other : other === name ? one : null;
    if (with_ === null || !names.has(with_) || shrunk === null || days < PAIR_DAYS_MIN) return [];
    return [[with_, shrunk.value.toFixed(DIGITS)] as const];
  });
  return known.length === 0 ? {} : { correlations: Object.fromEntries(known) };
}
