/** One position of a trader from flat to flat, with exact amounts. */
import type { Decimal } from "../../core/model/decimal.ts";

export interface PositionTrip {
  readonly symbol: string;
  readonly direction: "long" | "short";
  readonly openMs: number;
  /** Null while it is open. */
  readonly closeMs: number | null;
  /** Before fees, of what is closed; by the rule of its book. From flat to flat every rule gives the same. */
  readonly pnl: Decimal;
  /** The venue's own figures over the same fills; null where one of the closing fills has none. */
  readonly venuePnl: Decimal | null;
  /** Cash: negative is paid. */
  readonly fees: Decimal;
  readonly funding: Decimal;
  readonly fills: number;
  readonly maxQuantity: Decimal;
  /** The largest quantity at its average entry price. */
  readonly maxNotional: Decimal;
  readonly adds: readonly TripAdd[];
  /** The highest leverage that a fill told; null where none did. */
  readonly leverage: Decimal | null;
  /** Something of it was there before the history begins, or fills are missing in it: times and profit are not its own. */
  readonly isPartlyUnseen: boolean;
}

/** A fill after the first that made the position larger. */
export interface TripAdd {
  readonly atMs: number;
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** Before it was added to. */
  readonly averageEntry: number;
}

/** Profits nearer to zero than this are what rounding leaves. */
const NOTHING = 1e-24;

/** 1 won, -1 lost, 0 even. */
export function profitSign(pnl: Decimal): -1 | 0 | 1 {
  return Math.abs(pnl.toNumber()) <= NOTHING ? 0 : pnl.sign;
}
