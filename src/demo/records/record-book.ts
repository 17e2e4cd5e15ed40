/**
 * One trader's record as it comes to be: what its rule does by the hour at the market's price, a tick or two against it, with fees;
 * and the table that a source would give of it (docs/traders.md, `csv`).
 */
import { seededRandom } from "../../analytics/numeric/random.ts";
import { type Action, type Book, quantityOf, type Seen } from "../leaders.ts";
import { Signals } from "../signals.ts";
import type { RecordedTrader } from "./recorded-traders.ts";

interface Held {
  clips: number;
  entry: number;
}

interface RecordedFill {
  readonly atMs: number;
  readonly symbol: string;
  readonly isBuy: boolean;
  readonly leg: "both" | "long" | "short";
  readonly price: string;
  readonly quantity: string;
  readonly fee: string;
}

export interface HourlyMarket {
  price(symbol: string): number;
}

const FEE_SHARE = 0.00055;
/** What a market order pays over the middle, and how it is spread. */
const CROSSING = { least: 0.00008, spread: 0.0002 };
const HOURS_PER_DAY = 24;
const HOUR_MS = 3_600_000;
const DIGITS = 6;
/** Of a history that the source cut, so much is missing; of one that was exported twice, so much is there twice. */
const CUT_OFF = 0.2;
const TWICE = 0.02;
const LEGS = ["both", "long", "short"] as const;

export class RecordBook {
  readonly trader: RecordedTrader;
  readonly #chance: () => number;
  readonly #signals: ReadonlyMap<string, Signals>;
  readonly #held: ReadonlyMap<Book, Held>;
  readonly #fills: RecordedFill[] = [];

  constructor(trader: RecordedTrader, seed: number) {
    this.trader = trader;
    this.#chance = seededRandom(seed);
    this.#signals = new Map(trader.books.map(({ symbol }) => [symbol, new Signals(trader.memory)]));
    this.#held = new Map(trader.books.map((book) => [book, { clips: 0, entry: 0 }]));
  }

  look(market: HourlyMarket): void {
    for (const [symbol, signals] of this.#signals) signals.look(market.price(symbol));
  }

  /** What it does within the hour that ends at `hourMs`. */
  trade(market: HourlyMarket, hourMs: number): void {
    for (const [book, held] of this.#held) {
      const isDue = this.#chance() < this.trader.perDay / HOURS_PER_DAY / this.trader.books.length;
      const action = isDue ? this.trader.rule(book, this.#seen(book, held, market), this.#chance) : null;
      if (action !== null && action.clips !== 0) this.#fill(book, action, market, hourMs);
    }
  }

  /** Everything is closed: from now on its record is another's to keep. */
  close(market: HourlyMarket, hourMs: number): void {
    for (const [book, { clips }] of this.#held)
      if (clips !== 0) this.#fill(book, { clips: -clips, reduceOnly: true }, market, hourMs);
  }

  get csv(): string {
    const id = this.trader.flaw === "twice-exported" ? [] : ["trade_id"];
    const fee = this.trader.flaw === "no-fees" ? [] : ["fee"];
    const names = ["time", "symbol", "side", "position_side", "price", "quantity", ...fee, ...id];
    const first = this.trader.flaw === "cut-off" ? Math.floor(this.#fills.length * CUT_OFF) : 0;
    const lines = this.#fills.slice(first).flatMap((one, index) => {
      const { atMs, symbol, isBuy, leg, price, quantity } = one;
      const cells = [atMs, symbol, isBuy ? "buy" : "sell", leg, price, quantity];
      const own = fee.length === 0 ? [] : [one.fee];
      const line = [...cells, ...own, ...(id.length === 0 ? [] : [`${this.trader.name}-${index}`])].join(",");
      return id.length === 0 && index % Math.round(1 / TWICE) === 0 ? [line, line] : [line];
    });
    return `${[names.join(","), ...lines].join("\n")}\n`;
  }

  #seen({ symbol }: Book, { clips, entry }: Held, market: HourlyMarket): Seen {
    const signals = this.#signals.get(symbol);
    const gain = clips === 0 ? 0 : Math.sign(clips) * (market.price(symbol) / entry - 1);
    return { trend: signals?.trend ?? 0, stretch: signals?.stretch ?? 0, held: clips, gain };
  }

  #fill(book: Book, action: Action, market: HourlyMarket, hourMs: number): void {
    const held = this.#held.get(book);
    if (held === undefined) return;
    const crossing = CROSSING.least + this.#chance() * CROSSING.spread;
    const price = market.price(book.symbol) * (1 + Math.sign(action.clips) * crossing);
    const after = held.clips + action.clips;
    if (Math.abs(after) > Math.abs(held.clips))
      held.entry = (held.entry * Math.abs(held.clips) + price * Math.abs(action.clips)) / Math.abs(after);
    held.clips = after;
    const quantity = quantityOf(book, action);
    this.#fills.push({
      atMs: hourMs - Math.floor(this.#chance() * HOUR_MS),
      symbol: book.symbol,
      isBuy: action.clips > 0,
      leg: LEGS[book.positionIdx],
      price: price.toPrecision(DIGITS),
      quantity,
      fee: (-FEE_SHARE * price * Number(quantity)).toFixed(DIGITS),
    });
  }
}
