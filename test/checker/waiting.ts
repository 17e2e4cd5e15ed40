/**
 * A leader's orders that wait to open, where they wait at the follower, too: ours may fill before the leader's, or be filled in full
 * where the leader's is filled in part. So a follower may hold up to what the leader would if all of them on one side had filled.
 */
import type { CheckedAccount, CheckedAllocation, CheckedFill, CheckedWaiting } from "./evidence.ts";
import { exact, magnitude, minus, negative, show, sign, ZERO } from "./exact.ts";

const madeOf = new WeakMap<CheckedAccount, readonly CheckedAccount[]>();

/** The leader as if each of its orders had filled as it was placed, those that buy and those that sell; none where that is not asked for. */
export function asIfFilled(leader: CheckedAccount, allocation: CheckedAllocation): readonly CheckedAccount[] {
  const { waited = [] } = leader;
  if (allocation.copiesPending !== true || waited.length === 0) return [];
  const made = madeOf.get(leader) ?? [filledOn(leader, "buy"), filledOn(leader, "sell")];
  madeOf.set(leader, made);
  return made;
}

/** What is unfilled is told before what is executed in the same moment, so that nothing counts twice. */
function filledOn(leader: CheckedAccount, side: CheckedWaiting["side"]): CheckedAccount {
  const unfilled = new Map<string, ReturnType<typeof exact>>();
  const ranked = leader.fills.map((fill) => ({ fill, rank: 1 }));
  for (const { orderId, symbol, leg, quantity, atMs, ...order } of leader.waited ?? []) {
    if (order.side !== side) continue;
    const by = minus(exact(quantity), unfilled.get(orderId) ?? ZERO);
    unfilled.set(orderId, exact(quantity));
    if (sign(by) === 0) continue;
    const signed = side === "buy" ? by : negative(by);
    const fill: CheckedFill = {
      symbol,
      leg,
      side: sign(signed) > 0 ? "buy" : "sell",
      quantity: show(magnitude(by)),
      price: "0",
      atMs,
      clientOrderId: "",
    };
    ranked.push({ fill, rank: 0 });
  }
  ranked.sort((one, other) => one.fill.atMs - other.fill.atMs || one.rank - other.rank);
  return { ...leader, fills: ranked.map(({ fill }) => fill) };
}

/** How many of a leader's orders in one market wait at `atMs`, or did within `slackMs` before. */
export function waitingAt(
  { waited = [] }: CheckedAccount,
  symbol: string,
  atMs: number,
  slackMs: number,
): number {
  const open = new Set<string>();
  for (const one of waited) {
    if (one.symbol !== symbol || one.atMs > atMs) continue;
    if (sign(exact(one.quantity)) > 0 || one.atMs >= atMs - slackMs) open.add(one.orderId);
    else open.delete(one.orderId);
  }
  return open.size;
}
