/** All positions of one trader: a book for each instrument and leg, fed with fills and funding in the order of time. */
import { Decimal } from "../../core/model/decimal.ts";
import type { CostRule } from "./cost-basis.ts";
import { type BookStep, PositionBook } from "./position-book.ts";
import type { PositionFill, PositionFunding } from "./position-fill.ts";

export class PositionLedger {
  readonly #rule: CostRule;
  readonly #books = new Map<string, PositionBook>();
  #unassigned = Decimal.zero;

  constructor(rule: CostRule) {
    this.#rule = rule;
  }

  /** In the order of their first fills. */
  get books(): Iterable<PositionBook> {
    return this.#books.values();
  }

  /** Funding of positions that the history does not show. */
  get unassignedFunding(): Decimal {
    return this.#unassigned;
  }

  apply(fill: PositionFill): BookStep {
    return this.#book(fill.symbol, fill.leg).apply(fill);
  }

  pay({ symbol, leg, side, amount }: PositionFunding): void {
    const own = this.#books.get(nameOf(symbol, leg));
    // Fills may tell legs where payments tell only a side.
    const book = own ?? this.#books.get(nameOf(symbol, side === "buy" ? "long" : "short"));
    const isAssigned = book?.pay(amount) ?? false;
    if (!isAssigned) this.#unassigned = this.#unassigned.plus(amount);
  }

  #book(symbol: string, leg: PositionFill["leg"]): PositionBook {
    const name = nameOf(symbol, leg);
    const known = this.#books.get(name);
    if (known !== undefined) return known;
    const book = new PositionBook(symbol, leg, this.#rule);
    this.#books.set(name, book);
    return book;
  }
}

const nameOf = (symbol: string, leg: string) => `${symbol} ${leg}`;
