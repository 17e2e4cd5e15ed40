/**
 * The books of one copy: the leader's scaled ledger, the follower's own, and for every cause of a difference a ledger of its own, of
 * what is held more or less because of it, at which prices that began and ended, and what it changed of fees and funding. None is made
 * from the others, so that their sum is held against the difference of the two (difference.ts). Decimals; nothing is rounded but what
 * is said to end at `PLACES`.
 */
import { Decimal } from "../../core/model/decimal.ts";
import { type Cause, COMPONENTS, DELAY } from "./components.ts";

const { zero } = Decimal;

/** Digits at which the leader's scaled figures end; what is worked out from them is exact. */
export const PLACES = 18;

/** What is held, signed, in coins, and what was paid (-) and received (+) for it. */
export interface Book {
  readonly quantity: Decimal;
  readonly cash: Decimal;
}

/** Paid (fees) and received (funding) so far. */
export interface Charges {
  readonly fees: Decimal;
  readonly funding: Decimal;
}

export type Side = Book & Charges;

/** How much more (+, buys) or less is held because of a cause; in coins. */
export interface Deviation {
  readonly cause: Cause;
  readonly quantity: Decimal;
}

/** What the follower's holding changed by, and what that brought in (+) and cost (-). */
export interface HeldTrade {
  readonly quantity: Decimal;
  readonly cash: Decimal;
  /** What it was worth when the order was decided on. */
  readonly reference: Decimal;
  /** What the side of the book that had to be taken asked then. */
  readonly touch: Decimal;
}

export interface CopyStep {
  /** At which the leader traded, or, where it did not, of that moment. */
  readonly price: Decimal;
  /** What the leader pays of the value that it trades. */
  readonly feeRate: Decimal;
  /** What the leader holds, scaled by the rule without any rounding to steps. */
  readonly scaled: Decimal;
  /** What the leader paid on average for what it opened before copying began; absent: it trades now, at `price`. */
  readonly leaderEntry?: Decimal;
  /** All of them: what is not named is nothing. */
  readonly deviations: readonly Deviation[];
}

/** The books at one moment. */
export interface BookSnapshot {
  readonly leader: Side;
  readonly follower: Side;
  readonly causes: readonly { readonly cause: Cause; readonly book: Book }[];
  /** What these rungs changed: only money. */
  readonly spread: Decimal;
  readonly impact: Decimal;
  readonly fees: Decimal;
  readonly funding: Decimal;
}

/** What one step moved in the leader's and the causes' ledgers, so that its price can be corrected. */
export interface Moved {
  readonly price: Decimal;
  readonly leader: Decimal;
  readonly causes: ReadonlyMap<string, Decimal>;
}

/** The leader's part of a settlement of funding, so that it can be taken back when it is told better. */
export interface Settlement {
  readonly amount: Decimal;
  readonly causes: ReadonlyMap<string, Decimal>;
}

const EMPTY_BOOK: Book = { quantity: zero, cash: zero };
const START: Cause = { component: "start-date", reason: "" };

interface Kept {
  readonly key: string;
  readonly cause: Cause;
  book: Book;
}

export class CopyBook {
  #leader: Side = { ...EMPTY_BOOK, fees: zero, funding: zero };
  #follower: Side = { ...EMPTY_BOOK, fees: zero, funding: zero };
  /** In the order of the ladder. */
  #causes: readonly Kept[] = [];
  /** Of the follower's trade since the last step. */
  #tradedSide: -1 | 0 | 1 = 0;
  #spread = zero;
  #impact = zero;
  #fees = zero;
  #funding = zero;

  /** Where reading begins in the middle: what is held and why, and no money. */
  begin(scaled: Decimal, deviations: readonly Deviation[], held: Decimal): void {
    this.#leader = { ...this.#leader, quantity: scaled };
    this.#follower = { ...this.#follower, quantity: held };
    for (const { cause, quantity } of deviations) add(this.#kept(cause), { quantity, cash: zero });
  }

  /**
   * The follower's holding changed. Delay ends at the reference; from there to what was paid it is spread and impact, each with the fee, at
   * the leader's rate, on its part of the value.
   */
  trade({ quantity, cash, reference, touch }: HeldTrade, feeRate: Decimal): void {
    const size = quantity.absolute();
    this.#tradedSide = quantity.sign;
    const [atReference, atTouch, atPrice] = [
      rounded(feeRate.times(reference)).times(size),
      rounded(feeRate.times(touch)).times(size),
      feeRate.times(cash.absolute()),
    ];
    this.#follower = {
      ...this.#follower,
      quantity: this.#follower.quantity.plus(quantity),
      cash: this.#follower.cash.plus(cash),
    };
    const value = quantity.times(reference);
    add(this.#kept(DELAY), { quantity, cash: value.plus(atReference).negated() });
    const half = quantity.times(touch.minus(reference));
    this.#spread = this.#spread.minus(half).minus(atTouch.minus(atReference));
    this.#impact = this.#impact.plus(cash).plus(quantity.times(touch)).minus(atPrice.minus(atTouch));
    this.#fees = this.#fees.plus(atPrice);
  }

  /** What the leader holds, and why the follower holds something else, is this from now on. */
  take({ price, feeRate, scaled, leaderEntry, deviations }: CopyStep): Moved {
    const change = scaled.minus(this.#leader.quantity);
    const fee = rounded(feeRate.times(price));
    const paid = fee.times(change.absolute());
    const begins = leaderEntry !== undefined;
    const entry = leaderEntry ?? price;
    this.#leader = {
      ...this.#leader,
      quantity: scaled,
      cash: this.#leader.cash.minus(change.times(entry)),
      fees: begins ? this.#leader.fees : this.#leader.fees.plus(paid),
    };
    const late = change.times(entry.minus(price));
    if (begins) add(this.#kept(START), { quantity: zero, cash: late.minus(paid) });
    // Against the leader's trade a fee is saved; where it does not trade, the follower's trade pays it, or the one that is to come.
    const side = change.sign || this.#tradedSide || waitingSide(deviations) || scaled.sign;
    this.#tradedSide = 0;
    const due = side < 0 ? fee.negated() : fee;
    return { price, leader: change, causes: this.#deviate(deviations, price.plus(due)) };
  }

  /** What a step moved was traded by the leader at another price than was known then. */
  reprice({ price, leader, causes }: Moved, told: Decimal): void {
    const apart = told.minus(price);
    this.#leader = { ...this.#leader, cash: this.#leader.cash.minus(leader.times(apart)) };
    for (const kept of this.#causes) {
      const quantity = causes.get(kept.key);
      if (quantity !== undefined) add(kept, { quantity: zero, cash: quantity.times(apart).negated() });
    }
  }

  /** What the follower paid beyond the leader's rate is the rung of fees. */
  chargeFees(fees: Decimal): void {
    if (fees.isZero) return;
    this.#follower = { ...this.#follower, fees: this.#follower.fees.plus(fees) };
    this.#fees = this.#fees.minus(fees);
  }

  /** What the follower received (+) or paid (-). */
  receiveFunding(funding: Decimal): void {
    if (funding.isZero) return;
    this.#follower = { ...this.#follower, funding: this.#follower.funding.plus(funding) };
    this.#funding = this.#funding.plus(funding);
  }

  /** The leader received `amount`, scaled; what is held more or less would have had its part of it. */
  settleLeader(amount: Decimal): Settlement {
    const { quantity } = this.#leader;
    return this.#settle(amount, quantity.isZero ? zero : amount.dividedBy(quantity, PLACES, "half-even"));
  }

  /** Nobody tells the leader's: of what the follower received, what each deviation did not have is left out. */
  settleLeaderLike(received: Decimal): Settlement {
    const { quantity } = this.#follower;
    if (quantity.isZero) return this.#settle(zero, zero);
    const perCoin = received.dividedBy(quantity, PLACES, "half-even");
    const apart = this.#causes.reduce((sum, { book }) => sum.plus(book.quantity), zero);
    return this.#settle(received.minus(apart.times(perCoin)), perCoin);
  }

  takeBack({ amount, causes }: Settlement): void {
    this.#bookSettlement(amount.negated(), new Map([...causes].map(([key, part]) => [key, part.negated()])));
  }

  snapshot(): BookSnapshot {
    return {
      leader: this.#leader,
      follower: this.#follower,
      causes: this.#causes.map(({ cause, book }) => ({ cause, book })),
      spread: this.#spread,
      impact: this.#impact,
      fees: this.#fees,
      funding: this.#funding,
    };
  }

  /** `cost`: of a coin, with the fee. */
  #deviate(deviations: readonly Deviation[], cost: Decimal): ReadonlyMap<string, Decimal> {
    const wanted = new Map<string, Decimal>();
    for (const { cause, quantity } of deviations) {
      const { key } = this.#kept(cause);
      wanted.set(key, (wanted.get(key) ?? zero).plus(quantity));
    }
    const moved = new Map<string, Decimal>();
    for (const kept of this.#causes) {
      const quantity = (wanted.get(kept.key) ?? zero).minus(kept.book.quantity);
      if (quantity.isZero) continue;
      add(kept, { quantity, cash: quantity.times(cost).negated() });
      moved.set(kept.key, quantity);
    }
    return moved;
  }

  #settle(amount: Decimal, perCoin: Decimal): Settlement {
    const causes = new Map(
      this.#causes
        .filter(({ book }) => !book.quantity.isZero)
        .map(({ key, book }) => [key, book.quantity.times(perCoin)]),
    );
    this.#bookSettlement(amount, causes);
    return { amount, causes };
  }

  #bookSettlement(amount: Decimal, causes: ReadonlyMap<string, Decimal>): void {
    this.#leader = { ...this.#leader, funding: this.#leader.funding.plus(amount) };
    let rung = amount;
    for (const kept of this.#causes) {
      const part = causes.get(kept.key);
      if (part === undefined) continue;
      add(kept, { quantity: zero, cash: part });
      rung = rung.plus(part);
    }
    this.#funding = this.#funding.minus(rung);
  }

  #kept(cause: Cause): Kept {
    const key = keyOf(cause);
    const known = this.#causes.find((one) => one.key === key);
    if (known !== undefined) return known;
    const made: Kept = { key, cause, book: EMPTY_BOOK };
    this.#causes = [...this.#causes, made].sort(
      (left, right) => rungOf(left) - rungOf(right) || (left.key < right.key ? -1 : 1),
    );
    return made;
  }
}

/** On which side the follower has yet to trade until it holds its target. */
function waitingSide(deviations: readonly Deviation[]): number {
  const beyond = deviations
    .filter(({ cause: { component } }) => component === "late" || component === "delay")
    .reduce((sum, { quantity }) => sum.plus(quantity), zero);
  return -beyond.sign;
}

function rungOf({ cause }: Kept): number {
  return COMPONENTS.indexOf(cause.component);
}

function add(kept: Kept, { quantity, cash }: Book): void {
  const { book } = kept;
  kept.book = { quantity: book.quantity.plus(quantity), cash: book.cash.plus(cash) };
}

/** To the digits at which the leader's scaled figures end. */
export function rounded(amount: Decimal): Decimal {
  return amount.scale <= PLACES ? amount : amount.dividedBy(Decimal.one, PLACES, "half-even");
}

export function keyOf({ component, reason }: Cause): string {
  return `${component} ${reason}`;
}
