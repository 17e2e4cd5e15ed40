/** The past of the studied traders, period by period: who could be chosen when it began, and what came of each. */
import { existsSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { CopySettings } from "../analytics/copying/copy-settings.ts";
import { DAY_MS } from "../analytics/equity/days.ts";
import type { Period } from "../analytics/walk-forward/holding.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { traderSummary } from "../traders/derived.ts";
import { heldFills } from "../traders/held-fills.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import { tradingMoments } from "../traders/moments.ts";
import type { RecordNeeds } from "../traders/verdict.ts";
import { periodThen, type ThenCandidate } from "../traders/walk-forward/period-then.ts";
import { type RecordThen, recordThen } from "../traders/walk-forward/record-then.ts";
import type { DaySpan } from "../traders/walk-forward/spans.ts";
import { copySources } from "./copied-traders.ts";
import { withTraderStore } from "./traders.ts";

export interface PeriodRequest {
  /** The periods that the days from the first to the last one known are cut into, oldest first; UTC days since 1970. */
  spans(firstDay: number, lastDay: number): readonly DaySpan[];
  readonly needs: RecordNeeds;
  /** Of the follower whose results are meant; null for the traders' own. */
  readonly settings: CopySettings | null;
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
  { spans, needs, settings }: PeriodRequest,
  { stop, onDone }: PeriodProgress,
): Promise<readonly Period<ThenCandidate>[]> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) return [];
  return withTraderStore(dataFolder, async (store) => {
    const all = await store.traders();
    const sources = await copySources(dataFolder, store, all);
    const known = await Promise.all(
      all.map(async (record) => ({ record, summary: await traderSummary(store, record) })),
    );
    const cut = spans(...daysKnown(known.map(({ summary }) => summary)));
    const records = cut.map((): RecordThen[] => []);
    for (const [at, { record, summary }] of known.entries()) {
      const fills = heldFills(store, record);
      const { marks } = sources(record.venue);
      const own = { marks, equity: null, fills };
      const whole = await keptEvidence(store, record, own);
      const moments = await tradingMoments(fills());
      const copying = settings === null ? null : { sources: sources(record.venue), settings };
      for (const [place, span] of cut.entries()) {
        const isSeen = record.lastSeenMs >= (span.beginDay + span.days) * DAY_MS;
        if (whole === null || summary.firstMs === null || !isSeen) continue;
        if (summary.firstMs >= span.beginDay * DAY_MS) continue;
        const input = { ...own, trader: record, quality: [], whole, moments, copying };
        const then = await recordThen(input, span);
        if (then !== null) records[place]?.push(then);
      }
      onDone(at + 1, all.length);
      await setImmediate();
      stop.throwIfAborted();
    }
    return cut
      .map((span, place) => periodThen(records[place] ?? [], span, needs))
      .filter(({ candidates }) => candidates.length > 0);
  });
}

type Times = { readonly firstMs: number | null; readonly lastMs: number | null };

/** The last day that a whole day of is known, as far as any trader tells. */
function daysKnown(summaries: readonly Times[]): readonly [firstDay: number, lastDay: number] {
  const firsts = summaries.flatMap(({ firstMs }) => (firstMs === null ? [] : [firstMs]));
  const lasts = summaries.flatMap(({ lastMs }) => (lastMs === null ? [] : [lastMs]));
  const day = (ms: number) => Math.floor(ms / DAY_MS);
  return firsts.length === 0 ? [0, -1] : [day(Math.min(...firsts)), day(Math.max(...lasts))];
}
