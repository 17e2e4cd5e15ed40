/**
 * The independent checker: reads only what the venue recorded, the settings, and what the copier wrote down, computes
 * targets and possible reasons by itself, and says what does not fit. It shares no code with the core.
 */
import type { Evidence, Violation } from "./evidence.ts";
import { isKnown } from "./in-force.ts";
import { checkLimits } from "./limits.ts";
import { checkMoney } from "./money.ts";
import { checkOrders } from "./orders.ts";
import { checkOutcomes } from "./outcomes.ts";
import { checkParity } from "./parity.ts";
import { checkRules } from "./rules/rules.ts";
import { checkVirtual } from "./virtual.ts";
import { mayLastOn } from "./waivers.ts";

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

/** Why a part of the history could not be judged: nobody knows by which settings, or copies ended otherwise than by a close. */
export function leftOut(evidence: Evidence): readonly ("settings-unknown" | "copies-last-on")[] {
  const { allocations, followers } = evidence;
  const isUnknown = allocations.some((allocation) => !isKnown(evidence, allocation));
  const lastOn = followers.some((follower) => mayLastOn(evidence, follower));
  return [
    ...(isUnknown ? ["settings-unknown" as const] : []),
    ...(lastOn ? ["copies-last-on" as const] : []),
  ];
}

export function describeViolation({ rule, subject, numbers }: Violation): string {
  return `${rule}: ${subject}: ${numbers}`;
}
