/**
 * What was before the demo's week: months of the same markets by the hour, which the exchange's public history then tells, and the
 * records of traders on them. The records go on through the week, on the exchange's own prices.
 */
import type { Bar, MarketPast } from "../../exchange/simulated/market-types.ts";
import { MARKETS, type MarketModel } from "../market-model.ts";
import { RecordBook } from "./record-book.ts";
import { RECORD_DAYS, recordedTraders } from "./recorded-traders.ts";

export interface LongPastParts {
  readonly seed: number;
  readonly model: MarketModel;
  /** Where the week begins. */
  readonly untilMs: number;
  /** Of the week. */
  readonly days: number;
}

export interface WrittenRecord {
  readonly name: string;
  readonly equity: string | null;
  readonly csv: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Looks at the price within an hour, for its bar. */
const QUARTERS = 4;
/** Base units that change hands, in USDT an hour, before what moves them. */
const TURNOVER_USDT = 4_000_000;
const FUNDING_HOURS = 8;

interface OpenBar {
  open: number;
  high: number;
  low: number;
}

export class LongPast {
  readonly #parts: LongPastParts;
  readonly #books: readonly RecordBook[];
  readonly #nowMs: number;

  constructor(parts: LongPastParts) {
    const { seed, untilMs, days } = parts;
    this.#parts = parts;
    this.#nowMs = untilMs + days * DAY_MS;
    const traders = recordedTraders(days);
    this.#books = traders.map((trader, index) => {
      const twin = traders.findIndex(({ name }) => name === trader.twinOf);
      return new RecordBook(trader, seed * 1_000 + (twin < 0 ? index : twin));
    });
  }

  /** Takes the model up to the week, and tells what the markets did until then, by symbol. */
  live(): ReadonlyMap<string, MarketPast> {
    const { model, untilMs, days } = this.#parts;
    const bars = new Map<string, Bar[]>(MARKETS.map(({ symbol }) => [symbol, []]));
    const funding = new Map<string, { time: number; fundingRate: string }[]>(
      MARKETS.map(({ symbol }) => [symbol, []]),
    );
    const lastMs = Math.floor(untilMs / HOUR_MS) * HOUR_MS;
    const firstMs = lastMs - (RECORD_DAYS - days) * DAY_MS;
    for (let openMs = firstMs; openMs < lastMs; openMs += HOUR_MS) {
      const hour = this.#hour();
      for (const [symbol, bar] of hour) bars.get(symbol)?.push(barOf(bar, openMs, model.price(symbol)));
      if ((openMs / HOUR_MS) % FUNDING_HOURS === 0)
        for (const [symbol, rates] of funding)
          rates.push({ time: openMs, fundingRate: model.fundingRate(symbol) });
      this.look(openMs + HOUR_MS);
    }
    return new Map([...bars].map(([symbol, own]) => [symbol, pastOf(own, funding.get(symbol) ?? [])]));
  }

  /** An hour is over: everybody looks at the markets and acts. */
  look(hourMs: number): void {
    const { model, untilMs } = this.#parts;
    for (const book of this.#books) {
      const { fromDay, untilDay } = book.trader;
      book.look(model);
      if (hourMs < this.#nowMs - fromDay * DAY_MS) continue;
      if (untilDay === 0 || hourMs + HOUR_MS <= untilMs) book.trade(model, hourMs);
      else if (hourMs <= untilMs) book.close(model, hourMs);
    }
  }

  get records(): readonly WrittenRecord[] {
    return this.#books.map(({ trader: { name, equity }, csv }) => ({ name, equity, csv }));
  }

  #hour(): ReadonlyMap<string, OpenBar> {
    const { model } = this.#parts;
    const hour = new Map<string, OpenBar>();
    for (const { symbol } of MARKETS) {
      const price = model.price(symbol);
      hour.set(symbol, { open: price, high: price, low: price });
    }
    for (let quarter = 0; quarter < QUARTERS; quarter += 1) {
      model.step(HOUR_MS / QUARTERS);
      for (const [symbol, bar] of hour) {
        const price = model.price(symbol);
        bar.high = Math.max(bar.high, price);
        bar.low = Math.min(bar.low, price);
      }
    }
    return hour;
  }
}

/** More changes hands in an hour in which the price goes far. */
function barOf({ open, high, low }: OpenBar, openTimeMs: number, close: number): Bar {
  const range = (high - low) / open;
  return { openTimeMs, open, high, low, close, volume: (TURNOVER_USDT * (0.3 + 100 * range)) / close };
}

function pastOf(bars: readonly Bar[], funding: NonNullable<MarketPast["funding"]>): MarketPast {
  return { bars, marks: bars, funding };
}
