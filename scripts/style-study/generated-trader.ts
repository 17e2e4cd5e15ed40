/** A trader of a known style, from a seed: habits, markets, round trips by the style's policy, and some that follow nothing. */
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import { netPnl } from "../../src/analytics/positions/round-trip.ts";
import type { StyleMarkets, StyleTrip } from "../../src/analytics/style/style-trip.ts";
import { STYLES, type Style } from "../../src/analytics/style/styles.ts";
import { Desk, type DeskHabits } from "./desk.ts";
import {
  breakout,
  discretionarySwing,
  martingale,
  meanReversion,
  scalping,
  trendFollowing,
} from "./policies/directional.ts";
import { arbitrage, carry, marketMaking, marketNeutral } from "./policies/several.ts";
import { coarser, type StudyMarket } from "./study-market.ts";

interface Policy {
  readonly run: (desk: Desk) => void;
  readonly markets: readonly [fewest: number, most: number];
  readonly makerShare: readonly [low: number, high: number];
  /** Of the logarithm of the value. */
  readonly sizeSpread: readonly [low: number, high: number];
}

const POLICIES: Readonly<Record<Style, Policy>> = {
  trend_following: { run: trendFollowing, markets: [1, 10], makerShare: [0, 0.6], sizeSpread: [0.05, 0.8] },
  mean_reversion: { run: meanReversion, markets: [1, 6], makerShare: [0, 1], sizeSpread: [0.05, 0.8] },
  arbitrage: { run: arbitrage, markets: [1, 4], makerShare: [0, 0.9], sizeSpread: [0.1, 0.8] },
  market_neutral: { run: marketNeutral, markets: [4, 14], makerShare: [0, 1], sizeSpread: [0.05, 0.6] },
  market_making: { run: marketMaking, markets: [1, 4], makerShare: [0.65, 1], sizeSpread: [0.05, 0.8] },
  scalping: { run: scalping, markets: [1, 3], makerShare: [0, 0.8], sizeSpread: [0.05, 0.9] },
  breakout: { run: breakout, markets: [1, 8], makerShare: [0, 0.5], sizeSpread: [0.05, 0.8] },
  carry: { run: carry, markets: [3, 10], makerShare: [0, 1], sizeSpread: [0.05, 0.8] },
  martingale: { run: martingale, markets: [1, 4], makerShare: [0, 1], sizeSpread: [0.05, 0.6] },
  discretionary_swing: {
    run: discretionarySwing,
    markets: [2, 8],
    makerShare: [0, 0.6],
    sizeSpread: [0.1, 1.1],
  },
};

/** Records are of all lengths. */
const TRIPS_MIN = 10;
const TRIPS_MAX = 250;
const NOISE_MAX = 0.25;
/** Most traders do something else now and then, some often. */
const MIXED = 0.6;
const FOREIGN_MAX = 0.4;

export interface GeneratedTrader {
  readonly style: Style;
  readonly trips: readonly StyleTrip[];
  readonly markets: StyleMarkets;
}

/** Null when the policy found too little to do. */
export function generateTrader(
  style: Style,
  all: readonly StudyMarket[],
  seed: number,
  foreignMax = FOREIGN_MAX,
): GeneratedTrader | null {
  const random = seededRandom(seed);
  const {
    run,
    markets: [fewest, most],
    makerShare,
    sizeSpread,
  } = POLICIES[style];
  const within = ([low, high]: readonly [number, number]) => low + (high - low) * random();
  const count = Math.round(within([fewest, most]));
  const chosen = shuffled(all, random).slice(0, count);
  const habits: DeskHabits = {
    size: 10 ** within([2, 5]),
    sizeSpread: within(sizeSpread),
    makerShare: within(makerShare),
    delaySeconds: within([1, 120]),
  };
  const desk = new Desk(random, chosen, habits);
  run(desk);
  const trips = window(survivors(desk.trips, random), random);
  if (trips.length < TRIPS_MIN) return null;
  const foreign = random() < MIXED ? foreignTrips(style, desk, trips, foreignMax) : [];
  const noise = noiseTrips(desk, Math.floor(trips.length * NOISE_MAX * random()));
  const together = [...trips, ...foreign, ...noise].sort(byOpen);
  return { style, trips: together, markets: marketsSeen(chosen, random) };
}

/** Who is looked at has mostly done well: some of the losing trips of every other trader never happened. */
function survivors(trips: readonly StyleTrip[], random: () => number): readonly StyleTrip[] {
  const luck = random() < 0.5 ? 0.6 * random() : 0;
  return trips.filter((trip) => netPnl(trip) > 0 || random() >= luck);
}

/** A part of the record without a gap, as long as chance has it. */
function window(trips: readonly StyleTrip[], random: () => number): readonly StyleTrip[] {
  const sorted = [...trips].sort(byOpen);
  const most = Math.min(sorted.length, TRIPS_MAX);
  const count = Math.round(
    Math.exp(Math.log(TRIPS_MIN) + random() * Math.log(Math.max(1, most / TRIPS_MIN))),
  );
  const from = Math.floor(random() * (sorted.length - count + 1));
  return sorted.slice(from, from + count);
}

/** Trips of another style in the same time: up to `most` of all that there will be. */
function foreignTrips(
  style: Style,
  { random, markets, habits }: Desk,
  own: readonly StyleTrip[],
  most: number,
): readonly StyleTrip[] {
  const others = STYLES.filter((one) => one !== style);
  const other = others[Math.floor(random() * others.length)] ?? style;
  const desk = new Desk(random, markets, habits);
  POLICIES[other].run(desk);
  const [fromMs, toMs] = [own[0]?.openMs ?? 0, own.at(-1)?.openMs ?? 0];
  const beside = desk.trips.filter(({ openMs }) => openMs >= fromMs && openMs <= toMs);
  const share = most * random();
  return shuffled(beside, random).slice(0, Math.floor((own.length * share) / (1 - share)));
}

/** Entries at any time on any side, held as long as some other trip was. */
function noiseTrips(desk: Desk, count: number): readonly StyleTrip[] {
  const [first] = desk.trips;
  if (first === undefined) return [];
  const before = desk.trips.length;
  for (let made = 0; made < count; made++) {
    const like = desk.trips[desk.whole(0, before - 1)] ?? first;
    const market = desk.markets[desk.whole(0, desk.markets.length - 1)];
    if (market === undefined) break;
    const bars = Math.max(1, Math.round((like.closeMs - like.openMs) / market.bars.intervalMs));
    const at = desk.whole(desk.firstBar, Math.max(desk.firstBar, desk.lastBar - bars - 1));
    const end = Math.min(desk.lastBar, at + bars);
    const heldMs = Math.max(1_000, like.closeMs - like.openMs);
    desk.open(market, at, desk.side()).close(end, market.endMs(at) + heldMs);
  }
  return desk.trips.slice(before);
}

/** What a classifier has to go by: bars of five minutes or of an hour; funding and makers known or not. */
function marketsSeen(chosen: readonly StudyMarket[], random: () => number): StyleMarkets {
  const size = random() < 0.4 ? 12 : 1;
  const hasFunding = random() < 0.75;
  const bySymbol = new Map(chosen.map((market) => [market.symbol, market]));
  const seen = new Map(chosen.map(({ symbol, bars }) => [symbol, size === 1 ? bars : coarser(bars, size)]));
  return {
    bars: (symbol) => seen.get(symbol) ?? null,
    funding: (symbol) => (hasFunding ? (bySymbol.get(symbol)?.funding ?? null) : null),
  };
}

/** The same trader where nobody tells who was the maker. */
export function withoutMakers({ trips, ...rest }: GeneratedTrader): GeneratedTrader {
  return { ...rest, trips: trips.map((trip) => ({ ...trip, makerShare: null })) };
}

function byOpen(one: StyleTrip, other: StyleTrip): number {
  return one.openMs - other.openMs;
}

function shuffled<Value>(values: readonly Value[], random: () => number): Value[] {
  const copy = [...values];
  for (let at = copy.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const [one, two] = [copy[at], copy[other]];
    if (one !== undefined && two !== undefined) [copy[at], copy[other]] = [two, one];
  }
  return copy;
}

export const STUDY_DAYS = 30;
