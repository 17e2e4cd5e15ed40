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
/** More of what is held the venue never asks for as maintenance at a leverage of ten; and as initial margin with the fees. */
const MAINTENANCE_MAX = 0.065;
/** Where the margin is looked at each hour, whatever it was. */
const LOOKED_AT = 0.2;
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
  /** Value of everything that is held. */
  readonly #gross: Float64Array;
  readonly #pricedMs: Float64Array;
  /** By market: the leader's lots, the mark in ticks, the event of the last price, whether the follower's side is known. */
  readonly #leader: Float64Array;
  readonly #mark: Float64Array;
  readonly #priced: Int32Array;
  readonly #paid: Float64Array;
  readonly #leastFor: Float64Array;
  readonly #least: Float64Array;
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
  /** Followers who earn something just now, and how much. */
  readonly #changed: Int32Array;
  readonly #amount: Float64Array;
  readonly #lotTick: Float64Array;
  readonly #best: BestPrices = { bid: 0, ask: 0, shownMs: 0 };
  /** The event of the price that decisions know, and when it was told. */
  readonly #known: Int32Array;
  readonly #knownMs: Float64Array;
  /** When the venue was shown the market by an order. */
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
    this.#gross = each(followers);
    [this.#leader, this.#mark, this.#paid] = [
      each(markets.length),
      each(markets.length),
      each(markets.length),
    ];
    this.#priced = new Int32Array(markets.length).fill(-1);
    [this.#pricedMs, this.#leastFor, this.#least] = [
      each(markets.length),
      each(markets.length),
      each(markets.length),
    ];
    this.#isReady = new Uint8Array(markets.length);
    this.#isAsked = new Uint8Array(markets.length);
    [this.#owned, this.#target, this.#sent] = [each(pairs), each(pairs), each(pairs)];
    this.#batch = new Int32Array(pairs);
    this.#changed = new Int32Array(followers);
    this.#amount = each(followers);
    this.#lotTick = Float64Array.from(markets, (market) => market.lotTick);
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
    const isFirst = this.#priced[market] === -1;
    const by = (mark - (this.#mark[market] as number)) * (this.#lotTick[market] as number);
    this.#mark[market] = mark;
    this.#priced[market] = at;
    this.#pricedMs[market] = this.#nowMs;
    const [count, begin] = [this.count, market * this.count];
    if (isFirst) return this.#knowFirst(begin, at);
    if (by === 0) return;
    const [all, gross, amounts, changed] = [this.#owned, this.#gross, this.#amount, this.#changed];
    let found = 0;
    for (let follower = 0; follower < count; follower += 1) {
      const owned = all[begin + follower] as number;
      if (owned === 0) continue;
      gross[follower] = (gross[follower] as number) + Math.abs(owned) * by;
      amounts[found] = owned * by;
      changed[found] = follower;
      found += 1;
    }
    this.#earnAll(found);
  }

  /** Followers in `changed` earn what stands in `amount`; a loop without calls, which would cost more than it does. */
  #earnAll(count: number): void {
    const { equity, drawdown } = this;
    const [peaks, gross, amounts, changed] = [this.#peak, this.#gross, this.#amount, this.#changed];
    for (let at = 0; at < count; at += 1) {
      const follower = changed[at] as number;
      const now = (equity[follower] as number) + (amounts[at] as number);
      equity[follower] = now;
      const peak = peaks[follower] as number;
      if (now > peak) peaks[follower] = now;
      else if (now < peak * (1 - (drawdown[follower] as number))) drawdown[follower] = 1 - now / peak;
      if (now <= (gross[follower] as number) * MAINTENANCE_MAX) this.#watchMargin(follower);
    }
  }

  /** A first price is known at once; it is told once more when it is needed. */
  #knowFirst(begin: number, at: number): void {
    for (let pair = begin; pair < begin + this.count; pair += 1) this.#known[pair] = at;
  }

  #happen(at: number): void {
    const { kind, market, value, ref } = this.#terms.timeline;
    const number = market[at] as number;
    switch (kind[at]) {
      case KIND.heard:
        this.#paid[number] = this.#terms.past.held.paid[ref[at] as number] as number;
        this.#leastFor[number] = Number.NaN;
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
    if (isFill) this.#tellPrice(market);
    const [count, begin] = [this.count, market * this.count];
    this.#sizeAll(market, leader);
    const [targets, owned] = [this.#target, this.#owned];
    for (let follower = 0; follower < count; follower += 1)
      if (targets[begin + follower] !== owned[begin + follower]) this.#plan(at, market, follower);
  }

  /** A leader's fill comes with the newest price of its market, where that was not told yet. */
  #tellPrice(market: number): void {
    const [known, knownMs, nowMs, priced] = [
      this.#known,
      this.#knownMs,
      this.#nowMs,
      this.#priced[market] as number,
    ];
    const end = (market + 1) * this.count;
    for (let pair = end - this.count; pair < end; pair += 1) {
      if (known[pair] === priced && knownMs[pair] !== NEVER) continue;
      known[pair] = priced;
      knownMs[pair] = nowMs;
    }
  }

  /** How the follower keeps the instrument is asked once; until then nothing is sized. */
  #askAbout(at: number, market: number): void {
    if (this.#isAsked[market] === 1) return;
    this.#isAsked[market] = 1;
    this.#asked.push(market);
    if (this.#isConfirmed) this.#arrivals.batch(market, this.#nowMs + this.#terms.latencyMs, at);
  }

  /** Targets of everybody: by a multiplier in a loop of its own. */
  #sizeAll(market: number, leader: number): void {
    const { sizing, markets } = this.#terms;
    const [count, begin] = [this.count, market * this.count];
    if (sizing.kind !== "multiplier") {
      for (let follower = 0; follower < count; follower += 1)
        this.#size(market, follower, begin + follower, leader);
      return;
    }
    const { top, bottom, lotsMax: leaderMax } = sizing;
    const { lotsMax } = markets[market] as FastMarketTerms;
    const [targets, isPlain, size] = [this.#target, this.#small.isPlain, Math.abs(leader)];
    for (let follower = 0; follower < count; follower += 1) {
      const pair = begin + follower;
      if (isPlain[pair] === 1 && size <= (leaderMax[pair] as number)) {
        const wanted = scaleSafely(leader, top[pair] as number, bottom[pair] as number);
        targets[pair] = wanted;
        if (wanted <= lotsMax && -wanted <= lotsMax) continue;
      }
      this.#size(market, follower, pair, leader);
    }
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
      lots = target - owned;
      const known = this.#terms.timeline.value[this.#known[pair] as number];
      const isKnown =
        known !== undefined && known === this.#leastFor[market] && this.#small.isPlain[pair] === 1;
      if (!isKnown || Math.abs(lots) < (this.#least[market] as number))
        lots = this.#enough(market, follower, pair, lots);
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
    const isApart = terms.isNamedElsewhere && this.#isApart(market, known);
    if (isApart) this.#leave(follower, `a price of ${terms.symbol} far from what the leader paid`);
    const least = this.#leastAt(market, terms, known);
    if (isApart) this.#leastFor[market] = Number.NaN;
    if (this.#small.isPlain[pair] === 1 && Math.abs(lots) >= least) return lots;
    const held = this.#owned[pair] as number;
    const size = { wanted: this.#target[pair] as number, leader: this.#leader[market] as number };
    const found = this.#small.order(pair, terms.instrument, { lots, known, held }, size);
    this.#target[pair] = found.target;
    return found.lots;
  }

  /** The smallest order at a price; mostly asked again at the same one. */
  #leastAt(market: number, { minLots, minNotionalLotTicks }: FastMarketTerms, known: number): number {
    if (this.#leastFor[market] === known) return this.#least[market] as number;
    const least = Math.max(minLots, Math.ceil(minNotionalLotTicks / known));
    this.#leastFor[market] = known;
    this.#least[market] = least;
    return least;
  }

  #isApart(market: number, known: number): boolean {
    const paid = this.#paid[market] as number;
    return paid !== 0 && Math.max(paid, known) > APART_MAX * Math.min(paid, known);
  }

  /** What was sent first arrives: an order of each follower, or the answer about an instrument. */
  #arrive(at: number): void {
    this.#arrivals.take();
    const { market, dueMs, id } = this.#arrivals;
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
    const best = this.#best;
    this.#books.bestAt(this.#priced[market] as number, { market, nowMs: dueMs }, best);
    const arrived = this.#fillAll(market, id, best);
    for (let place = 0; place < arrived; place += 1) {
      const follower = this.#changed[place] as number;
      if (this.#target[begin + follower] !== this.#owned[begin + follower]) this.#plan(at, market, follower);
      this.#hearOfEquity(at, follower);
    }
  }

  /** Fills the orders of a batch; gives how many, whose followers stand in `changed` then. */
  #fillAll(market: number, id: number, { ask, bid, shownMs: toldMs }: BestPrices): number {
    const { markets, money, takerRate, onFill } = this.#terms;
    const { lotTick, symbol, minNotionalLotTicks, positionMax } = markets[market] as FastMarketTerms;
    const { equity } = this;
    const { tiedMax } = this.#margin;
    const [count, begin, mark] = [this.count, market * this.count, this.#mark[market] as number];
    const [sents, owneds, batches, shownMs] = [this.#sent, this.#owned, this.#batch, this.#shownMs];
    const [gross, fees, traded, fills] = [this.#gross, this.fees, this.traded, this.fills];
    const [arrived, amounts] = [this.#changed, this.#amount];
    const isFar = ask - mark > DISTANCE_MAX * mark || mark - bid > DISTANCE_MAX * mark;
    let found = 0;
    for (let follower = 0; follower < count; follower += 1) {
      const pair = begin + follower;
      const lots = sents[pair] as number;
      if (batches[pair] !== id || lots === 0) continue;
      const owned = owneds[pair] as number;
      const price = lots > 0 ? ask : bid;
      const value = Math.abs(lots) * price * lotTick;
      const after = owned + lots;
      const isSmall =
        Math.abs(lots) * mark < minNotionalLotTicks || Math.abs(after) * price * lotTick > positionMax;
      if (
        owned * lots >= 0 &&
        (isSmall || ((gross[follower] as number) + value) * tiedMax > (equity[follower] as number))
      )
        this.#checkIncrease(market, follower, pair, price);
      if (isFar || value > UNITS_MAX)
        this.#leave(follower, `an order of ${symbol} that is too large, or far off`);
      const fee = feeUnits(value, takerRate, money);
      sents[pair] = 0;
      owneds[pair] = after;
      shownMs[pair] = toldMs;
      gross[follower] = (gross[follower] as number) + (Math.abs(after) - Math.abs(owned)) * mark * lotTick;
      fees[follower] = (fees[follower] as number) + fee;
      traded[follower] = (traded[follower] as number) + value;
      fills[follower] = (fills[follower] as number) + 1;
      amounts[found] = lots * (mark - price) * lotTick - fee;
      arrived[found] = follower;
      found += 1;
      if (onFill !== null) onFill({ atMs: this.#nowMs, follower, market, lots, price, fee });
    }
    this.#earnAll(found);
    return found;
  }

  #checkIncrease(market: number, follower: number, pair: number, price: number): void {
    const lots = this.#sent[pair] as number;
    const equity = this.equity[follower] as number;
    const order = { market, follower, count: this.count, lots, price, equity };
    const found = this.#margin.objection(this.#owned, this.#mark, order);
    if (found !== null) this.#leave(follower, found);
  }

  #watchMargin(follower: number): void {
    const needed = this.#margin.maintenance(this.#owned, this.#mark, follower, this.count);
    if (needed > 0 && (this.equity[follower] as number) <= needed)
      this.#leave(follower, "a liquidation, or nearly one");
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
        const shownMs = Math.max(this.#shownMs[pair] as number, this.#pricedMs[market] as number);
        const rate = this.#books.fundingRate(market, shownMs);
        const paid = flowUnits(Math.abs(owned) * mark * lotTick, owned > 0 ? rate : -rate, money);
        this.funding[follower] = (this.funding[follower] as number) - paid;
        this.#amount[0] = -paid;
        this.#changed[0] = follower;
        this.#earnAll(1);
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
      if (equity <= (this.#gross[follower] as number) * LOOKED_AT) this.#watchMargin(follower);
    }
    for (const market of this.#ready) {
      const { lotUnits, lotPlaces, tickUnits, tickPlaces } = markets[market] as FastMarketTerms;
      const price = ((this.#mark[market] as number) * tickUnits) / tickPlaces;
      for (let follower = 0; follower < this.count; follower += 1) {
        const owned = this.#owned[market * this.count + follower] as number;
        if (owned === 0) continue;
        const side = owned > 0 ? this.long : this.short;
        const held = ((Math.abs(owned) * lotUnits) / lotPlaces) * price;
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
