/**
 * A process of its own that takes in what the demo has beside copying, by the doors that a user would use: the markets' history from
 * the exchange's public interface, and the records of traders from files. It ends when that is done, and the server of the dashboard
 * works out what is asked of them.
 */
import { JobStore } from "../../api/jobs/job-store.ts";
import { importTraders } from "../../control/traders.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import type { MarketListing } from "../../exchange/history-source.ts";
import { answerOf, fetchHistory, type SeriesFetch } from "../../market/fetch.ts";
import { openMarketHistory } from "../../market/history-folder.ts";
import { SERIES_KINDS } from "../../market/market-history.ts";
import { openMarketSource } from "../../run/market-source.ts";
import { MARKETS } from "../market-model.ts";
import { RECORD_DAYS } from "./recorded-traders.ts";
import type { StudyOrder } from "./study.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const REQUESTS_PER_SECOND = 1_000;
/** As which the records name the exchange whose protocol the demo's speaks. */
const VENUE = "bybit";
const ASKED_DAYS = 7;
const ASKED_LEADER = "rider";

process.once("message", (order: StudyOrder) => {
  study(order).then(
    () => process.disconnect(),
    (error: unknown) => {
      process.send?.({ failed: error instanceof Error ? error.message : String(error) });
      process.exit(1);
    },
  );
});
process.once("disconnect", () => process.exit());
process.on("SIGINT", () => {});

async function study({ rest, dataDir, records, asks }: StudyOrder): Promise<void> {
  const stop = new AbortController();
  await fetchMarkets(rest, dataDir, stop.signal);
  await importTraders(
    dataDir,
    records.map(({ path, trader, equity }) => ({
      path,
      format: "csv",
      ownFormats: [],
      trader,
      venue: VENUE,
      statedEquity: equity,
      dropDuplicates: false,
      signal: stop.signal,
      onProgress: () => {},
    })),
    { signal: stop.signal, onSummary: () => {} },
  );
  if (asks) ask(dataDir, Date.now());
}

/** What a user would ask first: a report to keep, strategies beside each other, and what copying a leader would have brought. */
function ask(dataDir: string, nowMs: number): void {
  const jobs = new JobStore(dataFolderPaths(dataDir).jobs);
  const day = (daysAgo: number) => new Date(nowMs - daysAgo * DAY_MS).toISOString().slice(0, 10);
  const asked = { user: "the demo", nowMs } as const;
  jobs.handIn({
    ...asked,
    kind: "report",
    request: { period: `${day(ASKED_DAYS)}..${day(0)}`, formats: ["html"] },
  });
  const strategies = ["copy_all", "portfolio_copying", "selective_copying"];
  const past = { start_date: day(ASKED_DAYS), end_date: day(0), equity: "25000" };
  jobs.handIn({ ...asked, kind: "backtest", request: { ...past, strategies } });
  jobs.handIn({ ...asked, kind: "what_if", request: { leader: ASKED_LEADER, equity: "25000", lives: 1 } });
}

async function fetchMarkets(rest: string, dataDir: string, stop: AbortSignal): Promise<void> {
  const { source, nowMs, close } = openMarketSource(rest, REQUESTS_PER_SECOND);
  const toMs = Math.ceil(nowMs() / HOUR_MS) * HOUR_MS;
  const range = { fromMs: toMs - RECORD_DAYS * DAY_MS, toMs };
  const wanted: SeriesFetch[] = [];
  for (const { symbol } of MARKETS) {
    const listing = await answerOf<MarketListing | null>((done) => source.listing(symbol, done), stop);
    if (listing === null) throw new Error(`the exchange does not list ${symbol}`);
    for (const kind of SERIES_KINDS) {
      const series = { venue: VENUE, symbol, kind, intervalMs: kind === "funding" ? 0 : HOUR_MS };
      wanted.push({ series, listing, range });
    }
  }
  const history = openMarketHistory(dataFolderPaths(dataDir).market);
  const outcomes = await fetchHistory(wanted, { source, history, nowMs, stop });
  close();
  const failed = outcomes.find(({ failure }) => failure !== null);
  if (failed !== undefined) throw new Error(`${failed.series.symbol}: ${failed.failure}`);
}
