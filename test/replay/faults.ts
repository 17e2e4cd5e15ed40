/** Trouble for a replay, as the body of `PUT /control/faults`. */
import type { FaultSetup } from "./exchange-side.ts";

/** Every kind of trouble that the exchange can make by itself, at rates at which it is met many times in each replay. */
export const COMMON_FAULTS: FaultSetup = {
  requestLost: 0.02,
  responseLost: 0.02,
  http5xx: 0.02,
  retCode10006: 0.02,
  retCode10016: 0.02,
  partialFills: 0.1,
  latencyMs: [0, 80],
  streamDropped: 0.02,
  streamDuplicated: 0.05,
  streamReordered: 0.05,
  streamDelayMs: [0, 200],
};
