/** Stored fills as what positions are rebuilt from: the one place where their texts become exact numbers. */
import { shareOf } from "../analytics/positions/cost-basis.ts";
import type { PositionFill, PositionFunding, PositionLeg } from "../analytics/positions/position-fill.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { TraderFillRecord } from "../store/trader-store.ts";

/**
 * For all kinds but funding. A fee in another asset is no cash of the quote currency: it counts as nothing here. Where the source
 * tells how much of a fill closed something, and not which leg, what closed is a fill of the one leg and the rest one of the
 * other: right for accounts that hold long and short at once and for those that do not.
 */
export function positionFills(fill: TraderFillRecord): readonly PositionFill[] {
  const whole = wholeFill(fill);
  if (fill.leg !== "untold" || fill.closedQuantity === null) return [whole];
  const closed = Decimal.parse(fill.closedQuantity);
  const [opens, closes]: readonly [PositionLeg, PositionLeg] =
    fill.side === "buy" ? ["long", "short"] : ["short", "long"];
  if (closed.sign <= 0) return [{ ...whole, leg: opens }];
  if (closed.compare(whole.quantity) >= 0) return [{ ...whole, leg: closes }];
  const fee = shareOf(whole.fee, closed, whole.quantity);
  return [
    { ...whole, leg: closes, quantity: closed, fee },
    {
      ...whole,
      leg: opens,
      quantity: whole.quantity.minus(closed),
      fee: whole.fee.minus(fee),
      realizedPnl: whole.realizedPnl === null ? null : Decimal.zero,
    },
  ];
}

export function positionFunding({ timeMs, symbol, leg, fee, side }: TraderFillRecord): PositionFunding {
  return { timeMs, symbol, leg: legOf(leg), side, amount: Decimal.parse(fee) };
}

function wholeFill(fill: TraderFillRecord): PositionFill {
  const { timeMs, symbol, side, leg, fee, feeAsset, quoteAsset } = fill;
  return {
    timeMs,
    symbol,
    side,
    leg: legOf(leg),
    price: Decimal.parse(fill.price),
    quantity: Decimal.parse(fill.quantity),
    realizedPnl: optional(fill.realizedPnl),
    fee: feeAsset === quoteAsset ? Decimal.parse(fee) : Decimal.zero,
    positionBefore: optional(fill.positionBefore),
    leverage: optional(fill.leverage),
  };
}

const legOf = (leg: TraderFillRecord["leg"]): PositionLeg => (leg === "untold" ? "net" : leg);

function optional(text: string | null): Decimal | null {
  return text === null ? null : Decimal.parse(text);
}
