/**
 * A value in force together with where it came from, and the one order of precedence that decides it:
 * run-time allocation, account file, YAML, default. (The environment is read for secrets, the log level and where the API listens only.)
 */
import type { AllocationKey, AllocationValues } from "./allocation-keys.ts";
import { defaults } from "./defaults.ts";
import type { UnsetEntryKey } from "./entry-keys.ts";
import type { UnsetSizingKey } from "./sizing-keys.ts";
import { startModeOf } from "./start-mode.ts";
import type { UnsetWorkKey } from "./work-keys.ts";

/** `default`, `run-time`, `environment`, `.env`, or a file: `config/risk_config.yaml`, `accounts/slave1.json`. */
export type ValueSource = string;

export interface Effective<Value> {
  readonly value: Value;
  readonly source: ValueSource;
}

export interface Layer<Values> {
  readonly values: Values;
  readonly sourceOf: (name: string) => ValueSource;
}

/** Every key but those that are older names of others. */
type ResolvedKey = Exclude<AllocationKey, "copy_existing">;

/** Keys without a default. */
type UnsetKey =
  | UnsetEntryKey
  | UnsetSizingKey
  | UnsetWorkKey
  | "trading_hours"
  | "max_positions"
  | "max_positions_per_leader"
  | "leverage"
  | "max_order_notional"
  | "max_symbol_notional"
  | "max_leader_notional";

/** Null where nothing states it and there is no default. */
export type EffectiveAllocation = {
  readonly [Name in Exclude<ResolvedKey, UnsetKey>]: Effective<NonNullable<AllocationValues[Name]>>;
} & {
  readonly [Name in UnsetKey]: Effective<NonNullable<AllocationValues[Name]> | null>;
};

/** The first layer that states the value, or the default. Layers are given from the strongest to the weakest. */
export function pick<Value>(
  candidates: readonly { readonly value: Value | undefined; readonly source: () => ValueSource }[],
  fallback: Value,
): Effective<Value> {
  const found = candidates.find(({ value }) => value !== undefined);
  if (found?.value === undefined) return { value: fallback, source: "default" };
  return { value: found.value, source: found.source() };
}

/** Every allocation key, resolved over the layers. */
export function resolveAllocation(layers: readonly Layer<AllocationValues>[]): EffectiveAllocation {
  const stated = <Name extends AllocationKey>(name: Name) =>
    layers.map(({ values, sourceOf }) => ({
      value: values[name] ?? undefined,
      source: () => sourceOf(name),
    }));
  const one = <Name extends Exclude<ResolvedKey, UnsetKey>>(name: Name) =>
    pick<NonNullable<AllocationValues[Name]>>(stated(name), defaults.allocation[name]);
  const unset = <Name extends UnsetKey>(name: Name) =>
    pick<NonNullable<AllocationValues[Name]> | null>(stated(name), null);
  return {
    sizing: one("sizing"),
    copy_multiplier: one("copy_multiplier"),
    capital_base: one("capital_base"),
    capital_amount: unset("capital_amount"),
    fixed_notional: unset("fixed_notional"),
    fixed_quantity: unset("fixed_quantity"),
    volatility_target: unset("volatility_target"),
    volatility_factor_max: one("volatility_factor_max"),
    evidence_max_age_days: one("evidence_max_age_days"),
    overrides: one("overrides"),
    position_scaling: one("position_scaling"),
    auto_copy: one("auto_copy"),
    proposal_expires_minutes: one("proposal_expires_minutes"),
    delay_execution: one("delay_execution"),
    copy_stops: one("copy_stops"),
    copy_pending: one("copy_pending"),
    max_slippage_bps: unset("max_slippage_bps"),
    on_runaway: one("on_runaway"),
    rest_seconds: one("rest_seconds"),
    max_entry_delay_seconds: unset("max_entry_delay_seconds"),
    exit_parity: one("exit_parity"),
    exit_rest_seconds: one("exit_rest_seconds"),
    exit_slippage_alert_bps: unset("exit_slippage_alert_bps"),
    work_above: unset("work_above"),
    work_slices: one("work_slices"),
    work_seconds: one("work_seconds"),
    work_chase: one("work_chase"),
    work_cross_seconds: unset("work_cross_seconds"),
    work_exits: one("work_exits"),
    start_mode: startMode(layers),
    stop_mode: one("stop_mode"),
    trading_hours: unset("trading_hours"),
    max_positions: unset("max_positions"),
    max_positions_per_leader: unset("max_positions_per_leader"),
    leverage_mode: one("leverage_mode"),
    leverage: unset("leverage"),
    copy_side: one("copy_side"),
    inverse: one("inverse"),
    symbol_map: one("symbol_map"),
    margin_mode: one("margin_mode"),
    minimum_notional_policy: one("minimum_notional_policy"),
    round_up_excess_max: one("round_up_excess_max"),
    rebalance_band: one("rebalance_band"),
    max_order_notional: unset("max_order_notional"),
    max_symbol_notional: unset("max_symbol_notional"),
    max_leader_notional: unset("max_leader_notional"),
    max_leverage: one("max_leverage"),
  };
}

/** A layer states it under its own or under its older name. */
function startMode(layers: readonly Layer<AllocationValues>[]): EffectiveAllocation["start_mode"] {
  return pick(
    layers.map(({ values, sourceOf }) => ({
      value: startModeOf(values),
      source: () => sourceOf(values.start_mode === undefined ? "copy_existing" : "start_mode"),
    })),
    defaults.allocation.start_mode,
  );
}
