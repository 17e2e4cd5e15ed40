/** Fills as the connector has them, for tests of what it makes of them. */
import { Decimal } from "../../src/core/model/decimal.ts";
import type { CoinFill } from "../../src/exchange/hyperliquid/parse.ts";

let tid = 0;

/** Of a position that was `before` and changes `by` so much; each is another fill. */
export function coinFill(coin: string, before: number, by: number, timeMs: number): CoinFill {
  const [start, change] = [Decimal.parse(String(before)), Decimal.parse(String(by))];
  return {
    coin,
    tid: String(++tid),
    oid: "1",
    side: by > 0 ? "buy" : "sell",
    quantity: String(Math.abs(by)),
    price: "1",
    fee: "0",
    feeToken: "USDC",
    closedPnl: "0",
    before: start,
    after: start.plus(change),
    timeMs,
  };
}
