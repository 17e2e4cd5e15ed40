/**
 * Reads the recorded copy-trading accounts: one fill per row, oldest first inside an account, exact duplicates kept. Amounts
 * stay the decimal texts of the record.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Decimal } from "../../src/core/model/decimal.ts";

export type RecordedLeg = "net" | "long" | "short";

export interface RecordedFill {
  readonly trader: string;
  /** Line of the file, for messages. */
  readonly line: number;
  /** Whole seconds, UTC. */
  readonly timeMs: number;
  readonly symbol: string;
  readonly side: "Buy" | "Sell";
  readonly leg: RecordedLeg;
  readonly price: string;
  readonly quantity: string;
  /** Before fees; exactly zero on fills that open. */
  readonly realised: number;
}

const COLUMNS = [
  "port_id",
  "time_ms",
  "symbol",
  "side",
  "position_side",
  "price",
  "qty_base",
  "realized_pnl",
];
const LEGS: Readonly<Record<string, RecordedLeg>> = { BOTH: "net", LONG: "long", SHORT: "short" };
const SIDES: Readonly<Record<string, "Buy" | "Sell">> = { BUY: "Buy", SELL: "Sell" };

/** By trader, in the order of the file. Throws a RangeError that names the line when a row is none. */
export function readRecordedFills(path: string): ReadonlyMap<string, readonly RecordedFill[]> {
  const [header = "", ...lines] = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n");
  const names = header.trim().split(",");
  const places = COLUMNS.map((name) => names.indexOf(name));
  const missing = COLUMNS.filter((_, at) => places[at] === -1);
  if (missing.length > 0) throw new RangeError(`${path}: no column ${missing.join(", ")}`);
  const traders = new Map<string, RecordedFill[]>();
  lines.forEach((text, at) => {
    const cells = text.trim().split(",");
    const fill = fillOf(
      places.map((place) => cells[place] ?? ""),
      at + 2,
    );
    const known = traders.get(fill.trader);
    if (known === undefined) traders.set(fill.trader, [fill]);
    else known.push(fill);
  });
  return traders;
}

function fillOf(cells: readonly string[], line: number): RecordedFill {
  const [trader = "", time = "", symbol = "", side = "", leg = "", price = "", quantity = "", realised = ""] =
    cells;
  const fill = {
    trader,
    line,
    timeMs: Number(time),
    symbol,
    side: SIDES[side],
    leg: LEGS[leg],
    price: plain(price),
    quantity: plain(quantity),
    realised: Number(realised),
  };
  const { side: knownSide, leg: knownLeg } = fill;
  const isSound = trader !== "" && fill.timeMs > 0 && fill.price !== "" && fill.quantity !== "";
  if (knownSide === undefined || knownLeg === undefined || !isSound || Number.isNaN(fill.realised)) {
    throw new RangeError(`line ${line} is no fill`);
  }
  return { ...fill, side: knownSide, leg: knownLeg };
}

/** Without trailing zeros; "" for what is no number above zero. */
function plain(text: string): string {
  const value = Decimal.tryParse(text);
  if (value === undefined || value.sign <= 0) return "";
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
