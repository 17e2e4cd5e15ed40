/** The limits in force for each follower: run time before account file before YAML before default, with their sources, and as the core reads them. */
import { AccountId } from "../core/model/identifiers.ts";
import type { ExposureLimit, RiskLimits } from "../core/risk-settings.ts";
import type { AccountSource } from "./account-files.ts";
import { defaults } from "./defaults.ts";
import { type Effective, type Layer, pick } from "./effective.ts";
import { decimalText } from "./forms.ts";
import { type LimitKey, type RiskKey, type RiskValues, riskKeys } from "./risk-keys.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export type EffectiveLimits = {
  readonly [Name in RiskKey]: Effective<NonNullable<RiskValues[Name]>>;
};

export interface ConfiguredLimits {
  readonly follower: AccountId;
  readonly values: EffectiveLimits;
  readonly limits: RiskLimits;
}

/** In the order in which they are listed. */
export const RISK_KEYS: readonly LimitKey[] = Object.keys(riskKeys()).filter(
  (name): name is LimitKey => name in riskKeys() && name !== "without_evidence",
);

/** The YAML group of those that are not in copy_trading.risk_management. */
const GROUPS: { readonly [Name in RiskKey]?: string } = {
  max_portfolio_leverage: "risk",
  max_sector_concentration: "traders",
};

/** As they stand in the YAML files; what applies to all followers. */
export function yamlLimits(
  yaml: YamlConfiguration,
  sourceOf: (topLevelKey: string) => string,
): Layer<RiskValues> {
  const { max_portfolio_leverage } = yaml.risk ?? {};
  const { max_sector_concentration } = yaml.traders?.strategy ?? {};
  const limits: RiskValues = yaml.copy_trading?.risk_management ?? {};
  return {
    values: { ...limits, max_portfolio_leverage, max_sector_concentration },
    sourceOf: (name) => sourceOf(Object.entries(GROUPS).find(([one]) => one === name)?.[1] ?? "copy_trading"),
  };
}

/** `decided` comes before the file: from the strongest layer to the weakest. */
export function configureLimits(
  follower: AccountSource,
  yaml: Layer<RiskValues>,
  evidenceMaxAgeDays: number,
  decided: readonly Layer<RiskValues>[] = [],
) {
  const own = { values: follower.content, sourceOf: () => follower.source };
  const values = resolveLimits([...decided, own, yaml]);
  const limits = limitsForCore(values, evidenceMaxAgeDays);
  return { follower: AccountId(follower.nickname), values, limits } satisfies ConfiguredLimits;
}

function resolveLimits(layers: readonly Layer<RiskValues>[]): EffectiveLimits {
  const initial: { readonly [Name in RiskKey]?: RiskValues[Name] } = defaults.limits;
  const one = <Name extends RiskKey>(name: Name) =>
    pick<NonNullable<RiskValues[Name]> | "off">(
      layers.map(({ values, sourceOf }) => ({
        value: values[name] ?? undefined,
        source: () => sourceOf(name),
      })),
      initial[name] ?? "off",
    );
  return {
    max_portfolio_exposure: one("max_portfolio_exposure"),
    max_trader_exposure: one("max_trader_exposure"),
    max_strategy_exposure: one("max_strategy_exposure"),
    max_symbol_exposure: one("max_symbol_exposure"),
    max_portfolio_leverage: one("max_portfolio_leverage"),
    free_margin_reserve: one("free_margin_reserve"),
    max_orders_per_minute: one("max_orders_per_minute"),
    correlation_limit: one("correlation_limit"),
    max_portfolio_var_95: one("max_portfolio_var_95"),
    max_portfolio_cvar_95: one("max_portfolio_cvar_95"),
    max_portfolio_volatility: one("max_portfolio_volatility"),
    max_portfolio_beta: one("max_portfolio_beta"),
    max_sector_concentration: one("max_sector_concentration"),
    without_evidence: one("without_evidence"),
  };
}

function limitsForCore(values: EffectiveLimits, evidenceMaxAgeDays: number): RiskLimits {
  const { value: rate } = values.max_orders_per_minute;
  return {
    portfolioExposure: exposureLimit(values.max_portfolio_exposure.value),
    traderExposure: exposureLimit(values.max_trader_exposure.value),
    strategyExposure: exposureLimit(values.max_strategy_exposure.value),
    symbolExposure: exposureLimit(values.max_symbol_exposure.value),
    portfolioLeverage: textOrNull(values.max_portfolio_leverage.value),
    freeMarginReserve: textOrNull(values.free_margin_reserve.value),
    ordersPerMinute: rate === "off" ? null : rate,
    correlation: textOrNull(values.correlation_limit.value),
    sectorConcentration: textOrNull(values.max_sector_concentration.value),
    portfolioVar95: textOrNull(values.max_portfolio_var_95.value),
    portfolioCvar95: textOrNull(values.max_portfolio_cvar_95.value),
    portfolioVolatility: textOrNull(values.max_portfolio_volatility.value),
    portfolioBeta: textOrNull(values.max_portfolio_beta.value),
    evidenceMaxAgeMs: Math.round(evidenceMaxAgeDays * 86_400_000),
    withoutEvidence: values.without_evidence.value,
  };
}

function exposureLimit(value: EffectiveLimits["max_portfolio_exposure"]["value"]): ExposureLimit | null {
  if (value === "off") return null;
  if (typeof value !== "object") return { share: decimalText(value), measure: "gross" };
  return { share: decimalText(value.share), measure: value.measure ?? "gross" };
}

function textOrNull(value: number | string): string | null {
  return value === "off" ? null : decimalText(value);
}

function ofEquity(share: string | null, time: string): string | null {
  return share === null ? null : `${share} x equity ${time}`;
}

/** A limit in words: `10 x equity, gross`; null when it is off. */
export function describeLimit(name: LimitKey, { values, limits }: ConfiguredLimits): string | null {
  const exposure = (limit: ExposureLimit | null) =>
    limit === null ? null : `${limit.share} x equity, ${limit.measure}`;
  switch (name) {
    case "max_portfolio_exposure":
      return exposure(limits.portfolioExposure);
    case "max_trader_exposure":
      return exposure(limits.traderExposure);
    case "max_strategy_exposure":
      return exposure(limits.strategyExposure);
    case "max_symbol_exposure":
      return exposure(limits.symbolExposure);
    case "max_portfolio_leverage":
      return limits.portfolioLeverage === null ? null : `${limits.portfolioLeverage}x`;
    case "free_margin_reserve":
      return limits.freeMarginReserve === null ? null : `${limits.freeMarginReserve} x equity stays free`;
    case "max_orders_per_minute":
      return limits.ordersPerMinute === null ? null : `${limits.ordersPerMinute} that add risk`;
    case "correlation_limit":
      return limits.correlation;
    case "max_portfolio_var_95":
      return ofEquity(limits.portfolioVar95, "a day");
    case "max_portfolio_cvar_95":
      return ofEquity(limits.portfolioCvar95, "a day");
    case "max_portfolio_volatility":
      return ofEquity(limits.portfolioVolatility, "a year");
    case "max_portfolio_beta":
      return limits.portfolioBeta === null ? null : `${limits.portfolioBeta} x equity`;
    case "max_sector_concentration":
      return limits.sectorConcentration === null
        ? null
        : `${limits.sectorConcentration} of ${values.max_portfolio_exposure.value === "off" ? "equity" : "the portfolio's limit"}`;
  }
}
