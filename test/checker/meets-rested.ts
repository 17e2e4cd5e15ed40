/**
 * An order that adds for one leader fills just after an entry that rests for another has filled on the other side: what it closes
 * of that nobody could know when it was decided.
 */
import { decidedFromMs } from "./decided-from.ts";
import type { CheckedRequest, Evidence } from "./evidence.ts";
import { compare, exact, magnitude, minus, plus, sign, ZERO } from "./exact.ts";
import type { LedgerStep } from "./ledger.ts";

interface Traded {
  readonly steps: readonly LedgerStep[];
  /** By their ids. */
  readonly requests: ReadonlyMap<string, CheckedRequest>;
}

/** Whether entries that rest have brought in all that the fill took away, since its order was decided. */
export function meetsRested(evidence: Evidence, { steps, requests }: Traded, step: LedgerStep): boolean {
  const request = requests.get(step.fill.clientOrderId);
  const by = minus(step.heldAfter, step.heldBefore);
  if (request === undefined || request.reduceOnly || sign(by) * sign(step.heldBefore) >= 0) return false;
  const sinceMs = decidedFromMs(evidence, request);
  const brought = steps
    .slice(0, steps.indexOf(step))
    .filter(({ ours, fill, heldBefore, heldAfter }) => {
      const { reduceOnly = false, rests = false } = requests.get(fill.clientOrderId) ?? {};
      const isToward = sign(minus(heldAfter, heldBefore)) === sign(step.heldBefore);
      return ours && rests && !reduceOnly && isToward && fill.atMs >= sinceMs;
    })
    .reduce((sum, { fill }) => plus(sum, exact(fill.quantity)), ZERO);
  return [by, step.heldBefore].some((one) => compare(magnitude(one), brought) <= 0);
}
