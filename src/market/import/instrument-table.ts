/**
 * Reads a CSV of a venue's instruments. Required: `symbol`, `tick_size`, `min_order_qty`, `max_order_qty`. Optional, with what
 * is taken where they are missing or empty: `qty_step` (min_order_qty), `max_mkt_order_qty` (max_order_qty), `min_notional_value` (5, as of
 * most USDT contracts at Bybit), `base_coin` (the symbol without USDT), `max_leverage`. Rows whose `quote_coin` is not USDT, or whose `kind` or
 * `contract_type` says that they end, are left out.
 */
import { VenueId } from "../../core/model/identifiers.ts";
import { type InstrumentSpec, makeInstrument } from "../../core/model/instrument.ts";

export interface InstrumentTable {
  readonly specs: readonly InstrumentSpec[];
  /** Rows of other kinds. */
  readonly leftOut: number;
  /** `line: why`. */
  readonly rejects: readonly string[];
  /** Columns that some rows had nothing in, with what was taken. */
  readonly assumed: readonly string[];
}

const REQUIRED = ["symbol", "tick_size", "min_order_qty", "max_order_qty"] as const;
const ENDS = /dated|futures/i;
const MIN_NOTIONAL = "5";

/** Throws a RangeError when it is no such table. */
export function readInstrumentTable(text: string, venue: string): InstrumentTable {
  const [header = "", ...lines] = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const names = header.split(",").map((name) => name.trim());
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new RangeError(`it has no column ${missing.join(", ")}; instruments need ${REQUIRED.join(", ")}`);
  const specs: InstrumentSpec[] = [];
  const rejects: string[] = [];
  const assumed = new Set<string>();
  let leftOut = 0;
  for (const [at, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const cells = line.split(",");
    const row = new Map(names.map((name, column) => [name, cells[column]?.trim() ?? ""]));
    if (isOther(row)) leftOut += 1;
    else {
      try {
        const spec = specOf(row, venue, assumed);
        makeInstrument(spec);
        specs.push(spec);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        rejects.push(`${at + 2}: ${error.message}`);
      }
    }
  }
  return { specs, leftOut, rejects, assumed: [...assumed] };
}

type Row = ReadonlyMap<string, string>;

function isOther(row: Row): boolean {
  const quote = row.get("quote_coin") ?? "";
  return (quote !== "" && quote !== "USDT") || ENDS.test(row.get("kind") ?? row.get("contract_type") ?? "");
}

function specOf(row: Row, venue: string, assumed: Set<string>): InstrumentSpec {
  const cell = (name: string) => row.get(name) ?? "";
  const or = (name: string, otherwise: string, said: string) => {
    if (cell(name) !== "") return cell(name);
    assumed.add(`${name}: ${said}`);
    return otherwise;
  };
  const symbol = cell("symbol");
  if (!/^[A-Z0-9]{3,40}$/.test(symbol)) throw new RangeError(`${JSON.stringify(symbol)} is no symbol`);
  return {
    venue: VenueId(venue),
    symbol,
    baseCoin: cell("base_coin") || symbol.replace(/USDT$/, ""),
    settleCoin: "USDT",
    status: "trading",
    tickSize: cell("tick_size"),
    quantityStep: or("qty_step", cell("min_order_qty"), "that of min_order_qty"),
    minQuantity: cell("min_order_qty"),
    maxLimitQuantity: cell("max_order_qty"),
    maxMarketQuantity: or("max_mkt_order_qty", cell("max_order_qty"), "that of max_order_qty"),
    minNotional: or("min_notional_value", MIN_NOTIONAL, `${MIN_NOTIONAL} USDT`),
    minPrice: cell("min_price") || cell("tick_size"),
    maxPrice: cell("max_price") || MAX_PRICE,
    maxLeverage: cell("max_leverage") || "1",
    leverageStep: "0.01",
    fundingIntervalMinutes: 480,
  };
}

const MAX_PRICE = "1999999";
