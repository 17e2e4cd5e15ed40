/**
 * The fast path of the backtest beside its floors, which are bare loops over typed arrays: one follower with its equity at every event, and
 * each fill of a leader for many followers. Only the loops are timed against each other; what it takes to lay a past out and to make
 * a timeline of it is told beside.
 */
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import {
  type FastPast,
  type FastVariation,
  layOutPast,
  type PreparedRun,
  prepare,
} from "../../src/backtest/fast/fast-backtest.ts";
import { KIND, type Timeline } from "../../src/backtest/fast/timeline.ts";
import { shippedSpecs } from "../../src/backtest/instruments.ts";
import type { LeaderFill } from "../../src/backtest/leader-fill.ts";
import { PriceTape, type TapeBars } from "../../src/backtest/market/price-tape.ts";
import type { PairedMarket, WorldLeader } from "../../src/backtest/world.ts";
import { Decimal } from "../../src/core/model/decimal.ts";
import { AccountId, VenueId } from "../../src/core/model/identifiers.ts";
import { makeInstrument } from "../../src/core/model/instrument.ts";
import { plainAllocation } from "../../src/core/settings.ts";
import { median, rounded } from "./statistics.ts";

export interface FastBench {
  readonly events: number;
  /** Millions of events of one follower in a second of processor time, each with its equity; the same of the floor, and ours over it. */
  readonly oneFollower: Rate;
  readonly followers: number;
  readonly leaderFills: number;
  /** Millions of followers brought to a leader's fill in a second: target, order, its arrival, position, money, fee and equity. */
  readonly manyFollowers: Rate;
  /** Milliseconds of processor time to lay the past out, once, and to make one variation's timeline. */
  readonly layOutMs: number;
  readonly timelineMs: number;
}

export interface Rate {
  readonly millionsPerSecond: number;
  readonly floorMillionsPerSecond: number;
  readonly overFloor: number;
}

export interface FastBenchSize {
  readonly rounds: number;
  readonly days: number;
  readonly followers: number;
  /** Of the past with many followers. */
  readonly manyDays: number;
}

const WARM_UP = 3;
const SEED = 7;
const BEGIN_MS = Date.parse("2024-01-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FILLS_A_DAY = 72;
const VENUE = VenueId("bybit");
const LEADER: WorldLeader = { name: "anna", account: AccountId("anna"), venue: VenueId("recorded") };
const EQUITY = "1000000";
const FIRST_PRICES = { BTCUSDT: 60_000, ETHUSDT: 3_000 };

export function measureFastBacktest({ rounds, days, followers, manyDays }: FastBenchSize): FastBench {
  const [one, many] = [laidOut(days, true), laidOut(manyDays, false)];
  const spent = { one: empty(), floor: empty(), many: empty(), manyFloor: empty(), timeline: empty() };
  let [events, fills] = [0, 0];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const [timelineMs, single] = timed(() => preparedFor(one.past, days, 1));
    const [oneMs] = timed(() => single.accounts.run());
    const [floorMs] = timed(() => bareLoop(single.timeline));
    const crowd = preparedFor(many.past, manyDays, followers);
    const [manyMs] = timed(() => crowd.accounts.run());
    const [manyFloorMs] = timed(() => bareSizes(crowd.timeline, followers));
    events = single.timeline.length + (single.accounts.fills[0] ?? 0);
    fills = crowd.timeline.kind
      .subarray(0, crowd.timeline.length)
      .filter((kind) => kind === KIND.heard).length;
    if (round < 0) continue;
    spent.timeline.push(timelineMs);
    spent.one.push(oneMs);
    spent.floor.push(floorMs);
    spent.many.push(manyMs);
    spent.manyFloor.push(manyFloorMs);
  }
  return {
    events,
    oneFollower: rateOf(events, spent.one, spent.floor),
    followers,
    leaderFills: fills,
    manyFollowers: rateOf(fills * followers, spent.many, spent.manyFloor),
    layOutMs: rounded(one.layOutMs, 1),
    timelineMs: rounded(median(spent.timeline), 1),
  };
}

function empty(): number[] {
  return [];
}

/** Milliseconds by the clock: some machines count a thread's processor time in ticks that are longer than a short loop. */
function timed<Result>(run: () => Result): readonly [number, Result] {
  const began = performance.now();
  const result = run();
  return [performance.now() - began, result];
}

function rateOf(count: number, ours: readonly number[], floor: readonly number[]): Rate {
  const millions = (spent: readonly number[]) => count / 1_000 / median(spent);
  return {
    millionsPerSecond: rounded(millions(ours), 1),
    floorMillionsPerSecond: rounded(millions(floor), 1),
    overFloor: rounded(median(ours) / median(floor)),
  };
}

/** A leader who trades one of two coins every twenty minutes, with their hourly bars or without. */
function laidOut(days: number, hasBars: boolean): { readonly past: FastPast; readonly layOutMs: number } {
  const random = seededRandom(SEED);
  const instruments = new Map(shippedSpecs(VENUE).map((spec) => [spec.symbol, makeInstrument(spec)]));
  const bars = new Map(
    Object.entries(FIRST_PRICES).map(([symbol, first]) => [symbol, walk(random, first, days)]),
  );
  const tapes = new Map([...bars].map(([symbol, one]) => [`${symbol}@${VENUE}`, new PriceTape([one], null)]));
  const pairOf = (symbol: string): PairedMarket | null => {
    const follower = instruments.get(symbol);
    if (follower === undefined) return null;
    return { leader: makeInstrument({ ...follower.spec, venue: LEADER.venue }), follower, units: 1 };
  };
  const pairs = new Map(Object.keys(FIRST_PRICES).map((symbol) => [symbol, pairOf(symbol)]));
  const fills = fillsOf(random, bars, days);
  const [layOutMs, past] = timed(() =>
    layOutPast({
      leader: LEADER,
      leaders: [LEADER],
      fills,
      marketOf: (_venue, symbol) => pairs.get(symbol) ?? null,
      tapeOf: (id) => (hasBars ? (tapes.get(id) ?? null) : null),
      slippage: { kind: "fixed", bps: 5 },
      range: { fromMs: BEGIN_MS, toMs: BEGIN_MS + days * DAY_MS },
    }),
  );
  return { past, layOutMs };
}

function walk(random: () => number, first: number, days: number): TapeBars {
  const count = days * 24;
  const column = () => new Float64Array(count);
  const [openMs, open, high, low, close] = [column(), column(), column(), column(), column()];
  let price = first;
  for (let at = 0; at < count; at += 1) {
    openMs[at] = BEGIN_MS + at * HOUR_MS;
    open[at] = price;
    // Back towards where it began, so that no amount grows without end.
    price = Number((price * (1 + (random() - 0.5) / 50) ** 1 * (first / price) ** 0.01).toFixed(1));
    close[at] = price;
    high[at] = Math.max(open[at] as number, price) * 1.002;
    low[at] = Math.min(open[at] as number, price) * 0.998;
  }
  return { intervalMs: HOUR_MS, openMs, open, high, low, close, volume: null };
}

function fillsOf(
  random: () => number,
  bars: ReadonlyMap<string, TapeBars>,
  days: number,
): readonly LeaderFill[] {
  const symbols = [...bars.keys()];
  const held = new Map<string, number>();
  return Array.from({ length: days * FILLS_A_DAY }, (_, at): LeaderFill => {
    const timeMs = BEGIN_MS + Math.floor(((at + 0.9 * random()) * DAY_MS) / FILLS_A_DAY);
    const symbol = symbols[random() < 0.5 ? 0 : 1] ?? "";
    const unit = symbol === "BTCUSDT" ? 100 : 200;
    const before = held.get(symbol) ?? 0;
    const isClosing = Math.abs(before) > 3 * unit || (before !== 0 && random() < 0.4);
    const by = isClosing ? -before : Math.ceil(unit * (0.2 + random())) * (random() < 0.5 ? -1 : 1);
    held.set(symbol, before + by);
    const open = bars.get(symbol)?.open[Math.floor((timeMs - BEGIN_MS) / HOUR_MS)] ?? 0;
    const places = symbol === "BTCUSDT" ? 3 : 2;
    return {
      ...{ leader: LEADER.name, timeMs, symbol, leg: "net", positionBefore: null, realises: isClosing },
      side: by > 0 ? "buy" : "sell",
      price: Decimal.parse(open.toFixed(1)),
      quantity: Decimal.of(BigInt(Math.abs(by)), places),
    };
  });
}

function preparedFor(past: FastPast, days: number, followers: number): PreparedRun {
  const allocation = plainAllocation(LEADER.account, AccountId("follower"));
  const variation: FastVariation = {
    ...{ fromMs: BEGIN_MS, toMs: BEGIN_MS + days * DAY_MS, settings: {}, equity: EQUITY, seed: SEED },
    allocation: { ...allocation, minimumPolicy: { kind: "skip" } },
    delay: { heardAtMs: (ms) => ms + 1_000 },
    latencyMs: 50,
    feeRates: { maker: "0.0002", taker: "0.00055" },
    capitalAt: () => EQUITY,
    tellsCapitalDaily: false,
  };
  const each = Array.from({ length: followers }, (_, at) => ({
    positionScaling: (0.2 + (0.8 * (at + 1)) / followers).toFixed(4),
    equity: EQUITY,
  }));
  const prepared = prepare(past, variation, each);
  if ("reasons" in prepared) throw new Error(prepared.reasons.join(", "));
  return prepared;
}

/** The least that can be called a backtest: sizes, fees, and the equity with its deepest fall at every event. */
function bareLoop({ length, kind, market, value }: Timeline): number {
  const [held, mark] = [new Float64Array(2), new Float64Array(2)];
  let [cash, peak, deepest] = [Number(EQUITY), 0, 0];
  for (let at = 0; at < length; at += 1) {
    const number = market[at] as number;
    if (kind[at] === KIND.price) mark[number] = value[at] as number;
    else if (kind[at] === KIND.heard) {
      const price = mark[number] as number;
      const by = Math.trunc((value[at] as number) * 0.6) - (held[number] as number);
      cash -= by * price + Math.abs(by) * price * 0.00055;
      held[number] = (held[number] as number) + by;
    }
    const equity =
      cash + (held[0] as number) * (mark[0] as number) + (held[1] as number) * (mark[1] as number);
    if (equity > peak) peak = equity;
    else if (equity - peak < deepest) deepest = equity - peak;
  }
  return deepest;
}

/** The least for a fill and many followers: size, position, money. */
function bareSizes({ length, kind, value }: Timeline, followers: number): number {
  const ratio = Float64Array.from({ length: followers }, (_, at) => 0.2 + (0.8 * (at + 1)) / followers);
  const [held, cash] = [new Float64Array(followers), new Float64Array(followers)];
  let price = 1;
  for (let at = 0; at < length; at += 1) {
    if (kind[at] === KIND.price) price = value[at] as number;
    if (kind[at] !== KIND.heard) continue;
    const leader = value[at] as number;
    for (let follower = 0; follower < followers; follower += 1) {
      const target = Math.trunc(leader * (ratio[follower] as number));
      const by = target - (held[follower] as number);
      held[follower] = target;
      cash[follower] = (cash[follower] as number) - by * price - Math.abs(by) * price * 0.00055;
    }
  }
  return cash[0] as number;
}
