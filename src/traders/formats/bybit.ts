/**
 * Bybit executions: answers of `GET /v5/execution/list` (one, several in a list or one after another, or the bare list), messages of
 * the `execution` topic, and the trade history of derivatives that a user downloads as CSV. Linear contracts only. `execFee` and
 * `Trading Fee` are positive when paid; funding stands among the executions.
 * Source: Bybit V5 documentation, order/execution and enum (execType).
 */
import type { FillKind, TraderFillRecord, TraderKey } from "../../store/trader-store.ts";
import { CsvTable, headerNames } from "./csv-table.ts";
import { type FillColumns, fillOfText, msOfDigits } from "./fill-text.ts";
import { FormatError, type HistoryReader, type ReaderOptions } from "./format.ts";
import { fieldText, type JsonFields, JsonRecords, jsonFields } from "./json-records.ts";

const VENUE = "bybit";
const COLUMNS: FillColumns = {
  time: "execTime",
  symbol: "symbol",
  side: "side",
  leg: "",
  price: "execPrice",
  quantity: "execQty",
  realizedPnl: "execPnl",
  fee: "execFee",
  positionBefore: "",
  closedQuantity: "closedSize",
  leverage: "",
  paidIsPositive: true,
};
const KINDS: ReadonlyMap<string, FillKind> = new Map([
  ["Trade", "trade"],
  ["BlockTrade", "trade"],
  ["MovePosition", "trade"],
  ["FutureSpread", "trade"],
  ["AdlTrade", "deleveraging"],
  ["BustTrade", "liquidation"],
  ["Liquidation", "liquidation"],
  ["Funding", "funding"],
  ["Delivery", "settlement"],
  ["Settle", "settlement"],
  ["SessionSettlePnL", "settlement"],
]);
/** Price and profit in a stable coin; `BTCPERP` is counted in USDC. */
const LINEAR = /^[A-Z0-9]+?(USDT|USDC|PERP)$|^[A-Z0-9]+(USDT)?-\d{2}[A-Z]{3}\d{2}$/;

export function isBybitJson(head: string): boolean {
  return /^\s*[[{]/.test(head) && head.includes('"execId"') && head.includes('"execPrice"');
}

export function bybitJsonReader({ emit, trader, head }: ReaderOptions): HistoryReader {
  const key: TraderKey = { venue: VENUE, trader };
  let category = "";
  // A list at the top holds either executions or whole answers.
  const isNested = /"(list|data)"\s*:\s*\[/.test(head);
  const records = new JsonRecords({
    isRecordList: (path) => (isNested ? /(^|\.)(list|data)\[\]$/.test(path) : /^(\[\])+$/.test(path)),
    onScalar: (path, value) => {
      if (/(^|\.)category$/.test(path)) category = value;
    },
    onRecord: ({ text, line }) => {
      const fields = jsonFields(text);
      const at = { line, record: 0 };
      const fill = fields === null ? "this is no JSON object" : fillOf(fields, category);
      if (fill === null) emit({ kind: "skipped", why: "executions that are not of linear contracts" });
      else if (typeof fill === "string") emit({ kind: "rejected", key, at, reason: fill, text });
      else emit({ kind: "fill", key, fill, at });
    },
    onBroken: (line, reason, text) =>
      emit({ kind: "rejected", key: null, at: { line, record: 0 }, reason, text }),
  });
  return { unreadColumns: [], push: (text) => records.push(text), end: () => records.end() };
}

/** Null for what is not of a linear contract. */
function fillOf(fields: JsonFields, ofAnswer: string): TraderFillRecord | string | null {
  const text = (name: string) => fieldText(fields, name);
  const missing = ["symbol", "side", "execPrice", "execQty", "execTime", "execType", "execId"].filter(
    (name) => text(name) === "",
  );
  if (missing.length > 0) return `${missing.join(", ")} is missing`;
  const category = text("category") || ofAnswer;
  const symbol = text("symbol");
  if ((category !== "" && category !== "linear") || !LINEAR.test(symbol)) return null;
  const kind = KINDS.get(text("execType"));
  if (kind === undefined) return `execType: ${JSON.stringify(text("execType"))} is not known`;
  const quoteAsset = quoteOf(symbol);
  return fillOfText(
    {
      kind,
      timeMs: msOfDigits(text("execTime")),
      symbol,
      quoteAsset,
      side: text("side"),
      leg: "",
      price: text("execPrice"),
      quantity: text("execQty"),
      realizedPnl: text("execPnl"),
      fee: text("execFee"),
      feeAsset: text("feeCurrency") || quoteAsset,
      liquidity: liquidityOf(text("isMaker")),
      tradeId: text("execId"),
      orderId: text("orderId"),
      positionBefore: "",
      closedQuantity: text("closedSize"),
      leverage: "",
    },
    COLUMNS,
  );
}

const liquidityOf = (isMaker: string) =>
  isMaker === "true" ? "maker" : isMaker === "false" ? "taker" : "unknown";

function quoteOf(symbol: string): string {
  return symbol.includes("USDT") ? "USDT" : "USDC";
}

/** The names of a column over the years; the first is today's. */
const CSV_NAMES = {
  symbol: ["Market", "Contracts", "Symbol"],
  kind: ["Filled Type", "Exec Type"],
  quantity: ["Filled Quantity", "Filled Qty", "Qty"],
  price: ["Filled Price", "Exec Price"],
  fee: ["Trading Fee", "Fees Paid"],
  feeAsset: ["feeCoin"],
  direction: ["Direction", "Side"],
  tradeId: ["Trasaction ID", "Transaction ID"],
  orderId: ["Order No."],
  leverage: ["Leverage"],
} as const;
const TIME_NAME = /^(Transaction Time|Filled Time)\s*\(UTC([+-]\d{1,2})\)$/;
const OPTIONAL: ReadonlySet<string> = new Set(["kind", "feeAsset", "leverage", "orderId", "tradeId"]);
const DIRECTIONS: ReadonlyMap<string, readonly [side: string, leg: string]> = new Map([
  ["buy", ["buy", ""]],
  ["sell", ["sell", ""]],
  ["long", ["buy", ""]],
  ["short", ["sell", ""]],
  ["open long", ["buy", "long"]],
  ["close long", ["sell", "long"]],
  ["open short", ["sell", "short"]],
  ["close short", ["buy", "short"]],
]);

export function isBybitCsv(head: string): boolean {
  const names = headerNames(head);
  return names.some((name) => TIME_NAME.test(name)) && names.includes("Direction");
}

export function bybitCsvReader({ emit, trader, head }: ReaderOptions): HistoryReader {
  const names = headerNames(head);
  const found = foundColumns(names);
  const timeName = names.find((name) => TIME_NAME.test(name));
  if (timeName === undefined) throw new FormatError("no column Transaction Time(UTC+0)");
  const offsetHours = Number(TIME_NAME.exec(timeName)?.[2] ?? 0);
  const key: TraderKey = { venue: VENUE, trader };
  return new CsvTable({
    emit,
    columns: [timeName],
    alsoKnown: null,
    keyOf: () => key,
    row: (cell, _key, at) => {
      const get = (name: keyof typeof CSV_NAMES) => cell(found[name] ?? "");
      if (!LINEAR.test(get("symbol")))
        return { kind: "skipped", why: "executions that are not of linear contracts" };
      const fill = fillOfCells(get, timeOf(cell(timeName), offsetHours), columnsOf(found, timeName));
      return typeof fill === "string" ? fill : { kind: "fill", key, fill, at };
    },
  });
}

type Found = Readonly<Record<keyof typeof CSV_NAMES, string | undefined>>;

function foundColumns(names: readonly string[]): Found {
  const found = Object.fromEntries(
    Object.entries(CSV_NAMES).map(([field, known]) => [field, known.find((name) => names.includes(name))]),
  ) as Found;
  const missing = Object.entries(CSV_NAMES).filter(
    ([field]) => !OPTIONAL.has(field) && found[field as keyof Found] === undefined,
  );
  if (missing.length > 0)
    throw new FormatError(`no column ${missing.map(([, known]) => known.join(" or ")).join(", ")}`);
  return found;
}

function columnsOf(found: Found, time: string): FillColumns {
  const { symbol = "", direction = "", price = "", quantity = "", fee = "", leverage = "" } = found;
  return { ...COLUMNS, time, symbol, side: direction, leg: direction, price, quantity, fee, leverage };
}

function fillOfCells(
  get: (name: keyof typeof CSV_NAMES) => string,
  timeMs: number,
  columns: FillColumns,
): TraderFillRecord | string {
  const kind = KINDS.get(get("kind") || "Trade");
  if (kind === undefined) return `Filled Type: ${JSON.stringify(get("kind"))} is not known`;
  const direction = DIRECTIONS.get(get("direction").toLowerCase());
  if (direction === undefined)
    return `${columns.side}: ${JSON.stringify(get("direction"))} is none of ${[...DIRECTIONS.keys()].join(", ")}`;
  const quoteAsset = quoteOf(get("symbol"));
  return fillOfText(
    {
      kind,
      timeMs,
      symbol: get("symbol"),
      quoteAsset,
      side: direction[0],
      leg: direction[1],
      price: get("price"),
      quantity: get("quantity"),
      realizedPnl: "",
      fee: absent(get("fee")),
      feeAsset: absent(get("feeAsset")) || quoteAsset,
      liquidity: "unknown",
      tradeId: absent(get("tradeId")),
      orderId: absent(get("orderId")),
      positionBefore: "",
      closedQuantity: "",
      leverage: absent(get("leverage")).replace(/x$/i, ""),
    },
    columns,
  );
}

const absent = (text: string) => (text === "--" ? "" : text);

/** `19:34 2026-02-28` as downloads have it, or `2026-02-28 19:34:56`; NaN for neither. */
function timeOf(text: string, offsetHours: number): number {
  const timeFirst = /^(\d{1,2}):(\d{2})(?::(\d{2}))? (\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const dateFirst = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(text);
  const [, hour, minute, second = "0", year, month, day] = timeFirst ?? [];
  const parts =
    timeFirst === null
      ? dateFirst?.slice(1).map((part) => Number(part ?? 0))
      : [year, month, day, hour, minute, second].map(Number);
  if (parts === undefined) return Number.NaN;
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts;
  const ms = Date.UTC(y, mo - 1, d, h, mi, s);
  // A date that the calendar does not have would become one of the next month.
  const isReal = new Date(ms)
    .toISOString()
    .startsWith(`${dashed(y, 4)}-${dashed(mo, 2)}-${dashed(d, 2)}T${dashed(h, 2)}`);
  return isReal && mi <= 59 && s <= 59 ? ms - offsetHours * 3_600_000 : Number.NaN;
}

const dashed = (value: number, digits: number) => String(value).padStart(digits, "0");
