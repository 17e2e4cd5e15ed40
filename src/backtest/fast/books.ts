/** What an order meets when it arrives, and which rate of funding the venue was last shown; by the functions of the engine's world. */
import { unitsFrom } from "../../exchange/simulated/fixed-point.ts";
import { doubtOf, fundingText, ticksAt } from "../market/recorded-books.ts";
import { bestDistance } from "../market/slippage.ts";
import { TOLD_SCALE } from "./money.ts";
import type { FastPast } from "./past.ts";
import type { Timeline } from "./timeline.ts";

export interface BestPrices {
  /** Ticks. */
  readonly bid: number;
  readonly ask: number;
  /** Of when it is that the venue is shown the market. */
  readonly shownMs: number;
}

export class FastBooks {
  readonly #past: FastPast;
  readonly #timeline: Timeline;
  readonly #rates: { ms: number; rate: number }[];

  constructor(past: FastPast, timeline: Timeline) {
    this.#past = past;
    this.#timeline = timeline;
    this.#rates = past.markets.map(() => ({ ms: Number.NaN, rate: 0 }));
  }

  /** `priced`: number of the event that told the last price. */
  bestAt(priced: number, market: number, nowMs: number): BestPrices {
    const { points, paid, parts, markets } = this.#past;
    const ref = this.#timeline.ref[priced] as number;
    const count = points.atMs.length;
    if (ref < count)
      return {
        bid: points.bid[ref] as number,
        ask: points.ask[ref] as number,
        shownMs: this.#timeline.atMs[priced] as number,
      };
    const at = ref - count;
    const { slippage } = parts;
    const found = markets[market];
    if (slippage.kind === "fixed" || found === undefined)
      return { bid: paid.bid[at] as number, ask: paid.ask[at] as number, shownMs: nowMs };
    const price = paid.price[at] as number;
    const tick = found.follower.tickSize.toNumber();
    const bar = found.tape?.pastBar(nowMs) ?? null;
    const doubt = doubtOf({ paidAtMs: paid.atMs[at] as number }, nowMs, bar);
    const distance = bestDistance(slippage, { price, tick, doubt });
    return {
      bid: ticksAt(price * (1 - distance), tick, Math.floor),
      ask: ticksAt(price * (1 + distance), tick, Math.ceil),
      shownMs: nowMs,
    };
  }

  /** 10^-8, as it was known at `shownMs`. */
  fundingRate(market: number, shownMs: number): number {
    const known = this.#rates[market];
    const found = this.#past.markets[market];
    if (known === undefined || found === undefined) return 0;
    if (known.ms === shownMs) return known.rate;
    const text = fundingText(found.tape, shownMs, found.follower.spec.fundingIntervalMinutes);
    known.ms = shownMs;
    known.rate = unitsFrom(text, TOLD_SCALE) ?? 0;
    return known.rate;
  }
}
