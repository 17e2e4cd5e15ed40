/**
 * Which part of a follower's position is the copier's: the running sum of its own fills, cut to what the venue holds on
 * the same side whenever the owner took some of it away. The copier sees that later, and not at all where the owner put
 * something there again before it looked, so that what it may take for its own is a few amounts.
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
  /** What the copier may have taken for its own before the fill. */
  readonly mayOwnBefore: readonly Exact[];
}

export interface Ledger {
  readonly steps: readonly LedgerStep[];
  readonly own: Exact;
  readonly held: Exact;
  /** What the copier may take for its own at the end. */
  readonly mayOwn: readonly Exact[];
  /** Whether the owner (or a liquidation) ever had a part in this position. */
  readonly shared: boolean;
}

/** A position that stood for so long was seen. */
const SEEN_MS = 150_000;
/** What the owner added and took away within this long may be heard the other way round, or the addition not at all. */
const TOGETHER_MS = 2_000;
/** More than these are as good as any between the furthest. */
const AMOUNTS_MAX = 64;

const ledgersKnown = new WeakMap<CheckedAccount, Map<string, Ledger>>();

/** Asked for again and again with the same account. */
export function ledgerOf(account: CheckedAccount, symbol: string, leg: CheckedLeg): Ledger {
  const known = ledgersKnown.get(account) ?? new Map<string, Ledger>();
  ledgersKnown.set(account, known);
  const key = `${symbol} ${leg}`;
  const ledger = known.get(key) ?? madeLedger(account, symbol, leg);
  known.set(key, ledger);
  return ledger;
}

function madeLedger(account: CheckedAccount, symbol: string, leg: CheckedLeg): Ledger {
  const first = account.held.find((position) => position.symbol === symbol && position.leg === leg);
  let held = first === undefined ? ZERO : exact(first.quantity);
  let own = ZERO;
  let mayOwn: readonly Exact[] = [ZERO];
  let shared = sign(held) !== 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  let addedMs = Number.NEGATIVE_INFINITY;
  const steps: LedgerStep[] = [];
  for (const fill of account.fills) {
    if (fill.symbol !== symbol || fill.leg !== leg) continue;
    const ours = isOurs(fill.clientOrderId);
    const by = signed(fill.side, fill.quantity);
    const [heldBefore, ownBefore] = [held, own];
    if (shared) mayOwn = looked(mayOwn, held, fill.atMs - lastMs > SEEN_MS);
    const mayOwnBefore = mayOwn;
    if (ours) mayOwn = mayOwn.map((one) => plus(one, by));
    else if (sign(by) === sign(heldBefore)) addedMs = fill.atMs;
    else if (fill.atMs - addedMs <= TOGETHER_MS)
      mayOwn = distinct([...mayOwn, ...mayOwn.map((one) => common(one, plus(one, by)))]);
    held = plus(held, by);
    own = common(ours ? plus(own, by) : own, held);
    shared ||= !ours;
    lastMs = fill.atMs;
    steps.push({ fill, ours, heldBefore, heldAfter: held, ownBefore, ownAfter: own, mayOwnBefore });
  }
  return { steps, own, held, mayOwn: distinct(mayOwn.map((one) => common(one, held))), shared };
}

/** The copier may have looked while `held` stood, and then knows how much of it can be its own. */
function looked(mayOwn: readonly Exact[], held: Exact, surely: boolean): readonly Exact[] {
  const cut = mayOwn.map((one) => common(one, held));
  return distinct(surely ? cut : [...mayOwn, ...cut]);
}

function distinct(amounts: readonly Exact[]): readonly Exact[] {
  const sorted = [...amounts].sort(compare);
  const all = sorted.filter((one, place) => {
    const before = sorted[place - 1];
    return before === undefined || compare(before, one) !== 0;
  });
  if (all.length <= AMOUNTS_MAX) return all;
  return [...all.slice(0, AMOUNTS_MAX / 2), ...all.slice(-AMOUNTS_MAX / 2)];
}

/** The smaller of both on the same side, else nothing. */
function common(left: Exact, right: Exact): Exact {
  if (sign(left) !== sign(right)) return ZERO;
  return compare(magnitude(left), magnitude(right)) <= 0 ? left : right;
}
