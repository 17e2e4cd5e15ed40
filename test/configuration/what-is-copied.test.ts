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
  [{ start_mode: "none" }, "start_mode", "new-only, all"],
  [{ start_mode: "all", copy_existing: false }, "copy_existing", "contradicts start_mode"],
  [{ margin_mode: "follow" }, "margin_mode", "one margin mode for all its positions"],
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
