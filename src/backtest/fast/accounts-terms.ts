/** What the loop of the fast path is given, and what it tells of each fill. */
import type { FastMarketTerms } from "./margin-watch.ts";
import type { MoneyUnits } from "./money.ts";
import type { FastPast } from "./past.ts";
import type { FastSizing } from "./share-sizes.ts";
import type { Timeline } from "./timeline.ts";

export interface FastFill {
  readonly atMs: number;
  readonly follower: number;
  readonly market: number;
  /** Signed, in the follower's lots; ticks; money units. */
  readonly lots: number;
  readonly price: number;
  readonly fee: number;
}

export interface AccountsTerms {
  readonly past: FastPast;
  readonly timeline: Timeline;
  readonly markets: readonly FastMarketTerms[];
  /** How each follower sizes; of one kind all of them. */
  readonly sizing: FastSizing;
  /** Money of each follower at the beginning, in units. */
  readonly equity: readonly number[];
  readonly latencyMs: number;
  /** 10^-8 of value. */
  readonly takerRate: number;
  readonly money: MoneyUnits;
  /** Hears of each fill; null where nobody asks. */
  readonly onFill: ((fill: FastFill) => void) | null;
}
