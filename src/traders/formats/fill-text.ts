/**
 * The last step of every format: the texts of one row become a fill, or the reason why they are none. Each format says how it
 * calls a column, so that the reason names what the user sees.
 */
import type { FillKind, TraderFillRecord } from "../../store/trader-store.ts";
import { negatedAmount, plainAmount } from "./amount.ts";

/** "" is absent. */
export interface FillText {
  readonly kind: FillKind;
  /** UTC milliseconds; NaN when it was no time. */
  readonly timeMs: number;
  readonly symbol: string;
  readonly quoteAsset: string;
  readonly side: string;
  readonly leg: string;
  readonly price: string;
  readonly quantity: string;
  readonly realizedPnl: string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly liquidity: TraderFillRecord["liquidity"];
  readonly tradeId: string;
  readonly orderId: string;
  readonly positionBefore: string;
  readonly closedQuantity: string;
  readonly leverage: string;
}

export interface FillColumns {
  readonly time: string;
  readonly symbol: string;
  readonly side: string;
  readonly leg: string;
  readonly price: string;
  readonly quantity: string;
  readonly realizedPnl: string;
  readonly fee: string;
  readonly positionBefore: string;
  readonly closedQuantity: string;
  readonly leverage: string;
  /** Whether the source counts a paid fee as positive. */
  readonly paidIsPositive: boolean;
}

const SIDES: ReadonlyMap<string, TraderFillRecord["side"]> = new Map([
  ["buy", "buy"],
  ["sell", "sell"],
  ["b", "buy"],
  ["a", "sell"],
  ["s", "sell"],
]);
const LEGS: ReadonlyMap<string, TraderFillRecord["leg"]> = new Map([
  ["", "untold"],
  ["both", "net"],
  ["net", "net"],
  ["long", "long"],
  ["short", "short"],
]);
const SYMBOL = /^[\w@:./-]{1,40}$/;
const TEXT_MAX = 100;
/** Before the first exchange there were no fills; a smaller number is a time in seconds. */
const FIRST_MS = Date.UTC(2009, 0, 1);
const LAST_MS = Date.UTC(2100, 0, 1);

/** UTC milliseconds as digits alone; NaN for anything else. */
export function msOfDigits(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** The fill, or the reason why it is none. */
export function fillOfText(text: FillText, columns: FillColumns): TraderFillRecord | string {
  const amounts = amountsOf(text, columns);
  if (typeof amounts === "string") return amounts;
  const side = SIDES.get(text.side.toLowerCase());
  const leg = LEGS.get(text.leg.toLowerCase());
  if (side === undefined) return `${columns.side}: ${quoted(text.side)} is neither buy nor sell`;
  if (leg === undefined) return `${columns.leg}: ${quoted(text.leg)} is none of long, short, both`;
  if (!SYMBOL.test(text.symbol)) return `${columns.symbol}: ${quoted(text.symbol)} is no symbol`;
  const wrongTime = timeReason(text.timeMs);
  if (wrongTime !== null) return `${columns.time}: ${wrongTime}`;
  const { kind, timeMs, symbol, quoteAsset, feeAsset, liquidity, tradeId, orderId } = text;
  if (tradeId.length > TEXT_MAX || orderId.length > TEXT_MAX)
    return `an id is longer than ${TEXT_MAX} characters`;
  if (!isAsset(quoteAsset) || !isAsset(feeAsset))
    return `${quoted(isAsset(quoteAsset) ? feeAsset : quoteAsset)} is no asset`;
  return { kind, timeMs, symbol, quoteAsset, side, leg, feeAsset, liquidity, tradeId, orderId, ...amounts };
}

function amountsOf(text: FillText, columns: FillColumns) {
  // A venue that tells of a funding payment need not tell the price that it was made at.
  const price = text.kind === "funding" && text.price === "" ? "0" : plainAmount(text.price);
  const quantity = plainAmount(text.quantity);
  if (
    price === undefined ||
    (price !== "0" && !isPositive(price)) ||
    (price === "0" && text.kind !== "funding")
  )
    return notPositive(columns.price, text.price);
  if (quantity === undefined || !isPositive(quantity)) return notPositive(columns.quantity, text.quantity);
  const fee = plainAmount(text.fee === "" ? "0" : text.fee);
  if (fee === undefined) return notNumber(columns.fee, text.fee);
  const realizedPnl = optional(text.realizedPnl);
  if (realizedPnl === undefined) return notNumber(columns.realizedPnl, text.realizedPnl);
  const positionBefore = optional(text.positionBefore);
  if (positionBefore === undefined) return notNumber(columns.positionBefore, text.positionBefore);
  const closedQuantity = optional(text.closedQuantity);
  if (closedQuantity === undefined) return notNumber(columns.closedQuantity, text.closedQuantity);
  const leverage = optional(text.leverage);
  if (leverage === undefined || (leverage !== null && !isPositive(leverage)))
    return notPositive(columns.leverage, text.leverage);
  const cash = columns.paidIsPositive ? negatedAmount(fee) : fee;
  return { price, quantity, fee: cash, realizedPnl, positionBefore, closedQuantity, leverage };
}

/** Null when absent, undefined when it is no number. */
function optional(text: string): string | null | undefined {
  return text === "" ? null : plainAmount(text);
}

function isPositive(amount: string): boolean {
  return amount !== "0" && !amount.startsWith("-");
}

function isAsset(text: string): boolean {
  return /^[\w.]{1,20}$/.test(text);
}

function notPositive(column: string, text: string): string {
  return `${column}: ${quoted(text)} is no decimal number above zero`;
}

function notNumber(column: string, text: string): string {
  return `${column}: ${quoted(text)} is no decimal number`;
}

/** Why a time is none of a fill, or of anything told of one; null when it is. */
export function timeReason(timeMs: number): string | null {
  if (!Number.isSafeInteger(timeMs)) return "it is no time";
  if (timeMs > LAST_MS) return `${timeMs} is after the year 2100; milliseconds since 1970 are meant`;
  if (timeMs < FIRST_MS) return `${timeMs} is before 2009; milliseconds since 1970 are meant, not seconds`;
  return null;
}

function quoted(text: string): string {
  return text === "" ? "nothing" : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
