/**
 * The public market endpoints. Only linear contracts are listed; the other categories answer with empty lists, which
 * is what clients that load every category need.
 */
import type { Candle, InstrumentRow, KlineQuery } from "../../venue-types.ts";
import { pageOf } from "../cursor.ts";
import { ParameterError } from "../parameters.ts";
import {
  instrumentRow,
  restBook,
  restCandle,
  restPriceCandle,
  restTickerRow,
  restTradeRow,
  riskTierRow,
} from "../rows/market-rows.ts";
import { type Answer, jsonText, ok } from "../wire.ts";
import { CATEGORIES, type Call, type PublicEndpoint } from "./endpoint.ts";

const MINUTE_MS = 60_000;
/** Kline intervals in minutes; a month counts as thirty days. */
export const INTERVAL_MINUTES: Readonly<Record<string, number>> = {
  "1": 1,
  "3": 3,
  "5": 5,
  "15": 15,
  "30": 30,
  "60": 60,
  "120": 120,
  "240": 240,
  "360": 360,
  "720": 720,
  D: 1440,
  W: 10_080,
  M: 43_200,
};
const STATUSES = ["PreLaunch", "Trading", "Delivering", "Closed"] as const;
const RISK_SYMBOLS_PER_PAGE = 15;

export const MARKET_ENDPOINTS: readonly PublicEndpoint[] = [
  endpoint("/v5/market/time", time),
  endpoint("/v5/market/instruments-info", instrumentsInfo),
  endpoint("/v5/market/tickers", tickers),
  endpoint("/v5/market/kline", (call) => klines(call, "last")),
  endpoint("/v5/market/mark-price-kline", (call) => klines(call, "mark")),
  endpoint("/v5/market/index-price-kline", (call) => klines(call, "index")),
  endpoint("/v5/market/orderbook", orderbook),
  endpoint("/v5/market/recent-trade", recentTrade),
  endpoint("/v5/market/funding/history", fundingHistory),
  endpoint("/v5/market/risk-limit", riskLimit),
  endpoint("/v5/market/price-limit", priceLimit),
];

function endpoint(path: string, answer: (call: Call) => Answer): PublicEndpoint {
  return { kind: "public", method: "GET", path, answer };
}

function time(call: Call): Answer {
  const { nowMs } = call;
  return ok(`{"timeSecond":"${Math.floor(nowMs / 1000)}","timeNano":"${nowMs}000000"}`);
}

/** Serves `/v5/market/instruments-info`, and its private twin, which adds fields to each row. */
export function instrumentsInfo(call: Call, extend: (row: string) => string = (row) => row): Answer {
  const { parameters, state } = call;
  const category = parameters.requiredOneOf("category", CATEGORIES);
  if (category !== "linear") return ok(`{"category":"${category}","list":[],"nextPageCursor":""}`);
  const symbol = parameters.text("symbol");
  const status = parameters.oneOf("status", STATUSES) ?? "Trading";
  const baseCoin = parameters.text("baseCoin");
  const rows = state.venue
    .instruments()
    .filter((row) => (symbol === undefined ? row.status === status : row.symbol === symbol))
    .filter((row) => baseCoin === undefined || row.baseCoin === baseCoin);
  const limit = parameters.limit("limit", 500, 1000);
  const page = pageBySymbol(call, rows, limit);
  const list = page.rows.map((row) => extend(instrumentRow(row))).join(",");
  return ok(`{"category":"linear","list":[${list}],"nextPageCursor":"${page.cursor}"}`);
}

function pageBySymbol(call: Call, rows: readonly InstrumentRow[], limit: number) {
  const cursor = call.parameters.text("cursor");
  const page = pageOf(rows, (row) => row.symbol, { cursor, limit, style: call.state.behaviour.cursors });
  if (page === undefined) throw new ParameterError("params error: cursor invalid");
  return page;
}

function tickers(call: Call): Answer {
  const category = call.parameters.requiredOneOf("category", CATEGORIES);
  if (category !== "linear") return ok(`{"category":"${category}","list":[]}`);
  const symbol = call.parameters.text("symbol");
  const symbols = symbol === undefined ? tradingSymbols(call) : [known(call, symbol)];
  const rows = symbols.flatMap((name) => {
    const row = call.state.venue.ticker(name);
    return row === undefined ? [] : [restTickerRow(row, call.skewMs)];
  });
  return ok(`{"category":"linear","list":[${rows.join(",")}]}`);
}

function tradingSymbols(call: Call): readonly string[] {
  return call.state.venue
    .instruments()
    .filter((row) => row.status === "Trading")
    .map((row) => row.symbol);
}

function known(call: Call, symbol: string): string {
  if (call.state.venue.instrument(symbol) === undefined) throw new ParameterError("Not supported symbols");
  return symbol;
}

/** The symbol of a linear-only endpoint. */
function linearSymbol(call: Call): string {
  const category = call.parameters.oneOf("category", CATEGORIES) ?? "linear";
  const symbol = call.parameters.requiredText("symbol");
  if (category !== "linear") throw new ParameterError("Not supported symbols");
  return known(call, symbol);
}

function klines(call: Call, price: "last" | "mark" | "index"): Answer {
  const symbol = linearSymbol(call);
  const minutes = INTERVAL_MINUTES[call.parameters.requiredText("interval")];
  if (minutes === undefined) throw new ParameterError("params error: interval invalid");
  const startMs = call.parameters.integer("start");
  const endMs = call.parameters.integer("end");
  const query: KlineQuery = {
    intervalMs: minutes * MINUTE_MS,
    price,
    limit: call.parameters.limit("limit", 200, 1000),
    ...(startMs === undefined ? {} : { startMs }),
    ...(endMs === undefined ? {} : { endMs }),
  };
  const format: (candle: Candle) => string = price === "last" ? restCandle : restPriceCandle;
  const list = call.state.venue.klines(symbol, query).map(format).join(",");
  return ok(`{"symbol":"${symbol}","category":"linear","list":[${list}]}`);
}

function orderbook(call: Call): Answer {
  const symbol = linearSymbol(call);
  const book = call.state.venue.book(symbol, call.parameters.limit("limit", 25, 1000));
  if (book === undefined) throw new ParameterError("Not supported symbols");
  return ok(restBook(book, call.nowMs, call.skewMs));
}

function recentTrade(call: Call): Answer {
  const symbol = linearSymbol(call);
  const rows = call.state.venue.recentTrades(symbol, call.parameters.limit("limit", 500, 1000));
  const list = rows.map((row) => restTradeRow(row, call.skewMs)).join(",");
  return ok(`{"category":"linear","list":[${list}]}`);
}

function fundingHistory(call: Call): Answer {
  const symbol = linearSymbol(call);
  const start = call.parameters.integer("startTime");
  const end = call.parameters.integer("endTime");
  if (start !== undefined && end === undefined) throw new ParameterError("params error: endTime is required");
  const rows = call.state.venue
    .fundingHistory(symbol)
    .filter((row) => row.time >= (start ?? 0) && row.time <= (end ?? Number.POSITIVE_INFINITY))
    .slice(0, call.parameters.limit("limit", 200, 200));
  const list = rows.map(
    (row) =>
      `{"symbol":"${row.symbol}","fundingRate":"${row.fundingRate}","fundingRateTimestamp":"${row.time + call.skewMs}"}`,
  );
  return ok(`{"category":"linear","list":[${list.join(",")}]}`);
}

function riskLimit(call: Call): Answer {
  const category = call.parameters.oneOf("category", CATEGORIES) ?? "linear";
  if (category !== "linear") return ok(`{"category":"${category}","list":[],"nextPageCursor":""}`);
  const symbol = call.parameters.text("symbol");
  const all = call.state.venue.instruments().filter((row) => symbol === undefined || row.symbol === symbol);
  const page = pageBySymbol(call, all, RISK_SYMBOLS_PER_PAGE);
  const rows = page.rows.flatMap((row) => call.state.venue.riskLimits(row.symbol));
  const list = rows.map((row) => riskTierRow(row, call.state.behaviour.riskRatesType)).join(",");
  return ok(`{"category":"linear","list":[${list}],"nextPageCursor":"${page.cursor}"}`);
}

function priceLimit(call: Call): Answer {
  const row = call.state.venue.priceLimit(linearSymbol(call));
  if (row === undefined) throw new ParameterError("Not supported symbols");
  return ok(
    `{"symbol":${jsonText(row.symbol)},"buyLmt":"${row.buyLimit}","sellLmt":"${row.sellLimit}","ts":"${row.time + call.skewMs}"}`,
    "",
  );
}
