/**
 * What is asked of one account by REST: lists with all their pages, snapshot, market description, look-up of an order,
 * recent executions. Each ends with a result or one error; nothing here throws for a failure of the world.
 */
import type { EquityReport, LeaderOrderRow, OrderRow, PositionMode, PositionRow } from "../../core/event.ts";
import type { ClientOrderId, VenueId } from "../../core/model/identifiers.ts";
import { ExchangeError } from "../exchange-error.ts";
import { isRow, MalformedMessage, numberIn, optionalDecimal, type RawRow, UnknownState } from "../raw.ts";
import type { Scope } from "../scope.ts";
import { queryText } from "./format.ts";
import {
  CATEGORY,
  isOurs,
  isUsdtLinear,
  modeOf,
  parseEquity,
  parseExits,
  parseLeaderOrder,
  parseOrder,
  parsePage,
  parsePosition,
  SETTLE_COIN,
} from "./parse.ts";
import type { BybitRest } from "./rest.ts";
import type { Credentials } from "./signature.ts";
import type { Priority } from "./waiting-line.ts";

/** Where and as whom to ask. */
export interface AccountAccess {
  readonly venue: VenueId;
  readonly credentials: Credentials;
  readonly rest: BybitRest;
  readonly scope: Scope;
  readonly priority: Exclude<Priority, "reduce">;
}

/** The same where the venue asks for no key. */
type ReadAccess = Pick<AccountAccess, "rest" | "scope" | "priority"> & {
  readonly credentials: Credentials | null;
};

/** A list whose pages do not end is given up; 50 pages of 200 positions are more than there are instruments. */
const PAGES_MAX = 50;
/** So are pages that hold more than was asked for. */
const PAGE_ROWS_MAX = 1_000;

export type Result<Value> =
  | { readonly kind: "ok"; readonly value: Value; readonly serverTimeMs: number }
  | { readonly kind: "error"; readonly error: ExchangeError };

type Parameters = Readonly<Record<string, string | number | undefined>>;

/** One GET whose result is parsed by `parse`; malformed answers are errors like any other. */
export function read<Value>(
  access: ReadAccess,
  path: string,
  parameters: Parameters,
  parse: (result: unknown) => Value,
  done: (result: Result<Value>) => void,
): void {
  const { rest, scope, credentials, priority } = access;
  const payload = queryText(parameters);
  rest.ask({ method: "GET", path, payload, credentials, priority }, scope, (answer) => {
    if (answer.kind === "error") done(answer);
    else done(parsed(() => parse(answer.result), answer.serverTimeMs));
  });
}

/** Wraps a parser so that what it throws about the message becomes an error value. */
export function parsed<Value>(parse: () => Value, serverTimeMs: number): Result<Value> {
  try {
    return { kind: "ok", value: parse(), serverTimeMs };
  } catch (error) {
    if (!(error instanceof MalformedMessage || error instanceof UnknownState)) throw error;
    return { kind: "error", error: new ExchangeError("give-up", 0, error.message, { cause: error }) };
  }
}

/** All rows of a list; the server's time is that of the first page. What `tooLong` "cut" leaves out is the oldest. */
export function readList(
  access: ReadAccess,
  path: string,
  parameters: Parameters,
  done: (result: Result<readonly RawRow[]>) => void,
  tooLong: "fail" | "cut" = "fail",
): void {
  const rows: RawRow[] = [];
  let firstServerTimeMs = 0;
  const next = (cursor: string, page: number): void => {
    read(access, path, { ...parameters, cursor }, parsePage, (result) => {
      if (result.kind === "error") {
        done(result);
        return;
      }
      if (page === 1) firstServerTimeMs = result.serverTimeMs;
      if (result.value.rows.length > PAGE_ROWS_MAX) {
        const cause = `a page of ${path} holds more than ${PAGE_ROWS_MAX} rows`;
        return done({ kind: "error", error: new ExchangeError("give-up", 0, cause) });
      }
      rows.push(...result.value.rows);
      const following = result.value.cursor;
      const isCut = tooLong === "cut" && page >= PAGES_MAX;
      if (following === "" || result.value.rows.length === 0 || isCut) {
        done({ kind: "ok", value: rows, serverTimeMs: firstServerTimeMs });
      } else if (page >= PAGES_MAX || following === cursor) {
        done({ kind: "error", error: new ExchangeError("give-up", 0, `the pages of ${path} do not end`) });
      } else next(following, page + 1);
    });
  };
  next("", 1);
}

export interface Snapshot extends OpenOrders {
  readonly positions: readonly PositionRow[];
  readonly equity: EquityReport;
  readonly serverTimeMs: number;
}

/** What of an account's open orders a snapshot tells. */
interface OpenOrders {
  readonly orders: readonly OrderRow[];
  readonly foreignOrders?: number;
  readonly leaderOrders?: readonly LeaderOrderRow[];
}

/** Whose open orders are read: ours on a follower's account, a leader's own with the exits of its positions, or nobody's. */
export type OrdersWanted = "ours" | "leader's" | "none";

/** Positions, then open orders (where asked for), then the wallet. */
export function readSnapshot(
  access: AccountAccess,
  wanted: OrdersWanted,
  done: (result: Result<Snapshot>) => void,
): void {
  readPositions(access, wanted === "leader's", (positions) => {
    if (positions.kind === "error") return done(positions);
    const { serverTimeMs } = positions;
    const withEquity = (orders: OpenOrders): void =>
      readEquity(access, (equity) => {
        if (equity.kind === "error") return done(equity);
        const value = { positions: positions.value, ...orders, equity: equity.value, serverTimeMs };
        done({ kind: "ok", value, serverTimeMs });
      });
    if (wanted === "none") return withEquity({ orders: [] });
    readOpenOrders(access, wanted, (orders) =>
      orders.kind === "error" ? done(orders) : withEquity(orders.value),
    );
  });
}

function readPositions(
  access: AccountAccess,
  withExits: boolean,
  done: (result: Result<readonly PositionRow[]>) => void,
): void {
  const parameters = { category: CATEGORY, settleCoin: SETTLE_COIN, limit: 200 };
  const parse = (row: RawRow): PositionRow => {
    const position = parsePosition(row, access.venue);
    return withExits ? { ...position, ...parseExits(row) } : position;
  };
  readList(access, "/v5/position/list", parameters, (result) => {
    if (result.kind === "error") return done(result);
    const ours = result.value.filter(isUsdtLinear);
    done(parsed(() => ours.map(parse), result.serverTimeMs));
  });
}

/** Those that wait for a trigger too: without `orderFilter` the venue lists every kind ("Get Open & Closed Orders"). */
function readOpenOrders(
  access: AccountAccess,
  wanted: "ours" | "leader's",
  done: (result: Result<OpenOrders>) => void,
): void {
  const parameters = { category: CATEGORY, settleCoin: SETTLE_COIN, openOnly: 0, limit: 50 };
  readList(access, "/v5/order/realtime", parameters, (result) => {
    if (result.kind === "error") return done(result);
    const rows = result.value.filter(isUsdtLinear);
    const parse = wanted === "ours" ? ourOrders : leaderOrders;
    done(parsed(() => parse(rows, access.venue), result.serverTimeMs));
  });
}

function ourOrders(rows: readonly RawRow[], venue: VenueId): OpenOrders {
  const ours = rows.filter(isOurOrder);
  return { orders: ours.map((row) => parseOrder(row, venue)), foreignOrders: rows.length - ours.length };
}

function leaderOrders(rows: readonly RawRow[], venue: VenueId): OpenOrders {
  return { orders: [], leaderOrders: rows.map((row) => parseLeaderOrder(row, venue)) };
}

export function isOurOrder(row: RawRow): boolean {
  return typeof row.orderLinkId === "string" && isOurs(row.orderLinkId);
}

export const NO_UNIFIED_ACCOUNT = "there is no unified account";

export function readEquity(access: AccountAccess, done: (result: Result<EquityReport>) => void): void {
  const parse = (result: unknown): EquityReport => {
    const equity = isRow(result) ? parseEquity(result.list) : null;
    if (equity === null) throw new MalformedMessage(NO_UNIFIED_ACCOUNT);
    return equity;
  };
  read(access, "/v5/account/wallet-balance", { accountType: "UNIFIED" }, parse, done);
}

export interface MarketDescription {
  readonly mode: PositionMode;
  readonly leverage: string;
}

/** Mode and leverage of one symbol, flat or not: the query by symbol always has its rows. */
export function readMarket(
  access: AccountAccess,
  symbol: string,
  done: (result: Result<MarketDescription>) => void,
): void {
  readList(access, "/v5/position/list", { category: CATEGORY, symbol }, (result) => {
    if (result.kind === "error") return done(result);
    done(parsed(() => describe(result.value, symbol), result.serverTimeMs));
  });
}

function describe(rows: readonly RawRow[], symbol: string): MarketDescription {
  const [first] = rows.filter((row) => row.symbol === symbol);
  if (first === undefined) throw new MalformedMessage(`no position row of ${symbol}`);
  return { mode: modeOf(first), leverage: optionalDecimal(first, "leverage") };
}

/** What a look-up learned of an order; `order` null means that the venue knows none with this id. */
export interface OrderFinding {
  readonly order: OrderRow | null;
  /** Raw execution rows of the order. */
  readonly executions: readonly RawRow[];
  /** The earliest server time among the answers. */
  readonly serverTimeMs: number;
}

/** Open and recently closed orders first, then history, then the order's executions. */
export function readOrder(
  access: AccountAccess,
  symbol: string,
  id: ClientOrderId,
  done: (result: Result<OrderFinding>) => void,
): void {
  const asked = { category: CATEGORY, symbol, orderLinkId: id };
  findOrder(access, "/v5/order/realtime", asked, (recent) => {
    if (recent.kind === "error") return done(recent);
    if (recent.value !== null) return withExecutions(access, asked, recent, done);
    findOrder(access, "/v5/order/history", asked, (old) => {
      if (old.kind === "error") return done(old);
      const serverTimeMs = Math.min(recent.serverTimeMs, old.serverTimeMs);
      withExecutions(access, asked, { ...old, serverTimeMs }, done);
    });
  });
}

interface FoundOrder {
  readonly value: OrderRow | null;
  readonly serverTimeMs: number;
}

function findOrder(
  access: AccountAccess,
  path: string,
  asked: Parameters,
  done: (result: Result<OrderRow | null>) => void,
): void {
  const parse = (result: unknown): OrderRow | null => {
    const row = parsePage(result).rows.find((one) => one.orderLinkId === asked.orderLinkId);
    return row === undefined ? null : parseOrder(row, access.venue);
  };
  read(access, path, asked, parse, done);
}

function withExecutions(
  access: AccountAccess,
  asked: Parameters,
  found: FoundOrder,
  done: (result: Result<OrderFinding>) => void,
): void {
  const { value: order } = found;
  const settled = (executions: readonly RawRow[], serverTimeMs: number): void =>
    done({ kind: "ok", value: { order, executions, serverTimeMs }, serverTimeMs });
  if (order !== null && Number(order.filledQuantity) === 0) return settled([], found.serverTimeMs);
  readList(access, "/v5/execution/list", { ...asked, limit: 100 }, (result) => {
    if (result.kind === "error") return done(result);
    const rows = result.value.filter((row) => row.orderLinkId === asked.orderLinkId);
    settled(rows, Math.min(found.serverTimeMs, result.serverTimeMs));
  });
}

/** The venue takes a window of at most seven days ("Get Trade History"); a little less, for our clock's error. */
const EXECUTIONS_WINDOW_MS = 7 * 24 * 3_600_000 - 60_000;

/**
 * Executions since a moment of the server's clock, oldest first; of too many the newest. Whatever is older is in the
 * snapshot, which states holdings whole.
 */
export function readExecutions(
  access: AccountAccess,
  sinceMs: number,
  done: (result: Result<readonly RawRow[]>) => void,
): void {
  const startTime = Math.max(sinceMs, access.rest.clock.nowMs() - EXECUTIONS_WINDOW_MS);
  const parameters = { category: CATEGORY, settleCoin: SETTLE_COIN, startTime, limit: 100 };
  const sorted = (result: Result<readonly RawRow[]>): void => {
    if (result.kind === "error") return done(result);
    const rows = [...result.value].sort(
      (left, right) => timeOf(left) - timeOf(right) || seqOf(left) - seqOf(right),
    );
    done({ ...result, value: rows });
  };
  readList(access, "/v5/execution/list", parameters, sorted, "cut");
}

const timeOf = (row: RawRow): number => numberIn(row.execTime);
const seqOf = (row: RawRow): number => numberIn(row.seq);
