/** What positions are rebuilt from: one execution, or one funding payment, with exact amounts. */
import type { Decimal } from "../../core/model/decimal.ts";

export type PositionLeg = "net" | "long" | "short";

export interface PositionFill {
  readonly timeMs: number;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** `long` and `short` of hedge accounts are positions apart; `net` is the one position of a one-way account. */
  readonly leg: PositionLeg;
  readonly price: Decimal;
  /** Base units, above zero. */
  readonly quantity: Decimal;
  /** The venue's own figure before fees; null where it is not told. */
  readonly realizedPnl: Decimal | null;
  /** Cash in the quote currency: negative is paid. */
  readonly fee: Decimal;
  /** Signed position before the fill; null where it is not told. */
  readonly positionBefore: Decimal | null;
  readonly leverage: Decimal | null;
}

export interface PositionFunding {
  readonly timeMs: number;
  readonly symbol: string;
  readonly leg: PositionLeg;
  /** Of the position that paid: buy is long. */
  readonly side: "buy" | "sell";
  /** Cash in the quote currency: negative is paid. */
  readonly amount: Decimal;
}
