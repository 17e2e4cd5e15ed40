/**
 * Whose records lie in the demo beside those of its leaders: months of trading by rules of different worth on the same markets, by the
 * hour, with what real histories have: some skill, much luck, and flaws of the source.
 */
import { type Book, DOUBLE, FADE, LEADERS, RIDE, type Rule } from "../leaders.ts";
import type { Memory } from "../signals.ts";

export interface RecordedTrader {
  readonly name: string;
  readonly rule: Rule;
  readonly memory: Memory;
  readonly books: readonly Book[];
  readonly perDay: number;
  /** Stated by the source; null where it tells none. */
  readonly equity: string | null;
  /** Days before now with which it begins. */
  readonly fromDay: number;
  /** It closes everything then; 0 for now. */
  readonly untilDay: number;
  readonly flaw?: "no-fees" | "cut-off" | "twice-exported";
  /** Draws the same as this one. */
  readonly twinOf?: string;
}

/** As far back as records go. */
export const RECORD_DAYS = 140;

const BTC: Book = { symbol: "BTCUSDT", clip: 0.05, decimals: 3, positionIdx: 0 };
const ETH: Book = { symbol: "ETHUSDT", clip: 0.8, decimals: 2, positionIdx: 0 };
const SOL: Book = { symbol: "SOLUSDT", clip: 20, decimals: 1, positionIdx: 0 };
const XRP: Book = { symbol: "XRPUSDT", clip: 5_000, decimals: 0, positionIdx: 0 };
const DOGE: Book = { symbol: "DOGEUSDT", clip: 20_000, decimals: 0, positionIdx: 0 };
const PEPE: Book = { symbol: "1000PEPEUSDT", clip: 200_000, decimals: -2, positionIdx: 0 };
const ETH_LONG: Book = { ...ETH, positionIdx: 1 };
const ETH_SHORT: Book = { ...ETH, positionIdx: 2 };
const DOGE_LONG: Book = { ...DOGE, positionIdx: 1 };
const PEPE_LONG: Book = { ...PEPE, positionIdx: 1 };

const SHORT: Memory = { quick: 3, slow: 16 };
const MIDDLE: Memory = { quick: 8, slow: 32 };
const LONG: Memory = { quick: 24, slow: 120 };

/** No view at all. */
const TOSS: Rule = (_book, { held }, chance) => {
  if (held === 0) return { clips: chance() < 0.5 ? 2 : -2, reduceOnly: false };
  return chance() < 0.5 ? { clips: -held, reduceOnly: true } : null;
};
/** Buys what has risen quickly. */
const CHASE: Rule = (book, seen, chance) => FADE(book, { ...seen, stretch: -seen.stretch }, chance);

const usual = { fromDay: RECORD_DAYS, untilDay: 0, perDay: 5 } as const;

const OTHERS: readonly RecordedTrader[] = [
  { ...usual, name: "harbour", rule: RIDE, memory: SHORT, books: [BTC, ETH, SOL], equity: "60000" },
  { ...usual, name: "northwind", rule: RIDE, memory: MIDDLE, books: [ETH, SOL], equity: "45000", perDay: 3 },
  { ...usual, name: "latecomer", rule: RIDE, memory: LONG, books: [BTC, XRP], equity: "30000", fromDay: 128 },
  { ...usual, name: "ebb", rule: FADE, memory: SHORT, books: [BTC, ETH], equity: "80000", perDay: 8 },
  { ...usual, name: "springtide", rule: FADE, memory: LONG, books: [SOL, DOGE], equity: "25000" },
  { ...usual, name: "coin", rule: TOSS, memory: SHORT, books: [BTC, ETH, SOL], equity: "50000" },
  { ...usual, name: "tails", rule: TOSS, memory: SHORT, books: [XRP, DOGE, PEPE], equity: "20000" },
  { ...usual, name: "martin", rule: DOUBLE, memory: MIDDLE, books: [ETH_LONG, ETH_SHORT], equity: "70000" },
  { ...usual, name: "stairs", rule: DOUBLE, memory: MIDDLE, books: [DOGE_LONG, PEPE_LONG], equity: null },
  { ...usual, name: "chaser", rule: CHASE, memory: SHORT, books: [BTC, SOL], equity: "40000", fromDay: 125 },
  { ...usual, name: "whale", rule: RIDE, memory: MIDDLE, books: [BTC], equity: "400000", perDay: 0.7 },
  { ...usual, name: "freshman", rule: RIDE, memory: SHORT, books: [SOL, ETH], equity: "8000", fromDay: 21 },
  { ...usual, name: "nofee", rule: FADE, memory: MIDDLE, books: [ETH, XRP], equity: null, flaw: "no-fees" },
  { ...usual, name: "remnant", rule: RIDE, memory: SHORT, books: [BTC, ETH], equity: null, flaw: "cut-off" },
  { ...usual, name: "echo", rule: FADE, memory: SHORT, books: [BTC], equity: "9000", flaw: "twice-exported" },
  {
    ...usual,
    name: "shadow",
    rule: RIDE,
    memory: SHORT,
    books: [BTC, ETH, SOL],
    equity: "15000",
    twinOf: "harbour",
  },
];

/** Everybody; the demo's own leaders up to the day on which they begin to be copied. */
export function recordedTraders(copiedFromDay: number): readonly RecordedTrader[] {
  const leaders = LEADERS.map(({ nickname, act, books, balance }) => ({
    ...usual,
    name: nickname,
    rule: act,
    memory: SHORT,
    books,
    equity: balance,
    untilDay: copiedFromDay,
  }));
  return [...leaders, ...OTHERS];
}
