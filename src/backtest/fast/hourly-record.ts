/** What accounts came to at each hour, and at the end: their equity and what they held, in columns. */
import type { FastMarketTerms } from "./margin-watch.ts";
import { KIND, type Timeline } from "./timeline.ts";

export class HourlyRecord {
  /** Hours that were noted. */
  length = 0;
  readonly atMs: Float64Array;
  /** By hour, and in it by follower: money units. */
  readonly equity: Float64Array;
  /** The same: value of longs and of shorts in the settle coin. */
  readonly long: Float64Array;
  readonly short: Float64Array;
  readonly #markets: readonly FastMarketTerms[];
  readonly #followers: number;

  constructor(timeline: Timeline, markets: readonly FastMarketTerms[], followers: number) {
    const hours = hoursIn(timeline);
    this.#markets = markets;
    this.#followers = followers;
    this.atMs = new Float64Array(hours);
    this.equity = new Float64Array(hours * followers);
    this.long = new Float64Array(hours * followers);
    this.short = new Float64Array(hours * followers);
  }

  /** An hour is over; what is held is noted after it, market by market. */
  note(nowMs: number, equity: Float64Array): void {
    this.atMs[this.length] = nowMs;
    this.equity.set(equity, this.length * this.#followers);
    this.length += 1;
  }

  /** `owned`: lots by market and follower. */
  noteHeld(market: number, mark: Float64Array, owned: Float64Array): void {
    const { lotUnits, lotPlaces, tickUnits, tickPlaces } = this.#markets[market] as FastMarketTerms;
    const price = ((mark[market] as number) * tickUnits) / tickPlaces;
    const row = (this.length - 1) * this.#followers;
    for (let follower = 0; follower < this.#followers; follower += 1) {
      const lots = owned[market * this.#followers + follower] as number;
      if (lots === 0) continue;
      const side = lots > 0 ? this.long : this.short;
      const held = ((Math.abs(lots) * lotUnits) / lotPlaces) * price;
      side[row + follower] = (side[row + follower] as number) + held;
    }
  }
}

function hoursIn({ length, kind }: Timeline): number {
  let hours = 0;
  for (let at = 0; at < length; at += 1) if (kind[at] === KIND.hour) hours += 1;
  return hours;
}
