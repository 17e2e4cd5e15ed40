/**
 * A reduction meets what an account's owner added on the same side a moment ago, because another order of ours, an exit that
 * rested, has closed the same: reduce-only would have stopped it otherwise. Nobody could know where the copier had not been told.
 */
import { compare, exact, magnitude, sign } from "./exact.ts";
import type { LedgerStep } from "./ledger.ts";
import type { RuleRecord } from "./rules/record.ts";

/** Of the evidence: absent where rules are not judged. */
interface Told {
  readonly record?: Pick<RuleRecord, "orders">;
  readonly slackMs: number;
}

/** Whether all of the order was ours lately, and by what the copier had been told when it decided nothing else was there. */
export function couldNotKnow(
  { record, slackMs }: Told,
  steps: readonly LedgerStep[],
  step: LedgerStep,
): boolean {
  const { fill, heldBefore } = step;
  const written = record?.orders.find(({ clientOrderId }) => clientOrderId === fill.clientOrderId);
  if (written === undefined) return false;
  const quantity = magnitude(exact(written.quantity));
  const shown = magnitude(exact(written.shown));
  const lately = steps
    .slice(0, steps.indexOf(step) + 1)
    .filter((one) => one.fill.atMs >= written.atMs - slackMs);
  return lately.some(
    ({ ownBefore: own }) =>
      sign(own) === sign(heldBefore) &&
      compare(quantity, magnitude(own)) <= 0 &&
      compare(shown, magnitude(own)) <= 0,
  );
}
