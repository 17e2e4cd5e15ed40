/**
 * What happens to any follower of one leader in one variation of the past, event by event in the order of the engine's world, whose
 * timers fire by their time, and those of one time in the order in which they were set. So that a follower's own orders, which it
 * alone knows of, fall into the right place between them, each event carries when its timer was set.
 */
import { nextSettlement } from "../../exchange/simulated/funding.ts";
import { firstAtOrAfter } from "../../market/table.ts";
import { BAR, type BarSays, isBelieved, type KnownPrice, newest } from "../market/believed-price.ts";
import type { FastPast } from "./past.ts";

/** What an event is; its value and what it refers to. */
export const KIND = {
  /** A price is known: ticks of the mark; number among the points, and from `points` on among what was paid. */
  price: 0,
  /** A fill of the leader is heard of: what it holds in its lots; number of the statement. */
  heard: 1,
  /** The leader's position is told: as above. */
  told: 2,
  /** What the leader held when it began, in its lots. */
  begun: 3,
  /** Funding is settled of markets with this interval, in minutes. */
  funding: 4,
  /** The whole of the follower's account is read. */
  followerRead: 5,
  /** The same of the leader's. */
  leaderRead: 6,
  /** An hour is over, or the whole. */
  hour: 7,
  /** What the leader's capital has come to is told: number of the telling. */
  capitalTold: 8,
} as const;

export interface Timeline {
  readonly length: number;
  readonly kind: Uint8Array;
  readonly market: Int32Array;
  readonly atMs: Float64Array;
  readonly value: Float64Array;
  readonly ref: Int32Array;
  /** Number of the event during which, or before which, its timer was set. */
  readonly setAt: Int32Array;
}

export interface TimelineTerms {
  readonly fromMs: number;
  readonly toMs: number;
  /** When each of the leader's own fills is heard of. */
  readonly heardMs: Float64Array;
  readonly latencyMs: number;
  /** 1 for each market that is copied. */
  readonly isCopied: Uint8Array;
  /** When accounts are read whole; those of the follower's answers, in order. */
  readonly leaderReadMs: Float64Array;
  readonly followerReadMs: Float64Array;
  /** When the leader's capital is told anew, after what happens at that time. */
  readonly capitalToldMs: Float64Array;
}

const HOUR_MS = 3_600_000;
const TICK_MS = 1_000;
/** Looks before funding that are gone through. */
const TICKS = 4;
const NEVER = Number.POSITIVE_INFINITY;
/** Of what comes after everything else of its time. */
const LAST = 2 ** 31 - 1;

/** What may be next, in the order in which timers of one time and one setting were set. */
const SOURCE = {
  heard: 0,
  paid: 1,
  begin: 2,
  points: 3,
  beforeFunding: 4,
  funding: 5,
  followerRead: 6,
  leaderRead: 7,
  hour: 8,
  capitalTold: 9,
};
const SOURCES = 10;

export function timelineOf(past: FastPast, terms: TimelineTerms): Timeline {
  return new Merge(past, terms).run();
}

class Merge {
  readonly #past: FastPast;
  readonly #terms: TimelineTerms;
  readonly #out: {
    length: number;
    kind: Uint8Array;
    market: Int32Array;
    atMs: Float64Array;
    value: Float64Array;
    ref: Int32Array;
    setAt: Int32Array;
  };
  readonly #dueMs = new Float64Array(SOURCES).fill(NEVER);
  readonly #setAt = new Int32Array(SOURCES);
  readonly #setIn = new Int32Array(SOURCES);
  /** Since when prices of a market are told. */
  readonly #followedMs: Float64Array;
  /** Of each market the last price with its time, and the last that was paid: number among what was paid, -1 for none. */
  readonly #price: Float64Array;
  readonly #pricedMs: Float64Array;
  readonly #lastPaid: Int32Array;
  /** The last of each that was not believed, where no bar told of its time. */
  readonly #refused: (KnownPrice | null)[];
  /** Statements of fills that are known of, when each fill happened by number of event. */
  readonly #happenedAt: Int32Array;
  readonly #happenedIn: Int32Array;
  #happened = 0;
  #heard = 0;
  #paid = 0;
  #point = 0;
  #fundings: { readonly minutes: number; stampMs: number }[] = [];
  #read = { leader: 0, follower: 0, told: 0 };
  #nowMs = 0;
  /** Number of the event that happens now; of what shows nothing, that before it. */
  #step = -1;
  /** When funding is settled next. */
  #tickMs = NEVER;
  /** Counts timers that fired. */
  #round = 0;

  constructor(past: FastPast, terms: TimelineTerms) {
    this.#past = past;
    this.#terms = terms;
    const { markets, ownMs } = past;
    this.#followedMs = new Float64Array(markets.length).fill(NEVER);
    this.#price = new Float64Array(markets.length);
    this.#pricedMs = new Float64Array(markets.length);
    this.#lastPaid = new Int32Array(markets.length).fill(-1);
    this.#refused = new Array(markets.length).fill(null);
    this.#happenedAt = new Int32Array(ownMs.length);
    this.#happenedIn = new Int32Array(ownMs.length);
    const most = mostEvents(past, terms);
    this.#out = {
      length: 0,
      kind: new Uint8Array(most),
      market: new Int32Array(most),
      atMs: new Float64Array(most),
      value: new Float64Array(most),
      ref: new Int32Array(most),
      setAt: new Int32Array(most),
    };
  }

  run(): Timeline {
    const { toMs } = this.#terms;
    this.#begin();
    for (;;) {
      const source = this.#next();
      const dueMs = this.#dueMs[source] ?? NEVER;
      if (dueMs > toMs) break;
      this.#nowMs = dueMs;
      this.#step = this.#out.length;
      this.#round += 1;
      this.#fire(source);
    }
    return this.#out;
  }

  /** By time, then by when the timer was set. */
  #next(): number {
    let next = 0;
    let bestMs = this.#dueMs[0] ?? NEVER;
    for (let source = 1; source < SOURCES; source += 1) {
      const dueMs = this.#dueMs[source] ?? NEVER;
      if (dueMs > bestMs) continue;
      if (dueMs === bestMs && (this.#setIn[source] ?? 0) >= (this.#setIn[next] ?? 0)) continue;
      next = source;
      bestMs = dueMs;
    }
    return next;
  }

  #fire(source: number): void {
    switch (source) {
      case SOURCE.heard:
        return this.#hear();
      case SOURCE.paid:
        return this.#happen();
      case SOURCE.begin:
        return this.#tellBegun();
      case SOURCE.points:
        return this.#reach();
      case SOURCE.beforeFunding:
        return this.#tick();
      case SOURCE.funding:
        return this.#settle();
      case SOURCE.followerRead:
        this.#emit(KIND.followerRead, source, -1, 0, 0);
        return this.#planRead("follower");
      case SOURCE.leaderRead:
        this.#emit(KIND.leaderRead, source, -1, 0, 0);
        return this.#planRead("leader");
      case SOURCE.hour:
        this.#emit(KIND.hour, source, -1, 0, 0);
        return this.#planHour();
      default:
        // The first telling is that of the beginning.
        this.#read.told += 1;
        this.#emit(KIND.capitalTold, source, -1, 0, this.#read.told);
        return this.#planTold();
    }
  }

  #begin(): void {
    const { fromMs } = this.#terms;
    const { points, paid, ownMs } = this.#past;
    this.#nowMs = fromMs;
    this.#paid = firstAtOrAfter(paid.atMs, fromMs);
    this.#happened = firstAtOrAfter(ownMs, fromMs);
    this.#heard = this.#happened;
    this.#point = firstAtOrAfter(points.atMs, fromMs + 1);
    this.#set(SOURCE.paid, paid.atMs[this.#paid] ?? NEVER);
    this.#set(SOURCE.begin, fromMs);
    this.#planFundings();
    this.#set(SOURCE.followerRead, fromMs + this.#terms.latencyMs);
    this.#planRead("leader");
    this.#planHour();
    this.#planTold();
  }

  /** What the leader holds is told when it begins to be copied, after what happens at that very moment. */
  #tellBegun(): void {
    const { markets, held, ownMs } = this.#past;
    const { fromMs, isCopied } = this.#terms;
    this.#set(SOURCE.begin, NEVER);
    const lots = new Float64Array(markets.length);
    const place = new Int32Array(markets.length).fill(-1);
    const until = held.firstOf[firstAtOrAfter(ownMs, fromMs)] ?? 0;
    for (let at = 0; at < until; at += 1) {
      lots[held.market[at] ?? 0] = held.lots[at] ?? 0;
      place[held.market[at] ?? 0] = held.place[at] ?? -1;
    }
    const placeOf = (market: number) => place[market] ?? -1;
    const begun = [...lots.keys()]
      .filter((market) => placeOf(market) >= 0 && isCopied[market] === 1)
      .sort((one, other) => placeOf(one) - placeOf(other));
    for (const market of begun) this.#emit(KIND.begun, SOURCE.begin, market, lots[market] ?? 0, 0);
    for (const market of begun) this.#follow(market);
  }

  /** A fill of anybody: a price, and later something to be heard of. */
  #happen(): void {
    const { paid, ownMs } = this.#past;
    const nowMs = this.#nowMs;
    const before = this.#happened;
    for (; (paid.atMs[this.#paid] ?? NEVER) <= nowMs; this.#paid += 1) {
      const at = this.#paid;
      const market = paid.market[at] ?? -1;
      if (market >= 0 && this.#isPrice(at, market)) this.#notePaid(at, market);
      if ((paid.own[at] ?? -1) >= 0) this.#happened += 1;
    }
    if (this.#out.length === this.#step) this.#step -= 1;
    this.#happenedAt.fill(this.#step, before, this.#happened);
    this.#happenedIn.fill(this.#round, before, this.#happened);
    if (this.#heard === before) this.#planHeard();
    this.#set(SOURCE.paid, paid.atMs[this.#paid] ?? NEVER);
    if (this.#happened > ownMs.length) throw new Error("more fills happened than there are");
  }

  #isPrice(at: number, market: number): boolean {
    const { paid: columns } = this.#past;
    const bar = columns.bar[at] as BarSays;
    const paid = { price: columns.price[at] ?? 0, atMs: this.#nowMs };
    const refused = this.#refused[market] ?? null;
    if (isBelieved({ bar, paid, last: bar === BAR.has ? null : this.#lastOf(market), refused })) return true;
    if (bar === BAR.none) this.#refused[market] = paid;
    return false;
  }

  #lastOf(market: number): KnownPrice | null {
    if (this.#isFollowed(market)) {
      const price = this.#price[market] ?? 0;
      return price > 0 ? { price, atMs: this.#pricedMs[market] ?? 0 } : null;
    }
    const { paid, markets } = this.#past;
    const at = this.#lastPaid[market] ?? -1;
    const point = markets[market]?.tape?.pointAt(this.#nowMs) ?? null;
    return newest(point, at < 0 ? null : { price: paid.price[at] ?? 0, atMs: paid.atMs[at] ?? 0 });
  }

  #notePaid(at: number, market: number): void {
    this.#lastPaid[market] = at;
    if (this.#isFollowed(market)) this.#emitPrice(SOURCE.paid, market, this.#past.points.atMs.length + at);
  }

  #planHeard(): void {
    const isWaiting = this.#heard < this.#happened;
    this.#dueMs[SOURCE.heard] = isWaiting ? (this.#terms.heardMs[this.#heard] ?? NEVER) : NEVER;
    this.#setAt[SOURCE.heard] = this.#happenedAt[this.#heard] ?? 0;
    this.#setIn[SOURCE.heard] = this.#happenedIn[this.#heard] ?? 0;
  }

  #hear(): void {
    const { held } = this.#past;
    const { isCopied } = this.#terms;
    const until = held.firstOf[this.#heard + 1] ?? 0;
    for (let at = held.firstOf[this.#heard] ?? 0; at < until; at += 1) {
      const market = held.market[at] ?? 0;
      if (isCopied[market] !== 1) continue;
      const kind = held.isFill[at] === 1 ? KIND.heard : KIND.told;
      this.#emit(kind, SOURCE.heard, market, held.lots[at] ?? 0, at);
      if (!this.#isFollowed(market)) this.#follow(market);
    }
    this.#heard += 1;
    this.#planHeard();
  }

  /** From now on its prices are told; the newest that is known at once. */
  #follow(market: number): void {
    const { points, paid } = this.#past;
    this.#followedMs[market] = this.#nowMs;
    let point = firstAtOrAfter(points.atMs, this.#nowMs + 1) - 1;
    while (point >= 0 && points.market[point] !== market) point -= 1;
    const paidAt = this.#lastPaid[market] ?? -1;
    const isPaidNewer = paidAt >= 0 && (paid.atMs[paidAt] ?? 0) >= (points.atMs[point] ?? 0);
    const ref = isPaidNewer ? points.atMs.length + paidAt : point;
    if (ref >= 0) this.#emitPrice(SOURCE.heard, market, ref);
    this.#planPoints();
  }

  #emitPrice(source: number, market: number, ref: number): void {
    const { points, paid } = this.#past;
    const count = points.atMs.length;
    const from = ref < count ? points : paid;
    const at = ref < count ? ref : ref - count;
    this.#price[market] = from.price[at] ?? 0;
    this.#pricedMs[market] = from.atMs[at] ?? 0;
    this.#emit(KIND.price, source, market, from.mark[at] ?? 0, ref);
  }

  /** One timer for the next point of whatever is followed; an earlier one takes its place. */
  #planPoints(): void {
    const { points } = this.#past;
    let at = this.#point;
    while (at < points.atMs.length && !this.#isTold(at)) at += 1;
    const dueMs = points.atMs[at] ?? NEVER;
    if (dueMs < (this.#dueMs[SOURCE.points] ?? NEVER)) this.#set(SOURCE.points, dueMs);
  }

  #reach(): void {
    const { points } = this.#past;
    const nowMs = this.#nowMs;
    for (; (points.atMs[this.#point] ?? NEVER) <= nowMs; this.#point += 1) {
      const market = points.market[this.#point] ?? 0;
      if (points.atMs[this.#point] === nowMs && this.#isTold(this.#point))
        this.#emitPrice(SOURCE.points, market, this.#point);
    }
    this.#dueMs[SOURCE.points] = NEVER;
    this.#planPoints();
  }

  #isFollowed(market: number): boolean {
    return (this.#followedMs[market] ?? NEVER) < NEVER;
  }

  /** Whether a point is told of: it comes after its market began to be followed. */
  #isTold(point: number): boolean {
    const { atMs, market } = this.#past.points;
    return (atMs[point] ?? 0) > (this.#followedMs[market[point] ?? 0] ?? NEVER);
  }

  #planFundings(): void {
    const minutes = this.#past.markets.map(({ follower }) => follower.spec.fundingIntervalMinutes);
    this.#fundings = [...new Set(minutes)]
      .filter((one) => one > 0)
      .map((one) => ({ minutes: one, stampMs: nextSettlement(this.#terms.fromMs, one) }));
    this.#planFunding();
  }

  /** The venue looks once a second since it began. */
  #planFunding(): void {
    const { fromMs } = this.#terms;
    const stampMs = Math.min(NEVER, ...this.#fundings.map((one) => one.stampMs));
    const tickMs = fromMs + Math.ceil((stampMs - fromMs) / TICK_MS) * TICK_MS;
    this.#tickMs = tickMs;
    this.#set(SOURCE.beforeFunding, Math.max(tickMs - TICKS * TICK_MS, this.#nowMs));
    this.#dueMs[SOURCE.funding] = NEVER;
  }

  /** Each look sets the timer of the next: the last ones before funding say what comes first at its moment. */
  #tick(): void {
    this.#step -= 1;
    const nextMs = this.#nowMs + TICK_MS;
    const isFunding = nextMs >= this.#tickMs;
    this.#set(SOURCE.beforeFunding, isFunding ? NEVER : nextMs);
    if (isFunding) this.#set(SOURCE.funding, this.#tickMs);
  }

  #settle(): void {
    for (const one of this.#fundings) {
      if (one.stampMs > this.#nowMs) continue;
      this.#emit(KIND.funding, SOURCE.funding, -1, one.minutes, 0);
      one.stampMs = nextSettlement(this.#nowMs, one.minutes);
    }
    this.#planFunding();
  }

  #planRead(whose: "leader" | "follower"): void {
    const { leaderReadMs, followerReadMs } = this.#terms;
    const times = whose === "leader" ? leaderReadMs : followerReadMs;
    this.#set(
      whose === "leader" ? SOURCE.leaderRead : SOURCE.followerRead,
      times[this.#read[whose]] ?? NEVER,
    );
    this.#read[whose] += 1;
  }

  #planHour(): void {
    const { toMs } = this.#terms;
    const nextMs = (Math.floor(this.#nowMs / HOUR_MS) + 1) * HOUR_MS;
    this.#dueMs[SOURCE.hour] = this.#nowMs >= toMs ? NEVER : Math.min(nextMs, toMs);
    this.#setAt[SOURCE.hour] = LAST;
    this.#setIn[SOURCE.hour] = LAST;
  }

  #planTold(): void {
    this.#dueMs[SOURCE.capitalTold] = this.#terms.capitalToldMs[this.#read.told] ?? NEVER;
    this.#setAt[SOURCE.capitalTold] = LAST;
    this.#setIn[SOURCE.capitalTold] = LAST;
  }

  #set(source: number, dueMs: number): void {
    this.#dueMs[source] = dueMs;
    this.#setAt[source] = this.#step;
    this.#setIn[source] = this.#round;
  }

  #emit(kind: number, source: number, market: number, value: number, ref: number): void {
    const out = this.#out;
    const at = out.length;
    out.kind[at] = kind;
    out.market[at] = market;
    out.atMs[at] = this.#nowMs;
    out.value[at] = value;
    out.ref[at] = ref;
    out.setAt[at] = this.#setAt[source] ?? 0;
    out.length = at + 1;
  }
}

function mostEvents({ points, paid, ownMs, held, markets }: FastPast, terms: TimelineTerms): number {
  const { fromMs, toMs, leaderReadMs, followerReadMs, capitalToldMs } = terms;
  const within = (times: Float64Array) => firstAtOrAfter(times, toMs + 1) - firstAtOrAfter(times, fromMs);
  const first = firstAtOrAfter(ownMs, fromMs);
  const last = firstAtOrAfter(ownMs, toMs + 1);
  const statements = (held.firstOf[last] ?? 0) - (held.firstOf[first] ?? 0);
  const hours = Math.ceil((toMs - fromMs) / HOUR_MS) + 2;
  const read = leaderReadMs.length + followerReadMs.length + capitalToldMs.length + 1;
  const fundings = new Set(markets.map(({ follower }) => follower.spec.fundingIntervalMinutes));
  const settled = [...fundings].reduce(
    (sum, minutes) => sum + (minutes > 0 ? (toMs - fromMs) / (minutes * 60_000) + 2 : 0),
    0,
  );
  return (
    within(points.atMs) +
    within(paid.atMs) +
    statements +
    hours +
    read +
    Math.ceil(settled) +
    3 * markets.length
  );
}
