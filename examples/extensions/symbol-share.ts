/** No symbol may be worth more than a quarter of the account's equity; what is above it is cut off the order. */
import type { Increase, RiskLimit } from "./contract.ts";

const SHARE_MAX = 0.25;

export default {
  contract: 1,
  kind: "risk-limit",
  name: "symbol-share",
  description: `at most ${SHARE_MAX * 100} % of the equity in one symbol`,
  check(order) {
    const { equity } = order.follower;
    if (equity === null) return { kind: "deny", numbers: { equity: "not known" } };
    const price = Number(order.price);
    const room = (Number(equity) * SHARE_MAX) / price - heldOf(order);
    if (room >= Number(order.quantity)) return { kind: "allow" };
    return { kind: "at-most", quantity: decimal(Math.max(room, 0)), numbers: { equity, share: SHARE_MAX } };
  },
} satisfies RiskLimit;

/** What is held of the symbol and on its way, on either side, in the base coin. */
function heldOf({ symbol, positions }: Increase): number {
  return positions
    .filter((position) => position.symbol === symbol)
    .reduce(
      (sum, { quantity, inFlight }) => sum + Math.abs(Number(quantity)) + Math.abs(Number(inFlight)),
      0,
    );
}

/** Plain notation, rounded down: 1e-7 is no decimal string. */
function decimal(value: number): string {
  return (Math.floor(value * 1e8) / 1e8).toFixed(8);
}
