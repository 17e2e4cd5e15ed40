/** `copytrader market fetch`: what is missing of a venue's public history, into the data folder. Needs no key. */
import { type Command, Option } from "commander";
import { rangeText, timeText } from "../../analytics/equity/day-text.ts";
import { nearest } from "../../config/nearest.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { ExchangeError } from "../../exchange/exchange-error.ts";
import type { MarketListing } from "../../exchange/history-source.ts";
import type { SeriesFetch, SeriesOutcome } from "../../market/fetch.ts";
import { intervalText } from "../../market/interval.ts";
import type { SeriesKind, TimeRange } from "../../market/market-history.ts";
import type { MarketSource } from "../../run/market-source.ts";
import { type CommonOptions, command, type Finish, runAction, wholeNumber } from "../command.ts";
import {
  assertInOrder,
  assertPast,
  fromTime,
  intervalMs,
  kindList,
  rangeJson,
  toTime,
} from "../market-options.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { table } from "../table.ts";

interface FetchOptions extends CommonOptions {
  readonly from: number;
  readonly to?: number;
  readonly interval: number;
  readonly kinds: readonly SeriesKind[];
  readonly venue: string;
  readonly rate: number;
  readonly data: string;
}

const INTERRUPTED = 130;
const DAY_MS = 86_400_000;
const RATE_MAX = 40;

const NOTES = `
What the data folder covers already is not fetched again. Ctrl-C leaves what was had; the same command goes
on there. Only bars that have ended are taken. All times are UTC; a date given with --to is fetched to its end.

Exit codes: 0 all is there; 1 some is missing (the venue failed, or told what cannot be read); 2 asked for
wrongly (unknown symbol, dates, interval); 130 interrupted.`;

export function marketFetchCommand(finish: Finish): Command {
  const examples = [
    "market fetch BTCUSDT ETHUSDT --from 2024-01-01 --to 2024-06-30",
    "market fetch SOLUSDT --from 2025-01-01 --interval 1h --kinds bars,funding",
    "market fetch BTCUSDT --from 2025-01-01 --venue http://127.0.0.1:8899",
  ];
  const summary = "fetch bars, mark prices and funding from a venue; no key is needed";
  return command("fetch", summary, examples)
    .argument("<symbol...>", "as the venue writes them")
    .requiredOption("--from <date>", "the first day, or moment", fromTime)
    .option("--to <date>", "the last day, or the moment to stop at (default: now)", toTime)
    .addOption(
      new Option("--interval <length>", "length of a bar").argParser(intervalMs).default(300_000, "5m"),
    )
    .addOption(
      new Option("--kinds <list>", "some of bars, marks, funding")
        .argParser(kindList)
        .default(["bars", "marks", "funding"], "all"),
    )
    .option("--venue <name>", "bybit, or the address of a venue with its protocol", "bybit")
    .option("--rate <count>", `requests in a second, at most ${RATE_MAX}`, wholeNumber, 10)
    .option("--data <dir>", "data folder", "./data")
    .addHelpText("after", NOTES)
    .action((symbols: readonly string[], options: FetchOptions) =>
      runAction(options, finish, (output) => fetchMarket(symbols, options, output)),
    );
}

async function fetchMarket(names: readonly string[], options: FetchOptions, output: Output): Promise<number> {
  if (options.rate < 1 || options.rate > RATE_MAX) throw usage(`--rate must be 1 to ${RATE_MAX}`);
  const range = alignedRange(options);
  const symbols = [...new Set(names)];
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error("interrupted"));
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const market = await opened(options);
  try {
    if (!market.source.intervalsMs.includes(options.interval)) throw unknownInterval(options, market);
    const wanted = await plan(symbols, { ...options, range }, market, stop.signal, output);
    return await run(wanted, options, market, stop.signal, output);
  } catch (error) {
    if (stop.signal.aborted) return interrupted(output);
    throw error instanceof ExchangeError
      ? new CliError("venue", `${options.venue}: ${error.message}`)
      : error;
  } finally {
    market.close();
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** Whole bars; what of the last has not ended yet is left to the fetching. */
function alignedRange({ from, to = Date.now(), interval }: FetchOptions): TimeRange {
  assertPast("--from", from);
  assertInOrder({ "--from": from, "--to": to });
  const toMs = Math.min(to, Date.now());
  return { fromMs: Math.floor(from / interval) * interval, toMs: Math.ceil(toMs / interval) * interval };
}

async function opened({ venue, rate }: FetchOptions): Promise<MarketSource> {
  const { openMarketSource } = await import("../../run/market-source.ts");
  try {
    return openMarketSource(venue, rate);
  } catch (error) {
    if (error instanceof TypeError) throw usage(`--venue must be bybit or an address: ${error.message}`);
    throw error;
  }
}

function unknownInterval({ interval }: FetchOptions, { source }: MarketSource): CliError {
  const known = source.intervalsMs.map(intervalText).join(", ");
  return usage(`--interval ${intervalText(interval)}: the venue has bars of ${known}`);
}

/** Every symbol is looked up before anything is fetched. */
async function plan(
  symbols: readonly string[],
  { range, kinds, interval }: Pick<FetchOptions, "kinds" | "interval"> & { readonly range: TimeRange },
  market: MarketSource,
  stop: AbortSignal,
  output: Output,
): Promise<readonly SeriesFetch[]> {
  const { answerOf } = await import("../../market/fetch.ts");
  const listings: MarketListing[] = [];
  const unknown: string[] = [];
  for (const symbol of symbols) {
    const found = await answerOf<MarketListing | null>((done) => market.source.listing(symbol, done), stop);
    if (found === null) unknown.push(symbol);
    else listings.push(found);
  }
  if (unknown.length > 0) {
    const listed = await answerOf<readonly string[]>((done) => market.source.symbols(done), stop);
    throw unknownSymbols(unknown, listed, market.venue);
  }
  return listings.flatMap((listing) => {
    const clipped = sinceListing(listing, range, interval, output);
    return kinds.map((kind) => {
      const intervalMs = kind === "funding" ? 0 : interval;
      const series = { venue: market.venue, symbol: listing.symbol, kind, intervalMs };
      return { series, listing, range: clipped };
    });
  });
}

function unknownSymbols(unknown: readonly string[], listed: readonly string[], venue: string): CliError {
  const problems = unknown.map((symbol) => {
    const meant = nearest(symbol.toUpperCase(), listed);
    const advice = meant === undefined ? "" : `; did you mean ${meant}?`;
    return { message: `${venue} does not know ${symbol}${advice}`, symbol, ...(meant && { nearest: meant }) };
  });
  const [first] = problems;
  if (first !== undefined && problems.length === 1) return usage(first.message);
  return new CliError("usage", "some symbols are not known", { exitCode: EXIT.usage, problems });
}

/** Nothing is told of before the listing. */
function sinceListing(
  { symbol, listedAtMs }: MarketListing,
  range: TimeRange,
  interval: number,
  output: Output,
): TimeRange {
  if (listedAtMs <= range.fromMs) return range;
  const listed = `${symbol} was listed on ${timeText(listedAtMs)}`;
  if (listedAtMs >= range.toMs) throw usage(`${listed}, after all that was asked for (${rangeText(range)})`);
  output.note(`${listed}: there is nothing before`);
  return { fromMs: Math.floor(listedAtMs / interval) * interval, toMs: range.toMs };
}

async function run(
  wanted: readonly SeriesFetch[],
  options: FetchOptions,
  market: MarketSource,
  stop: AbortSignal,
  output: Output,
): Promise<number> {
  const { fetchHistory } = await import("../../market/fetch.ts");
  const { openMarketHistory } = await import("../../market/history-folder.ts");
  const history = openMarketHistory(dataFolderPaths(options.data).market, (notice) => output.note(notice));
  const progress = new ProgressLine({ isSilent: output.json, besideResults: false });
  const outcomes = await fetchHistory(wanted, {
    source: market.source,
    history,
    nowMs: market.nowMs,
    stop,
    onProgress: ({ series, doneMs, ofMs }) =>
      progress.show(() => {
        const days = `${Math.floor(doneMs / DAY_MS)} of ${Math.ceil(ofMs / DAY_MS)} days of all series`;
        return `${series.symbol} ${series.kind}: ${days} (${Math.floor((100 * doneMs) / ofMs)} %)`;
      }),
  });
  progress.clear();
  output.result({ venue: market.venue, series: outcomes.map(outcomeJson) }, () => outcomeText(outcomes));
  if (stop.aborted) return interrupted(output);
  const isMissing = outcomes.some((one) => !isWhole(one, market.nowMs()));
  return isMissing ? EXIT.failure : EXIT.ok;
}

/** What has not ended yet is not missing. */
function isWhole({ series, missing, failure }: SeriesOutcome, nowMs: number): boolean {
  return (
    failure === null && missing.every(({ fromMs }) => fromMs + Math.max(series.intervalMs, HOUR_MS) > nowMs)
  );
}

const HOUR_MS = 3_600_000;

function outcomeJson({ series, missing, ...rest }: SeriesOutcome) {
  const { symbol, kind, intervalMs } = series;
  const interval = kind === "funding" ? null : intervalText(intervalMs);
  return { symbol, kind, interval, ...rest, missing: missing.map(rangeJson) };
}

function outcomeText(outcomes: readonly SeriesOutcome[]): string {
  const rows = outcomes.map(({ series, rows, pages, missing, failure }) => [
    series.symbol,
    series.kind === "funding" ? series.kind : `${series.kind} ${intervalText(series.intervalMs)}`,
    String(rows),
    String(pages),
    failure ?? (missing.length === 0 ? "complete" : `not yet: ${missing.map(rangeText).join(", ")}`),
  ]);
  const lines = table(
    [
      { title: "symbol" },
      { title: "what" },
      { title: "new rows", align: "right" },
      { title: "requests", align: "right" },
      { title: "state" },
    ],
    rows,
    { overflow: "wrap" },
  );
  const odd = outcomes.flatMap(({ series, unreadable }) =>
    unreadable.map((one) => `${series.symbol} ${series.kind}: a row of the venue's was left out, ${one}`),
  );
  return [...lines, ...odd].join("\n");
}

function interrupted(output: Output): number {
  output.error(
    new CliError("interrupted", "interrupted: what was had is kept; the same command goes on there"),
  );
  return INTERRUPTED;
}
