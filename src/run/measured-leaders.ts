/**
 * What a look measured of each configured leader, as the engine is told it: limits that need a measurement, sizes by volatility and the
 * choice of a replacement go by it. What a record cannot carry is left out.
 */
import type { LeaderScore, Scoring } from "../control/leader-scores.ts";
import type { LeaderEvidence } from "../core/evidence.ts";
import { AccountId } from "../core/model/identifiers.ts";

const DIGITS = 6;

/** Those of whom nothing is known are left out. */
export function evidenceOf(
  { leaders, correlations, risks }: Pick<Scoring, "leaders" | "correlations" | "risks">,
  measuredAtMs: number,
): readonly (readonly [AccountId, LeaderEvidence])[] {
  const alike = correlationsByLeader(correlations);
  return leaders.flatMap((leader) => {
    if (leader.role !== "leader") return [];
    const own = alike.get(leader.name);
    const risk = risks.find(({ name }) => name === leader.name)?.risk;
    const evidence = {
      ...measured(leader),
      ...(own === undefined ? {} : { correlations: own }),
      ...(risk === undefined ? {} : { risk }),
    };
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

/** By leader: with each other, as decimal texts. */
function correlationsByLeader(
  correlations: Scoring["correlations"],
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const found = new Map<string, Record<string, string>>();
  const note = (of: string, other: string, value: string) => {
    const known = found.get(of) ?? {};
    known[other] = value;
    found.set(of, known);
  };
  for (const { one, other, value } of correlations) {
    note(one, other, value.toFixed(DIGITS));
    note(other, one, value.toFixed(DIGITS));
  }
  return found;
}
