/** Rules, limits and guards, where the copier's record of them is at hand. */
import type { Evidence, Violation } from "../evidence.ts";
import { checkDenials } from "./denials.ts";
import { checkCorrelated } from "./measured.ts";
import { checkRuledOrders } from "./orders.ts";
import { checkStops } from "./stops.ts";

export function checkRules(evidence: Evidence): Violation[] {
  const { record } = evidence;
  if (record === undefined) return [];
  return [
    ...checkDenials(evidence, record),
    ...checkRuledOrders(evidence, record),
    ...checkStops(evidence, record),
    ...checkCorrelated(evidence, record),
  ];
}
