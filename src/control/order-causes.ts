/** The causes of orders that answer no leader's change, in words; `sell 0.2 filled: closed by command (close)`. */
import type { OrderCause } from "../store/store.ts";
import { GUARD_NAMES } from "./stop-report.ts";

const stopped = (guard: keyof typeof GUARD_NAMES) => `by ${GUARD_NAMES[guard]}`;

export const ORDER_CAUSES: Readonly<Record<OrderCause, string>> = {
  "": "to reach the target",
  "close-command": "closed by command (close)",
  uncopy: "its copying ended",
  resume: "after resume",
  release: "after release",
  approve: "as approved",
  settings: "as settings changed",
  "entry-rest": "rests at the leader's price",
  "take-profit": "the leader's take profit, copied",
  stop: "the leader's stop loss, copied",
  "rested-exit": "the leader's resting exit, copied",
  slice: "a part of a worked order",
  "pending-entry": "the leader's pending order, copied",
  panic: "closed by the kill switch",
  "loss-tier": stopped("loss-tier"),
  "daily-loss": stopped("daily-loss"),
  drawdown: stopped("drawdown"),
  "stop-loss": stopped("stop-loss"),
  "position-stop": stopped("position-stop"),
  liquidation: stopped("liquidation"),
  monitoring: stopped("monitoring"),
};
