/** What of a follower's terms can be left out by itself, so that the difference says what it costs. */
import type { AccountGuards } from "../../core/guard/guard-settings.ts";
import type { RiskLimits } from "../../core/risk-settings.ts";
import { type Allocation, plainAllocation } from "../../core/settings.ts";
import type { LifeTerms } from "./engine-lives.ts";

export interface LeftOut {
  readonly name: string;
  /** `cost`: of copying at all; `setting`: something that the owner has set, or a default that limits. */
  readonly kind: "cost" | "setting";
  readonly without: (terms: LifeTerms) => LifeTerms;
}

const NO_SLIPPAGE = { kind: "fixed", bps: 0 } as const;

/** What copying costs in any case. */
export function copyingCosts(): readonly LeftOut[] {
  const one = (name: string, without: LeftOut["without"]): LeftOut => ({ name, kind: "cost", without });
  return [
    one("delay", (terms) => ({
      ...terms,
      delay: { ...terms.delay, medianMs: 0, spread: 0 },
      orderLatencyMs: 0,
    })),
    one("spread and impact", (terms) => ({ ...terms, slippage: NO_SLIPPAGE })),
    one("fees", (terms) => ({ ...terms, feeRates: { maker: "0", taker: "0" } })),
    one("funding", (terms) => ({ ...terms, paysFunding: false })),
    one("steps and minimum orders", (terms) => ({ ...terms, hasSteps: false })),
  ];
}

type Field = keyof Allocation;

/** What limits or changes what is copied, by the key of the configuration; sizes themselves cost nothing. */
const FIELDS: readonly { readonly name: string; readonly fields: readonly Field[] }[] = [
  { name: "symbols_to_copy, symbols_to_skip", fields: ["symbols", "symbolsWithin", "symbolsDenied"] },
  { name: "copy_side", fields: ["side"] },
  { name: "trading_hours", fields: ["tradingHours"] },
  { name: "max_positions", fields: ["followerPositionsMax"] },
  { name: "max_positions_per_leader", fields: ["positionsMax"] },
  { name: "delay_execution", fields: ["delayMs"] },
  { name: "max_slippage_bps, on_runaway", fields: ["slippageBpsMax", "onRunaway"] },
  { name: "max_entry_delay_seconds", fields: ["entryDelayMaxMs"] },
  { name: "work_above", fields: ["work"] },
  { name: "start_mode", fields: ["startMode"] },
  { name: "max_leverage, leverage_mode", fields: ["leverage", "leverageMax"] },
  { name: "overrides", fields: ["overrides"] },
  { name: "max_order_notional", fields: ["orderNotionalMax"] },
  { name: "max_symbol_notional", fields: ["symbolNotionalMax"] },
  { name: "max_leader_notional", fields: ["leaderNotionalMax"] },
  { name: "stop_loss, position_stop", fields: ["guards"] },
  { name: "minimum_notional_policy", fields: ["minimumPolicy"] },
];

/** All fields of an allocation that are left out by some name. */
export const SETTING_FIELDS: readonly string[] = FIELDS.flatMap(({ fields }) => fields);

/** Of the relation between leader and follower: whatever is otherwise than nothing said. */
export function relationSettings({ allocation }: LifeTerms): readonly LeftOut[] {
  const plain = plainAllocation(allocation.leader, allocation.follower);
  return FIELDS.filter(({ fields }) => fields.some((field) => !isSame(allocation[field], plain[field]))).map(
    ({ name, fields }): LeftOut => ({
      name,
      kind: "setting",
      without: (terms) => ({
        ...terms,
        allocation: { ...terms.allocation, ...pickedFrom(plain, fields) },
      }),
    }),
  );
}

const LIMITS = [
  ["portfolioExposure", "max_portfolio_exposure"],
  ["traderExposure", "max_trader_exposure"],
  ["strategyExposure", "max_strategy_exposure"],
  ["symbolExposure", "max_symbol_exposure"],
  ["portfolioLeverage", "max_portfolio_leverage"],
  ["freeMarginReserve", "free_margin_reserve"],
  ["ordersPerMinute", "max_orders_per_minute"],
  ["correlation", "correlation_limit"],
  ["sectorConcentration", "max_sector_concentration"],
  ["portfolioVar95", "max_portfolio_var_95"],
  ["portfolioCvar95", "max_portfolio_cvar_95"],
  ["portfolioVolatility", "max_portfolio_volatility"],
  ["portfolioBeta", "max_portfolio_beta"],
] as const satisfies readonly (readonly [keyof RiskLimits, string])[];
const GUARDS = [
  ["tiers", "sl_loss_tiers_usd"],
  ["dailyLoss", "max_daily_loss"],
  ["drawdown", "max_account_drawdown"],
  ["liquidation", "liquidation_guard"],
] as const satisfies readonly (readonly [keyof AccountGuards, string])[];

/** Of the follower's account. */
export function accountLimits({ settings: { limits, guards } }: LifeTerms): readonly LeftOut[] {
  const setting = (name: string, without: LeftOut["without"]): LeftOut => ({
    name,
    kind: "setting",
    without,
  });
  const limited = LIMITS.filter(([field]) => limits[field] !== null).map(([field, name]) =>
    setting(name, ({ settings, ...terms }) => ({
      ...terms,
      settings: { ...settings, limits: { ...settings.limits, [field]: null } },
    })),
  );
  const guarded = GUARDS.filter(([field]) => guards[field] !== null).map(([field, name]) =>
    setting(name, ({ settings, ...terms }) => ({
      ...terms,
      settings: { ...settings, guards: { ...settings.guards, [field]: null } },
    })),
  );
  return [...limited, ...guarded];
}

/** All of them at once. */
export function together(all: readonly LeftOut[]): LeftOut["without"] {
  return (terms) => all.reduce((left, { without }) => without(left), terms);
}

function pickedFrom(plain: Allocation, fields: readonly Field[]): Partial<Allocation> {
  return Object.fromEntries(fields.map((field) => [field, plain[field]]));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
