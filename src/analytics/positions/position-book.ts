/**
 * One position of a trader, rebuilt fill by fill: one instrument and one leg. It begins flat unless a fill tells the position
 * before it. What a leg of a hedge account closes beyond what was opened was carried in: it is counted and otherwise left out. A
 * one-way account closes first and opens the other way with the rest.
 */
import { Decimal } from "../../core/model/decimal.ts";
import { type CostBasis, type CostRule, costBasis, shareOf } from "./cost-basis.ts";
import { OpenTrip } from "./open-trip.ts";
import type { PositionFill, PositionLeg } from "./position-fill.ts";
import { type PositionTrip, profitSign } from "./trip.ts";

export interface BookCounts {
  readonly closingFills: number;
  readonly closingFillsWon: number;
  readonly closingFillsLost: number;
  readonly fillsWithUnmatchedClose: number;
  readonly flips: number;
  /** Times at which a fill began with another position than the fill before it had left. */
  readonly gaps: number;
}

/** What one fill did. */
export interface BookStep {
  readonly closed: Decimal;
  readonly opened: Decimal;
  /** Closed beyond what was open. */
  readonly unmatched: Decimal;
  /** Of what was closed, before fees. */
  readonly pnl: Decimal;
  /** Trips that ended with this fill. */
  readonly ended: readonly PositionTrip[];
}

export class PositionBook {
  readonly symbol: string;
  readonly leg: PositionLeg;
  readonly #rule: CostRule;
  #basis: CostBasis;
  #direction: "long" | "short" | "flat" = "flat";
  #trip: OpenTrip | null = null;
  #pnl = Decimal.zero;
  #unmatched = Decimal.zero;
  #isCarriedIn = false;
  #isBegun = false;
  #counts = {
    closingFills: 0,
    closingFillsWon: 0,
    closingFillsLost: 0,
    fillsWithUnmatchedClose: 0,
    flips: 0,
    gaps: 0,
  };

  constructor(symbol: string, leg: PositionLeg, rule: CostRule) {
    this.symbol = symbol;
    this.leg = leg;
    this.#rule = rule;
    this.#basis = costBasis(rule);
  }

  /** Signed: a short position is below zero. */
  get quantity(): Decimal {
    return this.#direction === "short" ? this.#basis.quantity.negated() : this.#basis.quantity;
  }

  /** What the open quantity cost, above zero in both directions. */
  get cost(): Decimal {
    return this.#basis.cost;
  }

  /** Of everything closed, partial closes of an open trip included, before fees. */
  get pnl(): Decimal {
    return this.#pnl;
  }

  get unmatchedQuantity(): Decimal {
    return this.#unmatched;
  }

  /** Whether a fill showed that a position was there before the history begins; false proves nothing. */
  get isCarriedIn(): boolean {
    return this.#isCarriedIn;
  }

  get counts(): BookCounts {
    return this.#counts;
  }

  /** The trip that is open; null when flat. */
  get openTrip(): PositionTrip | null {
    return this.#trip?.trip(null) ?? null;
  }

  apply(fill: PositionFill): BookStep {
    this.#align(fill);
    const closing = this.#closing(fill);
    const opening = this.leg === "net" ? fill.quantity.minus(closing) : this.#legOpening(fill);
    const unmatched = fill.quantity.minus(closing).minus(opening);
    this.#noteCarriedIn(fill, closing, unmatched);
    const fees = feeShares(fill, opening);
    const ended: PositionTrip[] = [];
    const pnl = closing.isZero ? Decimal.zero : this.#close(fill, closing, fees.closing, ended);
    if (!opening.isZero) this.#open(fill, opening, fees.opening);
    if (!closing.isZero && !opening.isZero) this.#counts.flips += 1;
    return { closed: closing, opened: opening, unmatched, pnl, ended };
  }

  /** False when nothing is open that it could belong to. */
  pay(amount: Decimal): boolean {
    this.#trip?.paid(amount);
    return this.#trip !== null;
  }

  /** The book made to hold what the venue says it held before this fill. */
  #align(fill: PositionFill): void {
    const told = fill.positionBefore;
    const isFirst = !this.#isBegun;
    this.#isBegun = true;
    if (told === null || told.equals(this.quantity)) return;
    if (isFirst) this.#isCarriedIn = true;
    else this.#counts.gaps += 1;
    // What was not seen is taken for traded at this price, so that nothing is gained or lost by it here.
    const trip = this.#trip ?? new OpenTrip(this.symbol, told.sign < 0 ? "short" : "long", fill.timeMs);
    this.#basis = costBasis(this.#rule);
    this.#direction = told.isZero ? "flat" : told.sign < 0 ? "short" : "long";
    if (!told.isZero) this.#basis.open(told.absolute(), fill.price);
    this.#trip = told.isZero
      ? null
      : trip.direction === this.#direction
        ? trip
        : new OpenTrip(this.symbol, this.#direction === "short" ? "short" : "long", fill.timeMs);
    this.#trip?.isUnseenInPart();
  }

  #closing({ side, quantity }: PositionFill): Decimal {
    const isAgainst = this.#direction === (side === "buy" ? "short" : "long");
    if (!isAgainst) return Decimal.zero;
    return quantity.compare(this.#basis.quantity) > 0 ? this.#basis.quantity : quantity;
  }

  /** On a leg one side opens and the other closes, whatever is held. */
  #legOpening({ side, quantity }: PositionFill): Decimal {
    return side === (this.leg === "long" ? "buy" : "sell") ? quantity : Decimal.zero;
  }

  #noteCarriedIn({ realizedPnl }: PositionFill, closing: Decimal, unmatched: Decimal): void {
    if (!unmatched.isZero) {
      this.#unmatched = this.#unmatched.plus(unmatched);
      this.#counts.fillsWithUnmatchedClose += 1;
    }
    const isVenuesClose = closing.isZero && realizedPnl !== null && !realizedPnl.isZero;
    if (unmatched.isZero && !isVenuesClose) return;
    this.#isCarriedIn = true;
    this.#trip?.isUnseenInPart();
  }

  #close(fill: PositionFill, quantity: Decimal, fee: Decimal, ended: PositionTrip[]): Decimal {
    const trip = this.#trip;
    if (trip === null) throw new RangeError("a position is open without a trip");
    const received = quantity.times(fill.price);
    const cost = this.#basis.close(quantity);
    const pnl = trip.direction === "long" ? received.minus(cost) : cost.minus(received);
    this.#pnl = this.#pnl.plus(pnl);
    this.#counts.closingFills += 1;
    const sign = profitSign(pnl);
    if (sign > 0) this.#counts.closingFillsWon += 1;
    if (sign < 0) this.#counts.closingFillsLost += 1;
    trip.closed(fill, pnl);
    trip.saw(fill, fee, this.#basis);
    if (this.#basis.quantity.isZero) {
      ended.push(trip.trip(fill.timeMs));
      this.#trip = null;
      this.#direction = "flat";
    }
    return pnl;
  }

  #open(fill: PositionFill, quantity: Decimal, fee: Decimal): void {
    const direction = fill.side === "buy" ? "long" : "short";
    const trip = this.#trip ?? new OpenTrip(this.symbol, direction, fill.timeMs);
    trip.opened(fill, quantity, this.#basis);
    this.#basis.open(quantity, fill.price);
    trip.saw(fill, fee, this.#basis);
    // A fill that the venue booked a profit on closed something there: the book runs the wrong way round.
    const isWrongWay =
      this.#trip === null && this.#isCarriedIn && this.leg === "net" && fill.positionBefore === null;
    if (isWrongWay) trip.isUnseenInPart();
    this.#trip = trip;
    this.#direction = direction;
  }
}

/** A flip's fee, shared out by quantity, exactly. */
function feeShares(
  { fee, quantity }: PositionFill,
  opening: Decimal,
): { opening: Decimal; closing: Decimal } {
  if (opening.isZero) return { opening: Decimal.zero, closing: fee };
  const share = opening.equals(quantity) ? fee : shareOf(fee, opening, quantity);
  return { opening: share, closing: fee.minus(share) };
}
