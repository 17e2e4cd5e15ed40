/**
 * Which price of each market the decisions about a follower know: as in the engine (engine/prices.ts) the newest comes with a fill of the
 * leader, and at most once a second with what the account or the leader is told to come to.
 */
const REPEAT_MIN_MS = 1_000;
const NEVER = Number.NEGATIVE_INFINITY;

export class KnownPrices {
  /** By market and follower: number of the event that told the price; -1 before the first. */
  readonly event: Int32Array;
  readonly #toldMs: Float64Array;
  readonly #markets: number;
  readonly #followers: number;

  constructor(markets: number, followers: number) {
    this.#markets = markets;
    this.#followers = followers;
    this.event = new Int32Array(markets * followers).fill(-1);
    this.#toldMs = new Float64Array(markets * followers).fill(NEVER);
  }

  /** A first price is known at once; it is told once more when it is needed. */
  first(market: number, priced: number): void {
    const begin = market * this.#followers;
    this.event.fill(priced, begin, begin + this.#followers);
  }

  /** With a leader's fill in the market, to everybody whom it was not told yet. */
  tell(market: number, priced: number, nowMs: number): void {
    const event = this.event;
    const toldMs = this.#toldMs;
    const end = (market + 1) * this.#followers;
    for (let pair = end - this.#followers; pair < end; pair += 1) {
      if (event[pair] === priced && toldMs[pair] !== NEVER) continue;
      event[pair] = priced;
      toldMs[pair] = nowMs;
    }
  }

  /** Of all markets, to one follower; `priced`: the events of their last prices. */
  tellAll(follower: number, priced: Int32Array, nowMs: number): void {
    for (let market = 0; market < this.#markets; market += 1) {
      const newest = priced[market] as number;
      const pair = market * this.#followers + follower;
      const toldMs = this.#toldMs[pair] as number;
      if (newest === -1 || (this.event[pair] === newest && toldMs !== NEVER)) continue;
      if (toldMs + REPEAT_MIN_MS > nowMs) continue;
      this.event[pair] = newest;
      this.#toldMs[pair] = nowMs;
    }
  }
}
