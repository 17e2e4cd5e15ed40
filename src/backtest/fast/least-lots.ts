/** The smallest order of each market at the price that was asked for last: followers of one leader mostly ask at the same. */
import { leastLots } from "../../core/minimum.ts";
import type { FastMarketTerms } from "./margin-watch.ts";

/** The engine takes prices that are a little further apart for those of two coins. */
const APART_MAX = 1.15;

export class LeastLots {
  /** By market: lots, and the price in ticks that they are for; NaN for none. */
  readonly lots: Float64Array;
  readonly known: Float64Array;
  /** What the leader paid last, in the follower's ticks; 0 for nothing. */
  readonly #paid: Float64Array;

  constructor(markets: number) {
    this.lots = new Float64Array(markets);
    this.known = new Float64Array(markets).fill(Number.NaN);
    this.#paid = new Float64Array(markets);
  }

  /** The leader paid something: prices are compared anew. */
  notePaid(market: number, ticks: number): void {
    this.#paid[market] = ticks;
    this.known[market] = Number.NaN;
  }

  /** Whether the price is so far from what the leader paid that it may be another coin's. */
  isApart(market: number, known: number): boolean {
    const paid = this.#paid[market] as number;
    return paid !== 0 && Math.max(paid, known) > APART_MAX * Math.min(paid, known);
  }

  at(market: number, { instrument, isNamedElsewhere }: FastMarketTerms, known: number): number {
    const least = leastLots(instrument, known);
    this.lots[market] = least;
    // Where prices are compared each follower is asked about that.
    this.known[market] = isNamedElsewhere && this.isApart(market, known) ? Number.NaN : known;
    return least;
  }
}
