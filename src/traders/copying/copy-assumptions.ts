/** What had to be assumed for a follower's results, each with a word, and a sentence with what it does to them. */

import type { FollowerOutcome } from "./follower-simulation.ts";
import { UNSEEN_VOLATILITY } from "./follower-simulation.ts";

export type CopyAssumptionWord =
  | "prices-between-bars"
  | "prices-unseen"
  | "impact-unknown"
  | "filters-assumed"
  | "unlisted"
  | "size-unknown"
  | "funding-of-market"
  | "funding-unknown"
  | "capital-used-up";

export interface CopyAssumption {
  readonly word: CopyAssumptionWord;
  /** A sentence: what is assumed, and what it does to the figures. */
  readonly text: string;
}

export function copyAssumptions(
  { counts, unfunded, hasFunding }: FollowerOutcome,
  { tellsFunding, exhausted }: { readonly tellsFunding: boolean; readonly exhausted: string | null },
): readonly CopyAssumption[] {
  const found: readonly (CopyAssumption | null)[] = [
    ...priceAssumptions(counts.pricedBy),
    when(
      counts.impactUnknownValue > 0,
      "impact-unknown",
      `no volume was known for ${percent(counts.impactUnknownValue, counts.tradedValue)} of what was traded: the follower's own impact counts as nothing there`,
    ),
    symbols(
      counts.assumed,
      "filters-assumed",
      "the follower's venue tells no steps and minima here; taken are the finest steps of the leader's own fills and a minimum of 5 USDT",
    ),
    symbols(counts.unlisted, "unlisted", "the follower's venue does not list these: they are not copied"),
    symbols(
      counts.unsized,
      "size-unknown",
      "held before the history in a size that nobody tells: left out, of the profit that is compared, too",
    ),
    when(
      hasFunding && !tellsFunding,
      "funding-of-market",
      "the leader's funding payments are not told; the follower pays and gets by the rates of the market",
    ),
    symbols(unfunded, "funding-unknown", "no funding is known of these: the follower pays and gets none"),
    when(
      exhausted !== null,
      "capital-used-up",
      `on ${exhausted} the follower's capital is used up: returns are -100 % then and nothing afterwards`,
    ),
  ];
  return found.filter((one) => one !== null);
}

export interface CopyReservation {
  readonly word: CopyAssumptionWord;
  /** A sentence without its full stop. */
  readonly text: string;
}

/** What a figure of a follower leaves open, in words that fit everybody. */
const RESERVATIONS: Partial<Record<CopyAssumptionWord, string>> = {
  "prices-unseen": "no bar shows some of the prices that a follower would have paid",
  "impact-unknown": "volumes are not known for some of it, so a follower's own impact is missing",
  "filters-assumed":
    "steps and minima of the follower's venue are assumed (copytrader market instruments brings them)",
  unlisted: "the follower's venue does not list some of what it trades",
  "size-unknown": "some of what it held before the history is left out of both, as nobody tells its size",
  "funding-unknown": "funding of some instruments is not known, and a follower pays none",
  "capital-used-up": "a follower's capital is used up",
};

export function copyReservations(words: readonly CopyAssumptionWord[]): readonly CopyReservation[] {
  return words.flatMap((word) => {
    const text = RESERVATIONS[word];
    return text === undefined ? [] : [{ word, text }];
  });
}

const MINUTE_MS = 60_000;

function priceAssumptions(pricedBy: ReadonlyMap<number | null, number>): readonly (CopyAssumption | null)[] {
  const all = [...pricedBy.values()].reduce((sum, value) => sum + value, 0);
  const unseen = pricedBy.get(null) ?? 0;
  const bars = [...pricedBy].flatMap(([ms, value]) => (ms === null ? [] : [{ ms, value }]));
  bars.sort((one, other) => one.ms - other.ms);
  const shares = bars
    .map(({ ms, value }) => `${percent(value, all)} by bars of ${lengthText(ms)}`)
    .join(", ");
  return [
    when(
      bars.length > 0,
      "prices-between-bars",
      `the price after the delay lies on the line through the bar (${shares}); what the bar leaves open counts against the follower, at its expected size by the bar's range`,
    ),
    when(
      unseen > 0,
      "prices-unseen",
      `no bar tells the price after the delay for ${percent(unseen, all)} of what was traded: it is taken to move against the follower as in a market of ${100 * UNSEEN_VOLATILITY} % volatility a year`,
    ),
  ];
}

function lengthText(ms: number): string {
  const minutes = ms / MINUTE_MS;
  if (minutes < 60) return `${minutes} m`;
  return minutes < 1_440 ? `${minutes / 60} h` : `${minutes / 1_440} d`;
}

function percent(part: number, whole: number): string {
  const share = whole > 0 ? (100 * part) / whole : 0;
  return share > 0 && share < 1 ? "under 1 %" : `${Math.round(share)} %`;
}

function when(holds: boolean, word: CopyAssumptionWord, text: string): CopyAssumption | null {
  return holds ? { word, text } : null;
}

const SHOWN = 5;

function symbols(of: Iterable<string>, word: CopyAssumptionWord, effect: string): CopyAssumption | null {
  const names = [...of].sort();
  const rest = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return when(names.length > 0, word, `${names.slice(0, SHOWN).join(", ")}${rest}: ${effect}`);
}
