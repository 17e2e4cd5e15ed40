/**
 * From the venue's reasons to Bybit's retCodes and texts: the one table of it.
 */
import type { RefusalReason, Refused } from "../venue-types.ts";
import type { ServerBehaviour } from "./behaviours.ts";
import { type ErrorCode, type Refusal, refusal } from "./error-table.ts";

type Entry = readonly [code: ErrorCode, text?: string];

const TABLE: Readonly<Record<RefusalReason, Entry>> = {
  "unknown-account": [10003],
  "unknown-symbol": [10001, "Not supported symbols"],
  "symbol-not-trading": [110074],
  "symbol-reduce-only": [110023],
  "invalid-quantity": [10001, "Qty invalid"],
  "quantity-below-minimum": [10001, "The number of contracts exceeds minimum limit allowed"],
  "quantity-above-maximum": [10001, "The number of contracts exceeds maximum limit allowed: too large"],
  "invalid-price": [10001, "params error: price invalid"],
  "price-missing": [10001, "params error: price is required"],
  "price-above-limit": [110003],
  "price-below-limit": [110003],
  "notional-below-minimum": [110094, "Order does not meet minimum order value 5USDT"],
  "position-index-mismatch": [10001, "position idx not match position mode"],
  "reduce-only-flat": [110017, "current position is zero, cannot fix reduce-only order qty"],
  "reduce-only-same-side": [110017, "reduce-only order has same side with current position"],
  "reduce-only-excess": [110017],
  "insufficient-balance": [110007],
  "position-limit-exceeded": [110090],
  "position-in-liquidation": [110005],
  "invalid-order-link-id": [10001, "params error: orderLinkId invalid"],
  "duplicate-order-link-id": [110072],
  "too-many-active-orders": [110020],
  "too-many-conditional-orders": [110009],
  "too-many-partial-stops": [110061],
  "invalid-trigger": [10001, "params error: triggerPrice or triggerDirection invalid"],
  "trigger-already-passed-rising": [110092],
  "trigger-already-passed-falling": [110093],
  "take-profit-wrong-side": [10001, "TakeProfit set for the position is on the wrong side of base_price"],
  "stop-loss-wrong-side": [10001, "StopLoss set for the position is on the wrong side of base_price"],
  "stops-not-with-reduce-only": [10001, "params error: TP/SL cannot be set with reduceOnly"],
  "stop-limit-requires-partial": [10001, "params error: limit TP/SL requires tpslMode Partial"],
  "stops-need-position": [10001, "can not set tp/sl/ts for zero position"],
  "stops-not-modified": [34040],
  "stop-quantity-invalid": [10001, "params error: tpSize or slSize invalid"],
  "trailing-stop-invalid": [10001, "params error: trailingStop invalid"],
  "slippage-ticks-out-of-range": [110108],
  "slippage-percent-out-of-range": [110109],
  "slippage-not-allowed": [10001, "params error: slippageTolerance is not allowed for this order"],
  "order-not-found": [110001],
  "order-not-modified": [10001, "order not modified"],
  "order-not-amendable": [110001, "order not exists or too late to replace"],
  "quantity-not-above-filled": [110064],
  "leverage-not-modified": [110043],
  "leverage-out-of-range": [110013],
  "leverage-sides-differ": [10001, "params error: buyLeverage must equal sellLeverage"],
  "position-mode-not-modified": [110025],
  "position-exists": [110024],
  "orders-exist": [110028],
  "margin-positions-exist": [3400045],
  "margin-orders-exist": [3400045],
  "invalid-amount": [10001, "params error: amount invalid"],
  "withdrawal-exceeds-available": [110012],
};

export function refusalOf(refused: Refused, behaviour: ServerBehaviour): Refusal {
  if (behaviour.priceBandCode === "110120-110121") {
    if (refused.reason === "price-below-limit") return refusal(110120);
    if (refused.reason === "price-above-limit") return refusal(110121);
  }
  const [code, text] = TABLE[refused.reason];
  return refusal(code, text);
}
