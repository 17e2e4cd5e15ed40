/**
 * What a refusal of the paper venue means to the engine, in the classes that a real venue's codes are sorted into too.
 */
import type { Rejection, RejectionClass } from "../../../core/event.ts";
import type { RefusalReason, Refused } from "../venue-types.ts";

const CLASSES: Partial<Record<RefusalReason, RejectionClass>> = {
  "unknown-symbol": "market-closed",
  "symbol-not-trading": "market-closed",
  "symbol-reduce-only": "market-closed",
  "quantity-below-minimum": "below-minimum",
  "notional-below-minimum": "below-minimum",
  "quantity-above-maximum": "above-maximum",
  "position-limit-exceeded": "above-maximum",
  "price-above-limit": "price-out-of-band",
  "price-below-limit": "price-out-of-band",
  "position-index-mismatch": "position-mode-mismatch",
  "reduce-only-flat": "reduce-only-violation",
  "reduce-only-same-side": "reduce-only-violation",
  "reduce-only-excess": "reduce-only-violation",
  "insufficient-balance": "insufficient-margin",
  "position-in-liquidation": "try-again",
  "trigger-already-passed-rising": "trigger-passed",
  "trigger-already-passed-falling": "trigger-passed",
  "leverage-out-of-range": "leverage-too-high",
};

/** Whatever is not listed is a request that makes no sense. */
export function rejectionOf({ reason, detail }: Refused): Rejection {
  const text = detail === undefined ? `paper: ${reason}` : `paper: ${reason}: ${detail}`;
  return { class: CLASSES[reason] ?? "bad-request", code: 0, text };
}

/** There are no prices to fill at. */
export function noPrices(symbol: string): Rejection {
  return { class: "try-again", code: 0, text: `paper: the public prices of ${symbol} are not known now` };
}
