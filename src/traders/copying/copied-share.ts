/**
 * How much of what a leader trades a capital is large enough for: the follower's position after each of the leader's changes, in whole
 * steps and above the minima of its venue (CopiedLeg, the engine's own sizing), beside the exact one.
 */
import type { OpeningPosition } from "../../analytics/equity/opening.ts";
import { positionName } from "../../analytics/equity/opening.ts";
import type { PositionFill, PositionLeg } from "../../analytics/positions/position-fill.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { CopiedLeg } from "./copied-leg.ts";
import type { CopiedMarket } from "./copied-market.ts";

/** A position of the leader's after a change of it. */
interface Change {
  readonly name: string;
  readonly symbol: string;
  readonly leg: PositionLeg;
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
    this.#changes.push({ name, symbol, leg, held, price: price.toNumber(), value });
    if (this.#changes.length > 2 * this.#keptMax)
      this.#changes.splice(0, this.#changes.length - this.#keptMax);
  }

  /** Share of the traded value after which the follower's position is its exact size but for the error; 0 where nothing is traded. */
  copiedShare({ base, capital, errorMax }: CopiedShareTerms): number {
    const capitals = { leader: text(base), follower: text(capital) };
    const legs = new Map<string, CopiedLeg | null>();
    let [copied, all] = [0, 0];
    for (const change of this.#changes) {
      all += change.value;
      const leg = this.#legOf(legs, change);
      if (leg === null) continue;
      leg.held = change.held;
      leg.follow(capitals);
      for (const lots of leg.ordersTo(leg.target, change.price)) leg.fill(lots);
      const exact = (change.held.toNumber() * capital) / base;
      if (Math.abs(leg.owned.toNumber() - exact) <= errorMax * Math.abs(exact)) copied += change.value;
    }
    return all > 0 ? copied / all : 0;
  }

  #legOf(legs: Map<string, CopiedLeg | null>, { name, symbol, leg }: Change): CopiedLeg | null {
    const known = legs.get(name);
    if (known !== undefined) return known;
    const market = this.#marketOf(symbol);
    const made = market === "unlisted" ? null : new CopiedLeg(symbol, leg, market);
    legs.set(name, made);
    return made;
  }
}

/** Digits of a capital. */
const CAPITAL_PLACES = 8;

function text(capital: number): string {
  return Decimal.parse(capital.toFixed(CAPITAL_PLACES)).toString();
}
