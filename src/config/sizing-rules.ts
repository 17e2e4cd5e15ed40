/**
 * The sizing rule that the settings of a relation come to, its overrides by symbol, and what among them makes no sense: an
 * amount that the rule needs and nobody stated, or one that has no effect under it.
 */
import type { CapitalBase, SizingRule, SymbolOverride } from "../core/settings.ts";
import type { AllocationKey } from "./allocation-keys.ts";
import type { Effective, EffectiveAllocation, ValueSource } from "./effective.ts";
import { decimalText } from "./forms.ts";

const DAY_MS = 86_400_000;

export interface SizingProblem {
  readonly key: AllocationKey;
  readonly message: string;
}

/** For settings without a problem; what is missing then is never read. */
export function sizingRule(values: EffectiveAllocation): SizingRule {
  switch (values.sizing.value) {
    case "multiplier":
      return { kind: "multiplier", multiplier: decimalText(values.copy_multiplier.value) };
    case "equity-proportional":
      return { kind: "equity-proportional", rebalanceBand: band(values), capital: capital(values) };
    case "fixed-notional":
      return { kind: "fixed-notional", notional: amount(values.fixed_notional) };
    case "fixed-quantity":
      return { kind: "fixed-quantity", quantity: amount(values.fixed_quantity) };
    case "volatility-target":
      return {
        kind: "volatility-target",
        volatility: amount(values.volatility_target),
        factorMax: decimalText(values.volatility_factor_max.value),
        evidenceMaxAgeMs: Math.round(values.evidence_max_age_days.value * DAY_MS),
        rebalanceBand: band(values),
        capital: capital(values),
      };
  }
}

export function symbolOverrides({ overrides }: EffectiveAllocation): readonly SymbolOverride[] {
  return Object.entries(overrides.value).map(([pattern, own]) => {
    const sizing = overriddenSizing(own);
    return {
      pattern,
      ...(sizing === undefined ? {} : { sizing }),
      ...(own.max_leverage === undefined ? {} : { leverageMax: decimalText(own.max_leverage) }),
      ...(own.max_slippage_bps === undefined ? {} : { slippageBpsMax: decimalText(own.max_slippage_bps) }),
      ...overriddenCaps(own),
    };
  });
}

type OverrideValues = EffectiveAllocation["overrides"]["value"][string];

function overriddenCaps({
  max_order_notional: order,
  max_symbol_notional: symbol,
}: OverrideValues): Pick<SymbolOverride, "orderNotionalMax" | "symbolNotionalMax"> {
  return {
    ...(order === undefined ? {} : { orderNotionalMax: decimalText(order) }),
    ...(symbol === undefined ? {} : { symbolNotionalMax: decimalText(symbol) }),
  };
}

function overriddenSizing(own: OverrideValues): SymbolOverride["sizing"] {
  if (own.copy_multiplier !== undefined)
    return { kind: "multiplier", multiplier: decimalText(own.copy_multiplier) };
  if (own.fixed_notional !== undefined)
    return { kind: "fixed-notional", notional: decimalText(own.fixed_notional) };
  if (own.fixed_quantity !== undefined)
    return { kind: "fixed-quantity", quantity: decimalText(own.fixed_quantity) };
  return undefined;
}

export function sizingProblems(values: EffectiveAllocation): readonly SizingProblem[] {
  return [...missing(values), ...unused(values)];
}

/** What is sound, and yet may not do what was expected. */
export function sizingWarnings({ sizing }: EffectiveAllocation): readonly SizingProblem[] {
  if (sizing.value !== "volatility-target") return [];
  const message = `volatility-target (from ${sizing.source}) copies nothing before the leader's volatility was measured, which this version does not do by itself`;
  return [{ key: "sizing", message }];
}

function missing(values: EffectiveAllocation): readonly SizingProblem[] {
  const { sizing, capital_base: base } = values;
  const lacks = (key: keyof typeof NEEDED_FOR, what: string): readonly SizingProblem[] =>
    isUsed(values, key) && values[key].value === null
      ? [{ key, message: `is needed with ${what}: ${NEEDED_FOR[key]}` }]
      : [];
  const withSizing = `sizing ${sizing.value} (from ${sizing.source})`;
  return [
    ...lacks("fixed_notional", withSizing),
    ...lacks("fixed_quantity", withSizing),
    ...lacks("volatility_target", withSizing),
    ...lacks("capital_amount", `capital_base ${base.value} (from ${base.source})`),
  ];
}

const NEEDED_FOR = {
  fixed_notional: "the USDT of each position",
  fixed_quantity: "the quantity of each position",
  volatility_target: "the wanted yearly volatility, such as 0.2 for 20 %",
  capital_amount: "the USDT that count as capital",
} as const;

/**
 * What somebody stated for nothing. A multiplier always counts; an amount only where the sizing that does without it was not
 * chosen nearer to the follower: an amount in YAML may be for the other followers.
 */
function unused(values: EffectiveAllocation): readonly SizingProblem[] {
  const { sizing, copy_multiplier: factor, capital_base: base } = values;
  const under = `has no effect with sizing ${sizing.value}`;
  const hasFactor = sizing.value !== "multiplier" && decimalText(factor.value) !== "1";
  const multiplier = `(from ${factor.source}) ${under}; use position_scaling for a factor`;
  const amounts = (["fixed_notional", "fixed_quantity", "volatility_target"] as const).filter((key) =>
    isStatedForNothing(values, key, sizing),
  );
  const idleBase = base.value !== "equity" && isStatedForNothing(values, "capital_base", sizing);
  return [
    ...(hasFactor ? [{ key: "copy_multiplier" as const, message: multiplier }] : []),
    ...amounts.map((key) => ({ key, message: `(from ${values[key].source}) ${under}` })),
    ...(idleBase ? [{ key: "capital_base" as const, message: `(from ${base.source}) ${under}` }] : []),
    ...idleAmount(values),
  ];
}

function idleAmount(values: EffectiveAllocation): readonly SizingProblem[] {
  const { capital_base: base, capital_amount: sum, sizing } = values;
  const decider = sizesByCapital(values) ? base : sizing;
  if (!isStatedForNothing(values, "capital_amount", decider)) return [];
  const because = sizesByCapital(values) ? `capital_base ${base.value}` : `sizing ${sizing.value}`;
  return [{ key: "capital_amount", message: `(from ${sum.source}) has no effect with ${because}` }];
}

type SizeKey = "fixed_notional" | "fixed_quantity" | "volatility_target" | "capital_base" | "capital_amount";

function isStatedForNothing(values: EffectiveAllocation, key: SizeKey, decider: Effective<unknown>): boolean {
  const { value, source } = values[key];
  return (
    value !== null && !isUsed(values, key) && rank(source) >= rank(decider.source) && source !== "default"
  );
}

function isUsed(values: EffectiveAllocation, key: SizeKey): boolean {
  switch (key) {
    case "fixed_notional":
      return values.sizing.value === "fixed-notional";
    case "fixed_quantity":
      return values.sizing.value === "fixed-quantity";
    case "volatility_target":
      return values.sizing.value === "volatility-target";
    case "capital_base":
      return sizesByCapital(values);
    case "capital_amount":
      return sizesByCapital(values) && values.capital_base.value === "fixed-sum";
  }
}

function sizesByCapital({ sizing }: EffectiveAllocation): boolean {
  return sizing.value === "equity-proportional" || sizing.value === "volatility-target";
}

/** How near to one relation a value was stated. */
function rank(source: ValueSource): number {
  if (source === "default") return 0;
  if (source === "run-time") return 3;
  return source.startsWith("accounts/") ? 2 : 1;
}

function capital({ capital_base, capital_amount }: EffectiveAllocation): CapitalBase {
  const kind = capital_base.value;
  return kind === "fixed-sum" ? { kind, amount: amount(capital_amount) } : { kind };
}

function band({ rebalance_band }: EffectiveAllocation): string {
  return decimalText(rebalance_band.value);
}

/** A missing one is a problem of its own, and nothing is loaded then. */
function amount({ value }: Effective<number | string | null>): string {
  return decimalText(value ?? 0);
}
