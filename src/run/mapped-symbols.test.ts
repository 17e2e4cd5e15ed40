/** Symbols of `symbol_map` that a venue does not list. */
import { expect, test } from "vitest";
import { follower, leader, loaded } from "../../test/configuration/folder.ts";
import { BTC_SPEC } from "../../test/core/story.ts";
import { makeInstrument } from "../core/model/instrument.ts";
import { unlistedSymbols } from "./mapped-symbols.ts";

/** The leader's venue lists 1000PEPEUSDT, the follower's PEPEUSDT. */
function problems(symbol_map: object): readonly unknown[] {
  const configuration = loaded({
    "config/a.yaml": "copy_trading: {mode: live}",
    "data/accounts/leader.json": leader,
    "data/accounts/follower.json": { ...follower, symbol_map },
  });
  const { accounts } = configuration.settings;
  const listed = accounts.map(({ venue, role }) =>
    makeInstrument({ ...BTC_SPEC, venue, symbol: role === "leader" ? "1000PEPEUSDT" : "PEPEUSDT" }),
  );
  return unlistedSymbols(configuration, new Map(listed.map((instrument) => [instrument.id, instrument])));
}

const place = { file: "accounts/follower.json", keyPath: "symbol_map", nickname: "follower" };

test.each([
  [{ "1000PEPEUSDT": { symbol: "PEPEUSDT", units: 1_000 } }, []],
  [
    { "1000PEPEUSDT": "PEPUSDT" },
    [{ ...place, message: "names PEPUSDT, which 127.0.0.1:9002 does not list", nearest: "PEPEUSDT" }],
  ],
  [{ XRPUSDT: "PEPEUSDT" }, [{ ...place, message: "names XRPUSDT, which 127.0.0.1:9001 does not list" }]],
])("%j: %j", (symbolMap, expected) => {
  expect(problems(symbolMap)).toEqual(expected);
});
