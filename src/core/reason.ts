/**
 * The closed list of reasons why a leader's change led to no order, each with the numbers at that moment. There is no
 * "other": a new case gets a new word here and a test that can fail.
 */

export const REASONS = {
  "at-target": "the follower already holds its target to the quantity step",
  "below-step": "the leader's change comes to less than one quantity step of the follower",
  "below-minimum-quantity": "the difference is below the venue's minimum order quantity",
  "below-minimum-notional": "the difference is worth less than the venue's minimum order value",
  "symbol-filtered": "the symbol is not among those to copy",
  "side-filtered": "the leader's position is on the side that is not copied",
  "outside-hours": "risk grows in the stated hours only, and this was outside them",
  "max-positions": "as many positions are open as may be",
  "late-entry": "the leader opened this before we could follow, and the price is worse now",
  slippage: "the price had run away from the leader's by more than the cap on slippage",
  "too-late": "the leader traded this longer ago than an increase may be late",
  "rest-expired": "it rested at the leader's price until its time was over, and was not filled",
  "exit-filled": "an exit of ours that rested at the leader's price filled before the leader's did",
  "instrument-not-listed": "the follower's venue does not list the instrument",
  "price-apart":
    "the instrument of that name at the follower's venue has another price than the leader's: it may be another coin",
  "instrument-not-trading": "the instrument takes no orders at present",
  paused: "the follower is paused: reductions only",
  halted: "the follower is halted for new risk",
  "leader-stale": "what the leader holds has not been confirmed for too long",
  "leader-uncounted":
    "what the leader holds here is no quantity that can be counted in steps of this instrument",
  "follower-stale": "what the follower holds has not been confirmed for too long",
  "foreign-position": "the follower holds a position of its own here, which is never touched",
  waived: "this part was refused, skipped or closed by the owner and is not bought again",
  stopped: "a stop is in force here: nothing is added until it is released or its time is over",
  cut: "a loss or the distance to liquidation cut what is held here; the cut stands",
  "stop-fired":
    "a stop or a take profit of ours, copied from the leader's, closed this first; it is not bought again",
  "trigger-passed":
    "the price was beyond a stop or a take profit of the leader's when it was copied: what it would close was closed at once",
  "pending-asks": "increases ask the owner first: the leader's pending order is proposed when it fills",
  "pending-opposite":
    "the leader's pending order is against what is held or wanted on this account: it is copied when it fills",
  "pending-too-many":
    "as many of the leader's pending orders rest here as may: this one is copied when it fills",
  "pending-price":
    "the follower's venue has no such price: the leader's pending order is copied when it fills",
  "pending-ended":
    "the exchange or the owner ended the order that stood for the leader's pending one: it is copied when it fills",
  "leader-did-not-fill":
    "an order of ours filled that stood for a pending one of the leader's, and the leader took that back: this part is closed",
  "refused-by-exchange": "the exchange refused the order",
  "leverage-above-cap": "the leverage could not be brought under the cap",
  "not-approved": "the owner was asked to approve this part and declined, or did not answer in time",
  "crossed-inside":
    "another leader's copy on the same account wanted the opposite: both had it without an order",
  "allocation-ended": "the allocation ended before this change was copied",
  "account-removed": "the account is not in the configuration any more: nothing is asked or sent there",
  "portfolio-exposure": "all positions of the account together are at their limit",
  "leader-exposure": "the copies of this leader are at their limit",
  "strategy-exposure": "the copies of leaders of this style are at their limit",
  "symbol-exposure": "the account's positions in this instrument are at their limit",
  "portfolio-leverage": "all positions together would be more than so many times the account's equity",
  "sector-concentration": "the positions in coins of this sector are at their limit",
  "portfolio-risk": "what the copies of all leaders together may lose is at its limit",
  "margin-reserve": "too little of the account's equity would stay free of margin",
  "order-rate": "as many orders that add risk were sent within a minute as may be",
  "correlation-limit": "the leader's returns move with those of a leader that is held already",
  "order-cap": "the leader's change is worth more than one copied change may be",
  "symbol-cap": "what is copied of this leader in this instrument is at its cap",
  "leader-cap": "what is copied of this leader is at its cap",
  "no-price": "no price is known to value the order or what is held",
  "equity-unknown":
    "the capital (equity, balance or free margin) that the proportion or a limit needs is not known",
  "evidence-missing": "the sizing rule or a limit needs a measurement of the leader, and there is none",
  "evidence-stale": "the sizing rule or a limit needs a measurement of the leader, and the newest is too old",
  "extension-denied": "a limit of the owner's own objects",
  "extension-failed": "a limit of the owner's own gave no answer that counts, so nothing is added",
  "execution-paced": "a style of the owner's own works the order over time, and its next part is not due",
  working: "a large change is worked in slices over time, and its next part is not due",
  "size-impossible": "the target is larger than any order or position can be",
} as const;

export type ReasonKind = keyof typeof REASONS;

/** Numbers at the moment of the decision, as plain values for the journal. */
export type ReasonDetail = Readonly<Record<string, number | string>>;

/** Why an incoming event was not folded. */
export type RefusalKind =
  | "unknown-account"
  | "unknown-instrument"
  | "wrong-step"
  | "not-a-number"
  | "price-out-of-bounds"
  | "stamp-in-the-future"
  | "stamp-too-old"
  | "impossible-size"
  | "impossible-evidence";

export interface Refusal {
  readonly kind: RefusalKind;
  readonly detail: ReasonDetail;
}

/**
 * Whether it says that somebody erred. A fill of long ago, as is read back after a pause, is true and only no signal any more;
 * an instrument that nobody has listed yet is looked for.
 */
export function isFault({ kind }: Refusal): boolean {
  return kind !== "stamp-too-old" && kind !== "unknown-instrument";
}

/** As it stands behind a reason: ` (name value, ...)`; nothing where there are no numbers. */
export function detailText(detail: ReasonDetail): string {
  const numbers = Object.entries(detail).map(([name, value]) => `${name} ${value}`);
  return numbers.length === 0 ? "" : ` (${numbers.join(", ")})`;
}
