/**
 * What `start` says about limits: each one in force with its source, those that are off, and where limits contradict each
 * other, which binds first. Contradictions are explained and never refused: the tightest limit protects, as it should.
 */
import { Decimal } from "../core/model/decimal.ts";
import type { ExposureLimit } from "../core/risk-settings.ts";
import type { ConfiguredAllocation } from "./allocations.ts";
import { decimalText } from "./forms.ts";
import type { RiskKey } from "./risk-keys.ts";
import { type ConfiguredLimits, describeLimit, RISK_KEYS } from "./risk-limits.ts";

const CAPS = ["max_order_notional", "max_symbol_notional", "max_leader_notional"] as const;
const RISK_NEED = "leaders whose record has not been measured lately";
/** What a limit needs that may not be there. */
const NEEDS: { readonly [Name in RiskKey]?: string } = {
  max_strategy_exposure: "leaders whose style has not been measured lately",
  correlation_limit: "leaders whose correlation has not been measured lately",
  max_portfolio_var_95: RISK_NEED,
  max_portfolio_cvar_95: RISK_NEED,
  max_portfolio_volatility: RISK_NEED,
  max_portfolio_beta: RISK_NEED,
};
const WITHOUT = { off: "off for", deny: "refuses" } as const;

export function describeLimits(
  followers: readonly ConfiguredLimits[],
  allocations: readonly ConfiguredAllocation[],
): readonly string[] {
  const lines = new Map<string, string[]>();
  const say = (line: string, whose: string) => lines.set(line, [...(lines.get(line) ?? []), whose]);
  for (const one of followers) {
    for (const name of RISK_KEYS) {
      const text = describeLimit(name, one);
      const without = WITHOUT[one.limits.withoutEvidence];
      const need = NEEDS[name] === undefined ? "" : `; ${without} ${NEEDS[name]}`;
      if (text !== null) say(`${name} ${text} (${one.values[name].source})${need}`, one.follower);
    }
  }
  for (const { follower, values } of allocations) {
    say(`max_leverage ${decimalText(values.max_leverage.value)}x (${values.max_leverage.source})`, follower);
    for (const name of CAPS) {
      const { value, source } = values[name];
      if (value !== null) say(`${name} ${decimalText(value)} USDT (${source})`, follower);
    }
    const { overrides } = values;
    for (const [pattern, own] of Object.entries(overrides.value)) {
      for (const name of ["max_order_notional", "max_symbol_notional"] as const) {
        const cap = own[name];
        if (cap === undefined) continue;
        say(`${name} ${decimalText(cap)} USDT in ${pattern} (${overrides.source})`, follower);
      }
    }
  }
  const all = new Set(followers.map(({ follower }) => follower)).size;
  const told = [...lines].map(([line, whose]) => {
    const named = [...new Set(whose)];
    return named.length === all ? line : `${line}, for ${named.join(", ")}`;
  });
  return [...told, ...offLine(followers)];
}

function offLine(followers: readonly ConfiguredLimits[]): readonly string[] {
  const off = RISK_KEYS.filter((name) => followers.every((one) => describeLimit(name, one) === null));
  return followers.length === 0 || off.length === 0 ? [] : [`off: ${off.join(", ")}`];
}

/** One line for each contradiction, with the numbers. */
export function explainContradictions(
  followers: readonly ConfiguredLimits[],
  allocations: readonly ConfiguredAllocation[],
): readonly string[] {
  return followers.flatMap((one) => {
    const own = allocations.filter(({ follower }) => follower === one.follower);
    const notes = [
      ...leadersUnderPortfolio(one, own.length),
      ...neverBinding(one),
      ...leverageUnderExposure(one),
      ...reserveUnderExposure(one, own),
      ...capsNeverBinding(own),
    ];
    return notes.map((note) => `${one.follower}: ${note}`);
  });
}

function leadersUnderPortfolio({ limits }: ConfiguredLimits, leaders: number): readonly string[] {
  const { traderExposure: each, portfolioExposure: all } = limits;
  if (each === null || all === null || each.measure !== all.measure || leaders < 2) return [];
  const sum = Decimal.parse(each.share).times(Decimal.of(BigInt(leaders), 0));
  const isOne = compare(each.share, all.share) > 0;
  if (isOne || sum.compare(Decimal.parse(all.share)) <= 0) return [];
  const full = Decimal.parse(all.share).dividedBy(Decimal.parse(each.share), 0, "floor");
  return [
    `${leaders} leaders at max_trader_exposure ${each.share} would come to ${sum} x equity, but max_portfolio_exposure is ${all.share}: it binds first, once ${full} of them are full`,
  ];
}

/** A narrower limit above a wider one. */
function neverBinding({ limits }: ConfiguredLimits): readonly string[] {
  const { portfolioExposure: all } = limits;
  const within: readonly (readonly [RiskKey, ExposureLimit | null])[] = [
    ["max_trader_exposure", limits.traderExposure],
    ["max_strategy_exposure", limits.strategyExposure],
    ["max_symbol_exposure", limits.symbolExposure],
  ];
  return within.flatMap(([name, limit]) => {
    if (limit === null || all === null || limit.measure !== all.measure) return [];
    if (compare(limit.share, all.share) <= 0) return [];
    return [
      `${name} ${limit.share} is above max_portfolio_exposure ${all.share}, which binds first: ${name} never does`,
    ];
  });
}

function leverageUnderExposure({ limits }: ConfiguredLimits): readonly string[] {
  const { portfolioLeverage: leverage, portfolioExposure: all } = limits;
  if (leverage === null || all?.measure !== "gross" || compare(leverage, all.share) === 0) return [];
  const [first, second] =
    compare(leverage, all.share) < 0
      ? ([`max_portfolio_leverage ${leverage}`, `max_portfolio_exposure ${all.share}`] as const)
      : ([`max_portfolio_exposure ${all.share}`, `max_portfolio_leverage ${leverage}`] as const);
  return [`${first} binds first: ${second} never does, as both are gross value over equity`];
}

/** A gross exposure that cannot be reached, as its margin would eat the reserve. Two defaults need no explanation. */
function reserveUnderExposure(
  { limits, values }: ConfiguredLimits,
  allocations: readonly ConfiguredAllocation[],
): readonly string[] {
  const { freeMarginReserve: reserve, portfolioExposure: all } = limits;
  const sources = [values.free_margin_reserve.source, values.max_portfolio_exposure.source];
  if (reserve === null || all?.measure !== "gross" || sources.every((source) => source === "default"))
    return [];
  const leverages = allocations.map(({ values: { max_leverage } }) => decimalText(max_leverage.value));
  const [highest] = leverages.toSorted((left, right) => compare(right, left));
  if (highest === undefined) return [];
  const reach = Decimal.one.minus(Decimal.parse(reserve)).times(Decimal.parse(highest));
  if (reach.compare(Decimal.parse(all.share)) >= 0) return [];
  return [
    `free_margin_reserve ${reserve} binds first: at leverage ${highest} it is reached at ${reach} x equity, below max_portfolio_exposure ${all.share}`,
  ];
}

function capsNeverBinding(allocations: readonly ConfiguredAllocation[]): readonly string[] {
  return allocations.flatMap(({ leader, values }) => {
    const { max_symbol_notional: symbol, max_leader_notional: all } = values;
    if (symbol.value === null || all.value === null) return [];
    const [one, whole] = [decimalText(symbol.value), decimalText(all.value)];
    if (compare(one, whole) <= 0) return [];
    return [
      `max_symbol_notional ${one} is above max_leader_notional ${whole} for "${leader}", which binds first`,
    ];
  });
}

function compare(left: string, right: string): number {
  return Decimal.parse(left).compare(Decimal.parse(right));
}
