/** Values for every setting of an allocation; a key without a row here does not compile. */
import { type AllocationValues, allocationKeys } from "../../src/config/allocation-keys.ts";

/** copy_existing is another name of start_mode. */
export type Name = Exclude<keyof ReturnType<typeof allocationKeys>, "copy_existing">;

/** Two values other than the default for each key, and the YAML group it stands in. */
export const samples: Readonly<
  Record<
    Name,
    { readonly group: string; readonly values: readonly unknown[]; readonly beside?: AllocationValues }
  >
> = {
  sizing: { group: "copying", values: ["multiplier", "equity-proportional"] },
  capital_base: {
    group: "copying",
    values: ["balance", "free-margin"],
    beside: { sizing: "equity-proportional" },
  },
  capital_amount: {
    group: "copying",
    values: [500, "1000.5"],
    beside: { sizing: "equity-proportional", capital_base: "fixed-sum" },
  },
  fixed_notional: { group: "copying", values: [100, "99.9"], beside: { sizing: "fixed-notional" } },
  fixed_quantity: { group: "copying", values: [2, "0.001"], beside: { sizing: "fixed-quantity" } },
  volatility_target: { group: "copying", values: [0.2, "0.35"], beside: { sizing: "volatility-target" } },
  volatility_factor_max: { group: "copying", values: [1, "2.5"] },
  evidence_max_age_days: { group: "copying", values: [1, 0.5] },
  overrides: {
    group: "copying",
    values: [{ BTCUSDT: { copy_multiplier: 2 } }, { "*": { max_leverage: 2 } }],
  },
  copy_multiplier: { group: "copying", values: [2, "0.25"] },
  position_scaling: { group: "copying", values: [0.8, "1.5"] },
  auto_copy: { group: "copying", values: [false, true] },
  proposal_expires_minutes: { group: "copying", values: [5, 0.5] },
  delay_execution: { group: "copying", values: [5, 0.5] },
  copy_stops: { group: "copying", values: [true, false] },
  copy_pending: { group: "copying", values: [true, false] },
  max_slippage_bps: { group: "copying", values: [10, "2.5"] },
  on_runaway: { group: "copying", values: ["rest", "take"], beside: { max_slippage_bps: 5 } },
  rest_seconds: { group: "copying", values: [30, 90] },
  exit_parity: { group: "copying", values: [true, false] },
  exit_rest_seconds: { group: "copying", values: [5, 0] },
  exit_slippage_alert_bps: { group: "copying", values: [20, "7.5"] },
  work_above: { group: "copying", values: [50_000, "999.5"] },
  work_slices: { group: "copying", values: [3, 10] },
  work_seconds: { group: "copying", values: [30, 600] },
  work_chase: { group: "copying", values: [false, true] },
  work_cross_seconds: { group: "copying", values: [0, 2.5] },
  work_exits: { group: "copying", values: [true, false], beside: { work_above: 1_000 } },
  max_entry_delay_seconds: { group: "copying", values: [5, 0.5] },
  start_mode: { group: "copying", values: ["new-only", "not-worse"] },
  stop_mode: { group: "copying", values: ["leave", "with-leader"] },
  trading_hours: { group: "copying", values: [["Mon-Fri 08:00-17:00"], ["00:00-24:00"]] },
  max_positions: { group: "copying", values: [1, 20] },
  max_positions_per_leader: { group: "copying", values: [1, 20] },
  leverage_mode: { group: "copying", values: ["leave", "follow"] },
  leverage: { group: "copying", values: [2, "3.5"], beside: { leverage_mode: "fixed" } },
  copy_side: { group: "copying", values: ["long", "short"] },
  inverse: { group: "copying", values: [true, false] },
  symbol_map: { group: "copying", values: [{ XBTUSDT: "BTCUSDT" }, { A1: { symbol: "A2", units: 1_000 } }] },
  margin_mode: { group: "copying", values: ["follow", "leave"] },
  minimum_notional_policy: { group: "copying", values: ["skip", "round-up"] },
  round_up_excess_max: { group: "copying", values: [0, 3] },
  rebalance_band: { group: "portfolio", values: [0.2, 0.05] },
  max_order_notional: { group: "copying", values: [100, "250.5"] },
  max_symbol_notional: { group: "copying", values: [1_000, 2_000] },
  max_leader_notional: { group: "copying", values: [5_000, 6_000] },
  max_leverage: { group: "risk", values: [3, 25] },
};
export const names: readonly Name[] = Object.keys(allocationKeys()).filter(
  (name): name is Name => name in samples,
);
export const groups: Readonly<Record<string, string>> = {
  risk: "risk.yaml",
  portfolio: "portfolio.yaml",
  copying: "copy.yaml",
};
