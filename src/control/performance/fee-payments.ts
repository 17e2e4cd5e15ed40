/**
 * Which performance fees were paid, as the owner says: one line of JSON for each payment, only ever added to. Nothing else knows of it, so it
 * is made from no journal; a line that was a mistake may be taken out by hand.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { Decimal } from "../../core/model/decimal.ts";
import { ControlError } from "../control.ts";

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
  return textOf(path)
    .split("\n")
    .flatMap((line, at) => {
      if (line === "") return [];
      const payment = paymentOf(line);
      if (payment === null)
        throw new ControlError("failure", `line ${at + 1} of ${path} is no payment: mend it, or take it out`);
      return [payment];
    });
}

/** On disk when it returns. */
export function notePayment(path: string, payment: FeePayment): void {
  const begin = /(^|\n)$/.test(textOf(path)) ? "" : "\n";
  const file = openSync(path, "a", 0o600);
  try {
    writeSync(file, `${begin}${JSON.stringify(payment)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

function paymentOf(line: string): FeePayment | null {
  try {
    const read: unknown = JSON.parse(line);
    return isPayment(read) ? read : null;
  } catch {
    return null;
  }
}

function isPayment(read: unknown): read is FeePayment {
  if (typeof read !== "object" || read === null) return false;
  const { leader, follower, coin, amount, atMs } = read as Readonly<Record<string, unknown>>;
  if (typeof amount !== "string" || (Decimal.tryParse(amount)?.sign ?? 0) <= 0) return false;
  return [leader, follower, coin].every((name) => typeof name === "string") && typeof atMs === "number";
}
