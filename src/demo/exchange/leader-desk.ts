/** One leader at its desk: looks at its markets, and when it is its turn sends the order that its rule asks for, like anybody. */
import { seededRandom } from "../../analytics/numeric/random.ts";
import type { AccountKey, Venue } from "../../exchange/simulated/venue-types.ts";
import { type Action, type Book, type LeaderStyle, quantityOf, type Seen } from "../leaders.ts";
import { Signals } from "../signals.ts";

export interface LeaderDeskParts {
  readonly leader: LeaderStyle;
  readonly account: AccountKey;
  readonly venue: Pick<Venue, "placeOrder" | "positions">;
  readonly seed: number;
}

export class LeaderDesk {
  readonly leader: LeaderStyle;
  readonly #parts: LeaderDeskParts;
  readonly #chance: () => number;
  readonly #signals: ReadonlyMap<string, Signals>;
  #turn = 0;

  constructor(parts: LeaderDeskParts) {
    const { leader, seed } = parts;
    this.leader = leader;
    this.#parts = parts;
    this.#chance = seededRandom(seed);
    this.#signals = new Map(leader.books.map(({ symbol }) => [symbol, new Signals(leader.memory)]));
  }

  look(price: (symbol: string) => number): void {
    for (const [symbol, signals] of this.#signals) signals.look(price(symbol));
  }

  /** Whether it is its turn in a stretch of time in which it mostly acts `expected` times. */
  isDue(expected: number): boolean {
    return this.#chance() < 1 - Math.exp(-expected);
  }

  /** How long it waits now before it acts again. */
  get pauseMs(): number {
    return this.leader.pauseMs * (0.5 + this.#chance());
  }

  /** One book after the other: the first on which the rule asks for anything. */
  trade(): void {
    const { books } = this.leader;
    for (const _ of books) {
      const book = books[this.#turn % books.length];
      this.#turn += 1;
      const action = book === undefined ? null : this.leader.act(book, this.#seen(book), this.#chance);
      if (book === undefined || action === null || action.clips === 0) continue;
      this.#send(book, action);
      return;
    }
  }

  #send(book: Book, action: Action): void {
    this.#parts.venue.placeOrder(this.#parts.account, {
      symbol: book.symbol,
      side: action.clips > 0 ? "Buy" : "Sell",
      orderType: "Market",
      qty: quantityOf(book, action),
      positionIdx: book.positionIdx,
      reduceOnly: action.reduceOnly,
    });
  }

  #seen({ symbol, positionIdx, clip }: Book): Seen {
    const { venue, account } = this.#parts;
    const signals = this.#signals.get(symbol);
    const row = venue.positions(account, symbol).find((one) => one.positionIdx === positionIdx);
    const sign = row?.side === "Sell" ? -1 : 1;
    const [size, entry, mark] = [Number(row?.size ?? 0), Number(row?.avgPrice), Number(row?.markPrice)];
    return {
      trend: signals?.trend ?? 0,
      stretch: signals?.stretch ?? 0,
      held: sign * Math.round(size / clip),
      gain: size === 0 ? 0 : sign * (mark / entry - 1),
    };
  }
}
