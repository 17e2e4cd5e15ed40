/** When a part of what a leader asks for may be given up: by its owner, by the settings, or by the exchange. */
import type { CheckedAccount, CheckedAllocation, Evidence } from "./evidence.ts";
import { isOurs } from "./evidence.ts";
import { exact, sign } from "./exact.ts";
import { isKnown, versionsOf } from "./in-force.ts";

/** `allocation` is the leader's; a small part of one order is skipped for all leaders that share it. */
export function mayBeWaived(
  evidence: Evidence,
  follower: CheckedAccount,
  symbol: string,
  allocation: CheckedAllocation | undefined,
): boolean {
  const { commands, limits = [] } = evidence;
  const name = follower.account;
  const all = versionsOf(evidence, { follower: name }).map((version) => version.allocation);
  const own = all.filter(({ leader }) => leader === allocation?.leader);
  const closed = commands.some(
    (one) => (one.kind === "close" || one.kind === "panic") && (one.follower ?? name) === name,
  );
  const left =
    allocation === undefined ||
    !isKnown(evidence, allocation) ||
    own.some(({ copyExisting }) => !copyExisting);
  const skips = all.some(({ minimumPolicy }) => minimumPolicy === "skip");
  const declined = own.some(({ asksFirst }) => asksFirst === true);
  const ruled = allocation?.rules !== undefined;
  const limited = limits.some((one) => one.follower === name);
  return (
    closed ||
    left ||
    skips ||
    declined ||
    ruled ||
    limited ||
    hasOwnersPart(follower, symbol) ||
    wasRefused(follower, symbol)
  );
}

/** Copies there may have ended otherwise than by a close: given to their owner, or going down with their leader. */
export function mayLastOn({ versions = [] }: Evidence, { account }: CheckedAccount): boolean {
  return versions.some(
    ({ allocation: { follower, constant, rules } }) =>
      follower === account && !constant && rules !== undefined && rules.stopMode !== "close",
  );
}

export function hasOwnersPart({ fills, held }: CheckedAccount, symbol: string): boolean {
  return (
    fills.some((fill) => fill.symbol === symbol && !isOurs(fill.clientOrderId)) ||
    held.some((position) => position.symbol === symbol && sign(exact(position.quantity)) !== 0)
  );
}

export function wasRefused({ requests }: CheckedAccount, symbol: string): boolean {
  return requests.some((request) => request.symbol === symbol && request.outcome === "rejected");
}
