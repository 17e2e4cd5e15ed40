/** What a backtest lives through, out of the trader store and the market history: everybody's fills in order, markets and their prices. */

import { AccountId, type InstrumentId, VenueId } from "../core/model/identifiers.ts";
import type { Instrument, InstrumentSpec } from "../core/model/instrument.ts";
import { makeInstrument } from "../core/model/instrument.ts";
import {
  barsOf,
  type FundingColumns,
  fundingOf,
  type MarketHistory,
  marksOf,
  type SeriesSummary,
  type TimeRange,
} from "../market/market-history.ts";
import type { TraderFillRecord, TraderKey, TraderRecord, TraderStore } from "../store/trader-store.ts";
import {
  copiedMarket,
  type InstrumentList,
  NOTHING_SEEN,
  type SeenSteps,
  seeSteps,
} from "../traders/copying/copied-market.ts";
import { type SeriesOfCoin, seriesOfCoin } from "../traders/copying/market-moves.ts";
import { positionFills } from "../traders/position-fills.ts";
import { remembered } from "../traders/remembered.ts";
import type { LeaderFill } from "./leader-fill.ts";
import { PriceTape, type TapeBars } from "./market/price-tape.ts";
import { RecordedBooks, type RecordedMarketParts } from "./market/recorded-books.ts";
import type { PairedMarket, WorldLeader } from "./world.ts";

/** More are refused rather than read into memory. */
export const FILLS_MAX = 5_000_000;
const DAY_MS = 86_400_000;

export interface RecordedLeaders {
  readonly leaders: readonly (WorldLeader & { readonly record: TraderRecord })[];
  /** Oldest first. */
  readonly fills: readonly LeaderFill[];
  readonly steps: ReadonlyMap<string, SeenSteps>;
}

/** All fills before `toMs`. Throws a RangeError past FILLS_MAX. */
export async function recordedLeaders(
  store: Pick<TraderStore, "fills">,
  records: readonly TraderRecord[],
  toMs: number,
): Promise<RecordedLeaders> {
  const fills: LeaderFill[] = [];
  const steps = new Map<string, SeenSteps>();
  const leaders = records.map((record) => ({ ...namesOf(record, records), record }));
  for (const { name, venue, record } of leaders) {
    for await (const page of store.fills(record)) {
      const before = page.filter(({ timeMs }) => timeMs < toMs);
      for (const row of before) addFill(row, { name, venue }, fills, steps);
      if (fills.length > FILLS_MAX) throw new RangeError(`these traders have more than ${FILLS_MAX} fills`);
      if (before.length < page.length) break;
    }
  }
  // Of one moment the order of the leaders, and of their own records, stays.
  return { leaders, fills: fills.sort((left, right) => left.timeMs - right.timeMs), steps };
}

/** The trader's id, with its venue where another has the same id. */
function namesOf(record: TraderKey, all: readonly TraderKey[]): WorldLeader {
  const isAlone = all.every((one) => one.trader !== record.trader || one.venue === record.venue);
  const name = isAlone ? record.trader : `${record.trader}@${record.venue}`;
  return { name, account: AccountId(name), venue: leaderVenue(record.venue) };
}

/** Never the follower's own: what was recorded has steps of its own. */
function leaderVenue(venue: string): VenueId {
  return VenueId(`recorded-${venue}`);
}

function addFill(
  row: TraderFillRecord,
  { name, venue }: Pick<WorldLeader, "name" | "venue">,
  fills: LeaderFill[],
  steps: Map<string, SeenSteps>,
): void {
  if (row.kind === "funding") return;
  for (const fill of positionFills(row)) {
    const key = marketKey(venue, fill.symbol);
    const seen = steps.get(key) ?? { ...NOTHING_SEEN };
    steps.set(key, seen);
    seeSteps(seen, fill);
    const { timeMs, symbol, leg, side, price, quantity, positionBefore, realizedPnl } = fill;
    const realises = realizedPnl !== null && !realizedPnl.isZero;
    fills.push({ leader: name, timeMs, symbol, leg, side, price, quantity, positionBefore, realises });
  }
}

function marketKey(venue: VenueId, symbol: string): string {
  return `${venue} ${symbol}`;
}

export interface RecordedMarkets {
  readonly instruments: readonly Instrument[];
  marketOf(venue: VenueId, symbol: string): PairedMarket | null;
  tapeOf(id: InstrumentId): PriceTape | null;
  /** Of the follower's symbols. */
  readonly assumed: readonly string[];
  readonly unlisted: readonly string[];
}

export interface MarketSources {
  readonly history: MarketHistory;
  readonly list: InstrumentList;
  readonly venue: VenueId;
  /** What of the history may be looked at. */
  readonly range: TimeRange;
}

/** The markets of whatever the leaders traded. */
export function recordedMarkets({ steps }: RecordedLeaders, sources: MarketSources): RecordedMarkets {
  const { history, list, venue, range } = sources;
  const followers = new Map<InstrumentId, Instrument>();
  const pairs = new Map<string, PairedMarket>();
  const [assumed, unlisted] = [new Set<string>(), new Set<string>()];
  for (const [key, seen] of steps) {
    const [leadersVenue = "", symbol = ""] = key.split(" ");
    const found = copiedMarket(symbol, seen, list);
    if (found === "unlisted") {
      unlisted.add(symbol);
      continue;
    }
    const own = at(found.follower.spec, venue);
    const follower = followers.get(own.id) ?? own;
    followers.set(follower.id, follower);
    if (found.isAssumed) assumed.add(symbol);
    const leader = at(found.leader.spec, VenueId(leadersVenue));
    pairs.set(key, { leader, follower, units: found.units.toNumber() });
  }
  const all = history.list();
  const symbols = new Map([...followers.values()].map(({ id, spec }) => [id as string, spec.symbol]));
  const tapeOf = remembered((id) => {
    const symbol = symbols.get(id);
    return symbol === undefined ? null : tapeOfSymbol(history, all, { symbol, venue, range });
  });
  return {
    instruments: [...followers.values(), ...[...pairs.values()].map(({ leader }) => leader)],
    marketOf: (leadersVenue, symbol) => pairs.get(marketKey(leadersVenue, symbol)) ?? null,
    tapeOf,
    assumed: [...assumed].sort(),
    unlisted: [...unlisted].sort(),
  };
}

/** The follower's venue as the record shows it. */
export function openRecordedMarket(
  { instruments, tapeOf }: RecordedMarkets,
  parts: Omit<RecordedMarketParts, "instruments" | "tapeOf">,
): RecordedBooks {
  const known = new Map(instruments.map((one) => [one.id, one]));
  return new RecordedBooks({ ...parts, instruments: known, tapeOf });
}

function at(spec: InstrumentSpec, venue: VenueId): Instrument {
  return makeInstrument({ ...spec, venue });
}

/** Bars of any venue that has the coin, the shortest first; null where none tells of the time. */
function tapeOfSymbol(
  history: MarketHistory,
  all: readonly SeriesSummary[],
  { symbol, venue, range }: { readonly symbol: string; readonly venue: VenueId; readonly range: TimeRange },
): PriceTape | null {
  const found = seriesOfCoin(all, symbol, venue);
  const bars = found.flatMap(({ series, units }) => {
    if (series.kind === "funding") return [];
    const early = Math.max(2 * series.intervalMs, DAY_MS);
    const table = history.read(series, { fromMs: range.fromMs - early, toMs: range.toMs });
    if (table.times.length === 0) return [];
    const { intervalMs } = series;
    const read =
      series.kind === "bars" ? barsOf(table, intervalMs) : { ...marksOf(table, intervalMs), volume: null };
    return [inUnits(read, units)];
  });
  return bars.length === 0 ? null : new PriceTape(bars, fundingIn(history, found, range));
}

/** Of the first series that tells of the time at all. */
function fundingIn(
  history: MarketHistory,
  found: readonly SeriesOfCoin[],
  range: TimeRange,
): FundingColumns | null {
  for (const { series } of found) {
    const rates = series.kind === "funding" ? fundingOf(history.read(series, range)) : null;
    if (rates !== null && rates.atMs.length > 0) return rates;
  }
  return null;
}

function inUnits(bars: TapeBars, units: number): TapeBars {
  if (units === 1) return bars;
  const priced = (column: Float64Array) => column.map((price) => price * units);
  const { intervalMs, openMs, open, high, low, close, volume } = bars;
  return {
    intervalMs,
    openMs,
    ...{ open: priced(open), high: priced(high), low: priced(low), close: priced(close) },
    volume: volume?.map((amount) => amount / units) ?? null,
  };
}
