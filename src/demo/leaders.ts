/**
 * Three leaders of visibly different styles, for the demo: what each would do next, seeded. They trade real orders on the
 * simulated exchange; nothing here knows of followers.
 */
import type { MarketOrder } from "./venue-client.ts";

/** Uniform in [0, 1). */
type Chance = () => number;

export interface LeaderStyle {
  readonly nickname: string;
  readonly style: string;
  readonly balance: string;
  readonly positionMode: "one-way" | "hedge";
  /** Mean time between two actions. */
  readonly pauseMs: number;
  readonly books: readonly Book[];
  /** The next order on `book`, given what is held there (signed, in clips). */
  readonly act: (book: Book, held: number, chance: Chance) => Action | null;
}

/** One position that a leader works with: its unit of trading is one clip. */
export interface Book {
  readonly symbol: string;
  readonly clip: number;
  readonly decimals: number;
  readonly positionIdx: 0 | 1 | 2;
}

/** Clips to trade, signed; `reduceOnly` when it only takes off. */
export interface Action {
  readonly clips: number;
  readonly reduceOnly: boolean;
}

const BTC: Book = { symbol: "BTCUSDT", clip: 0.02, decimals: 3, positionIdx: 0 };
const ETH: Book = { symbol: "ETHUSDT", clip: 0.5, decimals: 2, positionIdx: 0 };
const SOL: Book = { symbol: "SOLUSDT", clip: 8, decimals: 1, positionIdx: 0 };
const ETH_LONG: Book = { ...ETH, positionIdx: 1 };
const ETH_SHORT: Book = { ...ETH, positionIdx: 2 };
const PEPE_LONG: Book = { symbol: "1000PEPEUSDT", clip: 100_000, decimals: 0, positionIdx: 1 };

export const LEADERS: readonly LeaderStyle[] = [
  {
    nickname: "scalper",
    style: "in and out within seconds",
    balance: "25000",
    positionMode: "one-way",
    pauseMs: 900,
    books: [BTC, ETH],
    act: (_book, held, chance) =>
      held === 0 ? open(chance() < 0.5 ? 1 : -1) : chance() < 0.6 ? close(held) : open(Math.sign(held)),
  },
  {
    nickname: "swinger",
    style: "few large trades, turns",
    balance: "100000",
    positionMode: "one-way",
    pauseMs: 3_500,
    books: [SOL, BTC],
    act: (_book, held, chance) => {
      if (held === 0) return open(chance() < 0.5 ? 6 : -6);
      if (chance() < 0.4) return open(-2 * held);
      return chance() < 0.5 ? { clips: -Math.sign(held) * 2, reduceOnly: true } : open(Math.sign(held) * 3);
    },
  },
  {
    nickname: "gridder",
    style: "hedge mode, works in steps",
    balance: "60000",
    positionMode: "hedge",
    pauseMs: 1_600,
    books: [ETH_LONG, ETH_SHORT, PEPE_LONG],
    act: (book, held, chance) => {
      const sign = book.positionIdx === 2 ? -1 : 1;
      if (Math.abs(held) >= 5) return { clips: -sign * 2, reduceOnly: true };
      if (held !== 0 && chance() < 0.35) return { clips: -sign, reduceOnly: true };
      return open(sign);
    },
  },
];

/** The order for an action; quantities in the symbol's decimals. */
export function orderOf(book: Book, action: Action): MarketOrder {
  const quantity = (Math.abs(action.clips) * book.clip).toFixed(book.decimals);
  return {
    symbol: book.symbol,
    side: action.clips > 0 ? "Buy" : "Sell",
    quantity,
    positionIdx: book.positionIdx,
    reduceOnly: action.reduceOnly,
  };
}

function open(clips: number): Action {
  return { clips, reduceOnly: false };
}

function close(held: number): Action {
  return { clips: -held, reduceOnly: true };
}

/** What is held after the action, in clips. */
export function heldAfter(held: number, action: Action): number {
  const after = held + action.clips;
  return action.reduceOnly && Math.sign(after) !== Math.sign(held) ? 0 : after;
}

/** A small seeded generator (mulberry32); good enough to make a demo look alive and repeat. */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
