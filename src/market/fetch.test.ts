import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ExchangeError } from "../exchange/exchange-error.ts";
import type { HistoryPage, HistoryRequest, HistorySource } from "../exchange/history-source.ts";
import { fetchHistory } from "./fetch.ts";
import { openMarketHistory } from "./history-folder.ts";
import type { MarketHistory, SeriesId } from "./market-history.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2024, 4, 1);
const NOW = START + 30 * HOUR + 30_000;
const LISTING = { symbol: "BTCUSDT", listedAtMs: 0, fundingIntervalMs: HOUR };
const BARS: SeriesId = { venue: "v", symbol: "BTCUSDT", kind: "bars", intervalMs: MINUTE };
const FUNDING: SeriesId = { ...BARS, kind: "funding", intervalMs: 0 };

let folder = "";
let history: MarketHistory;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "market-"));
  history = openMarketHistory(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A venue that answers the newest rows first, the running bar too, and cuts after `rowsMax`. */
class Venue implements HistorySource {
  readonly intervalsMs = [MINUTE];
  readonly rowsMax = { bars: 100, marks: 100, funding: 10 };
  readonly asked: HistoryRequest[] = [];
  onAsked: (request: HistoryRequest) => HistoryPage | ExchangeError | null = () => null;
  /** Between settlements. */
  fundingEveryMs = HOUR;

  listing(): void {}
  symbols(): void {}
  close(): void {}

  page(request: HistoryRequest, done: (page: HistoryPage | ExchangeError) => void): void {
    this.asked.push(request);
    const instead = this.onAsked(request);
    setImmediate(() => done(instead ?? this.#answer(request)));
  }

  #answer({ kind, fromMs, untilMs }: HistoryRequest): HistoryPage {
    const step = kind === "funding" ? this.fundingEveryMs : MINUTE;
    const rows: number[][] = [];
    for (let ms = Math.floor(Math.min(untilMs, NOW) / step) * step; ms >= fromMs; ms -= step)
      rows.push(kind === "funding" ? [ms, 0.0001] : [ms, 100, 101, 99, 100, 5]);
    return { rows: rows.slice(0, this.rowsMax[kind]), unreadable: [], serverTimeMs: NOW };
  }
}

async function fetch(
  source: HistorySource,
  series: SeriesId,
  hours: readonly [number, number],
  stop = new AbortController().signal,
) {
  const range = { fromMs: START + hours[0] * HOUR, toMs: START + hours[1] * HOUR };
  const [outcome] = await fetchHistory([{ series, listing: LISTING, range }], {
    ...{ source, history, stop },
    nowMs: () => NOW,
  });
  return outcome;
}

const times = (series: SeriesId) => [...history.read(series, { fromMs: 0, toMs: 1e14 }).times];
const grid = (fromMs: number, toMs: number, step: number) =>
  Array.from({ length: Math.ceil((toMs - fromMs) / step) }, (_, at) => fromMs + at * step);

describe("fetching", () => {
  test("takes every bar of the range once, in pages that the venue need not cut", async () => {
    const venue = new Venue();
    const outcome = await fetch(venue, BARS, [0, 6]);
    expect(outcome).toMatchObject({ pages: 4, rows: 360, missing: [], failure: null });
    expect(times(BARS)).toEqual(grid(START, START + 6 * HOUR, MINUTE));
    expect(venue.asked.map(({ fromMs, untilMs }) => (untilMs + 1 - fromMs) / MINUTE)).toEqual([
      100, 100, 100, 60,
    ]);
  });

  test("what is covered is not asked for again", async () => {
    await fetch(new Venue(), BARS, [2, 3]);
    const venue = new Venue();
    await fetch(venue, BARS, [0, 4]);
    expect(
      venue.asked.map(({ fromMs, untilMs }) => [(fromMs - START) / HOUR, (untilMs + 1 - START) / HOUR]),
    ).toEqual([...[[0, 100 / 60]], ...[[100 / 60, 2]], ...[[3, 4]]]);
    const again = new Venue();
    expect(await fetch(again, BARS, [0, 4])).toMatchObject({ pages: 0, rows: 0, missing: [] });
    expect(again.asked).toEqual([]);
  });

  test("a bar that has not ended is left for later", async () => {
    const outcome = await fetch(new Venue(), BARS, [29, 40]);
    expect(times(BARS).at(-1)).toBe(START + 30 * HOUR - MINUTE);
    expect(outcome?.missing).toEqual([{ fromMs: START + 30 * HOUR, toMs: START + 40 * HOUR }]);
  });

  test("an interrupt leaves what was had, and the next run goes on there", async () => {
    const stop = new AbortController();
    const venue = new Venue();
    venue.onAsked = () => {
      if (venue.asked.length === 3) stop.abort(new Error("interrupted"));
      return null;
    };
    const outcome = await fetch(venue, BARS, [0, 10], stop.signal);
    expect(outcome).toMatchObject({ rows: 200, failure: "interrupted" });
    const next = new Venue();
    expect(await fetch(next, BARS, [0, 10])).toMatchObject({ rows: 400, missing: [] });
    expect(next.asked[0]?.fromMs).toBe(START + 200 * MINUTE);
  });

  test("a venue that fails ends its series with its word; what was had stays", async () => {
    const venue = new Venue();
    venue.onAsked = ({ fromMs }) =>
      fromMs > START + 2 * HOUR ? new ExchangeError("retry", 10006, "too many visits") : null;
    const outcome = await fetch(venue, BARS, [0, 10]);
    expect(outcome).toMatchObject({ rows: 200, failure: "too many visits" });
    expect(history.covered(BARS)).toEqual([{ fromMs: START, toMs: START + 200 * MINUTE }]);
  });

  test("a page with a row that could not be read covers nothing, so that it is asked for again", async () => {
    const venue = new Venue();
    const row = [START, 100, 101, 99, 100, 5];
    venue.onAsked = ({ fromMs }) =>
      fromMs === START
        ? { rows: [row], unreadable: ["its volume is negative: ..."], serverTimeMs: NOW }
        : null;
    const outcome = await fetch(venue, BARS, [0, 3]);
    expect(outcome?.unreadable).toEqual(["its volume is negative: ..."]);
    expect(outcome?.missing).toEqual([{ fromMs: START, toMs: START + 100 * MINUTE }]);
    expect(await fetch(new Venue(), BARS, [0, 3])).toMatchObject({ rows: 99, missing: [] });
  });

  test("funding more frequent than the venue says now is asked for in smaller parts until no page is full", async () => {
    const venue = new Venue();
    venue.fundingEveryMs = HOUR / 4;
    const outcome = await fetch(venue, FUNDING, [0, 20]);
    expect(outcome).toMatchObject({ missing: [], failure: null });
    expect(times(FUNDING)).toEqual(grid(START, START + 20 * HOUR, HOUR / 4));
  });

  test("several series are fetched side by side, each told apart", async () => {
    const venue = new Venue();
    const range = { fromMs: START, toMs: START + HOUR };
    const wanted = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "SUIUSDT"].map((symbol) => ({
      series: { ...BARS, symbol },
      listing: LISTING,
      range,
    }));
    const told: number[] = [];
    const outcomes = await fetchHistory(wanted, {
      ...{ source: venue, history, stop: new AbortController().signal },
      nowMs: () => NOW,
      onProgress: ({ doneMs, ofMs }) => told.push(doneMs / ofMs),
    });
    expect(outcomes.map(({ series, rows }) => [series.symbol, rows])).toEqual(
      wanted.map(({ series }) => [series.symbol, 60]),
    );
    expect(told.at(-1)).toBe(1);
  });
});
