/**
 * Who sent a request: Bybit's REST headers and the WebSocket `auth` operation, checked against the raw bytes. The
 * order of the checks is a choice (docs/exchanges/bybit.md); a wrong one answers with the code of the first that fails.
 */
import type { Account, Accounts } from "./accounts.ts";
import { type Refusal, refusal } from "./error-table.ts";
import type { HttpRequest } from "./http-parser.ts";

export type Authenticated =
  | { readonly kind: "account"; readonly account: Account }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface AuthenticationContext {
  readonly accounts: Accounts;
  readonly address: string;
  /** The server's clock as this key sees it. */
  readonly nowMs: number;
  readonly checkOrder: "timestamp-first" | "key-first";
}

const WINDOW_DEFAULT_MS = 5000;
const AHEAD_MS = 1000;
const DIGITS = /^\d{1,16}$/;

/** Checks the headers of a request; the payload is the raw query of a GET or the raw body of a POST. */
export function authenticateRequest(request: HttpRequest, context: AuthenticationContext): Authenticated {
  const apiKey = request.headers.get("x-bapi-api-key");
  const timestamp = request.headers.get("x-bapi-timestamp");
  const signature = request.headers.get("x-bapi-sign");
  if (!apiKey || !timestamp || !signature) return { kind: "absent" };
  const window = request.headers.get("x-bapi-recv-window") ?? "";
  const account = context.accounts.get(apiKey);
  const late = checkTimestamp(timestamp, window, context.nowMs);
  if (account === undefined)
    return refuse(late !== undefined && context.checkOrder === "timestamp-first" ? late : refusal(10003));
  if (late !== undefined) return refuse(late);
  const get = request.method === "GET";
  const prefix = get ? timestamp + apiKey + window + request.query : timestamp + apiKey + window;
  if (account.sign(prefix, get ? undefined : request.body) !== signature.toLowerCase()) {
    return refuse(
      refusal(10004, `error sign! origin_string[${prefix}${get ? "" : request.body.toString("utf8")}]`),
    );
  }
  if (!addressAllowed(account, context.address)) return refuse(refusal(10010));
  return { kind: "account", account };
}

/** `serverTime - window <= timestamp < serverTime + 1000`; undefined when it holds. */
export function checkTimestamp(timestamp: string, window: string, nowMs: number): Refusal | undefined {
  const windowMs = DIGITS.test(window) ? Number(window) : WINDOW_DEFAULT_MS;
  const stamp = DIGITS.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (nowMs - windowMs <= stamp && stamp < nowMs + AHEAD_MS) return undefined;
  return refusal(
    10002,
    `invalid request, please check your server timestamp or recv_window param. req_timestamp[${timestamp}],` +
      `server_timestamp[${nowMs}],recv_window[${windowMs}]`,
  );
}

/** The `auth` operation: `[key, expires, signature]`, where expires may be a number or text. */
export function authenticateSocket(args: unknown, context: AuthenticationContext): Authenticated {
  if (!Array.isArray(args)) return refuse(refusal(10001));
  const [apiKey, expires, signature]: unknown[] = args;
  const expiresText = typeof expires === "number" || typeof expires === "string" ? String(expires) : "";
  if (typeof apiKey !== "string" || typeof signature !== "string" || !DIGITS.test(expiresText)) {
    return refuse(refusal(10001));
  }
  if (Number(expiresText) <= context.nowMs) return refuse(refusal(10001, "Request expired"));
  const account = context.accounts.get(apiKey);
  if (account === undefined) return refuse(refusal(10003));
  if (account.sign(`GET/realtime${expiresText}`, undefined) !== signature.toLowerCase())
    return refuse(refusal(10004));
  if (!addressAllowed(account, context.address)) return refuse(refusal(10010));
  return { kind: "account", account };
}

function addressAllowed(account: Account, address: string): boolean {
  return account.ips.length === 0 || account.ips.includes("*") || account.ips.includes(address);
}

function refuse(reason: Refusal): Authenticated {
  return { kind: "refused", refusal: reason };
}
