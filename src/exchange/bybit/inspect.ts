/**
 * One look at an account before anything is sent: what the key may do, clock, balance, modes. Fields per "Get API Key
 * Information", "Get Account Info"; demo accounts may lack the first.
 */
import type { ApiKeyInfoV5 } from "bybit-api";
import type { AccountId } from "../../core/model/identifiers.ts";
import type { AccountInspection, KeyInspection } from "../exchange.ts";
import type { ExchangeError } from "../exchange-error.ts";
import { MalformedMessage, numberIn, type RawRow, rowOf } from "../raw.ts";
import {
  type AccountAccess,
  NO_UNIFIED_ACCOUNT,
  type Result,
  read,
  readEquity,
  readMarket,
} from "./account-reads.ts";
import { venueText } from "./errors.ts";
import { readMarginMode } from "./margin-mode.ts";

/** Nearly every venue lists it, and the mode is kept per symbol. */
const COMMON_SYMBOL = "BTCUSDT";

type KeyInfo = Omit<KeyInspection, "account">;

/** Codes of a venue that has no such question: path unknown, not for demo. */
const NOT_OFFERED = new Set([404, 10005, 10017, 10032]);

export function inspectAccount(
  access: AccountAccess,
  account: AccountId,
  keyInspection: "required" | "optional",
  done: (result: AccountInspection | ExchangeError) => void,
): void {
  readKey(access, keyInspection, (key) => {
    if (key.kind === "error") return done(key.error);
    readMarginMode(access, (marginMode) => {
      if (marginMode.kind === "error") return done(marginMode.error);
      readEquity(access, (equity) => {
        if (equity.kind === "error") return done(equity.error);
        readMarket(access, COMMON_SYMBOL, (market) => {
          if (market.kind === "error") return done(market.error);
          done({
            account,
            ...key.value,
            equity: equity.value.equity,
            available: equity.value.available,
            clockOffsetMs: Math.round(access.rest.clock.offsetMs),
            positionMode: market.value.mode,
            marginMode: marginMode.value,
          });
        });
      });
    });
  });
}

/**
 * The key alone, in one read: what an account holds comes with its first snapshot. A venue that answers nothing about keys
 * is asked for the balance, which only a good key is told.
 */
export function inspectKey(
  access: AccountAccess,
  account: AccountId,
  keyInspection: "required" | "optional",
  done: (result: KeyInspection | ExchangeError) => void,
): void {
  readKey(access, keyInspection, (key) => {
    if (key.kind === "error") return done(key.error);
    const inspection = { account, ...key.value };
    if (key.value !== UNKNOWN_DEMO_KEY) return done(inspection);
    readEquity(access, (equity) => done(equity.kind === "error" ? equity.error : inspection));
  });
}

function readKey(
  access: AccountAccess,
  keyInspection: "required" | "optional",
  done: (result: Result<KeyInfo>) => void,
): void {
  read(access, "/v5/user/query-api", {}, parseKeyInfo, (result) => {
    const mayLack =
      keyInspection === "optional" && result.kind === "error" && NOT_OFFERED.has(result.error.code);
    done(mayLack ? { kind: "ok", value: UNKNOWN_DEMO_KEY, serverTimeMs: 0 } : result);
  });
}

/** Demo money cannot be withdrawn; whether the key may trade shows at the first order. */
const UNKNOWN_DEMO_KEY: KeyInfo = {
  userId: null,
  readOnly: false,
  canTrade: true,
  canWithdraw: false,
  permissions: [],
  expiresAtMs: null,
};

export function parseKeyInfo(result: unknown): KeyInfo {
  const row = rowOf(result, "key information");
  if (row["uta" satisfies keyof ApiKeyInfoV5] === 0) throw new MalformedMessage(NO_UNIFIED_ACCOUNT);
  const granted = rowOf(row["permissions" satisfies keyof ApiKeyInfoV5], "permissions");
  const readOnly = numberIn(row["readOnly" satisfies keyof ApiKeyInfoV5]) !== 0;
  const contract = listOf(granted, "ContractTrade");
  return {
    userId: userIdOf(row),
    readOnly,
    canTrade: !readOnly && contract.includes("Order") && contract.includes("Position"),
    canWithdraw: listOf(granted, "Wallet").includes("Withdraw"),
    permissions: Object.keys(granted).flatMap((group) =>
      listOf(granted, group).map((name) => `${group}.${name}`),
    ),
    expiresAtMs: expiryOf(row),
  };
}

/** A group that is there but cannot be read might hold the right to withdraw. */
function listOf(permissions: RawRow, group: string): readonly string[] {
  const names = permissions[group] ?? [];
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw new MalformedMessage(`the key's permissions of ${venueText(group)} are no list of names`);
}

/** A number by the documentation; text would do as well. */
function userIdOf(row: RawRow): string | null {
  const id = row["userID" satisfies keyof ApiKeyInfoV5];
  const written = typeof id === "number" ? String(id) : id;
  return typeof written === "string" && /^[1-9]\d*$/.test(written) ? written : null;
}

/** Keys bound to addresses do not expire; the venue then says 1970. */
function expiryOf(row: RawRow): number | null {
  const expires = typeof row.expiredAt === "string" ? Date.parse(row.expiredAt) : Number.NaN;
  return expires > 0 ? expires : null;
}
