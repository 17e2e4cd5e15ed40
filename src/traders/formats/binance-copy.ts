/**
 * Histories of Binance copy-trading leads, as public sets carry them: the raw table of portfolio ids and Python lists (newest
 * first, possibly cut), and the clean tables of fills and of accounts. Symbols of USD-M perpetuals, times in whole seconds, no
 * trade ids, fees negative when paid, `realizedProfit` before fees.
 */
import type { HistoryExtent, TraderFillRecord, TraderKey } from "../../store/trader-store.ts";
import { type CsvRecord, CsvRecords } from "./csv-records.ts";
import { type CellOf, CsvTable } from "./csv-table.ts";
import { type FillColumns, type FillText, fillOfText, msOfDigits } from "./fill-text.ts";
import { FormatError, type HistoryReader, type ReaderOptions } from "./format.ts";
import { PythonNumber, type PythonValue, pythonListElements } from "./python-literal.ts";

const VENUE = "binance";

const RAW_COLUMNS: FillColumns = {
  time: "time",
  symbol: "symbol",
  side: "side",
  leg: "positionSide",
  price: "price",
  quantity: "qty",
  realizedPnl: "realizedProfit",
  fee: "fee",
  positionBefore: "",
  closedQuantity: "",
  leverage: "",
  paidIsPositive: false,
};
const TABLE_COLUMNS: FillColumns = {
  ...RAW_COLUMNS,
  time: "time_ms",
  leg: "position_side",
  quantity: "qty_base",
  realizedPnl: "realized_pnl",
};
const FILL_TABLE = [
  "port_id",
  "time_ms",
  "symbol",
  "quote_asset",
  "side",
  "position_side",
  "price",
  "qty_base",
  "quantity_quote",
  "fee",
  "fee_asset",
  "realized_pnl",
  "active_buy",
];
const FILL_TABLE_UNUSED = ["source_index", "base_asset", "realized_pnl_asset"];
const RAW_KEYS = [
  "time",
  "symbol",
  "side",
  "price",
  "fee",
  "feeAsset",
  "quantity",
  "quantityAsset",
  "realizedProfit",
  "qty",
  "positionSide",
  "activeBuy",
];
/** Price x quantity may be off by so much of itself before the row is taken for damaged. */
const NOTIONAL_TOLERANCE = 1e-6;

export function isBinanceCopy(head: string): boolean {
  const first = head.split("\n", 1)[0] ?? "";
  return isRaw(first) || isFills(first) || isAccounts(first);
}

const isRaw = (first: string) => first.includes("Port_IDs") && first.includes("Trade_History");
const isFills = (first: string) => first.includes("port_id") && first.includes("qty_base");
const isAccounts = (first: string) => first.includes("port_id") && first.includes("n_fills_here");

export function binanceCopyReader(options: ReaderOptions): HistoryReader {
  const first = options.head.split("\n", 1)[0] ?? "";
  if (isRaw(first)) return new RawReader(options);
  if (isFills(first)) return fillTable(options);
  if (isAccounts(first)) return accountTable(options);
  throw new FormatError(
    "this is no Binance lead history: columns Port_IDs and Trade_History, or port_id and qty_base, are meant",
  );
}

/** `source_index` only says where the row stood in its source, so it is no part of a fill. */
function fillTable({ emit }: ReaderOptions): HistoryReader {
  return new CsvTable({
    emit,
    columns: FILL_TABLE,
    alsoKnown: FILL_TABLE_UNUSED,
    keyOf: (cell) => keyOf(cell("port_id")),
    row: (cell, key, at) => {
      const fill = fillOfCells(
        {
          ...textsIn(cell, TABLE_COLUMNS),
          feeAsset: cell("fee_asset"),
          quoteAsset: cell("quote_asset"),
          notional: cell("quantity_quote"),
          isBuyerAggressor: cell("active_buy").toLowerCase(),
        },
        TABLE_COLUMNS,
      );
      return typeof fill === "string" ? fill : { kind: "fill", key, fill, at };
    },
  });
}

function accountTable({ emit }: ReaderOptions): HistoryReader {
  return new CsvTable({
    emit,
    columns: ["port_id", "history"],
    alsoKnown: null,
    keyOf: (cell) => keyOf(cell("port_id")),
    row: (cell, key) => {
      const extent = EXTENTS.get(cell("history"));
      if (extent === undefined)
        return `history: ${JSON.stringify(cell("history"))} is none of ${[...EXTENTS.keys()].join(", ")}`;
      return { kind: "trader", key, history: extent };
    },
  });
}

const EXTENTS: ReadonlyMap<string, HistoryExtent> = new Map([
  ["complete", "complete"],
  ["truncated", "truncated"],
  ["empty", "complete"],
]);

function keyOf(id: string): TraderKey | string {
  return /^\d{1,30}$/.test(id)
    ? { venue: VENUE, trader: id }
    : `port_id: ${JSON.stringify(id.slice(0, 40))} is no id`;
}

type NamedCells = Pick<
  FillColumns,
  "time" | "symbol" | "side" | "leg" | "price" | "quantity" | "realizedPnl" | "fee"
>;

interface FillCells extends NamedCells, Pick<FillText, "feeAsset" | "quoteAsset"> {
  readonly notional: string;
  readonly isBuyerAggressor: string;
}

function textsIn(cell: CellOf, columns: FillColumns): NamedCells {
  return {
    time: cell(columns.time),
    symbol: cell(columns.symbol),
    side: cell(columns.side),
    leg: cell(columns.leg),
    price: cell(columns.price),
    quantity: cell(columns.quantity),
    realizedPnl: cell(columns.realizedPnl),
    fee: cell(columns.fee),
  };
}

function fillOfCells(cells: FillCells, columns: FillColumns): TraderFillRecord | string {
  const { notional, isBuyerAggressor, time, ...rest } = cells;
  if (isBuyerAggressor !== "true" && isBuyerAggressor !== "false")
    return `the aggressor column: ${JSON.stringify(isBuyerAggressor)} is neither true nor false`;
  if (cells.realizedPnl === "") return `${columns.realizedPnl}: nothing stands where a profit should`;
  const expected = Number(cells.price) * Number(cells.quantity);
  if (!(Math.abs(Number(notional) - expected) <= NOTIONAL_TOLERANCE * expected))
    return `${notional} ${cells.quoteAsset} is not ${cells.price} x ${cells.quantity}`;
  const isTaker = (cells.side.toLowerCase() === "buy") === (isBuyerAggressor === "true");
  return fillOfText(
    {
      ...rest,
      kind: "trade",
      timeMs: msOfDigits(time),
      liquidity: isTaker ? "taker" : "maker",
      tradeId: "",
      orderId: "",
      positionBefore: "",
      closedQuantity: "",
      leverage: "",
    },
    columns,
  );
}

/** One line for each portfolio, its whole history in one cell. */
class RawReader implements HistoryReader {
  readonly unreadColumns = [];
  readonly #options: ReaderOptions;
  readonly #records: CsvRecords;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#records = new CsvRecords(
      (record) => this.#record(record),
      (line, text) =>
        options.emit({
          kind: "rejected",
          key: null,
          at: { line, record: 0 },
          reason: "a quoted cell has no end: the file was cut",
          text,
        }),
    );
  }

  push(text: string): void {
    this.#records.push(text);
  }

  end(): void {
    this.#records.end();
  }

  #record({ cells, line, text }: CsvRecord): void {
    const [id = "", history = ""] = cells;
    if (line === 1) return;
    const { emit } = this.#options;
    const key = cells.length === 2 ? keyOf(id) : "two cells are meant, a portfolio id and its history";
    if (typeof key === "string")
      return emit({ kind: "rejected", key: null, at: { line, record: 0 }, reason: key, text });
    if (history === "") return emit({ kind: "trader", key, history: "complete" });
    emit({ kind: "trader", key, history: history.trimEnd().endsWith("]") ? "complete" : "truncated" });
    this.#history(key, history, line);
  }

  /** Oldest first: the source is newest first. */
  #history(key: TraderKey, history: string, line: number): void {
    const elements = pythonListElements(history);
    for (let record = elements.length; record > 0; record--) {
      const element = elements[record - 1];
      if (element === undefined) continue;
      const at = { line, record };
      const fill = element.ok ? fillOfValue(element.value) : element.reason;
      this.#options.emit(
        typeof fill === "string"
          ? { kind: "rejected", key, at, reason: fill, text: element.text }
          : { kind: "fill", key, fill, at },
      );
    }
  }
}

function fillOfValue(value: PythonValue): TraderFillRecord | string {
  if (!(value instanceof Map)) return "a dictionary is meant";
  const missing = RAW_KEYS.filter((name) => !value.has(name));
  if (missing.length > 0) return `${missing.join(", ")} is missing`;
  const cell = (name: string) => plainText(value.get(name));
  return fillOfCells(
    {
      ...textsIn(cell, RAW_COLUMNS),
      feeAsset: cell("feeAsset"),
      quoteAsset: cell("quantityAsset"),
      notional: cell("quantity"),
      isBuyerAggressor: cell("activeBuy"),
    },
    RAW_COLUMNS,
  );
}

function plainText(value: PythonValue | undefined): string {
  if (value instanceof PythonNumber) return value.text;
  return typeof value === "string" || typeof value === "boolean" ? String(value) : "";
}
