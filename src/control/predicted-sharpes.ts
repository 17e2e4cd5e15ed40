/** What the kept model expects of the studied traders: the Sharpe ratio of a follower's next period, a year. */
import type { StyleMarkets } from "../analytics/style/style-trip.ts";
import { predicted, type RidgeModel } from "../learning/ridge.ts";
import type { TraderStore } from "../store/trader-store.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import type { TraderMarks } from "../traders/marks.ts";
import type { RankEntry } from "../traders/rank-entry.ts";
import type { RankedTrader } from "../traders/ranked-traders.ts";
import { rankFeatures, recordFeatures } from "../traders/walk-forward/features.ts";
import { styleMarketsOf } from "./trader-learning.ts";
import { marksFor } from "./traders.ts";

export interface PredictedTrader extends RankedTrader {
  /** Null where none is made: not by a model, or of whom nothing can be judged. */
  readonly predictedSharpe: number | null;
}

interface Predicting {
  readonly model: RidgeModel;
  readonly store: TraderStore;
  readonly entries: readonly RankEntry[];
  /** In the order of the simple ranking by a follower's results. */
  readonly traders: readonly RankedTrader[];
}

/** Who can be judged first, the highest expectation at the top; the others in their order. */
export async function predictedOrder(
  dataFolder: string,
  { model, store, entries, traders }: Predicting,
): Promise<readonly PredictedTrader[]> {
  const records = entries.map(({ record }) => record);
  const marks = await marksFor(dataFolder, store, records);
  const firsts = entries.flatMap(({ firstDay }) => (firstDay === "" ? [] : [Date.parse(firstDay)]));
  const toMs = Math.max(...records.map(({ lastSeenMs }) => lastSeenMs));
  const marketsOf = styleMarketsOf(dataFolder, { fromMs: Math.min(...firsts), toMs });
  const byName = new Map(entries.map((entry) => [nameOf(entry.record), entry]));
  const found: PredictedTrader[] = [];
  for (const trader of traders) {
    const { venue } = trader.trader;
    const entry = byName.get(nameOf(trader.trader));
    const sources = { store, marks: marks(venue), markets: marketsOf(venue) };
    const features =
      trader.verdict.word === "judgeable" && entry !== undefined
        ? await featuresNow(trader, entry, sources)
        : null;
    found.push({ ...trader, predictedSharpe: features === null ? null : predicted(model, features) });
  }
  return found.sort((one, other) => expectation(other) - expectation(one));
}

/** Null without a follower's figures. */
async function featuresNow(
  { follower }: RankedTrader,
  entry: RankEntry,
  { store, marks, markets }: { store: TraderStore; marks: TraderMarks; markets: StyleMarkets },
): Promise<readonly number[] | null> {
  const figures = follower?.figures ?? null;
  if (figures === null || entry.follower === null) return null;
  const evidence = await keptEvidence(store, entry.record, { marks, equity: null });
  if (evidence === null) return null;
  const { returns } = entry.follower;
  return [...rankFeatures(figures), ...recordFeatures({ evidence, returns, markets })];
}

function nameOf({ venue, trader }: RankedTrader["trader"]): string {
  return `${venue}\n${trader}`;
}

/** Below every expectation where there is none; equals keep their order. */
function expectation({ predictedSharpe }: PredictedTrader): number {
  return predictedSharpe ?? -1e9;
}
