/** The factor on a leader's positions that carries a strategy's decision: rounded once, the same in live, paper and backtest. */
import { Decimal } from "../core/model/decimal.ts";

/** Less is nothing: what a request of the owner takes. */
const DECIMALS = 4;
/** Shares are doubles: so much of a step below a whole one is one. */
const ROUNDING = 1e-6;

/** Never above the share (weight times scale, 0 or more); "0" is nobody who is copied. */
export function factorText(share: number): string {
  const steps = Math.floor(share * 10 ** DECIMALS + ROUNDING);
  return Decimal.of(BigInt(steps), DECIMALS).toString();
}
