/**
 * Made-up histories for measuring: markets that wander, and traders who open and close positions in them throughout. The same seed
 * makes the same files.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { seededRandom } from "../../src/analytics/numeric/random.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const FROM_MS = Date.UTC(2025, 0, 1);
/** Written at once. */
const PIECE_CHARACTERS = 1 << 20;

export interface MadeMarket {
  readonly symbol: string;
  /** Close of each hour. */
  readonly closes: Float64Array;
}

export function makeMarkets(count: number, days: number): readonly MadeMarket[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, (_, index) => {
    const closes = new Float64Array(days * DAY_HOURS);
    let price = 10 ** (1 + (index % 4));
    for (let hour = 0; hour < closes.length; hour += 1) {
      price *= 1 + 0.01 * (random() - 0.5);
      closes[hour] = Number(price.toPrecision(6));
    }
    return { symbol: `COIN${String.fromCharCode(65 + index)}USDT`, closes };
  });
}

/** Hourly bars of all markets in one table. */
export function writeBars(path: string, markets: readonly MadeMarket[]): void {
  const file = new Rows(path, "symbol,open_time_ms,open,high,low,close,volume");
  for (const { symbol, closes } of markets) {
    for (const [hour, close] of closes.entries()) {
      const open = closes[hour - 1] ?? close;
      const [low, high] = [Math.min(open, close), Math.max(open, close)];
      file.add(`${symbol},${FROM_MS + hour * HOUR_MS},${open},${high},${low},${close},1000000`);
    }
  }
  file.end();
}

export interface MadeTraders {
  readonly markets: readonly MadeMarket[];
  readonly traders: number;
  readonly days: number;
  /** Round trips of each: an opening and a closing. */
  readonly trips: number;
}

/** Gives the number of fills. */
export function writeTraders(path: string, { markets, traders, days, trips }: MadeTraders): number {
  const file = new Rows(path, HEAD);
  const random = seededRandom(2);
  const hours = days * DAY_HOURS;
  for (let trader = 0; trader < traders; trader += 1) {
    const every = hours / trips;
    for (let trip = 0; trip < trips; trip += 1) {
      const open = Math.floor(trip * every);
      const close = Math.min(hours - 1, open + Math.max(1, Math.floor(every * random())));
      const market = markets[Math.floor(random() * markets.length)];
      if (market !== undefined) writeTrip(file, { trader, market, open, close, isLong: random() < 0.5 });
    }
  }
  return file.end();
}

/** One more trip of some traders, in the last hours. */
export function writeNews(path: string, { markets, traders, days }: Omit<MadeTraders, "trips">): number {
  const file = new Rows(path, HEAD);
  const last = days * DAY_HOURS - 1;
  const [market] = markets;
  for (let trader = 0; trader < traders; trader += 1)
    if (market !== undefined) writeTrip(file, { trader, market, open: last - 1, close: last, isLong: true });
  return file.end();
}

const HEAD = "trader,time,symbol,side,price,quantity,fee,trade_id";

function writeTrip(
  file: Rows,
  trip: {
    readonly trader: number;
    readonly market: MadeMarket;
    readonly open: number;
    readonly close: number;
    readonly isLong: boolean;
  },
): void {
  const { trader, market, open, close, isLong } = trip;
  for (const [hour, side] of [
    [open, isLong ? "buy" : "sell"],
    [close, isLong ? "sell" : "buy"],
  ] as const) {
    const price = market.closes[hour] ?? 1;
    const quantity = Number((1_000 / (market.closes[open] ?? 1)).toPrecision(4));
    const fee = -Number((price * quantity * 0.0005).toFixed(6));
    const second = (trader * 7_919) % 3_600;
    const time = FROM_MS + hour * HOUR_MS + second * 1_000;
    const tradeId = `${trader}-${open}-${side}-${hour}`;
    file.add(`t${trader},${time},${market.symbol},${side},${price},${quantity},${fee},${tradeId}`);
  }
}

/** A file that is written in large pieces. */
class Rows {
  readonly #file: number;
  #piece: string[] = [];
  #characters = 0;
  #rows = 0;

  constructor(path: string, head: string) {
    this.#file = openSync(path, "w");
    writeSync(this.#file, `${head}\n`);
  }

  add(row: string): void {
    this.#piece.push(row);
    this.#characters += row.length;
    this.#rows += 1;
    if (this.#characters >= PIECE_CHARACTERS) this.#write();
  }

  /** Gives the number of rows. */
  end(): number {
    this.#write();
    closeSync(this.#file);
    return this.#rows;
  }

  #write(): void {
    if (this.#piece.length > 0) writeSync(this.#file, `${this.#piece.join("\n")}\n`);
    this.#piece = [];
    this.#characters = 0;
  }
}
