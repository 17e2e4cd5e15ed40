/**
 * The past of one leader laid out in columns, once for all variations: the points of the bars, what traders paid, and what the leader
 * held after each of its fills. What is read as a price and what a fill makes of a holding are said by the same functions and classes
 * as in the engine's world (recorded-books.ts, recorded-leader.ts).
 */
import type { InstrumentId } from "../../core/model/identifiers.ts";
import type { TimeRange } from "../../market/market-history.ts";
import type { LeaderFill } from "../leader-fill.ts";
import { barSays } from "../market/believed-price.ts";
import type { PriceTape } from "../market/price-tape.ts";
import { ticksAt } from "../market/recorded-books.ts";
import { bestDistance, type SlippageModel } from "../market/slippage.ts";
import type { PairedMarket, WorldLeader, WorldParts } from "../world.ts";
import { type HeldColumns, heldOf } from "./held.ts";

export interface FastPastParts extends Pick<WorldParts, "leaders" | "fills" | "marketOf"> {
  /** Who is copied: one of `leaders`. */
  readonly leader: WorldLeader;
  tapeOf(id: InstrumentId): PriceTape | null;
  readonly slippage: SlippageModel;
  /** All variations lie in it. */
  readonly range: TimeRange;
}

export interface FastMarket extends PairedMarket {
  readonly tape: PriceTape | null;
}

/** Prices that were known one after the other: of the bars, or paid by traders. Ticks are the follower's. */
export interface PriceColumns {
  readonly atMs: Float64Array;
  /** Number of the market; -1 where it is none of the leader's. */
  readonly market: Int32Array;
  readonly price: Float64Array;
  readonly mark: Float64Array;
  /** The best prices while nothing is doubted. */
  readonly bid: Float64Array;
  readonly ask: Float64Array;
}

/** All fills of all traders, oldest first. */
export interface PaidColumns extends PriceColumns {
  /** What the bar of the time says of the price: a `BAR`. */
  readonly bar: Uint8Array;
  /** Number of the fill among the leader's own; -1 of somebody else. */
  readonly own: Int32Array;
}

export interface FastPast {
  readonly parts: FastPastParts;
  readonly markets: readonly FastMarket[];
  readonly points: PriceColumns;
  readonly paid: PaidColumns;
  readonly held: HeldColumns;
  /** Times of the leader's own fills. */
  readonly ownMs: Float64Array;
  /** What of the record only the engine can live through, in sentences without a full stop. */
  readonly strange: readonly string[];
}

export function layOutPast(parts: FastPastParts): FastPast {
  const { leader, fills, range } = parts;
  const strange = new Set<string>();
  const own = fills.filter((fill) => fill.leader === leader.name);
  const markets = marketsOf(parts, own, strange);
  const numbers = new Map(markets.map(({ follower }, number) => [follower.id, number]));
  return {
    parts,
    markets,
    points: pointsOf(markets, parts.slippage, { fromMs: Number.NEGATIVE_INFINITY, toMs: range.toMs }),
    paid: paidOf(parts, markets, numbers),
    held: heldOf({ ...parts, own, numbers, strange }),
    ownMs: Float64Array.from(own, ({ timeMs }) => timeMs),
    strange: [...strange],
  };
}

function marketsOf(
  { leader, marketOf, tapeOf }: FastPastParts,
  own: readonly LeaderFill[],
  strange: Set<string>,
): readonly FastMarket[] {
  const found = new Map<InstrumentId, FastMarket>();
  for (const symbol of new Set(own.map((fill) => fill.symbol))) {
    const pair = marketOf(leader.venue, symbol);
    if (pair === null) continue;
    const known = found.get(pair.follower.id);
    if (known !== undefined) strange.add(`${known.leader.spec.symbol} and ${symbol} are one instrument`);
    else found.set(pair.follower.id, { ...pair, tape: tapeOf(pair.follower.id) });
  }
  return [...found.values()];
}

function pointsOf(markets: readonly FastMarket[], slippage: SlippageModel, range: TimeRange): PriceColumns {
  const each = markets.map(({ tape }) => tape?.pointsBetween(range.fromMs, range.toMs) ?? null);
  const count = each.reduce((sum, points) => sum + (points?.atMs.length ?? 0), 0);
  const columns = emptyPrices(count);
  // The next point of each market; the earliest of them comes next.
  const next = each.map(() => 0);
  for (let at = 0; at < count; at += 1) {
    const market = earliest(each, next);
    const [points, place] = [each[market], next[market]];
    if (points == null || place === undefined) throw new Error("points were counted wrongly");
    next[market] = place + 1;
    columns.atMs[at] = points.atMs[place] ?? 0;
    setPrice(columns, at, market, points.price[place] ?? 0);
    setTicks(columns, at, markets[market], slippage);
  }
  return columns;
}

function earliest(
  each: readonly ({ readonly atMs: Float64Array } | null)[],
  next: readonly number[],
): number {
  let [found, foundMs] = [0, Number.POSITIVE_INFINITY];
  for (const [market, points] of each.entries()) {
    const ms = points?.atMs[next[market] ?? 0] ?? Number.POSITIVE_INFINITY;
    if (ms < foundMs) [found, foundMs] = [market, ms];
  }
  return found;
}

function paidOf(
  { leader, leaders, fills, marketOf, slippage }: FastPastParts,
  markets: readonly FastMarket[],
  numbers: ReadonlyMap<InstrumentId, number>,
): PaidColumns {
  const venues = new Map(leaders.map(({ name, venue }) => [name, venue]));
  const columns = emptyPrices(fills.length);
  const [bar, own] = [new Uint8Array(fills.length), new Int32Array(fills.length)];
  let owned = 0;
  for (const [at, fill] of fills.entries()) {
    const venue = venues.get(fill.leader);
    const pair = venue === undefined ? null : marketOf(venue, fill.symbol);
    const market = pair === null ? -1 : (numbers.get(pair.follower.id) ?? -1);
    const isOwn = fill.leader === leader.name;
    own[at] = isOwn ? owned : -1;
    if (isOwn) owned += 1;
    columns.atMs[at] = fill.timeMs;
    setPrice(columns, at, market, pair === null ? 0 : fill.price.toNumber() / pair.units);
    const found = markets[market];
    if (found === undefined) continue;
    bar[at] = barSays(found.tape, { price: columns.price[at] ?? 0, atMs: fill.timeMs });
    setTicks(columns, at, found, slippage);
  }
  return { ...columns, bar, own };
}

function emptyPrices(count: number): PriceColumns {
  const column = () => new Float64Array(count);
  return {
    atMs: column(),
    market: new Int32Array(count),
    price: column(),
    mark: column(),
    bid: column(),
    ask: column(),
  };
}

function setPrice({ market, price }: PriceColumns, at: number, number: number, value: number): void {
  market[at] = number;
  price[at] = value;
}

function setTicks(
  { price, mark, bid, ask }: PriceColumns,
  at: number,
  market: FastMarket | undefined,
  slippage: SlippageModel,
): void {
  const middle = price[at] ?? 0;
  if (market === undefined || !(middle > 0)) return;
  const tick = market.follower.tickSize.toNumber();
  const distance = bestDistance(slippage, { price: middle, tick, doubt: 0 });
  mark[at] = ticksAt(middle, tick, Math.round);
  bid[at] = ticksAt(middle * (1 - distance), tick, Math.floor);
  ask[at] = ticksAt(middle * (1 + distance), tick, Math.ceil);
}
