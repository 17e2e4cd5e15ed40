/**
 * What a trader held when the history begins, as far as the history itself tells: what a leg of a hedge account closes beyond
 * what it opened, or the position that the venue names before the first fill. In a one-way account a venue's profit on a fill
 * that should open shows that something was there, but not how much.
 */
import { Decimal } from "../../core/model/decimal.ts";
import type { PositionBook } from "../positions/position-book.ts";
import type { PositionFill, PositionLeg } from "../positions/position-fill.ts";

export interface OpeningPosition {
  readonly symbol: string;
  readonly leg: PositionLeg;
  /** Signed. */
  readonly quantity: Decimal;
  /** Of the first fill. */
  readonly firstPrice: Decimal;
  /** Something was there and nobody can tell how much: of this position only the venue's own profit can be believed. */
  readonly isUnknown: boolean;
}

/** Gathered beside a first pass of the books over all fills. */
export class OpeningPositions {
  readonly #firsts = new Map<string, PositionFill>();

  see(fill: PositionFill): void {
    const name = positionName(fill.symbol, fill.leg);
    if (!this.#firsts.has(name)) this.#firsts.set(name, fill);
  }

  /** After the last fill; `books` have seen the same ones. */
  from(books: Iterable<PositionBook>): readonly OpeningPosition[] {
    return [...books].flatMap((book) => {
      const { symbol, leg } = book;
      const first = this.#firsts.get(positionName(symbol, leg));
      if (first === undefined || !book.isCarriedIn) return [];
      const told = first.positionBefore;
      const unmatched = book.unmatchedQuantity;
      const quantity =
        leg === "net" ? (told ?? Decimal.zero) : leg === "long" ? unmatched : unmatched.negated();
      return [{ symbol, leg, quantity, firstPrice: first.price, isUnknown: leg === "net" && told === null }];
    });
  }
}

export function positionName(symbol: string, leg: PositionLeg): string {
  return `${symbol} ${leg}`;
}
