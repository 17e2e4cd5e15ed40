/**
 * What a trader held at each payment into the account: positions as the fills before that moment left them, at average cost, against
 * the newest price that was known then. Payments before the first fill are the capital to begin with, and not among them.
 */
import { DAY_MS } from "../analytics/equity/days.ts";
import type { PositionBook } from "../analytics/positions/position-book.ts";
import type { PositionFill } from "../analytics/positions/position-fill.ts";
import { PositionLedger } from "../analytics/positions/position-ledger.ts";
import type { PaymentIn } from "../analytics/trades/margin-top-ups.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { TraderFillRecord, TraderTransfers } from "../store/trader-store.ts";
import type { TraderMarks } from "./marks.ts";
import { positionFills } from "./position-fills.ts";

/** An older mark tells nothing of a position: that of a daily bar is a day old at most. */
const MARK_AGE_MAX_MS = DAY_MS;

export interface PaymentsInput {
  fills(): AsyncIterable<readonly TraderFillRecord[]>;
  readonly marks: Pick<TraderMarks, "markAt">;
  /** Null where no source tells them. */
  readonly transfers: TraderTransfers | null;
}

/** Oldest first; null where no source tells transfers. */
export async function paymentsIn(input: PaymentsInput): Promise<readonly PaymentIn[] | null> {
  const { transfers, marks } = input;
  if (transfers === null) return null;
  const waiting = transfers.rows.flatMap(({ timeMs, amount }) => {
    const exact = amount === null ? Decimal.zero : Decimal.parse(amount);
    return exact.sign > 0 ? [{ timeMs, amount: exact }] : [];
  });
  if (waiting.length === 0) return [];
  const books = new PricedBooks(marks);
  const payments: PaymentIn[] = [];
  let next = 0;
  const until = (ms: number): void => {
    for (let one = waiting[next]; one !== undefined && one.timeMs <= ms; one = waiting[next]) {
      next += 1;
      if (!books.isBegun) continue;
      payments.push({ amount: one.amount, held: books.heldAt(one.timeMs) });
    }
  };
  for await (const page of input.fills()) {
    for (const record of page) {
      if (record.kind === "funding") continue;
      until(record.timeMs);
      for (const fill of positionFills(record)) books.apply(fill);
    }
  }
  until(Number.POSITIVE_INFINITY);
  return payments;
}

class PricedBooks {
  readonly #marks: Pick<TraderMarks, "markAt">;
  readonly #ledger = new PositionLedger("average-cost");
  readonly #last = new Map<string, { readonly price: Decimal; readonly atMs: number }>();

  constructor(marks: Pick<TraderMarks, "markAt">) {
    this.#marks = marks;
  }

  get isBegun(): boolean {
    return this.#last.size > 0;
  }

  apply(fill: PositionFill): void {
    this.#ledger.apply(fill);
    this.#last.set(fill.symbol, { price: fill.price, atMs: fill.timeMs });
  }

  heldAt(ms: number): PaymentIn["held"] {
    const open = [...this.#ledger.books].filter(({ quantity }) => !quantity.isZero);
    const profits = open.map((book) => this.#profitOf(book, ms));
    if (profits.some((profit) => profit !== null && profit.sign < 0)) return "losing";
    return profits.includes(null) ? "untold" : "not-losing";
  }

  /** Before fees and funding; null where no price is known, or a part of it was not seen being opened. */
  #profitOf({ symbol, quantity, cost, openTrip }: PositionBook, ms: number): Decimal | null {
    const mark = this.#marks.markAt(symbol, ms);
    if (mark === null || mark.atMs < ms - MARK_AGE_MAX_MS || openTrip?.isPartlyUnseen === true) return null;
    const last = this.#last.get(symbol);
    const price = last !== undefined && last.atMs > mark.atMs ? last.price : Decimal.fromNumber(mark.price);
    const value = quantity.absolute().times(price);
    return quantity.sign > 0 ? value.minus(cost) : cost.minus(value);
  }
}
