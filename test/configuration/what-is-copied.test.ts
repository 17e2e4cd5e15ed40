/** The settings of what is copied: lists of symbols, other names of symbols, sides, and what existed before. */
import { describe, expect, test } from "vitest";
import type { Allocation } from "../../src/core/settings.ts";
import { follower, leader, loaded, refusals } from "./folder.ts";

const files = (own: object, leaders: object = {}, yaml = "") => ({
  "config/a.yaml": yaml,
  "data/accounts/leader.json": { ...leader, ...leaders },
  "data/accounts/follower.json": { ...follower, ...own },
});

const inCore: readonly (readonly [object, object, Partial<Allocation>])[] = [
  [{ symbols_to_copy: ["BTC*"] }, {}, { symbols: ["BTC*"], symbolsWithin: null }],
  [{}, { symbols_to_copy: ["BTC*"] }, { symbols: ["BTC*"], symbolsWithin: null }],
  [
    { symbols_to_copy: ["BTCUSDT"] },
    { symbols_to_copy: ["BTC*"] },
    { symbols: ["BTCUSDT"], symbolsWithin: null },
  ],
  [
    { symbols_to_copy: ["*USDT", "ETHUSDC"] },
    { symbols_to_copy: ["BTC*"] },
    { symbols: ["*USDT"], symbolsWithin: ["BTC*"] },
  ],
  [{ symbols_to_skip: ["DOGE*"] }, {}, { symbolsDenied: ["DOGE*"] }],
  [{ symbols_to_skip: ["DOGE*"] }, { symbols_to_skip: ["PEPE*"] }, { symbolsDenied: ["PEPE*", "DOGE*"] }],
  [
    { symbol_map: { "1000PEPEUSDT": { symbol: "PEPEUSDT", units: 1000 }, XBTUSDT: "BTCUSDT" } },
    {},
    {
      symbolMap: {
        "1000PEPEUSDT": { symbol: "PEPEUSDT", units: "1000" },
        XBTUSDT: { symbol: "BTCUSDT", units: "1" },
      },
    },
  ],
  [
    { symbol_map: { PEPEUSDT: { symbol: "1000PEPEUSDT", units: "0.001" } } },
    {},
    { symbolMap: { PEPEUSDT: { symbol: "1000PEPEUSDT", units: "0.001" } } },
  ],
  [{ copy_side: "short", inverse: true }, {}, { side: "short", inverse: true }],
  [{ start_mode: "new-only" }, {}, { startMode: "new-only" }],
  [{ copy_stops: true }, {}, { copyStops: true }],
  [{}, {}, { copyStops: false }],
  [{ copy_pending: true }, {}, { copyPending: true }],
  [{}, {}, { copyPending: false }],
  [{ start_mode: "not-worse" }, {}, { startMode: "not-worse" }],
  [{ stop_mode: "with-leader" }, {}, { stopMode: "with-leader" }],
  [{ max_positions: 5, max_positions_per_leader: 2 }, {}, { followerPositionsMax: 5, positionsMax: 2 }],
  [{}, {}, { followerPositionsMax: null, positionsMax: null, tradingHours: null }],
  [
    { trading_hours: ["Mon-Fri 08:00-17:00", "Sat 22:00-02:00", "Fri-Mon 00:00-24:00"] },
    {},
    {
      tradingHours: [
        { days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1_020 },
        { days: [6], fromMinute: 1_320, toMinute: 120 },
        { days: [5, 6, 0, 1], fromMinute: 0, toMinute: 1_440 },
      ],
    },
  ],
  [
    { trading_hours: ["23:30-00:30"] },
    {},
    { tradingHours: [{ days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 1_410, toMinute: 30 }] },
  ],
  [{ leverage_mode: "leave" }, {}, { leverage: { kind: "leave" } }],
  [{ leverage_mode: "fixed", leverage: 3 }, {}, { leverage: { kind: "fixed", leverage: "3" } }],
  [{}, {}, { slippageBpsMax: null, onRunaway: "skip", restMs: 60_000, entryDelayMaxMs: null }],
  [{ exit_parity: true, exit_rest_seconds: 2.5 }, {}, { exitParity: true, exitRestMs: 2_500 }],
  [{}, {}, { exitParity: false, exitRestMs: 10_000 }],
  [{}, {}, { work: null }],
  [
    { work_above: "50000", work_cross_seconds: 2.5 },
    {},
    {
      work: {
        above: "50000",
        slices: 5,
        overMs: 60_000,
        chase: true,
        crossAfterMs: 2_500,
        exits: false,
      },
    },
  ],
  [
    { work_above: 1_000, work_slices: 10, work_seconds: 300, work_chase: false, work_exits: true },
    {},
    { work: { above: "1000", slices: 10, overMs: 300_000, chase: false, crossAfterMs: null, exits: true } },
  ],
  [{ exit_slippage_alert_bps: 25 }, {}, { exitSlippageBpsAlert: "25", slippageBpsMax: null }],
  [
    { max_slippage_bps: "12.5", on_runaway: "rest", rest_seconds: 90, max_entry_delay_seconds: 2.5 },
    {},
    { slippageBpsMax: "12.5", onRunaway: "rest", restMs: 90_000, entryDelayMaxMs: 2_500 },
  ],
  [
    { on_runaway: "take", overrides: { "BTC*": { max_slippage_bps: 3 } } },
    {},
    { onRunaway: "take", overrides: [{ pattern: "BTC*", slippageBpsMax: "3" }] },
  ],
  [
    { overrides: { "*": { max_order_notional: 100, max_symbol_notional: "2500.5" } } },
    {},
    { overrides: [{ pattern: "*", orderNotionalMax: "100", symbolNotionalMax: "2500.5" }] },
  ],
  [{ max_entry_delay_seconds: 6, delay_execution: 5 }, {}, { delayMs: 5_000, entryDelayMaxMs: 6_000 }],
  [{}, {}, { leverage: { kind: "follow" } }],
  [{ margin_mode: "follow" }, {}, { marginMode: "follow" }],
  [{ copy_existing: false }, {}, { startMode: "new-only" }],
  [{ copy_existing: true, start_mode: "all" }, {}, { startMode: "all" }],
];

test.each(inCore)(
  "a follower with %j, of a leader with %j, reaches the core as %j",
  (own, leaders, expected) => {
    expect(loaded(files(own, leaders)).settings.allocations[0]).toMatchObject(expected);
  },
);

const refused: readonly (readonly [object, string, string])[] = [
  [{ symbols_to_copy: [] }, "symbols_to_copy", "leave the key out to copy every symbol"],
  [{ symbols_to_skip: [] }, "symbols_to_skip", "leave the key out to skip none"],
  [{ symbols_to_skip: ["doge*"] }, "symbols_to_skip.0", "in capitals"],
  [{ symbols_to_skip: ["*"] }, "symbols_to_skip", "denies every symbol"],
  [{ symbols_to_copy: ["BTCUSDT"], symbols_to_skip: ["BTC*"] }, "symbols_to_skip", "denies every symbol"],
  [{ symbol_map: ["BTCUSDT"] }, "symbol_map", "must be a group such as"],
  [{ symbol_map: { BTCUSDT: "BTCUSDT" } }, "symbol_map", "maps a symbol to itself"],
  [{ symbol_map: { BTCUSDT: { symbol: "XBTUSDT", units: 0 } } }, "symbol_map.BTCUSDT.units", "above 0"],
  [{ symbol_map: { BTCUSDT: { symbol: "XBTUSDT", unit: 5 } } }, "symbol_map.BTCUSDT.unit", "not a known key"],
  [{ copy_side: "buy" }, "copy_side", "both, long, short"],
  [{ inverse: "yes" }, "inverse", "true or false"],
  [{ start_mode: "none" }, "start_mode", "new-only, all, not-worse"],
  [{ start_mode: "not-worse", copy_existing: true }, "copy_existing", "contradicts start_mode"],
  [{ stop_mode: "keep" }, "stop_mode", "close, leave, with-leader"],
  [{ trading_hours: [] }, "trading_hours", "leave the key out to trade at all hours"],
  [{ trading_hours: ["Mon-Fri 8-17"] }, "trading_hours.0", "must be a window in UTC"],
  [{ trading_hours: ["Mon 08:00-08:00"] }, "trading_hours.0", "must be a window in UTC"],
  [{ trading_hours: ["Mon 08:00-24:30"] }, "trading_hours.0", "must be a window in UTC"],
  [{ trading_hours: ["Mon 08:61-09:00"] }, "trading_hours.0", "must be a window in UTC"],
  [{ trading_hours: ["Mod 08:00-17:00"] }, "trading_hours.0", "must be a window in UTC"],
  [{ max_positions: 0 }, "max_positions", "a whole number from 1 to 1000"],
  [{ max_positions_per_leader: 1.5 }, "max_positions_per_leader", "a whole number from 1 to 1000"],
  [{ max_positions: 2, max_positions_per_leader: 3 }, "max_positions_per_leader", "above max_positions (2"],
  [{ leverage_mode: "fixed" }, "leverage", "is missing"],
  [{ leverage: 5 }, "leverage", "no effect with leverage_mode follow"],
  [{ leverage_mode: "fixed", leverage: 20 }, "leverage", "above max_leverage (10 from default)"],
  [{ max_slippage_bps: -1 }, "max_slippage_bps", "from 0 to 5000"],
  [{ max_slippage_bps: 10, on_runaway: "wait" }, "on_runaway", "skip, rest, take"],
  [{ on_runaway: "rest" }, "on_runaway", "no effect without max_slippage_bps"],
  [{ exit_parity: 1 }, "exit_parity", "true or false"],
  [{ copy_pending: "yes" }, "copy_pending", "true or false"],
  [{ exit_rest_seconds: -1 }, "exit_rest_seconds", "from 0 to 86400"],
  [{ exit_slippage_alert_bps: -1 }, "exit_slippage_alert_bps", "from 0 to 5000"],
  [{ work_above: 0 }, "work_above", "above 0"],
  [{ work_above: 1_000, work_slices: 2.5 }, "work_slices", "a whole number from 1 to 100"],
  [{ work_above: 1_000, work_seconds: 0 }, "work_seconds", "from 1 to 86400"],
  [{ work_above: 1_000, work_slices: 20, work_seconds: 10 }, "work_slices", "at most 10 slices"],
  [{ work_above: 1_000, work_cross_seconds: 13 }, "work_cross_seconds", "above the 12 seconds"],
  [{ work_exits: true }, "work_exits", "no effect without work_above"],
  [{ max_slippage_bps: 10, rest_seconds: 0 }, "rest_seconds", "from 1 to 86400"],
  [{ max_entry_delay_seconds: 0 }, "max_entry_delay_seconds", "above 0"],
  [{ max_entry_delay_seconds: 5, delay_execution: 5 }, "max_entry_delay_seconds", "delay_execution 5"],
  [
    { max_entry_delay_seconds: 60, auto_copy: false },
    "max_entry_delay_seconds",
    "below proposal_expires_minutes 15",
  ],
  [{ overrides: { BTCUSDT: { max_slippage_bps: "x" } } }, "overrides.BTCUSDT.max_slippage_bps", "from 0"],
  [{ start_mode: "all", copy_existing: false }, "copy_existing", "contradicts start_mode"],
  [{ margin_mode: "portfolio" }, "margin_mode", "leave, follow"],
];

test.each(refused)("a follower with %j is refused at %s: %s", (own, keyPath, message) => {
  expect(refusals(files(own))).toContainEqual(
    expect.objectContaining({ keyPath, message: expect.stringContaining(message) }),
  );
});

describe("start_mode and its older name", () => {
  test("in the YAML file must agree, too", () => {
    const yaml = "copy_trading:\n  copying:\n    start_mode: new-only\n    copy_existing: true\n";
    expect(refusals(files({}, {}, yaml))).toContainEqual(
      expect.objectContaining({ line: 4, keyPath: "copy_trading.copying.copy_existing" }),
    );
  });

  test("in two places follow the order of precedence, with the name that was written", () => {
    const yaml = "copy_trading: {copying: {start_mode: new-only}}";
    expect(loaded(files({ copy_existing: true }, {}, yaml)).allocations[0]?.values.start_mode).toEqual({
      value: "all",
      source: "accounts/follower.json",
    });
  });
});
