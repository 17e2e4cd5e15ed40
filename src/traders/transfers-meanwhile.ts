/** For people: what was paid into and out of an account within a time. */
import { Decimal } from "../core/model/decimal.ts";
import type { TraderTransfers } from "../store/trader-store.ts";
import { counted } from "./counted.ts";

/** After `fromMs`, and up to `untilMs`; null where nothing moved. */
export function transfersMeanwhile(
  { rows }: TraderTransfers,
  fromMs: number,
  untilMs: number,
): string | null {
  const moved = rows.filter(({ timeMs }) => timeMs > fromMs && timeMs <= untilMs);
  const amounts = moved.flatMap(({ amount }) => (amount === null ? [] : [Decimal.parse(amount)]));
  const [paidIn, paidOut] = [1, -1].map((sign) => amounts.filter((amount) => amount.sign === sign));
  const untold = moved.length - amounts.length;
  const parts = [
    ...sumText(paidIn, "in"),
    ...sumText(paidOut, "out"),
    ...(untold > 0 ? [`${untold} of an amount that is not told`] : []),
  ];
  return parts.length === 0 ? null : parts.join(", ");
}

function sumText(amounts: readonly Decimal[] = [], way: string): readonly string[] {
  if (amounts.length === 0) return [];
  const sum = amounts.reduce((total, amount) => total.plus(amount), Decimal.zero).absolute();
  return [`${counted(amounts.length, "payment")} ${way} of ${sum.toNumber().toFixed(2)} together`];
}
