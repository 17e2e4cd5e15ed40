/**
 * Three leaders of visibly different styles, for the demo: what each would do next, by a rule that one could write down. They trade
 * real orders on the simulated exchange; nothing here knows of followers.
 */
import type { Memory } from "./signals.ts";

/** Uniform in [0, 1). */
export type Chance = () => number;

/** What a rule goes by. */
export interface Seen {
  readonly trend: number;
  readonly stretch: number;
  /** Signed, in clips. */
  readonly held: number;
  /** Of what is held since it was entered, as a share of the entry price; 0 when flat. */
  readonly gain: number;
}

/** The next change on a book. */
export type Rule = (book: Book, seen: Seen, chance: Chance) => Action | null;

export interface LeaderStyle {
  readonly nickname: string;
  readonly style: string;
  readonly balance: string;
  readonly positionMode: "one-way" | "hedge";
  /** Mean time between two actions, live. */
  readonly pauseMs: number;
  /** Actions a day, in the past. */
  readonly perDay: number;
  readonly memory: Memory;
  readonly books: readonly Book[];
  readonly act: Rule;
}

/** One position that a leader works with: its unit of trading is one clip. */
export interface Book {
  readonly symbol: string;
  readonly clip: number;
  /** Of a quantity; -2 is whole hundreds. */
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
const SOL: Book = { symbol: "SOLUSDT", clip: 12, decimals: 1, positionIdx: 0 };
const XRP: Book = { symbol: "XRPUSDT", clip: 3_000, decimals: 0, positionIdx: 0 };
const DOGE_LONG: Book = { symbol: "DOGEUSDT", clip: 8_000, decimals: 0, positionIdx: 1 };
const DOGE_SHORT: Book = { ...DOGE_LONG, positionIdx: 2 };
const PEPE_LONG: Book = { symbol: "1000PEPEUSDT", clip: 80_000, decimals: -2, positionIdx: 1 };

/** Goes with what runs, the more the clearer it runs, in few large trades. */
export const RIDE: Rule = (_book, { trend, held }, chance) =>
  towards(held, Math.round(clamp(trend * 6, 6)), { chance, stepMax: 4 });

/** Sells what has risen quickly, buys what has fallen, and takes it off when it comes back. */
export const FADE: Rule = (_book, { stretch, held }, chance) =>
  towards(held, -Math.round(clamp(stretch * 3, 4)), { chance, stepMax: 3 });

const DOUBLED_MAX = 16;
const DOUBLE_AT = -0.012;
const TAKE_AT = 0.006;
const GIVE_UP_AT = -0.03;

/** Doubles what loses until it comes back, and now and then it does not. */
export const DOUBLE: Rule = (book, { held, gain }, chance) => {
  const sign = book.positionIdx === 2 ? -1 : 1;
  const size = Math.abs(held);
  if (size === 0) return open(sign);
  if (gain > TAKE_AT || (gain < GIVE_UP_AT && size >= DOUBLED_MAX)) return close(held);
  if (gain < DOUBLE_AT && size < DOUBLED_MAX) return open(sign * size);
  return size > 1 && chance() < 0.3 ? { clips: -sign, reduceOnly: true } : size < 3 ? open(sign) : null;
};

export const LEADERS: readonly LeaderStyle[] = [
  {
    nickname: "rider",
    style: "rides trends",
    balance: "100000",
    positionMode: "one-way",
    pauseMs: 3_500,
    perDay: 22,
    memory: { quick: 24, slow: 120 },
    books: [BTC, SOL, ETH],
    act: RIDE,
  },
  {
    nickname: "fader",
    style: "fades quick moves",
    balance: "40000",
    positionMode: "one-way",
    pauseMs: 2_000,
    perDay: 45,
    memory: { quick: 12, slow: 96 },
    books: [BTC, ETH, XRP],
    act: FADE,
  },
  {
    nickname: "doubler",
    style: "doubles down",
    balance: "30000",
    positionMode: "hedge",
    pauseMs: 3_000,
    perDay: 20,
    memory: { quick: 12, slow: 48 },
    books: [DOGE_LONG, PEPE_LONG, DOGE_SHORT],
    act: DOUBLE,
  },
];

/** Base units of an action, as an order says them. */
export function quantityOf({ clip, decimals }: Book, { clips }: Action): string {
  const quantity = Math.abs(clips) * clip;
  if (decimals >= 0) return quantity.toFixed(decimals);
  const unit = 10 ** -decimals;
  return String(Math.round(quantity / unit) * unit);
}

interface Way {
  readonly chance: Chance;
  readonly stepMax: number;
}

/** A step to the wanted position; never through nought at once but by closing first. Who has what it wants trades about it. */
function towards(held: number, wanted: number, { chance, stepMax }: Way): Action | null {
  if (held !== 0 && Math.sign(wanted) === -Math.sign(held)) return close(held);
  const missing = wanted - held;
  if (missing === 0) {
    if (held === 0) return chance() < 0.5 ? open(chance() < 0.5 ? 1 : -1) : null;
    return chance() < 0.5 ? { clips: -Math.sign(held), reduceOnly: true } : open(Math.sign(held));
  }
  const clips = Math.sign(missing) * Math.min(stepMax, Math.abs(missing));
  return { clips, reduceOnly: held !== 0 && Math.sign(clips) !== Math.sign(held) };
}

function clamp(value: number, max: number): number {
  return Math.max(-max, Math.min(max, value));
}

function open(clips: number): Action {
  return { clips, reduceOnly: false };
}

function close(held: number): Action {
  return { clips: -held, reduceOnly: true };
}
