/**
 * The features that a style is told by: each a number about all trips of a trader, made of the traits of each. The model knows
 * them by their names. NaN where no trip has the trait.
 */
import type { TripTraits } from "./traits.ts";

interface Feature {
  readonly name: string;
  /** In words, for docs/style.md. */
  readonly what: string;
  readonly of: (trips: readonly TripTraits[]) => number;
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
  return FEATURES.map(({ of }) => of(trips));
}

type Trait = keyof TripTraits;

function feature(name: string, what: string, of: Feature["of"]): Feature {
  return { name, what, of };
}

function meanOf(read: (trip: TripTraits) => number): Feature["of"] {
  return (trips) => {
    let [sum, count] = [0, 0];
    for (const trip of trips) {
      const value = read(trip);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
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
  return (trips) => {
    const sorted = Float64Array.from(trips, (trip) => trip[trait]).sort();
    const middle = (sorted.length - 1) / 2;
    return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  };
}

function deviation(trait: Trait): Feature["of"] {
  const average = mean(trait);
  return (trips) => {
    const centre = average(trips);
    return Math.sqrt(meanOf((trip) => (trip[trait] - centre) ** 2)(trips));
  };
}

/** Half a usual move is added to both, so that few losers, or none, do not make it endless. */
function payoff(trips: readonly TripTraits[]): number {
  const known = trips.filter(({ gain }) => !Number.isNaN(gain));
  const sizeOf = (wanted: number) =>
    known.reduce((sum, { gain }) => sum + Math.max(0, gain * wanted), 0) /
    Math.max(1, known.filter(({ gain }) => gain * wanted > 0).length);
  return known.length === 0 ? Number.NaN : Math.log2((0.5 + sizeOf(1)) / (0.5 + sizeOf(-1)));
}

function sideBalance(trips: readonly TripTraits[]): number {
  const long = mean("isLong")(trips);
  return 1 - Math.abs(2 * long - 1);
}

/**
 * Inverse Simpson index without the bias of small samples: one over the chance that two different entries share their hour. Few
 * entries that are spread over the day and many that are give the same.
 */
function activeHours(trips: readonly TripTraits[]): number {
  const counts = new Float64Array(24);
  for (const { hour } of trips) counts[hour] = (counts[hour] ?? 0) + 1;
  const pairs = trips.length * (trips.length - 1);
  if (pairs === 0) return Number.NaN;
  const same = counts.reduce((sum, count) => sum + count * (count - 1), 0) / pairs;
  return Math.min(1, 1 / (24 * Math.max(same, 1 / 48)));
}
