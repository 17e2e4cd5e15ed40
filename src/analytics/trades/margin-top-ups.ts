/**
 * Money paid in while something was losing: who saves positions that way shows no loss, and a follower cannot pay in with them. A
 * payment in of which nobody can tell what was held then counts as none of these.
 */
import { Decimal } from "../../core/model/decimal.ts";

export interface PaymentIn {
  /** Above zero. */
  readonly amount: Decimal;
  /** What was held at that moment, at marks: something at a loss, nothing at a loss, or nobody can tell. */
  readonly held: "losing" | "not-losing" | "untold";
}

export interface MarginTopUps {
  readonly count: number;
  readonly amount: number;
  /** Of all that was paid in; null where nothing was. */
  readonly share: number | null;
}

/** How much of what was paid in has to be told. */
const TOLD_MIN = 0.5;

/** Null where it can be told of less than half of what was paid in. */
export function marginTopUps(payments: readonly PaymentIn[]): MarginTopUps | null {
  const all = sumOf(payments).toNumber();
  const told = sumOf(payments.filter(({ held }) => held !== "untold")).toNumber();
  if (told < TOLD_MIN * all) return null;
  const losing = payments.filter(({ held }) => held === "losing");
  const amount = sumOf(losing).toNumber();
  return { count: losing.length, amount, share: all === 0 ? null : amount / all };
}

function sumOf(payments: readonly PaymentIn[]): Decimal {
  return payments.reduce((sum, { amount }) => sum.plus(amount), Decimal.zero);
}
