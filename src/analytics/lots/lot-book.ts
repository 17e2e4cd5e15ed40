/**
 * What was bought when, and what of it a sale closes: the lots of one position, first in first out or at their average, with the fees and the
 * funding that belong to each part. Money is signed as in a ledger (received above zero) and exact: a part that does not come out even is cut, and
 * what is cut stays with what remains, so that closings and open lots together are always everything that was booked.
 */
import { Decimal } from "../../core/model/decimal.ts";

export const LOT_METHODS = ["fifo", "average"] as const;
export type LotMethod = (typeof LOT_METHODS)[number];

/** What changed at one moment; quantity is signed, in coins. */
export interface LotMovement {
  readonly atMs: number;
  readonly quantity: Decimal;
  /** Received for what was sold less paid for what was bought. */
  readonly cash: Decimal;
  /** Paid. */
  readonly fees: Decimal;
  /** Received. */
  readonly funding: Decimal;
  /** The owner or a liquidation took it, at the mark: no trade of ours. */
  readonly isTaken: boolean;
}

export interface OpenLot {
  readonly openedMs: number;
  readonly quantity: Decimal;
  readonly cash: Decimal;
  readonly fees: Decimal;
  readonly funding: Decimal;
  /** False where it was held already when the record begins: its cost is the price of entry that the venue stated. */
  readonly isKnown: boolean;
}

/** A part of a lot that was closed; a correction that belongs to nothing open or closed has no quantity. */
export interface Closing {
  readonly openedMs: number;
  readonly closedMs: number;
  readonly side: "long" | "short";
  /** Unsigned. */
  readonly quantity: Decimal;
  readonly openCash: Decimal;
  readonly closeCash: Decimal;
  /** Of opening and closing. */
  readonly fees: Decimal;
  /** While it was held. */
  readonly funding: Decimal;
  readonly isTaken: boolean;
  readonly isKnown: boolean;
  /** Nothing is held after it. */
  readonly isLast: boolean;
}

/** What the closing brought: what both sides moved, less fees, plus funding. */
export function gainOf({ openCash, closeCash, fees, funding }: Closing): Decimal {
  return openCash.plus(closeCash).minus(fees).plus(funding);
}

/** What it was bought for, unsigned. */
export function costOf({ side, openCash, closeCash }: Closing): Decimal {
  return side === "long" ? openCash.negated() : closeCash.negated();
}

/** What it was sold for. */
export function proceedsOf({ side, openCash, closeCash }: Closing): Decimal {
  return side === "long" ? closeCash : openCash;
}

const EXTRA_DIGITS = 8;

export class LotBook {
  readonly #method: LotMethod;
  #open: OpenLot[] = [];
  readonly #closings: Closing[] = [];
  #lastOpened = false;

  constructor(method: LotMethod, opening: OpenLot | null = null) {
    this.#method = method;
    if (opening !== null) this.#open.push(opening);
  }

  get open(): readonly OpenLot[] {
    return this.#open;
  }

  /** Oldest first. */
  get closings(): readonly Closing[] {
    return this.#closings;
  }

  take(movement: LotMovement): void {
    if (!movement.funding.isZero) this.#takeFunding(movement);
    if (movement.quantity.isZero) return this.#correct(movement);
    const held = this.#held();
    const closes = held.sign * movement.quantity.sign < 0;
    if (!closes) return this.#begin(movement);
    const size = movement.quantity.absolute();
    const isBeyond = size.compare(held.absolute()) > 0;
    if (!isBeyond) return this.#close(movement);
    const closing = partOf(movement, held.absolute(), size);
    this.#close({ ...closing, quantity: held.negated() });
    this.#begin({
      ...movement,
      quantity: movement.quantity.plus(held),
      cash: movement.cash.minus(closing.cash),
      fees: movement.fees.minus(closing.fees),
    });
  }

  #held(): Decimal {
    return this.#open.reduce((sum, { quantity }) => sum.plus(quantity), Decimal.zero);
  }

  #begin({ atMs, quantity, cash, fees }: LotMovement): void {
    const lot: OpenLot = { openedMs: atMs, quantity, cash, fees, funding: Decimal.zero, isKnown: true };
    const [before] = this.#open;
    if (this.#method === "fifo" || before === undefined) this.#open.push(lot);
    else
      this.#open = [
        {
          ...before,
          quantity: before.quantity.plus(quantity),
          cash: before.cash.plus(cash),
          fees: before.fees.plus(fees),
        },
      ];
    this.#lastOpened = true;
  }

  /** No more than is held. */
  #close(movement: LotMovement): void {
    let left: LotMovement = movement;
    while (!left.quantity.isZero) {
      const [lot, ...others] = this.#open;
      if (lot === undefined) throw new RangeError("more is closed than is held");
      const [size, wanted] = [lot.quantity.absolute(), left.quantity.absolute()];
      const isWhole = size.compare(wanted) <= 0;
      const part = isWhole ? size : wanted;
      const taken = partOf(lot, part, size);
      const own = partOf(left, part, wanted);
      const rest = without(lot, taken);
      this.#open = rest.quantity.isZero ? others : [rest, ...others];
      this.#closings.push({
        openedMs: lot.openedMs,
        closedMs: movement.atMs,
        side: lot.quantity.sign > 0 ? "long" : "short",
        quantity: part,
        openCash: taken.cash,
        closeCash: own.cash,
        fees: taken.fees.plus(own.fees),
        funding: taken.funding,
        isTaken: movement.isTaken,
        isKnown: lot.isKnown,
        isLast: this.#open.length === 0,
      });
      left = {
        ...left,
        quantity: left.quantity.minus(own.quantity),
        cash: left.cash.minus(own.cash),
        fees: left.fees.minus(own.fees),
      };
    }
    this.#lastOpened = false;
  }

  /** In proportion to what is held; where nothing is, it belongs to what was closed last. */
  #takeFunding({ atMs, funding }: LotMovement): void {
    const held = this.#held().absolute();
    if (held.isZero) return this.#amendLast(atMs, { funding });
    let rest = funding;
    this.#open = this.#open.map((lot, at) => {
      const isLast = at === this.#open.length - 1;
      const part = isLast ? rest : share(funding, lot.quantity.absolute(), held);
      rest = rest.minus(part);
      return { ...lot, funding: lot.funding.plus(part) };
    });
  }

  /** A price or a fee that was known only roughly is put right: of what moved last. */
  #correct({ atMs, cash, fees }: LotMovement): void {
    if (cash.isZero && fees.isZero) return;
    const last = this.#open.at(-1);
    if (!this.#lastOpened || last === undefined) return this.#amendLast(atMs, { cash, fees });
    this.#open[this.#open.length - 1] = {
      ...last,
      cash: last.cash.plus(cash),
      fees: last.fees.plus(fees),
    };
  }

  #amendLast(atMs: number, { cash = ZERO, fees = ZERO, funding = ZERO }: Amendment): void {
    const last = this.#closings.at(-1);
    if (last === undefined) {
      this.#closings.push({ ...NO_CLOSING, openedMs: atMs, closedMs: atMs, closeCash: cash, fees, funding });
      return;
    }
    this.#closings[this.#closings.length - 1] = {
      ...last,
      closeCash: last.closeCash.plus(cash),
      fees: last.fees.plus(fees),
      funding: last.funding.plus(funding),
    };
  }
}

interface Amendment {
  readonly cash?: Decimal;
  readonly fees?: Decimal;
  readonly funding?: Decimal;
}

const ZERO = Decimal.zero;
const NO_CLOSING = {
  side: "long",
  quantity: ZERO,
  openCash: ZERO,
  isTaken: false,
  isKnown: true,
  isLast: true,
} as const;

type Money = Pick<OpenLot, "quantity" | "cash" | "fees" | "funding">;

/** `part` of `whole` of it, both unsigned; the quantity keeps its sign. */
function partOf<Of extends Money>(of: Of, part: Decimal, whole: Decimal): Of {
  if (part.equals(whole)) return of;
  return {
    ...of,
    quantity: of.quantity.sign < 0 ? part.negated() : part,
    cash: share(of.cash, part, whole),
    fees: share(of.fees, part, whole),
    funding: share(of.funding, part, whole),
  };
}

function without(lot: OpenLot, taken: OpenLot): OpenLot {
  return {
    ...lot,
    quantity: lot.quantity.minus(taken.quantity),
    cash: lot.cash.minus(taken.cash),
    fees: lot.fees.minus(taken.fees),
    funding: lot.funding.minus(taken.funding),
  };
}

/** amount x part / whole, cut at the digits of the amount and eight more: eighteen at most, where those do. */
function share(amount: Decimal, part: Decimal, whole: Decimal): Decimal {
  if (amount.isZero || part.equals(whole)) return amount;
  const scale = Math.max(amount.scale, Math.min(amount.scale + EXTRA_DIGITS, 18));
  return amount.times(part).dividedBy(whole, scale, "towards-zero");
}
