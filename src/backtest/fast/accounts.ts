/**
 * The loop of the fast path: followers of one leader through a timeline, each as if alone, in columns. It decides as the engine does for
 * the settings of its domain (domain.ts): one order at a time per instrument, reductions first, what changes meanwhile is made up by the
 * next plan. Sizes and what becomes of small parts are the core's own functions (sizes.ts, small-parts.ts). A follower that meets what only
 * the engine can live through is marked `outside`, with the reason, and its figures mean nothing.
 */
import { scaleSafely } from "../../core/sizing/ratio.ts";
import type { AccountsTerms } from "./accounts-terms.ts";
import { Arrivals } from "./arrivals.ts";
import { type BestPrices, FastBooks } from "./books.ts";
import { HourlyRecord } from "./hourly-record.ts";
import { KnownPrices } from "./known-prices.ts";
import { LeastLots } from "./least-lots.ts";
import { type FastMarketTerms, MarginWatch } from "./margin-watch.ts";
import { feeUnits, flowUnits, UNITS_MAX } from "./money.ts";
import { ShareSizes } from "./share-sizes.ts";
import { SmallParts } from "./small-parts.ts";
import { KIND } from "./timeline.ts";

/** The venue protects market orders from prices a little further from the mark. */
const DISTANCE_MAX = 0.049;
/** More of what is held the venue never asks for as maintenance at a leverage of ten; and as initial margin with the fees. */
const MAINTENANCE_MAX = 0.065;
/** Where the margin is looked at each hour, whatever it was. */
const LOOKED_AT = 0.2;

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
  readonly hourly: HourlyRecord;
  readonly #terms: AccountsTerms;
  readonly #peak: Float64Array;
  /** Value of everything that is held. */
  readonly #gross: Float64Array;
  readonly #pricedMs: Float64Array;
  /** By market: the leader's lots, the mark in ticks, the event of the last price, whether the follower's side is known. */
  readonly #leader: Float64Array;
  readonly #mark: Float64Array;
  readonly #priced: Int32Array;
  readonly #least: LeastLots;
  readonly #isReady: Uint8Array;
  readonly #readyMs: Float64Array;
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
  readonly #known: KnownPrices;
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
    const followers = this.count;
    const pairs = this.count * markets.length;
    this.outside = equity.map(() => null);
    this.equity = Float64Array.from(equity);
    this.#peak = Float64Array.from(equity);
    [this.fees, this.funding, this.traded] = [each(followers), each(followers), each(followers)];
    this.fills = new Int32Array(followers);
    this.drawdown = each(followers);
    this.#gross = each(followers);
    [this.#leader, this.#mark] = [each(markets.length), each(markets.length)];
    this.#priced = new Int32Array(markets.length).fill(-1);
    this.#pricedMs = each(markets.length);
    this.#least = new LeastLots(markets.length);
    this.#isReady = new Uint8Array(markets.length);
    this.#readyMs = each(markets.length);
    this.#isAsked = new Uint8Array(markets.length);
    [this.#owned, this.#target, this.#sent] = [each(pairs), each(pairs), each(pairs)];
    this.#batch = new Int32Array(pairs);
    this.#changed = new Int32Array(followers);
    this.#amount = each(followers);
    this.#lotTick = Float64Array.from(markets, (market) => market.lotTick);
    this.#known = new KnownPrices(markets.length, followers);
    this.#shownMs = each(pairs);
    this.hourly = new HourlyRecord(timeline, markets, followers);
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
    const count = this.count;
    const begin = market * this.count;
    if (isFirst) return this.#known.first(market, at);
    if (by === 0) return;
    const all = this.#owned;
    const gross = this.#gross;
    const amounts = this.#amount;
    const changed = this.#changed;
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
    const peaks = this.#peak;
    const gross = this.#gross;
    const amounts = this.#amount;
    const changed = this.#changed;
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

  #happen(at: number): void {
    const { kind, market, value, ref } = this.#terms.timeline;
    const number = market[at] as number;
    switch (kind[at]) {
      case KIND.heard:
        this.#least.notePaid(number, this.#terms.past.held.paid[ref[at] as number] as number);
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
    if (isFill) this.#known.tell(market, this.#priced[market] as number, this.#nowMs);
    const count = this.count;
    const begin = market * this.count;
    this.#sizeAll(market, leader);
    const targets = this.#target;
    const owned = this.#owned;
    for (let follower = 0; follower < count; follower += 1)
      if (targets[begin + follower] !== owned[begin + follower]) this.#plan(at, market, follower);
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
    const count = this.count;
    const begin = market * this.count;
    if (sizing.kind !== "multiplier") {
      for (let follower = 0; follower < count; follower += 1)
        this.#size(market, follower, begin + follower, leader);
      return;
    }
    const { top, bottom, lotsMax: leaderMax } = sizing;
    const { lotsMax } = markets[market] as FastMarketTerms;
    const targets = this.#target;
    const isPlain = this.#small.isPlain;
    const size = Math.abs(leader);
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
      const known = this.#terms.timeline.value[this.#known.event[pair] as number];
      const isKnown =
        known !== undefined && known === this.#least.known[market] && this.#small.isPlain[pair] === 1;
      if (!isKnown || Math.abs(lots) < (this.#least.lots[market] as number))
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
    const known = this.#terms.timeline.value[this.#known.event[pair] as number];
    if (known === undefined) {
      this.#leave(follower, `no price of ${terms.symbol} is known when it is to be bought`);
      return 0;
    }
    if (terms.isNamedElsewhere && this.#least.isApart(market, known))
      this.#leave(follower, `a price of ${terms.symbol} far from what the leader paid`);
    const least = this.#least.at(market, terms, known);
    if (this.#small.isPlain[pair] === 1 && Math.abs(lots) >= least) return lots;
    const held = this.#owned[pair] as number;
    const size = { wanted: this.#target[pair] as number, leader: this.#leader[market] as number };
    const found = this.#small.order(pair, terms.instrument, { lots, known, held }, size);
    this.#target[pair] = found.target;
    return found.lots;
  }

  /** What was sent first arrives: an order of each follower, or the answer about an instrument. */
  #arrive(at: number): void {
    this.#arrivals.take();
    const { market, dueMs, id } = this.#arrivals;
    this.#nowMs = dueMs;
    const begin = market * this.count;
    if (this.#isReady[market] === 0) {
      this.#isReady[market] = 1;
      this.#readyMs[market] = dueMs;
      this.#ready.push(market);
      for (let follower = 0; follower < this.count; follower += 1) {
        this.#size(market, follower, begin + follower, this.#leader[market] as number);
        this.#plan(at, market, follower);
      }
      return;
    }
    const best = this.#best;
    this.#books.bestAt(this.#priced[market] as number, market, dueMs, best);
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
    const count = this.count;
    const begin = market * this.count;
    const mark = this.#mark[market] as number;
    const sents = this.#sent;
    const owneds = this.#owned;
    const batches = this.#batch;
    const shownMs = this.#shownMs;
    const gross = this.#gross;
    const fees = this.fees;
    const traded = this.traded;
    const fills = this.fills;
    const arrived = this.#changed;
    const amounts = this.#amount;
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
    this.#known.tellAll(follower, this.#priced, this.#nowMs);
    if (this.#shares === null) return;
    this.#shares.tell(follower, this.equity[follower] as number, this.#terms.money);
    this.#followFigures(at, follower);
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
      this.#known.tellAll(follower, this.#priced, this.#nowMs);
      this.#followFigures(at, follower);
      this.#planAll(at, follower);
    }
  }

  #planAll(at: number, follower: number): void {
    for (const market of this.#ready) this.#plan(at, market, follower);
  }

  #settle(at: number, minutes: number): void {
    const intervalMs = minutes * 60_000;
    const stampMs = Math.floor(this.#nowMs / intervalMs) * intervalMs;
    const { markets, money } = this.#terms;
    for (const market of this.#ready) {
      const { fundingMinutes, lotTick } = markets[market] as FastMarketTerms;
      // What was listed since then is settled at the next time only.
      if (fundingMinutes !== minutes || (this.#readyMs[market] as number) >= stampMs) continue;
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
    for (let follower = 0; follower < this.count; follower += 1) {
      const equity = this.equity[follower] as number;
      if (Math.abs(equity) > UNITS_MAX) this.#leave(follower, "amounts that are past counting");
      if (equity <= (this.#gross[follower] as number) * LOOKED_AT) this.#watchMargin(follower);
    }
    this.hourly.note(this.#nowMs, this.equity);
    for (const market of this.#ready) this.hourly.noteHeld(market, this.#mark, this.#owned);
  }

  #leave(follower: number, reason: string): void {
    this.outside[follower] ??= reason;
  }
}
