/** The filters on the traders that are studied: what each needs to know is found out, and each is judged by all of them. */
import { existsSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { FilterValues } from "../config.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import { readSectorFile } from "../market/sector-file.ts";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import { benchmarkReturns } from "../traders/benchmark.ts";
import type { FilterSource, TraderFilter } from "../traders/filters/filter.ts";
import { type FilterResult, judge, judgeSet, type TraderJudgement } from "../traders/filters/judge.ts";
import type { TraderToJudge } from "../traders/filters/judged-trader.ts";
import { FILTER_NAMES, type FilterBounds, filtersOf } from "../traders/filters/registry.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import { openStyles } from "../traders/kept-style.ts";
import type { RecordNeeds } from "../traders/verdict.ts";
import { marksFor, meantTraders, type TraderSelection, TradersError, withTraderStore } from "./traders.ts";

export interface FilterRequest {
  /** As configured. */
  readonly values: FilterValues;
  /** Filters of the owner's own; they count like the others. */
  readonly own: readonly TraderFilter[];
  readonly needs: RecordNeeds;
}

export interface FilterProgress {
  readonly stop: AbortSignal;
  onDone(done: number, of: number): void;
}

export interface FilteredTraders {
  /** Those that are set, in the order of the results. */
  readonly filters: readonly TraderFilter[];
  /** What beta is measured against; null where no filter asks for it. */
  readonly benchmark: string | null;
  /** Of the chosen ones, by venue and id. */
  readonly traders: readonly TraderJudgement[];
  /** Of those that are named, or else of those that pass, as one set that is copied together; null where no diversity is asked for. */
  readonly set: FilterResult | null;
}

/**
 * Judges the chosen traders. Throws a TradersError for an id that is none and where no filter is set, and the reason of `stop` when
 * it is stopped.
 */
export async function filteredTraders(
  dataFolder: string,
  selection: Omit<TraderSelection, "equity">,
  { request, progress }: { readonly request: FilterRequest; readonly progress: FilterProgress },
): Promise<FilteredTraders> {
  const { values, own, needs } = request;
  const filters = [...filtersInForce(values), ...own];
  const { value: diversity } = values.min_strategy_diversity;
  if (filters.length === 0 && diversity === null) throw new TradersError("bad-request", NO_FILTER);
  const reads = new Set<FilterSource>([
    ...filters.flatMap((filter) => filter.reads),
    ...(diversity === null ? [] : (["style"] as const)),
  ]);
  const traders = await judged(dataFolder, selection, {
    reads,
    benchmark: values.beta_benchmark.value,
    judgeOne: (trader) => judge(trader, filters, needs),
    progress,
  });
  // Who names traders asks about them as a set, whether each of them passes or not.
  const together = selection.ids.length > 0 ? traders : traders.filter(({ passes }) => passes);
  return {
    filters,
    benchmark: reads.has("benchmark") ? values.beta_benchmark.value : null,
    traders,
    set: diversity === null ? null : judgeSet(together, diversity),
  };
}

const NO_FILTER =
  "no filter is set: copy_trading.trader_selection and traders of the configuration hold them, and files of your own lie in its folder extensions; docs/filters.md names all";

/** What is configured, without where it comes from. */
export function boundsOf(values: FilterValues): FilterBounds {
  return Object.fromEntries(
    FILTER_NAMES.map((name) => [name, values[name].value]),
  ) as unknown as FilterBounds;
}

/** Those that are configured. */
export function filtersInForce(values: FilterValues): readonly TraderFilter[] {
  return filtersOf(boundsOf(values));
}

interface Judging {
  readonly reads: ReadonlySet<FilterSource>;
  readonly benchmark: string;
  readonly judgeOne: (trader: TraderToJudge) => TraderJudgement;
  readonly progress: FilterProgress;
}

async function judged(
  dataFolder: string,
  selection: Omit<TraderSelection, "equity">,
  { judgeOne, progress, ...wanted }: Judging,
): Promise<readonly TraderJudgement[]> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) {
    meantTraders([], selection);
    return [];
  }
  return withTraderStore(dataFolder, async (store) => {
    const chosen = meantTraders(await store.traders(), selection);
    const evidenceOf = await evidenceFor(dataFolder, { store, traders: chosen, ...wanted });
    const found: TraderJudgement[] = [];
    for (const [index, record] of chosen.entries()) {
      found.push(judgeOne(await evidenceOf(record)));
      progress.onDone(index + 1, chosen.length);
      await setImmediate();
      progress.stop.throwIfAborted();
    }
    return found;
  });
}

interface EvidenceWanted extends Pick<Judging, "reads" | "benchmark"> {
  readonly store: TraderStore;
  /** Those that may be asked about: their time is what is read of markets. */
  readonly traders: readonly TraderRecord[];
}

/** Finds out of a trader what filters with these `reads` judge by. */
async function evidenceFor(
  dataFolder: string,
  { store, traders, reads, benchmark }: EvidenceWanted,
): Promise<(record: TraderRecord) => Promise<TraderToJudge>> {
  const { market, sectors: sectorFile } = dataFolderPaths(dataFolder);
  const styleOf = openStyles(openMarketHistory(market), readSectorFile(sectorFile));
  const marks = await marksFor(dataFolder, store, traders);
  return async (record) => {
    const own = marks(record.venue);
    const evidence = await keptEvidence(store, record, { marks: own, equity: null });
    const isMeasured = reads.has("benchmark") && evidence !== null;
    return {
      record,
      evidence,
      style: reads.has("style") ? await styleOf(store, record) : null,
      benchmark: isMeasured ? benchmarkReturns(own, benchmark, evidence.days) : null,
    };
  };
}
