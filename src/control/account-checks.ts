/**
 * What a look at an account means: for each question ok, warn or fail, and what to do about it. Pure; the look itself is
 * taken elsewhere.
 */
import type { AccountInspection } from "../exchange/exchange.ts";

export type CheckResult = "ok" | "warn" | "fail";

export interface Check {
  readonly check:
    | "venue"
    | "key"
    | "address"
    | "withdrawal"
    | "permissions"
    | "expiry"
    | "clock"
    | "mode"
    | "balance"
    | "stream";
  readonly result: CheckResult;
  readonly message: string;
}

export interface AccountChecks {
  readonly account: string;
  readonly role: "leader" | "follower";
  readonly venue: string;
  readonly accountType: string;
  /** The worst of its checks. */
  readonly result: CheckResult;
  readonly checks: readonly Check[];
}

/** What was seen of an account; texts say why something was not. */
export interface Sighting {
  readonly account: {
    readonly account: string;
    readonly role: "leader" | "follower";
    readonly venue: string;
    readonly accountType: string;
    /** Of a followed address; null or absent for an account with a key. */
    readonly publicAddress?: string | null;
  };
  readonly instruments: number | string;
  readonly inspection: AccountInspection | MissingKey | string | null;
  readonly stream: "up" | { readonly cause: string } | null;
}

/** In place of the inspection of an account whose key cannot be had: why, and what to do. */
export interface MissingKey {
  readonly noKey: readonly string[];
}

/** Requests carry the venue's time, so this much is only odd; orders are refused past their window of 5 s. */
const CLOCK_WARN_MS = 1_000;
const EXPIRY_WARN_MS = 14 * 24 * 3_600_000;

export function checkAccount(
  { account, instruments, inspection, stream }: Sighting,
  nowMs: number,
): AccountChecks {
  const checks = [
    venueCheck(instruments),
    ...inspectionChecks({ account, instruments, inspection, stream }, nowMs),
    ...(stream === null
      ? []
      : [streamCheck(stream, account.publicAddress ? "stream of fills" : "private stream")]),
  ];
  const { account: name, role, venue, accountType } = account;
  return { account: name, role, venue, accountType, result: worst(checks), checks };
}

function inspectionChecks({ account, instruments, inspection }: Sighting, nowMs: number): readonly Check[] {
  if (inspection === null) return [paperCheck()];
  const venueAnswers = typeof instruments === "number";
  if (account.publicAddress) return addressChecks(account.publicAddress, inspection, venueAnswers);
  return keyChecks(inspection, account.role, nowMs, venueAnswers);
}

/** A public address needs no key, and can do nothing. */
function addressChecks(
  address: string,
  inspection: AccountInspection | MissingKey | string,
  venueAnswers: boolean,
): readonly Check[] {
  if (typeof inspection !== "string" && "noKey" in inspection) return [];
  if (typeof inspection === "string") {
    const advice = venueAnswers ? "check address" : "the address can be judged once the venue answers";
    return [{ check: "address", result: "fail", message: `${inspection}; ${advice}` }];
  }
  return [
    { check: "address", result: "ok", message: `${address} is public: it is read without a key` },
    clockCheck(inspection),
    balanceCheck(inspection, "leader"),
  ];
}

export function worst(checks: readonly { readonly result: CheckResult }[]): CheckResult {
  if (checks.some(({ result }) => result === "fail")) return "fail";
  return checks.some(({ result }) => result === "warn") ? "warn" : "ok";
}

function venueCheck(instruments: number | string): Check {
  if (typeof instruments === "number")
    return { check: "venue", result: "ok", message: `${instruments} instruments` };
  return {
    check: "venue",
    result: "fail",
    message: `${instruments}; check the url in the account file, and the network`,
  };
}

function paperCheck(): Check {
  return { check: "key", result: "ok", message: "paper: filled inside, needs no key" };
}

function keyChecks(
  inspection: AccountInspection | MissingKey | string,
  role: "leader" | "follower",
  nowMs: number,
  venueAnswers: boolean,
): readonly Check[] {
  if (typeof inspection === "object" && "noKey" in inspection)
    return [{ check: "key", result: "fail", message: inspection.noKey.join("; ") }];
  if (typeof inspection === "string") {
    const advice = venueAnswers
      ? "check api_key and api_secret, and that the key belongs to this venue"
      : "the key can be judged once the venue answers";
    return [{ check: "key", result: "fail", message: `${inspection}; ${advice}` }];
  }
  return [
    { check: "key", result: "ok", message: "the venue accepts it" },
    withdrawalCheck(inspection),
    permissionCheck(inspection, role),
    expiryCheck(inspection, nowMs),
    clockCheck(inspection),
    {
      check: "mode",
      result: "ok",
      message: `${inspection.positionMode}, ${inspection.marginMode || "margin mode unknown"}`,
    },
    balanceCheck(inspection, role),
  ];
}

function withdrawalCheck({ canWithdraw }: AccountInspection): Check {
  if (!canWithdraw) return { check: "withdrawal", result: "ok", message: "the key cannot withdraw" };
  const message = "the key may withdraw: it is refused; make one without withdrawal rights";
  return { check: "withdrawal", result: "fail", message };
}

function permissionCheck(
  { readOnly, canTrade, permissions }: AccountInspection,
  role: "leader" | "follower",
): Check {
  const check = "permissions";
  if (role === "follower") {
    if (readOnly)
      return { check, result: "fail", message: "the key is read-only; a follower's must be able to trade" };
    if (!canTrade) {
      return {
        check,
        result: "fail",
        message: "the key lacks contract orders and positions; add both rights",
      };
    }
    return { check, result: "ok", message: permissions.join(", ") || "it may trade" };
  }
  if (canTrade)
    return { check, result: "warn", message: "the key may trade; for a leader a read-only key is enough" };
  return { check, result: "ok", message: "it can only read" };
}

function expiryCheck({ expiresAtMs }: AccountInspection, nowMs: number): Check {
  if (expiresAtMs === null) return { check: "expiry", result: "ok", message: "the key does not expire" };
  const date = new Date(expiresAtMs).toISOString().slice(0, 10);
  if (expiresAtMs <= nowMs)
    return { check: "expiry", result: "fail", message: `the key expired on ${date}; renew it` };
  const isSoon = expiresAtMs - nowMs < EXPIRY_WARN_MS;
  const advice = isSoon ? "; renew it, or bind it to your address" : "";
  return { check: "expiry", result: isSoon ? "warn" : "ok", message: `the key expires on ${date}${advice}` };
}

function clockCheck({ clockOffsetMs }: AccountInspection): Check {
  const message = `this machine is ${Math.abs(clockOffsetMs)} ms ${clockOffsetMs >= 0 ? "behind" : "ahead of"} the venue`;
  if (Math.abs(clockOffsetMs) <= CLOCK_WARN_MS) return { check: "clock", result: "ok", message };
  return {
    check: "clock",
    result: "warn",
    message: `${message} (corrected for); switch on time synchronisation`,
  };
}

function balanceCheck({ equity, available }: AccountInspection, role: "leader" | "follower"): Check {
  const message = `equity ${equity || "unknown"}, available ${available || "unknown"}`;
  const isEmpty = role === "follower" && Number(equity) <= 0;
  if (!isEmpty) return { check: "balance", result: "ok", message };
  return { check: "balance", result: "warn", message: `${message}; nothing can be copied without a balance` };
}

function streamCheck(stream: "up" | { readonly cause: string }, name: string): Check {
  if (stream === "up") return { check: "stream", result: "ok", message: `the ${name} comes up` };
  const message = `the ${name} does not come up: ${stream.cause}; check stream_url and the network`;
  return { check: "stream", result: "fail", message };
}
