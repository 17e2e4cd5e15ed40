/**
 * Which performance fees were paid, as the owner says: one line of JSON for each payment, only ever added to. Nothing else knows of it, so it
 * is made from no journal; a line that was a mistake may be taken out by hand.
 */
import { Decimal } from "../../core/model/decimal.ts";
import { ControlError } from "../control.ts";
import { appendToLedger, readLedger } from "../line-ledger.ts";

export interface FeePayment {
  readonly leader: string;
  readonly follower: string;
  readonly coin: string;
  /** Decimal text, above zero. */
  readonly amount: string;
  readonly atMs: number;
}

/** Oldest first. Throws a ControlError that names a line that cannot be read: what was paid is not to be guessed. */
export function readPayments(path: string): readonly FeePayment[] {
  return readLedger(path, isPayment).map(({ number, entry }) => {
    if (entry === null)
      throw new ControlError("failure", `line ${number} of ${path} is no payment: mend it, or take it out`);
    return entry;
  });
}

/** On disk when it returns. */
export function notePayment(path: string, payment: FeePayment): void {
  appendToLedger(path, payment);
}

function isPayment(read: unknown): read is FeePayment {
  if (typeof read !== "object" || read === null) return false;
  const { leader, follower, coin, amount, atMs } = read as Readonly<Record<string, unknown>>;
  if (typeof amount !== "string" || (Decimal.tryParse(amount)?.sign ?? 0) <= 0) return false;
  return [leader, follower, coin].every((name) => typeof name === "string") && typeof atMs === "number";
}
