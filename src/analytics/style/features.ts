/**
 * The features that a style is told by: each a number about all trips of a trader, made of the traits of each. The model knows
 * them by their names. NaN where no trip has the trait.
 */

import type { TripTraits } from "./traits.ts";
import { type TripSample, TripTable } from "./trip-table.ts";

interface Feature {
  readonly name: string;
  /** In words, for docs/style.md. */
  readonly what: string;
  readonly of: (sample: TripSample) => number;
}

export const FEATURES: readonly Feature[] = [
  feature("holding", "median of the time held (log10 of hours)", median("holding")),
  feature("holding_spread", "deviation of the same", deviation("holding")),
  feature(
    "move_hour",
    "mean move of the market in the hour before the entry, with the trade, in usual moves",
    mean("moveHour"),
  ),
  feature("move_day", "the same of the day before", mean("moveDay")),
  feature("move_week", "the same of the week before", mean("moveWeek")),
  feature(
    "range_place",
    "mean place of the entry in the day's range; 1 is the far end in the trade's direction",
    mean("rangePlace"),
  ),
  feature("breakouts", "share of entries beyond the range of the two days before", mean("breakout")),
  feature(
    "move_before_exit",
    "mean move of the hour before the exit, with the trade",
    mean("moveBeforeExit"),
  ),
  feature(
    "move_taken",
    "median size of profit or loss over value (log10 of basis points)",
    median("moveTaken"),
  ),
  feature("win_rate", "share of trips with a net profit", mean("isWon")),
  feature("payoff", "log2 of the mean gain of winners over the mean loss of losers, in usual moves", payoff),
  feature("averaged_down", "share of trips that were added to while losing", shareAbove("addsLosing")),
  feature(
    "ladder_depth",
    "mean of log2(1 + additions while losing)",
    meanOf(({ addsLosing }) => Math.log2(1 + addsLosing)),
  ),
  feature("ladder_regularity", "mean regularity of the steps of those additions", mean("ladderRegularity")),
  feature("ladder_growth", "mean growth of their quantities (log2 for each step)", mean("ladderGrowth")),
  feature("pyramided", "share of trips that were added to while winning", shareAbove("addsWinning")),
  feature("maker_share", "mean share of value that rested in the book", mean("makerShare")),
  feature("net_share", "mean net over gross value of all that was open", mean("netShare")),
  feature("open_count", "mean log2 of the trips open", mean("openCount")),
  feature("twins", "share of trips with the other side of the same coin", mean("hasTwin")),
  feature(
    "counters",
    "share of trips with another coin on the other side, opened together",
    mean("hasCounter"),
  ),
  feature(
    "funding_edge",
    "mean funding received at the settlement before the entry (basis points)",
    mean("fundingEdge"),
  ),
  feature("settlements", "mean of ln(1 + settlements held through)", mean("settlements")),
  feature("side_balance", "0 when all trips are on one side, 1 when both are equally frequent", sideBalance),
  feature(
    "active_hours",
    "effective number of hours of the day with entries, corrected for few trips, over 24",
    activeHours,
  ),
  feature("size_spread", "deviation of the value (log10)", deviation("size")),
];

export type FeatureVector = readonly number[];

/** In the order of `FEATURES`. */
export function featuresOf(trips: readonly TripTraits[]): FeatureVector {
  return featuresOfSample({ table: new TripTable(trips), places: Int32Array.from(trips.keys()) });
}

export function featuresOfSample(sample: TripSample): FeatureVector {
  return FEATURES.map(({ of }) => of(sample));
}

type Trait = keyof TripTraits;
type Reading = (trip: TripTraits) => number;

function feature(name: string, what: string, of: Feature["of"]): Feature {
  return { name, what, of };
}

function meanOf(read: Reading): Feature["of"] {
  return ({ table, places }) => {
    const values = table.column(read);
    let sum = 0;
    let count = 0;
    for (let at = 0; at < places.length; at += 1) {
      const value = values[places[at] ?? 0] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    return count === 0 ? Number.NaN : sum / count;
  };
}

function mean(trait: Trait): Feature["of"] {
  return meanOf((trip) => trip[trait]);
}

function shareAbove(trait: Trait): Feature["of"] {
  return meanOf((trip) => (trip[trait] > 0 ? 1 : 0));
}

function median(trait: Trait): Feature["of"] {
  const read: Reading = (trip) => trip[trait];
  return ({ table, places }) => {
    const { sorted, rankOf } = table.ranks(read);
    const counts = new Int32Array(sorted.length);
    for (let at = 0; at < places.length; at += 1) {
      const rank = rankOf[places[at] ?? 0] ?? 0;
      counts[rank] = (counts[rank] ?? 0) + 1;
    }
    const middle = (places.length - 1) / 2;
    let [below, rank] = [0, -1];
    const nthValue = (nth: number): number => {
      while (below <= nth && rank < counts.length) below += counts[++rank] ?? 0;
      return sorted[rank] ?? Number.NaN;
    };
    return (nthValue(Math.floor(middle)) + nthValue(Math.ceil(middle))) / 2;
  };
}

function deviation(trait: Trait): Feature["of"] {
  const read: Reading = (trip) => trip[trait];
  const average = meanOf(read);
  return (sample) => {
    const { table, places } = sample;
    const centre = average(sample);
    const values = table.column(read);
    let sum = 0;
    let count = 0;
    for (let at = 0; at < places.length; at += 1) {
      const square = ((values[places[at] ?? 0] ?? Number.NaN) - centre) ** 2;
      if (Number.isNaN(square)) continue;
      sum += square;
      count += 1;
    }
    return Math.sqrt(count === 0 ? Number.NaN : sum / count);
  };
}

/** Half a usual move is added to both, so that few losers, or none, do not make it endless. */
function payoff({ table, places }: TripSample): number {
  const gains = table.column(gainOf);
  let [known, won, winners, lost, losers] = [0, 0, 0, 0, 0];
  for (let at = 0; at < places.length; at += 1) {
    const gain = gains[places[at] ?? 0] ?? Number.NaN;
    if (Number.isNaN(gain)) continue;
    known += 1;
    if (gain > 0) {
      won += gain;
      winners += 1;
    } else if (gain < 0) {
      lost -= gain;
      losers += 1;
    }
  }
  const ratio = (0.5 + won / Math.max(1, winners)) / (0.5 + lost / Math.max(1, losers));
  return known === 0 ? Number.NaN : Math.log2(ratio);
}

function gainOf({ gain }: TripTraits): number {
  return gain;
}

const longShare = mean("isLong");

function sideBalance(sample: TripSample): number {
  return 1 - Math.abs(2 * longShare(sample) - 1);
}

function hourOf({ hour }: TripTraits): number {
  return hour;
}

/**
 * Inverse Simpson index without the bias of small samples: one over the chance that two different entries share their hour. Few
 * entries that are spread over the day and many that are give the same.
 */
function activeHours({ table, places }: TripSample): number {
  const hours = table.column(hourOf);
  const counts = new Float64Array(24);
  for (let at = 0; at < places.length; at += 1) {
    const hour = hours[places[at] ?? 0] ?? 0;
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  const pairs = places.length * (places.length - 1);
  if (pairs === 0) return Number.NaN;
  const same = counts.reduce((sum, count) => sum + count * (count - 1), 0) / pairs;
  return Math.min(1, 1 / (24 * Math.max(same, 1 / 48)));
}
