/**
 * Bybit's public history: `/v5/market/kline`, `/v5/market/mark-price-kline` (1,000 rows, newest first) and
 * `/v5/market/funding/history` (200 rows), per the pages of these names. The requests go through the budget as reads. A row
 * that makes no sense is left out and named; an answer that is none fails.
 */
import type { VenueId } from "../../core/model/identifiers.ts";
import { ExchangeError } from "../exchange-error.ts";
import type {
  HistoryKind,
  HistoryPage,
  HistoryRequest,
  HistorySource,
  InstrumentSource,
  ListedInstruments,
  MarketListing,
} from "../history-source.ts";
import { integer, MalformedMessage, numberIn, rowOf, rowsOf, text } from "../raw.ts";
import { Scope } from "../scope.ts";
import type { Clock } from "../transport.ts";
import { read, readList } from "./account-reads.ts";
import { venueText } from "./errors.ts";
import { parseInstruments } from "./instruments.ts";
import { CATEGORY } from "./parse.ts";
import type { BybitRest } from "./rest.ts";

const MINUTE_MS = 60_000;
/** The venue's words for its lengths of bars, but for weeks and months, which begin on no common grid. */
const INTERVALS = new Map<number, string>([
  ...[1, 3, 5, 15, 30, 60, 120, 240, 360, 720].map((minutes): [number, string] => [
    minutes * MINUTE_MS,
    String(minutes),
  ]),
  [1_440 * MINUTE_MS, "D"],
]);
const PATHS: Readonly<Record<HistoryKind, string>> = {
  bars: "/v5/market/kline",
  marks: "/v5/market/mark-price-kline",
  funding: "/v5/market/funding/history",
};
const ROWS_MAX: Readonly<Record<HistoryKind, number>> = { bars: 1_000, marks: 1_000, funding: 200 };
/** A row has so many numbers that are looked at. */
const VALUES: Readonly<Record<Exclude<HistoryKind, "funding">, number>> = { bars: 6, marks: 5 };

export class BybitHistory implements HistorySource, InstrumentSource {
  readonly intervalsMs: readonly number[] = [...INTERVALS.keys()];
  readonly rowsMax = ROWS_MAX;
  readonly #rest: BybitRest;
  readonly #venue: VenueId;
  readonly #scope: Scope;

  constructor(rest: BybitRest, clock: Clock, venue: VenueId) {
    this.#rest = rest;
    this.#venue = venue;
    this.#scope = new Scope(clock);
  }

  listing(symbol: string, done: (listing: MarketListing | null | ExchangeError) => void): void {
    const ask = (status: string | undefined, next: (found: MarketListing | null | ExchangeError) => void) =>
      read(
        this.#access(),
        INSTRUMENTS,
        { category: CATEGORY, symbol, status },
        (result) => parseListing(result, symbol),
        (result) => next(result.kind === "error" ? result.error : result.value),
      );
    // Without a status only what trades is told of.
    ask(undefined, (found) => {
      if (found !== null && !isUnknownSymbol(found)) return done(found);
      ask("Closed", (closed) =>
        done(closed instanceof ExchangeError && isUnknownSymbol(closed) ? null : closed),
      );
    });
  }

  symbols(done: (symbols: readonly string[] | ExchangeError) => void): void {
    readList(this.#access(), INSTRUMENTS, { category: CATEGORY, limit: 1_000 }, (result) => {
      if (result.kind === "error") done(result.error);
      else done(result.value.map(({ symbol }) => venueText(symbol)));
    });
  }

  instruments(done: (listed: ListedInstruments | ExchangeError) => void): void {
    readList(this.#access(), INSTRUMENTS, { category: CATEGORY, limit: 1_000 }, (result) => {
      if (result.kind === "error") return done(result.error);
      const { instruments, unreadable } = parseInstruments(result.value, this.#venue);
      done({ specs: instruments.map(({ spec }) => spec), unreadable });
    });
  }

  page(request: HistoryRequest, done: (page: HistoryPage | ExchangeError) => void): void {
    const { symbol, kind, intervalMs, fromMs, untilMs } = request;
    const limit = ROWS_MAX[kind];
    const asked =
      kind === "funding"
        ? { startTime: fromMs, endTime: untilMs }
        : { interval: INTERVALS.get(intervalMs), start: fromMs, end: untilMs };
    const parameters = { category: CATEGORY, symbol, ...asked, limit };
    read(
      this.#access(),
      PATHS[kind],
      parameters,
      (result) => parseHistory(result, request),
      (result) => {
        if (result.kind === "error") done(result.error);
        else done({ ...result.value, serverTimeMs: result.serverTimeMs });
      },
    );
  }

  close(): void {
    this.#scope.close();
  }

  #access() {
    return { rest: this.#rest, scope: this.#scope, credentials: null, priority: "read" as const };
  }
}

const INSTRUMENTS = "/v5/market/instruments-info";
/** 10001 covers every wrong parameter; with these few the symbol is the one that can be wrong. */
const WRONG_PARAMETER = 10001;

function isUnknownSymbol(found: unknown): boolean {
  return found instanceof ExchangeError && found.code === WRONG_PARAMETER;
}

function parseListing(result: unknown, symbol: string): MarketListing | null {
  const rows = rowsOf(rowOf(result, "the result").list, "list");
  const row = rows.find((one) => one.symbol === symbol);
  if (row === undefined) return null;
  return {
    symbol: text(row, "symbol"),
    listedAtMs: integer(row, "launchTime"),
    fundingIntervalMs: integer(row, "fundingInterval") * MINUTE_MS,
  };
}

type ParsedPage = Omit<HistoryPage, "serverTimeMs">;

export function parseHistory(result: unknown, request: HistoryRequest): ParsedPage {
  const { list } = rowOf(result, "the result");
  if (!Array.isArray(list)) throw new MalformedMessage("list is no list");
  if (list.length > ROWS_MAX[request.kind])
    throw new MalformedMessage("the answer is longer than was asked for");
  const rows: (readonly number[])[] = [];
  const unreadable: string[] = [];
  for (const raw of list) {
    const row = request.kind === "funding" ? fundingRow(raw) : barRow(raw, VALUES[request.kind]);
    const trouble = troubleOf(row, request);
    if (trouble === null) rows.push(row);
    else unreadable.push(`${trouble}: ${venueText(JSON.stringify(raw))}`);
  }
  return { rows, unreadable };
}

function barRow(raw: unknown, values: number): readonly number[] {
  if (!Array.isArray(raw)) return [];
  return raw.slice(0, values).map(numberIn);
}

function fundingRow(raw: unknown): readonly number[] {
  const row = rowOf(raw, "a row of list");
  return [numberIn(row.fundingRateTimestamp), numberIn(row.fundingRate)];
}

/** What is wrong with a row; null when nothing is. */
function troubleOf(
  row: readonly number[],
  { kind, intervalMs, fromMs, untilMs }: HistoryRequest,
): string | null {
  const [ms = Number.NaN, open = 0, high = 0, low = 0, close = 0, volume = 0] = row;
  const wanted = kind === "funding" ? 2 : VALUES[kind];
  if (row.length !== wanted || row.some(Number.isNaN)) return "not all of its values are numbers";
  if (ms < fromMs || ms > untilMs) return "its time was not asked for";
  if (kind === "funding") return null;
  if ((ms - fromMs) % intervalMs !== 0) return "its time is no beginning of a bar";
  if (low <= 0 || low > Math.min(open, close) || high < Math.max(open, close))
    return "its prices do not lie between low and high";
  return volume < 0 ? "its volume is negative" : null;
}
