/**
 * Whether what a trader is said to have paid is taken as a price, or for an error of the record. Asked alike by the engine's books
 * (recorded-books.ts) and by the fast path (fast/timeline.ts). Only what was known by then is asked, and the bar of the time.
 */
import type { PriceTape } from "./price-tape.ts";

export interface KnownPrice {
  readonly price: number;
  readonly atMs: number;
}

/** What the bar of the time says of a price: there is none, it has the price or nearly, or it has not. */
export const BAR = { none: 0, has: 1, lacks: 2 } as const;

export type BarSays = (typeof BAR)[keyof typeof BAR];

export interface Claim {
  readonly bar: BarSays;
  readonly paid: KnownPrice;
  /** The newest of the points of bars and what traders paid; null where nothing is known. */
  readonly last: KnownPrice | null;
  /** The last one that was not believed where no bar told of the time. */
  readonly refused: KnownPrice | null;
}

const NEAR = 0.02;
/** A price may be so far off one of the same moment. */
const STRANGE = 0.2;
/** Both bounds move apart with the age of the other price: by its factor of 2 after so long, of 3 after twice as long. */
const GROWTH_MS = 86_400_000;
/** A price that was not believed may be confirmed for so long. */
const CONFIRMED_WITHIN_MS = 86_400_000;

export function barSays(tape: PriceTape | null, { price, atMs }: KnownPrice): BarSays {
  switch (tape?.holds(atMs, price, NEAR) ?? null) {
    case null:
      return BAR.none;
    case true:
      return BAR.has;
    default:
      return BAR.lacks;
  }
}

/** What was paid counts where both are of one moment. */
export function newest(point: KnownPrice | null, paid: KnownPrice | null): KnownPrice | null {
  return paid !== null && paid.atMs >= (point?.atMs ?? 0) ? paid : point;
}

export function isBelieved({ bar, paid, last, refused }: Claim): boolean {
  if (!(paid.price > 0)) return false;
  if (bar === BAR.has || last === null) return true;
  if (bar === BAR.lacks) return isNear(paid.price, last.price, 0);
  return isNear(paid.price, last.price, paid.atMs - last.atMs) || isConfirming(paid, last, refused);
}

/** Two fills of different moments that agree, with nothing known between them, are no error. */
function isConfirming(paid: KnownPrice, last: KnownPrice, refused: KnownPrice | null): boolean {
  if (refused === null || refused.atMs <= last.atMs) return false;
  const passedMs = paid.atMs - refused.atMs;
  return passedMs > 0 && passedMs <= CONFIRMED_WITHIN_MS && isNear(paid.price, refused.price, 0);
}

function isNear(price: number, other: number, passedMs: number): boolean {
  const grown = 1 + passedMs / GROWTH_MS;
  return price <= other * (1 + STRANGE) * grown && price >= (other * (1 - STRANGE)) / grown;
}
