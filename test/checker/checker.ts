/**
 * The independent checker: reads only what the venue recorded, the settings, and what the copier wrote down, computes
 * targets and possible reasons by itself, and says what does not fit. It shares no code with the core.
 */
import type { Evidence, Violation } from "./evidence.ts";
import { checkLimits } from "./limits.ts";
import { checkMoney } from "./money.ts";
import { checkOrders } from "./orders.ts";
import { checkOutcomes } from "./outcomes.ts";
import { checkParity } from "./parity.ts";
import { checkRules } from "./rules/rules.ts";
import { checkVirtual } from "./virtual.ts";

export function check(evidence: Evidence): Violation[] {
  return [
    ...checkLimits(evidence),
    ...checkOrders(evidence),
    ...checkOutcomes(evidence),
    ...checkParity(evidence),
    ...checkVirtual(evidence),
    ...checkMoney(evidence),
    ...checkRules(evidence),
  ];
}

export function describeViolation({ rule, subject, numbers }: Violation): string {
  return `${rule}: ${subject}: ${numbers}`;
}
