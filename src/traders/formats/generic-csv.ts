/**
 * The documented table for histories from elsewhere (docs/traders.md): one fill per row, columns by name, fees negative when
 * paid, times in UTC milliseconds or ISO with a zone.
 */
import type { FillKind, TraderFillRecord, TraderKey } from "../../store/trader-store.ts";
import { type CellOf, CsvTable, headerNames } from "./csv-table.ts";
import { type FillColumns, fillOfText } from "./fill-text.ts";
import type { HistoryReader, ReaderOptions } from "./format.ts";

const REQUIRED = ["time", "symbol", "side", "price", "quantity"];
const OPTIONAL = [
  "venue",
  "trader",
  "kind",
  "position_side",
  "fee",
  "fee_asset",
  "quote_asset",
  "realized_pnl",
  "liquidity",
  "trade_id",
  "order_id",
  "position_before",
  "leverage",
];
const COLUMNS: FillColumns = {
  time: "time",
  symbol: "symbol",
  side: "side",
  leg: "position_side",
  price: "price",
  quantity: "quantity",
  realizedPnl: "realized_pnl",
  fee: "fee",
  positionBefore: "position_before",
  closedQuantity: "",
  leverage: "leverage",
  paidIsPositive: false,
};
const KINDS: readonly FillKind[] = ["trade", "liquidation", "deleveraging", "settlement", "funding"];
const LIQUIDITIES: readonly TraderFillRecord["liquidity"][] = ["maker", "taker", "unknown"];
const NAME = /^[\w.:-]{1,60}$/;
const QUOTES = /(USDT|USDC|USD)$/;

export const GENERIC_COLUMNS = { required: REQUIRED, optional: OPTIONAL };
export const KNOWN_COLUMNS: readonly string[] = [...REQUIRED, ...OPTIONAL];

export function isGenericCsv(head: string): boolean {
  const names = headerNames(head);
  return REQUIRED.every((name) => names.includes(name));
}

export function genericCsvReader({ emit, trader, venue }: ReaderOptions): HistoryReader {
  return new CsvTable({
    emit,
    columns: REQUIRED,
    alsoKnown: OPTIONAL,
    keyOf: (cell) => keyOfCells(cell, { venue, trader }),
    row: (cell, key, at) => {
      const fill = fillOfCells(cell);
      return typeof fill === "string" ? fill : { kind: "fill", key, fill, at };
    },
  });
}

/** Whose row it is, or why it is nobody's; `otherwise` is whose it is where the row does not say. */
export function keyOfCells(cell: CellOf, otherwise: TraderKey): TraderKey | string {
  const venue = cell("venue") || otherwise.venue;
  const trader = cell("trader") || otherwise.trader;
  if (!NAME.test(venue)) return `venue: ${JSON.stringify(venue.slice(0, 60))} is no name`;
  return NAME.test(trader) ? { venue, trader } : `trader: ${JSON.stringify(trader.slice(0, 60))} is no name`;
}

/** The fill of one row, or why it is none. */
export function fillOfCells(cell: CellOf): TraderFillRecord | string {
  const kind = KINDS.find((one) => one === (cell("kind") || "trade"));
  if (kind === undefined) return `kind: ${JSON.stringify(cell("kind"))} is none of ${KINDS.join(", ")}`;
  const liquidity = LIQUIDITIES.find((one) => one === (cell("liquidity") || "unknown"));
  if (liquidity === undefined)
    return `liquidity: ${JSON.stringify(cell("liquidity"))} is none of ${LIQUIDITIES.join(", ")}`;
  const symbol = cell("symbol");
  const quoteAsset = cell("quote_asset") || (QUOTES.exec(symbol)?.[1] ?? "");
  if (quoteAsset === "")
    return "quote_asset: nothing stands there, and the symbol does not end in USDT, USDC or USD";
  return fillOfText(
    {
      kind,
      timeMs: timeOf(cell("time")),
      symbol,
      quoteAsset,
      side: cell("side"),
      leg: cell("position_side"),
      price: cell("price"),
      quantity: cell("quantity"),
      realizedPnl: cell("realized_pnl"),
      fee: cell("fee"),
      feeAsset: cell("fee_asset") || quoteAsset,
      liquidity,
      tradeId: cell("trade_id"),
      orderId: cell("order_id"),
      positionBefore: cell("position_before"),
      closedQuantity: "",
      leverage: cell("leverage"),
    },
    COLUMNS,
  );
}

/** Without a zone a time could be anybody's: it is refused. */
function timeOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const [, day = "", rest = ""] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))$/.exec(text) ?? [];
  // A date that the calendar does not have would become one of the next month.
  const isReal = Number.isFinite(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  return isReal && day !== "" ? Date.parse(`${day}T${rest}`) : Number.NaN;
}
