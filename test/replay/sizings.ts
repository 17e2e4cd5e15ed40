/** The sizing rules that replays go through, one entry for each rule and capital base. */
import type { CapitalBase, SizingKind, SizingRule } from "../../src/core/settings.ts";

export interface NamedSizing {
  readonly name: string;
  readonly rule: SizingRule;
}

const BAND = "0.1";
/** Measurements come every two minutes of a replay; older ones do not count. */
const EVIDENCE_MAX_AGE_MS = 600_000;

export function times(multiplier: string): SizingRule {
  return { kind: "multiplier", multiplier };
}

export function proportional(capital: CapitalBase): SizingRule {
  return { kind: "equity-proportional", rebalanceBand: BAND, capital };
}

/** As an earlier version journaled it: by equity. */
export const PROPORTIONAL: SizingRule = { kind: "equity-proportional", rebalanceBand: BAND };
export const NOTIONAL: SizingRule = { kind: "fixed-notional", notional: "20000" };
export const QUANTITY: SizingRule = { kind: "fixed-quantity", quantity: "1.5" };
export const VOLATILITY: SizingRule = {
  kind: "volatility-target",
  volatility: "0.3",
  factorMax: "2",
  evidenceMaxAgeMs: EVIDENCE_MAX_AGE_MS,
  rebalanceBand: BAND,
  capital: { kind: "equity" },
};

export const SIZINGS: readonly NamedSizing[] = [
  { name: "multiplier", rule: times("0.2") },
  { name: "equity", rule: proportional({ kind: "equity" }) },
  { name: "balance", rule: proportional({ kind: "balance" }) },
  { name: "free-margin", rule: proportional({ kind: "free-margin" }) },
  { name: "fixed-sum", rule: proportional({ kind: "fixed-sum", amount: "50000" }) },
  { name: "notional", rule: NOTIONAL },
  { name: "quantity", rule: QUANTITY },
  { name: "volatility", rule: VOLATILITY },
];

export const SIZING_KINDS: readonly SizingKind[] = [...new Set(SIZINGS.map(({ rule }) => rule.kind))];

export function isSizingKind(text: string): text is SizingKind {
  return SIZING_KINDS.some((kind) => kind === text);
}
