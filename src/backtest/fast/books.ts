/** What an order meets when it arrives, and which rate of funding the venue was last shown; by the functions of the engine's world. */
import { unitsFrom } from "../../exchange/simulated/fixed-point.ts";
import { doubtOf, fundingText, ticksAt } from "../market/recorded-books.ts";
import { bestDistance } from "../market/slippage.ts";
import { TOLD_SCALE } from "./money.ts";
import type { FastPast } from "./past.ts";
import type { Timeline } from "./timeline.ts";

export interface BestPrices {
  /** Ticks. */
  bid: number;
  ask: number;
  /** Of when it is that the venue is shown the market. */
  shownMs: number;
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

  /** Puts into `best` what is found at a moment; `priced`: number of the event that told the last price. */
  bestAt(priced: number, market: number, nowMs: number, best: BestPrices): void {
    const { points, paid, parts } = this.#past;
    const ref = this.#timeline.ref[priced] as number;
    const count = points.atMs.length;
    const isPoint = ref < count;
    const from = isPoint ? points : paid;
    const place = isPoint ? ref : ref - count;
    best.bid = from.bid[place] as number;
    best.ask = from.ask[place] as number;
    best.shownMs = isPoint ? (this.#timeline.atMs[priced] as number) : nowMs;
    if (!isPoint && parts.slippage.kind !== "fixed") this.#doubted(place, { market, nowMs }, best);
  }

  /** What a trader paid is doubted more and more. */
  #doubted(place: number, at: { readonly market: number; readonly nowMs: number }, best: BestPrices): void {
    const { paid, parts, markets } = this.#past;
    const found = markets[at.market];
    if (found === undefined) return;
    const price = paid.price[place] as number;
    const tick = found.follower.tickSize.toNumber();
    const bar = found.tape?.pastBar(at.nowMs) ?? null;
    const doubt = doubtOf({ paidAtMs: paid.atMs[place] as number }, at.nowMs, bar);
    const distance = bestDistance(parts.slippage, { price, tick, doubt });
    best.bid = ticksAt(price * (1 - distance), tick, Math.floor);
    best.ask = ticksAt(price * (1 + distance), tick, Math.ceil);
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
