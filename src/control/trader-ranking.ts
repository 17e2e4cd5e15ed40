/** The ranking of the traders that are studied: their evidence one after the other, then all of them together. */
import { existsSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { CopySettings } from "../analytics/copying/copy-settings.ts";
import type { Resampling } from "../analytics/ranking/sharpe-interval.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { TraderKey, TraderStore } from "../store/trader-store.ts";
import { keptInterval } from "../traders/kept-interval.ts";
import { type RankEntry, rankEntry } from "../traders/rank-entry.ts";
import {
  type RankedBy,
  type RankedTrader,
  type RankedTraders,
  rankTraders,
  type TraderRankOptions,
} from "../traders/ranked-traders.ts";
import { copySources } from "./copied-traders.ts";
import { type PredictedTrader, predictedOrder } from "./predicted-sharpes.ts";
import { usableModel } from "./selection-model.ts";
import { meantTraders, type TraderSelection, withTraderStore } from "./traders.ts";

export interface RankingProgress {
  readonly stop: AbortSignal;
  onDone(done: number, of: number): void;
}

/** What the order goes by; `model`: by what the kept model expects of a follower's next period, all figures being those of `net`. */
export type OrderedBy = RankedBy | "model";

export interface TraderRanking extends RankedTraders {
  readonly traders: readonly PredictedTrader[];
  /** All that the store has ever seen or noted as looked at, whoever was chosen, and `elsewhere`. */
  readonly screened: number;
  readonly by: OrderedBy;
  readonly settings: CopySettings;
}

/** `elsewhere`: traders that were looked at before without ever being taken into the store. */
export type RankRequest = Omit<TraderRankOptions, "screened" | "by"> &
  Resampling & {
    readonly by: OrderedBy;
    /** The first of the chosen ones that have figures get intervals. */
    readonly intervals: { readonly count: number; of(trader: TraderKey): boolean };
    /** Of the follower whose results stand beside the traders' own. */
    readonly settings: CopySettings;
    readonly elsewhere: number;
  };

/**
 * All are ranked, the chosen ones told: what a record proves does not depend on who is asked for.
 *
 * Throws a TradersError for an id that is none and for a model that may not be used, and the reason of `stop` when it is stopped.
 */
export async function rankedTraders(
  dataFolder: string,
  selection: Omit<TraderSelection, "equity">,
  { request, progress }: { readonly request: RankRequest; readonly progress: RankingProgress },
): Promise<TraderRanking> {
  const { elsewhere, ...options } = request;
  const { by, settings } = options;
  const model = by === "model" ? usableModel(dataFolderPaths(dataFolder).selectionModel, settings) : null;
  if (!existsSync(dataFolderPaths(dataFolder).traders)) {
    meantTraders([], selection);
    return { traders: [], luckiestSharpe: null, screened: elsewhere, by, settings };
  }
  return withTraderStore(dataFolder, async (store) => {
    const all = await store.traders();
    const chosen = meantTraders(all, selection);
    const sources = await copySources(dataFolder, store, all);
    const entries: RankEntry[] = [];
    for (const [index, record] of all.entries()) {
      entries.push(await rankEntry(store, record, { ...options, sources: sources(record.venue) }));
      progress.onDone(index + 1, all.length);
      await setImmediate();
      progress.stop.throwIfAborted();
    }
    const screened = (await store.screened()) + elsewhere;
    const ranking = rankTraders(entries, { ...options, by: by === "gross" ? "gross" : "net", screened });
    const ordered =
      model === null
        ? ranking.traders.map((trader) => ({ ...trader, predictedSharpe: null }))
        : await predictedOrder(dataFolder, { model, store, entries, traders: ranking.traders });
    // An interruption that came meanwhile is heard only now.
    await setImmediate();
    progress.stop.throwIfAborted();
    const names = new Set(chosen.map(nameOf));
    const traders = ordered.filter(({ trader }) => names.has(nameOf(trader)));
    return {
      ...ranking,
      traders: await withIntervals(store, traders, { entries, request, stop: progress.stop }),
      screened,
      by,
      settings,
    };
  });
}

function nameOf({ venue, trader }: TraderKey): string {
  return `${venue}\n${trader}`;
}

/** The order does not depend on intervals: only those whom somebody will look at have them. */
async function withIntervals<Ranked extends RankedTrader>(
  store: TraderStore,
  traders: readonly Ranked[],
  {
    entries,
    request,
    stop,
  }: { readonly entries: readonly RankEntry[]; readonly request: RankRequest; readonly stop: AbortSignal },
): Promise<readonly Ranked[]> {
  const byName = new Map(entries.map((entry) => [nameOf(entry.record), entry]));
  const made: Ranked[] = [];
  let left = request.intervals.count;
  for (const one of traders) {
    const entry = byName.get(nameOf(one.trader));
    if (entry === undefined || one.figures === null || left <= 0 || !request.intervals.of(one.trader)) {
      made.push(one);
      continue;
    }
    left -= 1;
    made.push(await withInterval(store, one, entry, request));
    await setImmediate();
    stop.throwIfAborted();
  }
  return made;
}

async function withInterval<Ranked extends RankedTrader>(
  store: TraderStore,
  one: Ranked,
  entry: RankEntry,
  resampling: Resampling,
): Promise<Ranked> {
  const { figures, follower } = one;
  const own = await keptInterval(store, one.trader, { name: "sharpe-interval", of: entry, resampling });
  const copied =
    entry.follower === null
      ? null
      : await keptInterval(store, one.trader, {
          name: "follower-sharpe-interval",
          of: entry.follower,
          resampling,
        });
  return {
    ...one,
    figures: figures === null ? null : { ...figures, sharpeInterval: own },
    follower:
      follower === null || follower.figures === null
        ? follower
        : { ...follower, figures: { ...follower.figures, sharpeInterval: copied } },
  };
}
