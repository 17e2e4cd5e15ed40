/**
 * Fetches what is missing of series from a venue into the history: oldest first, page by page, each page written with the time
 * that it covers before the next is asked for. An interrupt leaves what was had, and the next run goes on there. Bars that
 * have not ended are not taken.
 */
import { ExchangeError } from "../exchange/exchange-error.ts";
import type { HistoryPage, HistorySource, MarketListing } from "../exchange/history-source.ts";
import { COLUMNS, type MarketHistory, type SeriesId, type TimeRange } from "./market-history.ts";
import { tableOf } from "./table.ts";
import { uncovered } from "./time-ranges.ts";

export interface FetchParts {
  readonly source: HistorySource;
  readonly history: MarketHistory;
  readonly nowMs: () => number;
  readonly stop: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
}

export interface FetchProgress {
  readonly series: SeriesId;
  /** Milliseconds of history: what is had of what was missing, over all series. */
  readonly doneMs: number;
  readonly ofMs: number;
}

export interface SeriesFetch {
  readonly series: SeriesId;
  readonly listing: MarketListing;
  readonly range: TimeRange;
}

export interface SeriesOutcome {
  readonly series: SeriesId;
  readonly pages: number;
  readonly rows: number;
  /** Rows of the venue that were none, at most ten. */
  readonly unreadable: readonly string[];
  /** Time that is still not covered; [] when all was had. */
  readonly missing: readonly TimeRange[];
  /** Why it ended early. */
  readonly failure: string | null;
}

/** Series that are asked for at the same time: more than one, so that the way to the venue and back is used. */
const AT_ONCE = 4;
const UNREADABLE_TOLD = 10;
/** A settlement is told of so soon after its moment at the latest. */
const FUNDING_TOLD_MS = 5 * 60_000;

/** The outcomes in the order of `wanted`; also when stopped. Never rejects for a failure of the venue. */
export async function fetchHistory(
  wanted: readonly SeriesFetch[],
  parts: FetchParts,
): Promise<readonly SeriesOutcome[]> {
  const missing = wanted.map(({ series, range }) => uncovered(range, parts.history.covered(series)));
  const ofMs = missing.flat().reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  let doneMs = 0;
  const outcomes: SeriesOutcome[] = [];
  const lines = Array.from({ length: AT_ONCE }, async (_, first) => {
    for (let at = first; at < wanted.length; at += AT_ONCE) {
      const one = wanted[at];
      if (one === undefined) return;
      outcomes[at] = await fetchSeries(one, missing[at] ?? [], parts, (ms) => {
        doneMs += ms;
        parts.onProgress?.({ series: one.series, doneMs, ofMs });
      });
    }
  });
  await Promise.all(lines);
  return outcomes;
}

async function fetchSeries(
  { series, listing, range }: SeriesFetch,
  missing: readonly TimeRange[],
  parts: FetchParts,
  onHad: (ms: number) => void,
): Promise<SeriesOutcome> {
  const run = new SeriesRun(series, listing, parts, onHad);
  let failure: string | null = null;
  try {
    for (const one of missing) await run.fetch(one);
  } catch (error) {
    if (parts.stop.aborted) failure = "interrupted";
    else if (error instanceof ExchangeError) failure = error.message;
    else throw error;
  }
  return {
    series,
    pages: run.pages,
    rows: run.rows,
    unreadable: run.unreadable,
    missing: uncovered(range, parts.history.covered(series)),
    failure,
  };
}

/** One series on its way. */
class SeriesRun {
  pages = 0;
  rows = 0;
  readonly unreadable: string[] = [];
  readonly #series: SeriesId;
  readonly #parts: FetchParts;
  readonly #onHad: (ms: number) => void;
  /** Time that one page can hold. */
  readonly #pageMs: number;

  constructor(series: SeriesId, listing: MarketListing, parts: FetchParts, onHad: (ms: number) => void) {
    this.#series = series;
    this.#parts = parts;
    this.#onHad = onHad;
    const rowsMax = parts.source.rowsMax[series.kind];
    // A page of funding must not come back full: nobody could tell whether it was cut.
    this.#pageMs =
      series.kind === "funding" ? (rowsMax - 1) * listing.fundingIntervalMs : rowsMax * series.intervalMs;
  }

  async fetch(range: TimeRange): Promise<void> {
    for (let fromMs = range.fromMs; fromMs < range.toMs; fromMs += this.#pageMs) {
      if (!(await this.#page({ fromMs, toMs: Math.min(range.toMs, fromMs + this.#pageMs) }))) return;
    }
  }

  /** False when the rest has not happened yet. */
  async #page(range: TimeRange): Promise<boolean> {
    const { history, nowMs, source } = this.#parts;
    const { kind, intervalMs } = this.#series;
    if (range.fromMs + intervalMs > nowMs()) return false;
    const page = await this.#ask(range);
    if (kind === "funding" && page.rows.length >= source.rowsMax.funding) return this.#inHalves(range);
    const endedMs = kind === "funding" ? page.serverTimeMs - FUNDING_TOLD_MS : page.serverTimeMs;
    const last = intervalMs === 0 ? endedMs : endedMs - (endedMs % intervalMs);
    const toMs = Math.min(range.toMs, last);
    const rows = page.rows.filter(([ms = Number.NaN]) => ms + intervalMs <= page.serverTimeMs);
    const table = tableOf(rows, COLUMNS[kind].length);
    // Where a row could not be read, the time counts as not had, and is asked for again another time.
    const isWhole = toMs > range.fromMs && page.unreadable.length === 0;
    const covered = isWhole ? [{ fromMs: range.fromMs, toMs }] : [];
    this.rows += history.write(this.#series, table, covered).added;
    this.#onHad(range.toMs - range.fromMs);
    return toMs === range.toMs;
  }

  async #inHalves({ fromMs, toMs }: TimeRange): Promise<boolean> {
    const middleMs = Math.floor((fromMs + toMs) / 2);
    if (middleMs <= fromMs) throw new ExchangeError("give-up", 0, "the pages of funding do not end");
    return (await this.#page({ fromMs, toMs: middleMs })) && (await this.#page({ fromMs: middleMs, toMs }));
  }

  async #ask({ fromMs, toMs }: TimeRange): Promise<HistoryPage> {
    const { symbol, kind, intervalMs } = this.#series;
    const request = { symbol, kind, intervalMs, fromMs, untilMs: toMs - 1 };
    const page = await answerOf<HistoryPage>(
      (done) => this.#parts.source.page(request, done),
      this.#parts.stop,
    );
    this.pages++;
    this.unreadable.push(...page.unreadable.slice(0, UNREADABLE_TOLD - this.unreadable.length));
    return page;
  }
}

/** The answer; rejects with the venue's error, and with the signal's reason when stopped before. */
export function answerOf<Value>(
  ask: (done: (answer: Value | ExchangeError) => void) => void,
  stop: AbortSignal,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    stop.throwIfAborted();
    const abort = () => reject(stop.reason);
    stop.addEventListener("abort", abort, { once: true });
    ask((answer) => {
      stop.removeEventListener("abort", abort);
      if (answer instanceof ExchangeError) reject(answer);
      else resolve(answer);
    });
  });
}
