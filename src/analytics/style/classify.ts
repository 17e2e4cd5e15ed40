/**
 * The style of a trader, as a probability for each, and how far it can be relied on. The trips are drawn anew many times
 * (bootstrap of B. Efron, 1979): a label that other draws of the same trips do not share is no label. Too few trips give none.
 */
import { seededRandom } from "../numeric/random.ts";
import { FEATURES, featuresOf, featuresOfSample } from "./features.ts";
import {
  likeliest,
  probabilitiesOf,
  type StyleModel,
  type StyleProbabilities,
  stylesOf,
  trainedModel,
  unlikeness,
} from "./model.ts";
import type { StyleMarkets, StyleTrip } from "./style-trip.ts";
import type { Style } from "./styles.ts";
import { type TripTraits, traitsOf } from "./traits.ts";
import { TripTable } from "./trip-table.ts";

export interface StyleVerdict {
  /** The likeliest style; `unknown` where the trips are too few. */
  readonly label: Style | "unknown";
  /** Means over the draws; they sum to 1. Null where the label is unknown. */
  readonly probabilities: StyleProbabilities | null;
  readonly confidence: "high" | "moderate" | "low" | "none";
  /** Why it is not high: sentences for people. */
  readonly reasons: readonly string[];
  /** Share of the draws with the same label; null without draws. */
  readonly agreement: number | null;
  readonly trips: number;
  /** Share of the trips for which the market of their time was known. */
  readonly marketShare: number;
  /** By name; null for what is not known. */
  readonly features: Readonly<Record<string, number | null>>;
}

export interface StyleOptions {
  /** The same seed gives the same draws. */
  readonly seed?: number;
  /** Draws; 200 unless told otherwise. */
  readonly draws?: number;
  readonly model?: StyleModel;
}

/** Below this there is no label. */
export const TRIPS_MIN = 10;
const TRIPS_FEW = 30;
const DRAWS = 200;
const AGREEMENT_HIGH = 0.9;
const AGREEMENT_LOW = 0.7;
const PROBABILITY_HIGH = 0.7;
const PROBABILITY_LOW = 0.45;
const MARKET_LOW = 0.5;
const MARKET_HIGH = 0.8;
/** A thousand trips say as much as more; the newest count. */
const TRIPS_MAX = 1_000;

export function classifyStyle(
  all: readonly StyleTrip[],
  markets: StyleMarkets,
  { seed = 1, draws = DRAWS, model = trainedModel() }: StyleOptions = {},
): StyleVerdict {
  const trips = [...all].sort((one, other) => one.openMs - other.openMs).slice(-TRIPS_MAX);
  const traits = traitsOf(trips, markets);
  const vector = featuresOf(traits);
  const known = traits.filter(({ moveHour }) => !Number.isNaN(moveHour)).length;
  const marketShare = trips.length === 0 ? 0 : known / trips.length;
  const features = Object.fromEntries(
    FEATURES.map(({ name }, at) => [name, finiteOrNull(vector[at] ?? Number.NaN)]),
  );
  const base = { trips: trips.length, marketShare, features };
  if (trips.length < TRIPS_MIN) {
    const reason = `${trips.length} round trips: below ${TRIPS_MIN} a style cannot be told`;
    return {
      ...base,
      label: "unknown",
      probabilities: null,
      confidence: "none",
      reasons: [reason],
      agreement: null,
    };
  }
  const drawn = resample(traits, model, draws, seededRandom(seed));
  const label = likeliest(drawn.probabilities);
  const agreement = drawn.labels.filter((one) => one === label).length / draws;
  const findings = { ...base, ...drawn, label, agreement, unlike: unlikeness(model, vector, label) };
  return { ...base, label, agreement, probabilities: drawn.probabilities, ...confidenceOf(findings) };
}

function resample(
  traits: readonly TripTraits[],
  model: StyleModel,
  draws: number,
  random: () => number,
): { readonly labels: readonly Style[]; readonly probabilities: StyleProbabilities } {
  const table = new TripTable(traits);
  const places = new Int32Array(traits.length);
  const drawn = Array.from({ length: draws }, () => {
    for (let at = 0; at < places.length; at += 1) places[at] = Math.floor(random() * places.length);
    return probabilitiesOf(model, featuresOfSample({ table, places }));
  });
  const meanOf = (style: Style) => drawn.reduce((sum, one) => sum + one[style], 0) / draws;
  return { labels: drawn.map(likeliest), probabilities: stylesOf(meanOf) };
}

interface Findings {
  readonly label: Style;
  readonly agreement: number;
  readonly probabilities: StyleProbabilities;
  readonly trips: number;
  readonly marketShare: number;
  readonly unlike: number;
}

function confidenceOf(found: Findings): Pick<StyleVerdict, "confidence" | "reasons"> {
  const { label, agreement, probabilities, trips, marketShare, unlike } = found;
  const probability = probabilities[label];
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const low = [
    ...(agreement < AGREEMENT_LOW
      ? [`only ${percent(agreement)} of other draws of the trips give this style`]
      : []),
    ...(probability < PROBABILITY_LOW ? [`its probability is ${percent(probability)}`] : []),
    ...(marketShare < MARKET_LOW ? [`the market is known for ${percent(marketShare)} of the trips`] : []),
    ...(unlike > 1 ? ["the trips are unlike those of any trader of this style in the study"] : []),
  ];
  if (low.length > 0) return { confidence: "low", reasons: low };
  const moderate = [
    ...(agreement < AGREEMENT_HIGH
      ? [`${percent(agreement)} of other draws of the trips give this style`]
      : []),
    ...(probability < PROBABILITY_HIGH ? [`its probability is ${percent(probability)}`] : []),
    ...(marketShare < MARKET_HIGH ? [`the market is known for ${percent(marketShare)} of the trips`] : []),
    ...(trips < TRIPS_FEW ? [`${trips} round trips are few`] : []),
  ];
  return { confidence: moderate.length > 0 ? "moderate" : "high", reasons: moderate };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
