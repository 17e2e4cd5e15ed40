import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { hasShared, sharedNote, sharedPath } from "../../../test/shared.ts";
import { MalformedMessage } from "../raw.ts";
import { parseTransfers } from "./transfers.ts";

const ME = "0x00000000000000000000000000000000000000aa";
const OTHER = "0x00000000000000000000000000000000000000bb";
const HASH = `0x${"1".repeat(64)}`;

const row = (delta: unknown, time = 1_732_834_706_761) => ({ time, hash: HASH, delta });
const parsed = (...deltas: readonly unknown[]) =>
  parseTransfers(
    deltas.map((delta) => row(delta)),
    ME,
  );

describe("transfers of an address", () => {
  const send = { type: "send", user: ME, destination: OTHER, sourceDex: "", destinationDex: "" };
  it.each([
    [{ type: "deposit", usdc: "2703997.4500000002" }, "deposit", "2703997.4500000002"],
    [{ type: "withdraw", usdc: "100.50", nonce: 1, fee: "1.0" }, "withdrawal", "-100.5"],
    [{ type: "accountClassTransfer", usdc: "12.0", toPerp: false }, "spot", "-12"],
    [{ type: "accountClassTransfer", usdc: "12.0", toPerp: true }, "spot", "12"],
    [
      { type: "internalTransfer", usdc: "5", user: ME.toUpperCase(), destination: OTHER, fee: "0" },
      "address",
      "-5",
    ],
    [{ type: "internalTransfer", usdc: "5", user: OTHER, destination: ME, fee: "0" }, "address", "5"],
    [{ type: "subAccountTransfer", usdc: "7", user: OTHER, destination: ME }, "sub-account", "7"],
    [{ type: "vaultCreate", vault: OTHER, usdc: "100", fee: "0" }, "vault", "-100"],
    [{ type: "vaultDeposit", vault: OTHER, usdc: "100" }, "vault", "-100"],
    [{ type: "vaultDeposit", vault: ME, usdc: "100" }, "vault", "100"],
    [{ type: "vaultDistribution", vault: OTHER, usdc: "3" }, "vault", "3"],
    [{ type: "vaultDistribution", vault: ME, usdc: "3" }, "vault", "-3"],
    [{ type: "vaultWithdraw", vault: OTHER, user: ME, netWithdrawnUsd: "9.5" }, "vault", "9.5"],
    [{ ...send, token: "USDC", amount: "4" }, "address", "-4"],
    [{ ...send, destination: ME, sourceDex: "spot", token: "USDC:0x6d", amount: "4" }, "spot", "4"],
  ])("%j is %s of %s", (delta, kind, amount) => {
    expect(parsed(delta)).toMatchObject({ transfers: [{ kind, amount }], untold: [] });
  });

  it.each([
    [{ type: "spotTransfer", token: "USDC", amount: "10.5" }],
    [{ type: "liquidation", liquidatedNtlPos: "1" }],
    [{ type: "borrowLend", token: "USDC", operation: "supply", amount: "1" }],
    [{ ...send, destination: ME, destinationDex: "xyz", token: "USDC", amount: "4" }],
    [{ ...send, sourceDex: "spot", token: "USDC", amount: "4" }],
  ])("%j moves nothing of the margin account", (delta) => {
    expect(parsed(delta)).toMatchObject({ transfers: [], rows: 1 });
  });

  it.each([
    [{ type: "airdrop", usdc: "5" }, "airdrop: no known kind"],
    [{ type: "constructor", usdc: "5" }, "constructor: no known kind"],
    [{ type: "deposit", usdc: "-5" }, "deposit: usdc is below zero"],
    [{ type: "deposit", usdc: 5 }, "deposit: usdc is missing or no text"],
    [{ type: "deposit", usdc: "1e9" }, "deposit: usdc is no decimal number"],
    [
      { type: "accountClassTransfer", usdc: "5", toPerp: "yes" },
      "accountClassTransfer: toPerp is missing or neither true nor false",
    ],
    [
      { type: "internalTransfer", usdc: "5", user: OTHER, destination: OTHER },
      "internalTransfer: which way it went is not told",
    ],
    [
      { type: "vaultWithdraw", vault: ME, user: OTHER, netWithdrawnUsd: "1" },
      "vaultWithdraw: what left a vault is not told",
    ],
    [{ ...send, token: "USDH", amount: "4" }, "send: its value in USDC is not told"],
  ])("%j is kept without an amount, and why is told", (delta, why) => {
    expect(parsed(delta)).toMatchObject({ transfers: [{ kind: "unknown", amount: null }], untold: [why] });
  });

  it("have ids of their own that stay the same in a later page", () => {
    const deposit = { type: "deposit", usdc: "5" };
    const both = [row(deposit, 1_000), row(deposit, 2_000), row(deposit, 2_000)];
    const { transfers, firstMs, lastMs } = parseTransfers(both, ME);
    expect(new Set(transfers.map(({ id }) => id)).size).toBe(3);
    expect({ firstMs, lastMs }).toEqual({ firstMs: 1_000, lastMs: 2_000 });
    expect(parseTransfers(both.slice(1), ME).transfers).toEqual(transfers.slice(1));
  });

  it.each([
    [{}, "ledger updates is no list"],
    [[{ hash: HASH, delta: {} }], "time is missing"],
    [[{ time: -1, hash: HASH, delta: {} }], "time is no moment"],
    [[{ time: 1, hash: HASH, delta: null }], "delta of a ledger update is no object"],
    [[{ time: 1, hash: HASH, delta: { type: 3 } }], "type is missing or no text"],
    [[{ time: 1, hash: HASH, delta: { type: "x".repeat(300) } }], "type is no text of one line"],
    [[{ time: 1, delta: { type: "deposit" } }], "hash is missing"],
  ])("refuses %j by name", (value, complaint) => {
    expect(() => parseTransfers(value, ME)).toThrow(MalformedMessage);
    expect(() => parseTransfers(value, ME)).toThrow(complaint);
  });
});

const RECORDED = "data/venue/hyperliquid/rest/user_non_funding_ledger_updates_without_end_time.json.gz";

describe.skipIf(!hasShared)(`a recorded answer${sharedNote}`, () => {
  it("is read to the last digit", () => {
    const text = gunzipSync(readFileSync(sharedPath(RECORDED))).toString();
    const [{ request, response }] = JSON.parse(text) as [{ request: { user: typeof ME }; response: unknown }];
    const { transfers, untold, rows } = parseTransfers(response, request.user);
    expect(transfers.map(({ kind, amount }) => [kind, amount])).toEqual([
      ["deposit", "2703997.4500000002"],
      ["spot", "-12"],
      ["spot", "-2684105.0099999998"],
      ["deposit", "1099994.98"],
    ]);
    expect({ untold, rows }).toEqual({ untold: [], rows: 5 });
  });
});
