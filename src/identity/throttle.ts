/**
 * Failed attempts make the next ones wait, by user and by address, longer and longer. An attempt is counted before it is judged and given
 * back when it was right, so that many at once gain nothing; the counts are stored, so that neither does a restart.
 */
import { hash } from "node:crypto";
import type { IdentityRows, ThrottleRecord, ThrottleRows } from "../store/identity-store.ts";
import { IdentityError } from "./identity-error.ts";

interface ThrottleRule {
  /** Failures that cost no time. */
  readonly free: number;
  /** After the first one beyond; doubled by each further one. */
  readonly firstMs: number;
  readonly delayMsMax: number;
}

/** Whoever shares an address must not lock out the others by a few slips; nobody can keep a user out for longer than a minute at a time. */
export const THROTTLES = {
  user: { free: 5, firstMs: 1_000, delayMsMax: 60_000 },
  address: { free: 20, firstMs: 1_000, delayMsMax: 15 * 60_000 },
  /** A code has a million values: these wait longer. */
  factor: { free: 5, firstMs: 2_000, delayMsMax: 15 * 60_000 },
} as const satisfies Readonly<Record<string, ThrottleRule>>;

export type ThrottleKind = keyof typeof THROTTLES;

export interface ThrottleKey {
  readonly kind: ThrottleKind;
  readonly of: string;
}

/** Failures are forgotten when nobody failed for so long. */
const QUIET_MS = 24 * 3_600_000;
/** Names and addresses that are remembered; beyond, the quietest go. */
const KEPT_MAX = 20_000;

/** What is stored after one more attempt that has not been right yet. */
export function charged(
  before: ThrottleRecord | null,
  { kind, of }: ThrottleKey,
  nowMs: number,
): ThrottleRecord {
  const rule = THROTTLES[kind];
  const isForgotten = before === null || nowMs - before.lastMs >= QUIET_MS;
  const failures = (isForgotten ? 0 : before.failures) + 1;
  return { key: keyText({ kind, of }), failures, lastMs: nowMs, untilMs: nowMs + delayMs(rule, failures) };
}

/** Milliseconds until the next attempt is judged; 0 for now. A clock that was set back makes nobody wait longer than he had to. */
export function waitMs({ lastMs, untilMs }: ThrottleRecord, nowMs: number): number {
  if (lastMs > nowMs) return untilMs - lastMs;
  return Math.max(0, untilMs - nowMs);
}

function delayMs({ free, firstMs, delayMsMax }: ThrottleRule, failures: number): number {
  if (failures <= free) return 0;
  return Math.min(delayMsMax, firstMs * 2 ** Math.min(30, failures - free - 1));
}

/**
 * Counts an attempt under every key. Where one of them has to wait, the attempt is not judged: an IdentityError that says until when is
 * answered, to be thrown once the count is written. It still counts for the address, or whoever polls would take every turn of a user.
 */
export function chargeAttempt(
  { throttles }: IdentityRows,
  keys: readonly ThrottleKey[],
  nowMs: number,
): IdentityError | null {
  const found = keys.map((key) => {
    const before = sinceNow(throttles, key, nowMs);
    return { key, before, wait: before === null ? 0 : waitMs(before, nowMs) };
  });
  const longest = Math.max(0, ...found.map(({ wait }) => wait));
  const counted =
    longest === 0 ? found : found.filter(({ key, wait }) => key.kind === "address" && wait === 0);
  throttles.prune(nowMs - QUIET_MS, KEPT_MAX);
  for (const { key, before } of counted) throttles.put(charged(before, key, nowMs));
  if (longest === 0) return null;
  const seconds = Math.ceil(longest / 1_000);
  const message = `too many failed attempts; try again in ${seconds} s`;
  return new IdentityError("throttled", message, { retryAfterMs: longest });
}

/** As it lies there; with a clock that was set back since, the wait begins now. */
function sinceNow(throttles: ThrottleRows, key: ThrottleKey, nowMs: number): ThrottleRecord | null {
  const found = throttles.byKey(keyText(key));
  if (found === null || found.lastMs <= nowMs) return found;
  const moved = { ...found, lastMs: nowMs, untilMs: nowMs + (found.untilMs - found.lastMs) };
  throttles.put(moved);
  return moved;
}

/** The attempt was right: the user's failures are forgotten; of the address's only this one, or it could wash off the others. */
export function refundAttempt({ throttles }: IdentityRows, keys: readonly ThrottleKey[]): void {
  for (const key of keys) {
    const found = throttles.byKey(keyText(key));
    if (found === null) continue;
    if (key.kind === "address" && found.failures > 1)
      throttles.put({ ...found, failures: found.failures - 1, untilMs: found.lastMs });
    else throttles.remove(found.key);
  }
}

/** By a hash: what was typed as a name may have been a password. */
export function userKey(name: string): ThrottleKey {
  return { kind: "user", of: hash("sha256", name.toLowerCase(), "hex").slice(0, 32) };
}

/** Of IPv6 the network of 64 bits: whoever has one has all its addresses. */
export function addressKey(address: string): ThrottleKey {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
  if (!plain.includes(":")) return { kind: "address", of: plain.slice(0, 100) };
  return { kind: "address", of: `${networkOf(plain)}/64` };
}

function networkOf(address: string): string {
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const all = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return all
    .slice(0, 4)
    .map((group) => group.slice(0, 4).replace(/^0+(?=.)/, ""))
    .join(":");
}

export function factorKey(userId: number): ThrottleKey {
  return { kind: "factor", of: String(userId) };
}

export function keyText({ kind, of }: ThrottleKey): string {
  return `${kind}:${of}`;
}
