/** Learns from the past of the studied traders whom to choose, and judges it walk-forward beside the simple ranking. */
import { existsSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { CopySettings } from "../analytics/copying/copy-settings.ts";
import { DAY_MS } from "../analytics/equity/days.ts";
import type { Period } from "../analytics/walk-forward/holding.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { LearningPeriod } from "../learning/example.ts";
import { learnFrom } from "../learning/judgement.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import type { TimeRange } from "../market/market-history.ts";
import { openTraderMarks } from "../traders/marks.ts";
import { remembered } from "../traders/remembered.ts";
import { openStyleMarkets } from "../traders/style-markets.ts";
import type { RecordNeeds } from "../traders/verdict.ts";
import { rankFeatures, recordFeatures } from "../traders/walk-forward/features.ts";
import type { ThenCandidate } from "../traders/walk-forward/period-then.ts";
import { evenSpans } from "../traders/walk-forward/spans.ts";
import { keepSelectionModel, newSelectionModel, type SelectionModel } from "./selection-model.ts";
import { type PeriodProgress, type PeriodRequest, traderPeriods } from "./trader-periods.ts";
import { TradersError } from "./traders.ts";

export interface LearningRequest {
  /** How long somebody is held; above zero. */
  readonly periodDays: number;
  readonly needs: RecordNeeds;
  /** So many are held at most. */
  readonly top: number;
  readonly settings: CopySettings;
  readonly resamples: number;
  readonly seed: number;
}

/** The newest; more would say little of today. */
const PERIODS_MAX = 36;

/**
 * What was learned is kept in the data folder in place of what was there. Throws a TradersError without traders, and the reason of `stop` when it
 * is stopped; nothing is kept then.
 */
export async function learnSelection(
  dataFolder: string,
  { periodDays, needs, settings, ...options }: LearningRequest,
  progress: PeriodProgress,
): Promise<SelectionModel> {
  const paths = dataFolderPaths(dataFolder);
  if (!existsSync(paths.traders))
    throw new TradersError(
      "bad-request",
      `no traders yet in ${dataFolder}; copytrader traders import FILE takes their histories in`,
    );
  const spans = (firstDay: number, lastDay: number) =>
    evenSpans(firstDay, lastDay, periodDays).slice(-PERIODS_MAX);
  const featuresFor: PeriodRequest["featuresFor"] = (venue, range) => {
    const markets = styleMarketsOf(dataFolder, range)(venue);
    return (evidence, returns) => recordFeatures({ evidence, returns, markets });
  };
  const periods = await traderPeriods(dataFolder, { spans, needs, settings, featuresFor }, progress);
  const { judgement, model } = learnFrom(periods.map(learningPeriod), options);
  // An interruption that came meanwhile is heard only now.
  await setImmediate();
  progress.stop.throwIfAborted();
  const last = periods.at(-1);
  const until = last === undefined ? null : dayText(last.beginDay + last.days - 1);
  const kept = newSelectionModel({ periodDays, settings, until, judgement, model });
  keepSelectionModel(paths.selectionModel, kept);
  return kept;
}

function learningPeriod({ candidates, ...period }: Period<ThenCandidate>): LearningPeriod {
  return {
    ...period,
    candidates: candidates.map(({ name, returns, outcome, figures, features }) => {
      return { name, returns, outcome, features: [...rankFeatures(figures), ...features] };
    }),
  };
}

/** By venue; what is read serves all. */
export function styleMarketsOf(dataFolder: string, range: TimeRange) {
  const history = openMarketHistory(dataFolderPaths(dataFolder).market);
  return remembered((venue) => openStyleMarkets(history, openTraderMarks(history, venue, range), range));
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
