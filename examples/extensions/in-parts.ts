/**
 * Large orders go in parts of at most 10,000 of the settle coin, five seconds apart, each at no more than five hundredths of a
 * per cent beyond the mark price. What does not fill there is tried again with the next part.
 */
import type { ApprovedIncrease, ExecutionStyle } from "./contract.ts";

const PART_VALUE = 10_000;
const APART_MS = 5_000;
const BEYOND = 0.0005;

export default {
  contract: 1,
  kind: "execution-style",
  name: "in-parts",
  description: `orders above ${PART_VALUE} in parts, ${APART_MS / 1_000} seconds apart`,
  work(order) {
    const sinceMs = order.lastOrderAtMs === null ? APART_MS : order.atMs - order.lastOrderAtMs;
    const isWorked = order.lastOrderAtMs !== null && order.lastOrderAtMs >= order.changedAtMs;
    if (Number(order.value) <= PART_VALUE && !isWorked) return { kind: "default" };
    if (sinceMs < APART_MS)
      return { kind: "wait", ms: Math.min(Math.max(APART_MS - sinceMs, 100), APART_MS) };
    const quantity = Math.min(Number(order.quantity), PART_VALUE / Number(order.price));
    return { kind: "send", quantity: decimal(quantity), limit: { price: worst(order), timeInForce: "IOC" } };
  },
} satisfies ExecutionStyle;

function worst({ side, mark, price }: ApprovedIncrease): string {
  return decimal(Number(mark ?? price) * (side === "buy" ? 1 + BEYOND : 1 - BEYOND));
}

/** Plain notation: 1e-7 is no decimal string. */
function decimal(value: number): string {
  return value.toFixed(12);
}
