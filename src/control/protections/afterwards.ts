/**
 * What became of a position that a stop cut, where it was left alone: told by the run without the protection, from the moment of the strike
 * until the position was over there. Until the first strike both runs are one, so that it is the very same position; after it they may
 * hold something else, and then nothing is told.
 */
import { type HoldingStep, type HoldingSteps, type StruckPosition, stepKey } from "../../backtest/strikes.ts";
import { Decimal } from "../../core/model/decimal.ts";

export interface Afterwards {
  /** When it was over; null where it was still held at the end. */
  readonly untilMs: number | null;
  /** What the part that was cut would have brought in from the strike on, fees and funding included; decimal text in the settle coin. */
  readonly brought: string;
}

const MONEY_PLACES = 8;

/** Null where no position on the same side was held there then, or a price is missing. `steps` are of the run without it. */
export function afterwardsOf(
  { quantity, cut, price, ...names }: StruckPosition,
  atMs: number,
  steps: HoldingSteps,
): Afterwards | null {
  const own = steps[stepKey(names)] ?? [];
  const at = own.findLastIndex((step) => step.atMs <= atMs);
  const then = own[at];
  if (then === undefined) return null;
  const held = Decimal.parse(then.quantity);
  const side = Decimal.parse(quantity).sign;
  if (held.sign !== side) return null;
  const isOver = (step: HoldingStep) => Decimal.parse(step.quantity).sign !== side;
  const end = own.slice(at + 1).find(isOver);
  const last = end ?? own.at(-1);
  if (last === undefined || last.worth === null) return null;
  const worthThen = Decimal.parse(then.net).plus(held.times(Decimal.parse(price)));
  const whole = Decimal.parse(last.worth).minus(worthThen);
  const brought = whole.times(Decimal.parse(cut)).dividedBy(held, MONEY_PLACES, "half-even");
  return { untilMs: end?.atMs ?? null, brought: brought.toString() };
}
