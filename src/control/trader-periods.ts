/** The past of the studied traders, period by period: who could be chosen when it began, and what came of each. */
import { existsSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { CopySettings } from "../analytics/copying/copy-settings.ts";
import { DAY_MS } from "../analytics/equity/days.ts";
import type { Period } from "../analytics/walk-forward/holding.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { TimeRange } from "../market/market-history.ts";
import { traderSummary } from "../traders/derived.ts";
import { heldFills } from "../traders/held-fills.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import { tradingMoments } from "../traders/moments.ts";
import { remembered } from "../traders/remembered.ts";
import type { TraderSummary } from "../traders/summary.ts";
import type { RecordNeeds } from "../traders/verdict.ts";
import { periodThen, type ThenCandidate } from "../traders/walk-forward/period-then.ts";
import { type RecordThen, recordThen, type ThenInput } from "../traders/walk-forward/record-then.ts";
import type { DaySpan } from "../traders/walk-forward/spans.ts";
import { copySources } from "./copied-traders.ts";
import { withTraderStore } from "./traders.ts";

export interface PeriodRequest {
  /** The periods that the days from the first to the last one known are cut into, oldest first; UTC days since 1970. */
  spans(firstDay: number, lastDay: number): readonly DaySpan[];
  readonly needs: RecordNeeds;
  /** Of the follower whose results are meant; null for the traders' own. */
  readonly settings: CopySettings | null;
  /** What is made of each record as it was known; `range` covers what any of them may look at. */
  featuresFor(venue: string, range: TimeRange): ThenInput["featuresOf"];
}

export interface PeriodProgress {
  readonly stop: AbortSignal;
  onDone(done: number, of: number): void;
}

/**
 * Oldest first, without those in which nobody could be chosen. A trader whom its source no longer named before a period ended is not a
 * candidate of it: nobody knows what came of it. Throws the reason of `stop` when it is stopped.
 */
export async function traderPeriods(
  dataFolder: string,
  { spans, needs, settings, featuresFor }: PeriodRequest,
  { stop, onDone }: PeriodProgress,
): Promise<readonly Period<ThenCandidate>[]> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) return [];
  return withTraderStore(dataFolder, async (store) => {
    const all = await store.traders();
    const sources = await copySources(dataFolder, store, all);
    const summaries: TraderSummary[] = [];
    for (const record of all) summaries.push(await traderSummary(store, record));
    const [firstDay, lastDay] = daysKnown(summaries);
    const cut = spans(firstDay, lastDay);
    const range = { fromMs: firstDay * DAY_MS, toMs: (lastDay + 1) * DAY_MS };
    const featuresOf = remembered((venue) => featuresFor(venue, range));
    const records = cut.map((): RecordThen[] => []);
    for (const [at, record] of all.entries()) {
      const own = sources(record.venue);
      const fills = heldFills(store, record);
      const whole = await keptEvidence(store, record, { marks: own.marks, equity: null, fills });
      const firstMs = summaries[at]?.firstMs ?? null;
      if (whole !== null && firstMs !== null) {
        const input: ThenInput = {
          trader: record,
          fills,
          marks: own.marks,
          equity: null,
          quality: [],
          whole,
          moments: await tradingMoments(fills()),
          copying: settings === null ? null : { sources: own, settings },
          needs,
          featuresOf: featuresOf(record.venue),
        };
        for (const [place, span] of cut.entries()) {
          const isSeen = record.lastSeenMs >= (span.beginDay + span.days) * DAY_MS;
          const then = isSeen && firstMs < span.beginDay * DAY_MS ? await recordThen(input, span) : null;
          if (then !== null) records[place]?.push(then);
          await setImmediate();
          stop.throwIfAborted();
        }
      }
      onDone(at + 1, all.length);
    }
    return cut
      .map((span, place) => periodThen(records[place] ?? [], span, needs))
      .filter(({ candidates }) => candidates.length > 0);
  });
}

/** The last day that a whole day of is known, as far as any trader tells. */
function daysKnown(summaries: readonly TraderSummary[]): readonly [firstDay: number, lastDay: number] {
  const firsts = summaries.flatMap(({ firstMs }) => (firstMs === null ? [] : [firstMs]));
  const lasts = summaries.flatMap(({ lastMs }) => (lastMs === null ? [] : [lastMs]));
  const day = (ms: number) => Math.floor(ms / DAY_MS);
  return firsts.length === 0 ? [0, -1] : [day(Math.min(...firsts)), day(Math.max(...lasts))];
}
