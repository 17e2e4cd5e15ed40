/** Stored fills as what positions are rebuilt from: the one place where their texts become exact numbers. */
import type { PositionFill, PositionFunding } from "../analytics/positions/position-fill.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { TraderFillRecord } from "../store/trader-store.ts";

/** For all kinds but funding. A fee in another asset is no cash of the quote currency: it counts as nothing here. */
export function positionFill(fill: TraderFillRecord): PositionFill {
  const { timeMs, symbol, side, leg, fee, feeAsset, quoteAsset } = fill;
  return {
    timeMs,
    symbol,
    side,
    leg,
    price: Decimal.parse(fill.price),
    quantity: Decimal.parse(fill.quantity),
    realizedPnl: optional(fill.realizedPnl),
    fee: feeAsset === quoteAsset ? Decimal.parse(fee) : Decimal.zero,
    positionBefore: optional(fill.positionBefore),
    leverage: optional(fill.leverage),
  };
}

export function positionFunding({ timeMs, symbol, leg, fee }: TraderFillRecord): PositionFunding {
  return { timeMs, symbol, leg, amount: Decimal.parse(fee) };
}

function optional(text: string | null): Decimal | null {
  return text === null ? null : Decimal.parse(text);
}
