/**
 * How much of what a leader trades a capital is large enough for: the follower's position after each of the leader's changes, in whole
 * steps and above the minima of its venue (CopiedLeg, the engine's own sizing), beside the exact one.
 */
import type { OpeningPosition } from "../../analytics/equity/opening.ts";
import { positionName } from "../../analytics/equity/opening.ts";
import type { PositionFill, PositionLeg } from "../../analytics/positions/position-fill.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { type Capitals, CopiedLeg } from "./copied-leg.ts";
import type { CopiedMarket } from "./copied-market.ts";

/** A position of the leader's after a change of it. */
interface Change {
  readonly name: string;
  readonly symbol: string;
  readonly leg: PositionLeg;
  readonly before: Decimal;
  readonly held: Decimal;
  readonly price: number;
  readonly value: number;
}

export interface CopiedShareTerms {
  /** The leader's capital, and that of the follower. */
  readonly base: number;
  readonly capital: number;
  /** A position that is off by more than this share of its exact size is not copied. */
  readonly errorMax: number;
}

export class LeaderChanges {
  readonly #changes: Change[] = [];
  /** Null for what is held from before in a size that nobody tells: no capital copies that. */
  readonly #held = new Map<string, Decimal | null>();
  readonly #marketOf: (symbol: string) => CopiedMarket | "unlisted";
  readonly #keptMax: number;

  /** `keptMax`: of more changes than twice as many only the newest count. */
  constructor(
    opening: readonly OpeningPosition[],
    marketOf: (symbol: string) => CopiedMarket | "unlisted",
    keptMax: number,
  ) {
    this.#marketOf = marketOf;
    this.#keptMax = keptMax;
    for (const { symbol, leg, quantity, isUnknown } of opening)
      this.#held.set(positionName(symbol, leg), isUnknown ? null : quantity);
  }

  /** In the order of time. */
  see({ symbol, leg, side, quantity, price, positionBefore }: PositionFill): void {
    const name = positionName(symbol, leg);
    const known = this.#held.get(name);
    if (known === null) return;
    const before = positionBefore ?? known ?? Decimal.zero;
    const held = side === "buy" ? before.plus(quantity) : before.minus(quantity);
    this.#held.set(name, held);
    const value = quantity.times(price).toNumber();
    this.#changes.push({ name, symbol, leg, before, held, price: price.toNumber(), value });
    if (this.#changes.length > 2 * this.#keptMax)
      this.#changes.splice(0, this.#changes.length - this.#keptMax);
  }

  /**
   * Share of the traded value with which the follower's position is its exact size but for the error, before the change and after it: who
   * never held anything has not copied the close either. 0 where nothing is traded.
   */
  copiedShare(terms: CopiedShareTerms): number {
    const legs = new Map<string, FollowedLeg | null>();
    let [copied, all] = [0, 0];
    for (const change of this.#changes) {
      all += change.value;
      const leg = this.#legOf(legs, change, terms);
      if (leg === null) continue;
      const wasRight = leg.isRight;
      leg.reach(change.held, change.price);
      if (wasRight && leg.isRight) copied += change.value;
    }
    return all > 0 ? copied / all : 0;
  }

  #legOf(
    legs: Map<string, FollowedLeg | null>,
    { name, symbol, leg, before, price }: Change,
    terms: CopiedShareTerms,
  ): FollowedLeg | null {
    const known = legs.get(name);
    if (known !== undefined) return known;
    const market = this.#marketOf(symbol);
    const made = market === "unlisted" ? null : new FollowedLeg(new CopiedLeg(symbol, leg, market), terms);
    legs.set(name, made);
    // What is held when it begins is copied then.
    if (!before.isZero) made?.reach(before, price);
    return made;
  }
}

class FollowedLeg {
  readonly #leg: CopiedLeg;
  readonly #terms: CopiedShareTerms;
  readonly #capitals: Capitals;
  /** Whether the position is its exact size but for the error. */
  isRight = true;

  constructor(leg: CopiedLeg, terms: CopiedShareTerms) {
    this.#leg = leg;
    this.#terms = terms;
    this.#capitals = { leader: text(terms.base), follower: text(terms.capital) };
  }

  /** The leader holds so much now, at that price. */
  reach(held: Decimal, price: number): void {
    const leg = this.#leg;
    const { base, capital, errorMax } = this.#terms;
    leg.held = held;
    leg.follow(this.#capitals);
    for (const lots of leg.ordersTo(leg.target, price)) leg.fill(lots);
    const exact = (held.toNumber() * capital) / base;
    this.isRight = Math.abs(leg.owned.toNumber() - exact) <= errorMax * Math.abs(exact);
  }
}

/** Digits of a capital. */
const CAPITAL_PLACES = 8;

function text(capital: number): string {
  return Decimal.parse(capital.toFixed(CAPITAL_PLACES)).toString();
}
