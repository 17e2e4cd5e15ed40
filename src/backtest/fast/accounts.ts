/**
 * The loop of the fast path: followers of one leader through a timeline, each as if alone, in columns. It decides as the engine does for
 * the settings of its domain (domain.ts): one order at a time per instrument, reductions first, what changes meanwhile is made up by the
 * next plan. Sizes and what becomes of small parts are the core's own functions (sizes.ts, small-parts.ts). A follower that meets what only
 * the engine can live through is marked `outside`, with the reason, and its figures mean nothing.
 */
import { scaleSafely } from "../../core/sizing/ratio.ts";
import { Arrivals } from "./arrivals.ts";
import { type BestPrices, FastBooks } from "./books.ts";
import { type FastMarketTerms, MarginWatch } from "./margin-watch.ts";
import { feeUnits, flowUnits, type MoneyUnits, UNITS_MAX } from "./money.ts";
import type { FastPast } from "./past.ts";
import { type FastSizing, ShareSizes } from "./share-sizes.ts";
import { SmallParts } from "./small-parts.ts";
import { KIND, type Timeline } from "./timeline.ts";

export interface FastFill {
  readonly atMs: number;
  readonly follower: number;
  readonly market: number;
  /** Signed, in the follower's lots; ticks; money units. */
  readonly lots: number;
  readonly price: number;
  readonly fee: number;
}

export interface AccountsTerms {
  readonly past: FastPast;
  readonly timeline: Timeline;
  readonly markets: readonly FastMarketTerms[];
  /** How each follower sizes; of one kind all of them. */
  readonly sizing: FastSizing;
  /** Money of each follower at the beginning, in units. */
  readonly equity: readonly number[];
  readonly latencyMs: number;
  /** 10^-8 of value. */
  readonly takerRate: number;
  readonly money: MoneyUnits;
  /** Hears of each fill; null where nobody asks. */
  readonly onFill: ((fill: FastFill) => void) | null;
}

/** The venue protects market orders from prices a little further from the mark. */
const DISTANCE_MAX = 0.049;
/** The engine takes prices that are a little further apart for those of two coins. */
const APART_MAX = 1.15;
const REPEAT_MIN_MS = 1_000;
const NEVER = Number.NEGATIVE_INFINITY;

export class Accounts {
  readonly count: number;
  /** Reasons, by follower; null while it is inside the domain. */
  readonly outside: (string | null)[];
  /** By follower: money units. */
  readonly equity: Float64Array;
  readonly fees: Float64Array;
  readonly funding: Float64Array;
  readonly traded: Float64Array;
  readonly fills: Int32Array;
  /** Deepest fall from the highest equity before, over all events: a share of it, not below 0. */
  readonly drawdown: Float64Array;
  /** By hour, and in it by follower: money units. */
  readonly hourly: Float64Array;
  readonly long: Float64Array;
  readonly short: Float64Array;
  readonly hoursMs: Float64Array;
  hours = 0;
  readonly #terms: AccountsTerms;
  readonly #peak: Float64Array;
  /** Equity below which the margin is looked at again. */
  readonly #danger: Float64Array;
  /** By market: the leader's lots, the mark in ticks, the event of the last price, whether the follower's side is known. */
  readonly #leader: Float64Array;
  readonly #mark: Float64Array;
  readonly #priced: Int32Array;
  readonly #paid: Float64Array;
  readonly #isReady: Uint8Array;
  readonly #isAsked: Uint8Array;
  readonly #asked: number[] = [];
  readonly #ready: number[] = [];
  /** By market and follower: lots owned, wanted (the target) and on the way, and by which batch these went. */
  readonly #owned: Float64Array;
  readonly #target: Float64Array;
  readonly #sent: Float64Array;
  readonly #batch: Int32Array;
  readonly #books: FastBooks;
  /** The event of the price that decisions know, and when it was told. */
  readonly #known: Int32Array;
  readonly #knownMs: Float64Array;
  /** When the venue was last shown the market. */
  readonly #shownMs: Float64Array;
  readonly #arrivals = new Arrivals();
  readonly #shares: ShareSizes | null;
  readonly #small: SmallParts;
  readonly #margin: MarginWatch;
  #isConfirmed = false;
  #nowMs = 0;

  constructor(terms: AccountsTerms) {
    const { markets, equity, timeline, sizing } = terms;
    this.#terms = terms;
    this.count = equity.length;
    const each = (size: number) => new Float64Array(size);
    const [followers, pairs] = [this.count, this.count * markets.length];
    this.outside = equity.map(() => null);
    this.equity = Float64Array.from(equity);
    this.#peak = Float64Array.from(equity);
    [this.fees, this.funding, this.traded] = [each(followers), each(followers), each(followers)];
    this.fills = new Int32Array(followers);
    this.drawdown = each(followers);
    this.#danger = each(followers);
    [this.#leader, this.#mark, this.#paid] = [
      each(markets.length),
      each(markets.length),
      each(markets.length),
    ];
    this.#priced = new Int32Array(markets.length).fill(-1);
    this.#isReady = new Uint8Array(markets.length);
    this.#isAsked = new Uint8Array(markets.length);
    [this.#owned, this.#target, this.#sent] = [each(pairs), each(pairs), each(pairs)];
    this.#batch = new Int32Array(pairs);
    this.#known = new Int32Array(pairs).fill(-1);
    [this.#knownMs, this.#shownMs] = [each(pairs).fill(NEVER), each(pairs)];
    const hours = hoursIn(timeline);
    this.hoursMs = each(hours);
    [this.hourly, this.long, this.short] = [
      each(hours * followers),
      each(hours * followers),
      each(hours * followers),
    ];
    this.#shares = sizing.kind === "share" ? new ShareSizes(sizing, markets, followers) : null;
    this.#small = new SmallParts(pairs, sizing.minimumPolicy);
    this.#margin = new MarginWatch(markets, terms.takerRate, terms.money);
    this.#books = new FastBooks(terms.past, timeline);
  }

  /** Through all of the timeline. */
  run(): this {
    const { length, kind, market, atMs, value, setAt } = this.#terms.timeline;
    const arrivals = this.#arrivals;
    for (let at = 0; at < length; at += 1) {
      const nowMs = atMs[at] as number;
      while (arrivals.isDue(nowMs, setAt[at] as number)) this.#arrive(at);
      this.#nowMs = nowMs;
      if (kind[at] === KIND.price) this.#reprice(at, market[at] as number, value[at] as number);
      else this.#happen(at);
    }
    return this;
  }

  /** Of each market, what a follower wants to hold in its lots. */
  targetOf(market: number, follower: number): number {
    return this.#target[market * this.count + follower] as number;
  }

  #reprice(at: number, market: number, mark: number): void {
    const by =
      (mark - (this.#mark[market] as number)) * (this.#terms.markets[market] as FastMarketTerms).lotTick;
    const isFirst = this.#priced[market] === -1;
    this.#mark[market] = mark;
    this.#priced[market] = at;
    const begin = market * this.count;
    if (isFirst) return this.#knowFirst(begin, at);
    for (let follower = 0; follower < this.count; follower += 1) {
      const owned = this.#owned[begin + follower] as number;
      if (owned === 0) continue;
      this.#shownMs[begin + follower] = this.#nowMs;
      if (by !== 0) this.#earn(follower, owned * by);
    }
  }

  /** A first price is known at once; it is told once more when it is needed. */
  #knowFirst(begin: number, at: number): void {
    for (let pair = begin; pair < begin + this.count; pair += 1) this.#known[pair] = at;
  }

  #earn(follower: number, amount: number): void {
    const equity = (this.equity[follower] as number) + amount;
    this.equity[follower] = equity;
    const peak = this.#peak[follower] as number;
    if (equity > peak) this.#peak[follower] = equity;
    else if (equity < peak * (1 - (this.drawdown[follower] as number)))
      this.drawdown[follower] = 1 - equity / peak;
    if (equity <= (this.#danger[follower] as number)) this.#watchMargin(follower);
  }

  #happen(at: number): void {
    const { kind, market, value, ref } = this.#terms.timeline;
    const number = market[at] as number;
    switch (kind[at]) {
      case KIND.heard:
        this.#paid[number] = this.#terms.past.held.paid[ref[at] as number] as number;
        return this.#hear(at, number, value[at] as number, true);
      case KIND.told:
        return this.#hear(at, number, value[at] as number, false);
      case KIND.begun:
        this.#leader[number] = value[at] as number;
        return this.#askAbout(at, number);
      case KIND.funding:
        return this.#settle(at, value[at] as number);
      case KIND.followerRead:
        return this.#readFollowers(at);
      case KIND.leaderRead:
        return this.#readLeader(at);
      case KIND.capitalTold:
        this.#shares?.tellCapital(ref[at] as number);
        return this.#readLeader(at);
      case KIND.hour:
        return this.#endHour();
    }
  }

  /** The leader holds something else now. */
  #hear(at: number, market: number, leader: number, isFill: boolean): void {
    this.#leader[market] = leader;
    if (this.#isReady[market] === 0) return this.#askAbout(at, market);
    const begin = market * this.count;
    const priced = this.#priced[market] as number;
    for (let follower = 0; follower < this.count; follower += 1) {
      const pair = begin + follower;
      if (isFill && (this.#known[pair] !== priced || this.#knownMs[pair] === NEVER)) {
        this.#known[pair] = priced;
        this.#knownMs[pair] = this.#nowMs;
      }
      this.#size(market, follower, pair, leader);
      this.#plan(at, market, follower);
    }
  }

  /** How the follower keeps the instrument is asked once; until then nothing is sized. */
  #askAbout(at: number, market: number): void {
    if (this.#isAsked[market] === 1) return;
    this.#isAsked[market] = 1;
    this.#asked.push(market);
    if (this.#isConfirmed) this.#arrivals.batch(market, this.#nowMs + this.#terms.latencyMs, at);
  }

  /** The target by the rule. */
  #size(market: number, follower: number, pair: number, leader: number): void {
    const { sizing, markets } = this.#terms;
    let wanted = 0;
    if (sizing.kind === "multiplier") {
      const top = sizing.top[pair] as number;
      const bottom = sizing.bottom[pair] as number;
      wanted =
        leader <= (sizing.lotsMax[pair] as number) && -leader <= (sizing.lotsMax[pair] as number)
          ? scaleSafely(leader, top, bottom)
          : sizing.exact(pair, leader);
    } else if (this.#shares !== null) wanted = this.#shares.size(market, follower, pair, leader);
    if (!(Math.abs(wanted) <= (markets[market] as FastMarketTerms).lotsMax)) {
      this.#leave(follower, "a size that no position can have");
      wanted = 0;
    }
    this.#want(pair, wanted, leader);
  }

  #want(pair: number, wanted: number, leader: number): void {
    const isPlain = this.#small.isPlain[pair] === 1;
    this.#target[pair] = isPlain ? wanted : this.#small.moveWanted(pair, wanted, leader);
  }

  /** Sends what brings the follower to its target, unless something is on the way. */
  #plan(at: number, market: number, follower: number): void {
    const pair = market * this.count + follower;
    const owned = this.#owned[pair] as number;
    let target = this.#target[pair] as number;
    if (target === owned || this.#sent[pair] !== 0) return;
    const { minLots, maxMarketLots } = this.#terms.markets[market] as FastMarketTerms;
    let lots = 0;
    if (owned !== 0 && (target * owned <= 0 || Math.abs(target) < Math.abs(owned))) {
      if (target * owned < 0) target = 0;
      lots = target - owned;
      if (target !== 0 && Math.abs(lots) < minLots) return;
    } else {
      lots = this.#enough(market, follower, pair, target - owned);
      if (lots === 0) return;
    }
    const size = Math.abs(lots);
    this.#sent[pair] = size > maxMarketLots ? Math.sign(lots) * maxMarketLots : lots;
    this.#batch[pair] = this.#arrivals.batch(market, this.#nowMs + this.#terms.latencyMs, at);
  }

  /** An increase as the venue takes it; 0 where its smallest order is larger and the policy waits for more or gives it up. */
  #enough(market: number, follower: number, pair: number, lots: number): number {
    const terms = this.#terms.markets[market] as FastMarketTerms;
    const known = this.#terms.timeline.value[this.#known[pair] as number];
    if (known === undefined) {
      this.#leave(follower, `no price of ${terms.symbol} is known when it is to be bought`);
      return 0;
    }
    if (terms.isNamedElsewhere && this.#isApart(market, known))
      this.#leave(follower, `a price of ${terms.symbol} far from what the leader paid`);
    const least = Math.max(terms.minLots, Math.ceil(terms.minNotionalLotTicks / known));
    if (this.#small.isPlain[pair] === 1 && Math.abs(lots) >= least) return lots;
    const held = this.#owned[pair] as number;
    const size = { wanted: this.#target[pair] as number, leader: this.#leader[market] as number };
    const found = this.#small.order(pair, terms.instrument, { lots, known, held }, size);
    this.#target[pair] = found.target;
    return found.lots;
  }

  #isApart(market: number, known: number): boolean {
    const paid = this.#paid[market] as number;
    return paid !== 0 && Math.max(paid, known) > APART_MAX * Math.min(paid, known);
  }

  /** What was sent first arrives: an order of each follower, or the answer about an instrument. */
  #arrive(at: number): void {
    const { market, dueMs, id } = this.#arrivals.take();
    this.#nowMs = dueMs;
    const begin = market * this.count;
    if (this.#isReady[market] === 0) {
      this.#isReady[market] = 1;
      this.#ready.push(market);
      for (let follower = 0; follower < this.count; follower += 1) {
        this.#size(market, follower, begin + follower, this.#leader[market] as number);
        this.#plan(at, market, follower);
      }
      return;
    }
    const best = this.#books.bestAt(this.#priced[market] as number, market, dueMs);
    for (let follower = 0; follower < this.count; follower += 1) {
      const pair = begin + follower;
      if (this.#batch[pair] !== id || this.#sent[pair] === 0) continue;
      this.#fill(market, follower, pair, best);
      this.#plan(at, market, follower);
      this.#hearOfEquity(at, follower);
    }
  }

  #fill(market: number, follower: number, pair: number, best: BestPrices): void {
    const { markets, money, takerRate, onFill } = this.#terms;
    const { lotTick, symbol } = markets[market] as FastMarketTerms;
    const lots = this.#sent[pair] as number;
    const owned = this.#owned[pair] as number;
    const mark = this.#mark[market] as number;
    const price = lots > 0 ? best.ask : best.bid;
    const value = Math.abs(lots) * price * lotTick;
    if (owned * lots >= 0) this.#checkIncrease(market, follower, pair, price);
    if (value > UNITS_MAX || Math.abs(price - mark) > DISTANCE_MAX * mark)
      this.#leave(follower, `an order of ${symbol} that is too large, or too far from the mark`);
    const fee = feeUnits(value, takerRate, money);
    this.#sent[pair] = 0;
    this.#owned[pair] = owned + lots;
    this.#shownMs[pair] = best.shownMs;
    this.fees[follower] = (this.fees[follower] as number) + fee;
    this.traded[follower] = (this.traded[follower] as number) + value;
    this.fills[follower] = (this.fills[follower] as number) + 1;
    this.#earn(follower, lots * (mark - price) * lotTick - fee);
    this.#watchMargin(follower);
    onFill?.({ atMs: this.#nowMs, follower, market, lots, price, fee });
  }

  #checkIncrease(market: number, follower: number, pair: number, price: number): void {
    const found = this.#margin.objection(this.#owned, this.#mark, {
      ...{ market, follower, count: this.count, price },
      lots: this.#sent[pair] as number,
      equity: this.equity[follower] as number,
    });
    if (found !== null) this.#leave(follower, found);
  }

  #watchMargin(follower: number): void {
    const equity = this.equity[follower] as number;
    const needed = this.#margin.maintenance(this.#owned, this.#mark, follower, this.count);
    if (needed > 0 && equity <= needed) this.#leave(follower, "a liquidation, or nearly one");
    this.#danger[follower] = needed === 0 ? NEVER : (equity + needed) / 2;
  }

  /** The venue tells what the account comes to: prices are known anew, and shares that moved far enough are sized anew. */
  #hearOfEquity(at: number, follower: number): void {
    this.#takePrices(follower);
    if (this.#shares === null) return;
    this.#shares.tell(follower, this.equity[follower] as number, this.#terms.money);
    this.#followFigures(at, follower);
  }

  #takePrices(follower: number): void {
    for (let market = 0; market < this.#priced.length; market += 1) {
      const priced = this.#priced[market] as number;
      const pair = market * this.count + follower;
      const knownMs = this.#knownMs[pair] as number;
      if (priced === -1 || (this.#known[pair] === priced && knownMs !== NEVER)) continue;
      if (knownMs + REPEAT_MIN_MS > this.#nowMs) continue;
      this.#known[pair] = priced;
      this.#knownMs[pair] = this.#nowMs;
    }
  }

  #followFigures(at: number, follower: number): void {
    for (const market of this.#ready) {
      const pair = market * this.count + follower;
      const leader = this.#leader[market] as number;
      const wanted = this.#small.wantedOf(pair, this.#target[pair] as number);
      if (this.#shares?.leavesBand(market, follower, pair, wanted) !== true) continue;
      const before = this.#target[pair];
      this.#size(market, follower, pair, leader);
      if (this.#target[pair] !== before) this.#plan(at, market, follower);
    }
  }

  #readFollowers(at: number): void {
    const isFirst = !this.#isConfirmed;
    this.#isConfirmed = true;
    if (isFirst)
      for (const market of this.#asked) this.#arrivals.batch(market, this.#nowMs + this.#terms.latencyMs, at);
    for (let follower = 0; follower < this.count; follower += 1) {
      this.#hearOfEquity(at, follower);
      this.#planAll(at, follower);
    }
  }

  #readLeader(at: number): void {
    for (let follower = 0; follower < this.count; follower += 1) {
      this.#takePrices(follower);
      this.#followFigures(at, follower);
      this.#planAll(at, follower);
    }
  }

  #planAll(at: number, follower: number): void {
    for (const market of this.#ready) this.#plan(at, market, follower);
  }

  #settle(at: number, minutes: number): void {
    const { markets, money } = this.#terms;
    for (const market of this.#ready) {
      const { fundingMinutes, lotTick } = markets[market] as FastMarketTerms;
      if (fundingMinutes !== minutes) continue;
      const mark = this.#mark[market] as number;
      for (let follower = 0; follower < this.count; follower += 1) {
        const pair = market * this.count + follower;
        const owned = this.#owned[pair] as number;
        if (owned === 0) continue;
        const rate = this.#books.fundingRate(market, this.#shownMs[pair] as number);
        const paid = flowUnits(Math.abs(owned) * mark * lotTick, owned > 0 ? rate : -rate, money);
        this.funding[follower] = (this.funding[follower] as number) - paid;
        this.#earn(follower, -paid);
        this.#plan(at, market, follower);
        this.#hearOfEquity(at, follower);
      }
    }
  }

  #endHour(): void {
    const { markets } = this.#terms;
    const row = this.hours * this.count;
    this.hoursMs[this.hours] = this.#nowMs;
    this.hours += 1;
    for (let follower = 0; follower < this.count; follower += 1) {
      const equity = this.equity[follower] as number;
      this.hourly[row + follower] = equity;
      if (Math.abs(equity) > UNITS_MAX) this.#leave(follower, "amounts that are past counting");
      this.#watchMargin(follower);
      for (const market of this.#ready) {
        const { lotUnits, lotPlaces, tickUnits, tickPlaces } = markets[market] as FastMarketTerms;
        const owned = this.#owned[market * this.count + follower] as number;
        const size = (Math.abs(owned) * lotUnits) / lotPlaces;
        const held = size * (((this.#mark[market] as number) * tickUnits) / tickPlaces);
        const side = owned > 0 ? this.long : this.short;
        side[row + follower] = (side[row + follower] as number) + held;
      }
    }
  }

  #leave(follower: number, reason: string): void {
    this.outside[follower] ??= reason;
  }
}

function hoursIn({ length, kind }: Timeline): number {
  let hours = 0;
  for (let at = 0; at < length; at += 1) if (kind[at] === KIND.hour) hours += 1;
  return hours;
}
