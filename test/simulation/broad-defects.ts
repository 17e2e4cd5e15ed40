/** Deliberate defects of limits by measurement, margin modes and risk tiers; caught by broad histories (defects.ts says what a defect is). */
import type { Defect } from "./defects.ts";

const DEFECTS_OF_BREADTH: readonly Omit<Defect, "histories">[] = [
  {
    name: "a leader who moves with one that is held passes",
    file: "core/risk/correlation.ts",
    find: "    if (value === null || Decimal.parse(value).compare(Decimal.parse(limit)) <= 0) continue;",
    replace: "    if (value === null || Decimal.parse(value).compare(Decimal.parse(limit)) >= 0) continue;",
  },
  {
    name: "a correlation is never too old",
    late: true,
    file: "core/risk/correlation.ts",
    find: "    return state.nowMs - evidence.measuredAtMs > maxAgeMs ? null : { value,",
    replace: "    return state.nowMs < evidence.measuredAtMs - maxAgeMs ? null : { value,",
  },
  {
    name: "something is given up beside a leader who is only wanted",
    late: true,
    file: "core/risk/correlation.ts",
    find: "  return leadersHeld(follower, planned.decided()).has(other)",
    replace: "  return leadersHeld(follower, planned).has(other)",
  },
  {
    name: "leaders of other styles count, and of the same do not",
    file: "core/risk/strategy-exposure.ts",
    find: "=> styleOf(state, copy.leader, follower.limits) === strategy;",
    replace: "=> styleOf(state, copy.leader, follower.limits) !== strategy;",
  },
  {
    name: "a style that nobody measured lately still counts",
    late: true,
    file: "core/risk/strategy-exposure.ts",
    find: "  if (evidence === null || state.nowMs - evidence.measuredAtMs > evidenceMaxAgeMs) return null;",
    replace:
      "  if (evidence === null || state.nowMs < evidence.measuredAtMs - evidenceMaxAgeMs) return null;",
  },
  {
    name: "what all copies risk is judged without what is asked for",
    file: "core/risk/portfolio-risk.ts",
    find: "  const after = portfolioFigures(grown(asked), limited);",
    replace: "  const after = portfolioFigures(grown(0), limited);",
  },
  {
    name: "what fits into the portfolio's risk is cut to the wrong side",
    file: "core/risk/portfolio-risk.ts",
    find: "  return { numbers: { measure, value, after: reached, limit }, room: fits };",
    replace: "  return { numbers: { measure, value, after: reached, limit }, room: asked };",
  },
  {
    name: "other leaders' copies count nothing in the portfolio's risk",
    file: "core/risk/portfolio-past.ts",
    find: "    if (risk !== null) beta += addTo(days, risk, value / equity);",
    replace: "    if (risk !== null) beta += addTo(days, risk, 0 * value);",
  },
  {
    name: "another margin mode is asked for while something is held",
    file: "core/margin-mode.ts",
    find: `  if (isTaken(follower)) return "taken";`,
    replace: "",
  },
  {
    name: "increases do not wait for the margin mode",
    file: "core/margin-mode.ts",
    find: "  if (margin.askedUntilMs > nowMs) return true;\n  return draft.questions.some(",
    replace: "  if (margin.askedUntilMs > nowMs) return false;\n  return [].some(",
  },
  {
    name: "the leader's margin mode is never asked for",
    file: "core/margin-mode.ts",
    find: `  if (standing.kind !== "due") return;`,
    replace: `  if (standing.kind !== "asked") return;`,
  },
  {
    name: "the tier of a position is that of a tenth of it",
    late: true,
    file: "core/risk/leverage-cap.ts",
    find: "  return tiers.find(({ limit }) => value <= limit);",
    replace: "  return tiers.find(({ limit }) => value <= limit * 10);",
  },
];

export const BROAD_DEFECTS: readonly Defect[] = DEFECTS_OF_BREADTH.map((defect) => ({
  ...defect,
  histories: "broad",
}));
