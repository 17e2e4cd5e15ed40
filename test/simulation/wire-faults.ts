/** How often the exchange's own faults struck, counted where it decides on them; its decisions stay as they are. */
import type { Faults } from "../../src/exchange/simulated/bybit-server/faults.ts";
import type { Tally } from "./tally.ts";

export function countStrikes(faults: Faults, struck: Tally): void {
  const planRequest = faults.planRequest.bind(faults);
  faults.planRequest = (apiKey, via) => {
    const plan = planRequest(apiKey, via);
    if (plan.fate !== "none") struck.add(`request ${plan.fate}`);
    if (plan.delayBeforeMs > 0) struck.add("request delayed");
    return plan;
  };
  const planMessage = faults.planMessage.bind(faults);
  faults.planMessage = (apiKey) => {
    const plan = planMessage(apiKey);
    if (plan.copies === 0) struck.add(faults.current.streamSilent ? "stream silent" : "stream dropped");
    if (plan.copies === 2) struck.add("stream duplicated");
    if (plan.held) struck.add("stream reordered");
    if (plan.delayMs > 0) struck.add("stream delayed");
    return plan;
  };
  const limitFill = faults.limitFill.bind(faults);
  faults.limitFill = (apiKey, lots) => {
    const limit = limitFill(apiKey, lots);
    if (limit !== undefined) struck.add("partial fill");
    return limit;
  };
  const disconnects = faults.disconnects.bind(faults);
  faults.disconnects = (apiKey) => {
    const isCut = disconnects(apiKey);
    if (isCut) struck.add("stream disconnected");
    return isCut;
  };
}
