/**
 * Which part of a follower's position is the copier's: the running sum of its own fills, cut to what the venue holds on
 * the same side whenever the owner took some of it away.
 */
import type { CheckedAccount, CheckedFill, CheckedLeg } from "./evidence.ts";
import { isOurs } from "./evidence.ts";
import { compare, type Exact, exact, magnitude, plus, sign, ZERO } from "./exact.ts";
import { signed } from "./targets.ts";

export interface LedgerStep {
  readonly fill: CheckedFill;
  readonly ours: boolean;
  /** The whole position and our part of it, before and after the fill. */
  readonly heldBefore: Exact;
  readonly heldAfter: Exact;
  readonly ownBefore: Exact;
  readonly ownAfter: Exact;
  /** The plain sum of our fills before this one: what the copier may still take for its own, not having seen the owner. */
  readonly sumBefore: Exact;
}

export interface Ledger {
  readonly steps: readonly LedgerStep[];
  readonly own: Exact;
  readonly held: Exact;
  /** The plain sum of our fills, cut to the position: what the copier may take for its own, not having seen the owner. */
  readonly believed: Exact;
  /** Whether the owner (or a liquidation) ever had a part in this position. */
  readonly shared: boolean;
}

export function ledgerOf(account: CheckedAccount, symbol: string, leg: CheckedLeg): Ledger {
  const first = account.held.find((position) => position.symbol === symbol && position.leg === leg);
  let held = first === undefined ? ZERO : exact(first.quantity);
  let [own, sum] = [ZERO, ZERO];
  let shared = sign(held) !== 0;
  const steps: LedgerStep[] = [];
  for (const fill of account.fills) {
    if (fill.symbol !== symbol || fill.leg !== leg) continue;
    const ours = isOurs(fill.clientOrderId);
    const by = signed(fill.side, fill.quantity);
    const [heldBefore, ownBefore, sumBefore] = [held, own, sum];
    if (ours) sum = plus(sum, by);
    held = plus(held, by);
    own = common(ours ? plus(own, by) : own, held);
    shared ||= !ours;
    steps.push({ fill, ours, heldBefore, heldAfter: held, ownBefore, ownAfter: own, sumBefore });
  }
  return { steps, own, held, believed: common(sum, held), shared };
}

/** The smaller of both on the same side, else nothing. */
function common(left: Exact, right: Exact): Exact {
  if (sign(left) !== sign(right)) return ZERO;
  return compare(magnitude(left), magnitude(right)) <= 0 ? left : right;
}
