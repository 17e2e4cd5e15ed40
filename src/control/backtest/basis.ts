/** What a backtest was made from: how many traders and fills, and what is not known of the market. */
import { rangeText } from "../../analytics/equity/day-text.ts";
import type { RecordedLeaders, RecordedMarkets } from "../../backtest/history.ts";
import type { TimeRange } from "../../market/market-history.ts";
import { TradersError } from "../traders.ts";

const DAY_MS = 86_400_000;

export interface BacktestBasis {
  readonly traders: number;
  /** Fills of the window, and of before it. */
  readonly fills: number;
  readonly fillsBefore: number;
  /** Traders with a fill in the window. */
  readonly active: number;
  /** That their sources no longer named before the window ended. */
  readonly vanished: number;
  readonly truncated: number;
  /** Symbols of the window's fills without a bar; whose steps are assumed; that the venue does not list; without funding rates. */
  readonly withoutBars: readonly string[];
  readonly assumedSteps: readonly string[];
  readonly unlisted: readonly string[];
  readonly withoutFunding: readonly string[];
}

/** Throws a TradersError where nothing was traded in that time, or no bars are known of it. */
export function basisOf(
  { leaders, fills }: RecordedLeaders,
  { assumed, unlisted, marketOf, tapeOf }: RecordedMarkets,
  { fromMs, toMs }: TimeRange,
): BacktestBasis {
  const first = fills.findIndex(({ timeMs }) => timeMs >= fromMs);
  const fillsBefore = first < 0 ? fills.length : first;
  const inWindow = fills.slice(fillsBefore);
  if (inWindow.length === 0) throw new TradersError("bad-request", nothingIn({ fromMs, toMs }, fills));
  const venues = new Map(leaders.map(({ name, venue }) => [name, venue]));
  const traded = new Set<string>();
  const [withoutBars, withoutFunding] = [new Set<string>(), new Set<string>()];
  for (const { leader, symbol } of inWindow) {
    const venue = venues.get(leader);
    const pair = venue === undefined ? null : marketOf(venue, symbol);
    if (pair === null || traded.has(symbol)) continue;
    traded.add(symbol);
    const tape = tapeOf(pair.follower.id);
    if (tape === null) withoutBars.add(symbol);
    if ((tape?.funding ?? null) === null) withoutFunding.add(symbol);
  }
  if (traded.size > 0 && withoutBars.size === traded.size)
    throw new TradersError(
      "bad-request",
      `no bars are known of any symbol that was traded from ${rangeText({ fromMs, toMs })}: copytrader market import or market fetch takes them in, or --market names a folder of them`,
    );
  return {
    traders: leaders.length,
    fills: inWindow.length,
    fillsBefore,
    active: new Set(inWindow.map(({ leader }) => leader)).size,
    vanished: leaders.filter(({ record }) => record.lastSeenMs < toMs - DAY_MS).length,
    truncated: leaders.filter(({ record }) => record.history === "truncated").length,
    withoutBars: [...withoutBars].sort(),
    assumedSteps: assumed.filter((symbol) => traded.has(symbol)),
    unlisted,
    withoutFunding: [...withoutFunding].sort(),
  };
}

function nothingIn({ fromMs, toMs }: TimeRange, fills: RecordedLeaders["fills"]): string {
  const [first, last] = [fills[0], fills.at(-1)];
  const known =
    first === undefined || last === undefined
      ? `nothing is known of that time or before`
      : `what is known before the end begins ${day(first.timeMs)} and ends ${day(last.timeMs)}`;
  return `no trader has a fill from ${rangeText({ fromMs, toMs })}; ${known}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
