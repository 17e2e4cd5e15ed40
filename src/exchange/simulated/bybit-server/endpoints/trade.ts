/**
 * The private trade endpoints except creating, amending and cancelling single orders and batches, which the
 * dispatcher hands to order-actions.ts because order entry shares them.
 */
import type { ExecutionRow, OrderKindFilter, OrderQuery, OrderRow } from "../../venue-types.ts";
import { type Page, pageOf } from "../cursor.ts";
import { ParameterError } from "../parameters.ts";
import { restExecutionRow } from "../rows/execution-row.ts";
import { restOrderRow } from "../rows/order-row.ts";
import { type Answer, ok } from "../wire.ts";
import { CATEGORIES, type PrivateCall, type PrivateEndpoint } from "./endpoint.ts";
import { timeWindowOf, within } from "./time-window.ts";

const CLOSED_SHOWN_MAX = 500;
const ORDER_FILTERS = [
  "Order",
  "StopOrder",
  "OpenOrder",
  "tpslOrder",
  "OcoOrder",
  "BidirectionalTpslOrder",
] as const;
const CANCELLED_KEPT_MS = 86_400_000;

export const TRADE_ENDPOINTS: readonly PrivateEndpoint[] = [
  read("/v5/order/realtime", "order.realtime", realtime),
  read("/v5/order/history", "order.history", history),
  read("/v5/execution/list", "execution.list", executionList),
  {
    kind: "private",
    method: "POST",
    path: "/v5/order/cancel-all",
    bucket: "order.cancel-all",
    needs: "trade",
    answer: cancelAll,
  },
];

function read(path: string, bucket: string, answer: (call: PrivateCall) => Answer): PrivateEndpoint {
  return { kind: "private", method: "GET", path, bucket, needs: "nothing", answer };
}

interface Filters {
  readonly query: OrderQuery;
  readonly byId: boolean;
  readonly matches: (symbol: string) => boolean;
}

/** Ids first, then symbol, base coin, settle coin. */
function filtersOf(call: PrivateCall): Filters {
  const { parameters } = call;
  const orderId = parameters.text("orderId");
  if (orderId !== undefined) return { query: { orderId }, byId: true, matches: () => true };
  const orderLinkId = parameters.text("orderLinkId");
  if (orderLinkId !== undefined) return { query: { orderLinkId }, byId: true, matches: () => true };
  const symbol = parameters.text("symbol");
  if (symbol !== undefined) return { query: { symbol }, byId: false, matches: () => true };
  return { query: {}, byId: false, matches: coinFilter(call) };
}

function coinFilter(call: PrivateCall): (symbol: string) => boolean {
  const baseCoin = call.parameters.text("baseCoin");
  const settleCoin = call.parameters.text("settleCoin");
  if (baseCoin !== undefined) {
    return (symbol) => call.state.venue.instrument(symbol)?.baseCoin === baseCoin;
  }
  return () => settleCoin === undefined || settleCoin === "USDT";
}

function isStop(row: OrderRow): boolean {
  return row.orderStatus === "Untriggered" || row.orderStatus === "Deactivated" || row.stopOrderType !== "";
}

function passesOrderFilter(call: PrivateCall): (row: OrderRow) => boolean {
  const filter = call.parameters.oneOf("orderFilter", ORDER_FILTERS);
  if (filter === undefined) return () => true;
  return filter === "Order" || filter === "OpenOrder" ? (row) => !isStop(row) : isStop;
}

function emptyList(category: string): Answer {
  return ok(`{"list":[],"nextPageCursor":"","category":"${category}"}`);
}

function realtime(call: PrivateCall): Answer {
  const category = call.parameters.requiredOneOf("category", CATEGORIES);
  if (category !== "linear") return emptyList(category);
  requireScope(call, ["symbol", "baseCoin", "settleCoin", "orderId", "orderLinkId"]);
  const filters = filtersOf(call);
  const { venue } = call.state;
  const rows = filters.byId
    ? orderById(call, filters.query)
    : call.parameters.integer("openOnly") === 1
      ? venue.orderHistory(call.account.apiKey, filters.query).slice(0, CLOSED_SHOWN_MAX)
      : venue.openOrders(call.account.apiKey, filters.query);
  return orderPage(call, rows.filter((row) => filters.matches(row.symbol)).filter(passesOrderFilter(call)));
}

function orderById(call: PrivateCall, query: OrderQuery): readonly OrderRow[] {
  const row = call.state.venue.order(call.account.apiKey, query);
  const symbol = call.parameters.text("symbol");
  if (row === undefined || (symbol !== undefined && row.symbol !== symbol)) return [];
  return [row];
}

function requireScope(call: PrivateCall, names: readonly string[]): void {
  if (names.some((name) => call.parameters.has(name))) return;
  throw new ParameterError("params error: symbol or settleCoin or baseCoin is required");
}

function orderPage(call: PrivateCall, rows: readonly OrderRow[]): Answer {
  const page = pageFor(call, rows, (row) => row.orderId, 20, 50);
  const style = call.state.behaviour.restEmptyValues;
  const list = page.rows.map((row) => restOrderRow(row, style, call.skewMs)).join(",");
  return ok(`{"list":[${list}],"nextPageCursor":"${page.cursor}","category":"linear"}`);
}

/** The page that `limit` and `cursor` ask for. */
export function pageFor<Row>(
  call: PrivateCall,
  rows: readonly Row[],
  idOf: (row: Row) => string,
  limitDefault: number,
  limitMax: number,
): Page<Row> {
  const page = pageOf(rows, idOf, {
    cursor: call.parameters.text("cursor"),
    limit: call.parameters.limit("limit", limitDefault, limitMax),
    style: call.state.behaviour.cursors,
  });
  if (page === undefined) throw new ParameterError("params error: cursor invalid");
  return page;
}

function history(call: PrivateCall): Answer {
  const category = call.parameters.requiredOneOf("category", CATEGORIES);
  if (category !== "linear") return emptyList(category);
  const filters = filtersOf(call);
  const window = timeWindowOf(call);
  const status = call.parameters.text("orderStatus");
  const rows = call.state.venue
    .orderHistory(call.account.apiKey, filters.query)
    .filter((row) => filters.matches(row.symbol))
    .filter((row) => status === undefined || row.orderStatus === status)
    .filter((row) => filters.byId || within(window, row.createdTime + call.skewMs))
    .filter((row) => row.cumExecQty !== "0" || call.nowMs - row.updatedTime <= CANCELLED_KEPT_MS)
    .filter(passesOrderFilter(call));
  return orderPage(call, rows);
}

function executionList(call: PrivateCall): Answer {
  const category = call.parameters.requiredOneOf("category", CATEGORIES);
  if (category !== "linear") return emptyList(category);
  const filters = filtersOf(call);
  const window = timeWindowOf(call);
  const execType = call.parameters.text("execType");
  const rows = call.state.venue
    .executions(call.account.apiKey, filters.query)
    .filter((row) => filters.byId || matchesExecution(row, filters, execType))
    .filter((row) => filters.byId || within(window, row.execTime + call.skewMs));
  const page = pageFor(call, rows, (row) => row.execId, 50, 100);
  const list = page.rows.map((row) => restExecutionRow(row, call.skewMs)).join(",");
  return ok(`{"nextPageCursor":"${page.cursor}","category":"linear","list":[${list}]}`);
}

function matchesExecution(row: ExecutionRow, filters: Filters, execType: string | undefined): boolean {
  return filters.matches(row.symbol) && (execType === undefined || row.execType === execType);
}

function cancelAll(call: PrivateCall): Answer {
  const category = call.parameters.requiredOneOf("category", CATEGORIES);
  if (category !== "linear") return ok(`{"list":[],"success":"1"}`);
  requireScope(call, ["symbol", "baseCoin", "settleCoin"]);
  const filter = kindFilterOf(call);
  const cancelled = scopeOf(call).flatMap((scope) =>
    call.state.venue.cancelAll(call.account.apiKey, { ...scope, filter }),
  );
  const list = cancelled.map((row) => `{"orderId":"${row.orderId}","orderLinkId":"${row.orderLinkId}"}`);
  return ok(`{"list":[${list.join(",")}],"success":"1"}`);
}

function kindFilterOf(call: PrivateCall): OrderKindFilter {
  if (call.parameters.text("stopOrderType") === "Stop") return "stop-entry";
  const filter = call.parameters.oneOf("orderFilter", ORDER_FILTERS);
  if (filter === undefined) return "all";
  return filter === "Order" || filter === "OpenOrder" ? "active" : "conditional";
}

/** The symbols to cancel in: one, those of a base coin, or all. */
function scopeOf(call: PrivateCall): readonly { readonly symbol?: string }[] {
  const symbol = call.parameters.text("symbol");
  if (symbol !== undefined) {
    if (call.state.venue.instrument(symbol) === undefined) throw new ParameterError("Not supported symbols");
    return [{ symbol }];
  }
  const baseCoin = call.parameters.text("baseCoin");
  if (baseCoin !== undefined) {
    const rows = call.state.venue.instruments().filter((row) => row.baseCoin === baseCoin);
    return rows.map((row) => ({ symbol: row.symbol }));
  }
  return call.parameters.text("settleCoin") === "USDT" ? [{}] : [];
}
