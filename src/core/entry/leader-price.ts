/**
 * What the leader paid for what a copy does not hold yet: the reference of the cap on slippage, of the longest delay and of
 * orders that rest. Kept per copy and leg as the leader's trades that made it grow, oldest first. What is missing are the
 * newest of them, since what came first is bought first; several count by volume. Growth without a trade of the leader's (a
 * snapshot's, a rebalance's, a release's) has no price: the mark of the moment stands in for it.
 */
import { Lots, type Ticks, ZERO_LOTS } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { growth } from "../shape/late-entry.ts";
import { unitsPerLeaderUnit } from "../shape/symbol-map.ts";
import type { Copy, CopyLeg, LeaderChange, State } from "../state.ts";

/** Growth of a copy's leg by one change of the leader's; lots are the follower's, unsigned. */
export interface LeaderTrade {
  readonly lots: Lots;
  /** In the leader's ticks; null where nobody said what was paid. */
  readonly ticks: Ticks | null;
  /** On our own clock. */
  readonly executedAtMs: number;
}

/** Beyond it the oldest two become one, at the price that is better for us. */
const TRADES_MAX = 32;

/** A price as a fraction of whole numbers of the settle coin's units: `cost / lots` per unit of the follower's instrument. */
export interface MeanPrice {
  readonly cost: Decimal;
  readonly weight: Decimal;
}

/** What a leg's trades are after its size moved from `before`; `missing` lots were wanted and not held then. */
export function tradesAfter(
  state: State,
  copy: Copy,
  leg: CopyLeg,
  { wantedLots: before, missing }: { readonly wantedLots: Lots; readonly missing: number },
): readonly LeaderTrade[] {
  const lots = growth(before, leg);
  if (lots === 0) return leg.wantedLots === 0 ? NO_TRADES : leg.trades;
  const side = Math.sign(leg.wantedLots);
  const known = Math.sign(before) === side ? newest(leg.trades, missing) : NO_TRADES;
  return bounded([...known, ...grownBy(state, copy, leg, lots)], side);
}

const NO_TRADES: readonly LeaderTrade[] = [];

/** The growth by each of the leader's changes behind it, in proportion. */
function grownBy(state: State, copy: Copy, leg: CopyLeg, lots: Lots): readonly LeaderTrade[] {
  const changes = changesBehind(state, copy, leg);
  if (changes.length === 0) return [{ lots, ticks: null, executedAtMs: state.nowMs }];
  const weights = changes.map(({ byLots }) => Math.abs(byLots));
  const parts = inProportion(lots, weights);
  return changes.flatMap(({ price, executedAtMs }, index) => {
    const part = Lots(parts[index] ?? 0);
    return part === 0 ? [] : [{ lots: part, ticks: price, executedAtMs }];
  });
}

/** The last takes what rounding leaves. */
function inProportion(lots: Lots, weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const parts = weights.map((weight) => Number((BigInt(lots) * BigInt(weight)) / BigInt(total)));
  const rest = lots - parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part, index) => (index === parts.length - 1 ? part + rest : part));
}

/** The change of this event; or, where the size could not be told before, those that have waited for it. */
function changesBehind(state: State, copy: Copy, leg: CopyLeg): readonly LeaderChange[] {
  const { lastChange, pendingChanges } = copy;
  if (lastChange?.change === state.eventSequence) return [lastChange];
  const side = Math.sign(leg.wantedLots);
  return pendingChanges.filter((change) => sideOf(copy, change) === side);
}

/** On which side of the follower a change of the leader works: 1 buys, -1 sells. */
export function sideOf({ allocation }: Copy, { byLots }: Pick<LeaderChange, "byLots">): number {
  return Math.sign(byLots) * (allocation.inverse ? -1 : 1);
}

/** The newest `lots` of what was traded, oldest first. */
export function newest(trades: readonly LeaderTrade[], lots: number): readonly LeaderTrade[] {
  const found: LeaderTrade[] = [];
  let left = lots;
  for (const trade of trades.toReversed()) {
    if (left <= 0) break;
    const taken = Lots(Math.min(trade.lots, left));
    found.push(taken === trade.lots ? trade : { ...trade, lots: taken });
    left -= taken;
  }
  return found.reverse();
}

function bounded(trades: readonly LeaderTrade[], side: number): readonly LeaderTrade[] {
  const [first, second, ...rest] = trades;
  if (trades.length <= TRADES_MAX || first === undefined || second === undefined) return trades;
  const ticks =
    first.ticks === null || second.ticks === null ? null : better(first.ticks, second.ticks, side);
  const both = { lots: Lots(first.lots + second.lots), ticks, executedAtMs: first.executedAtMs };
  return bounded([both, ...rest], side);
}

function better(one: Ticks, other: Ticks, side: number): Ticks {
  return one < other === side > 0 ? one : other;
}

/**
 * The volume-weighted price of the newest `lots` that are missing, in the follower's units; what no trade of the leader's
 * covers counts at `mark` (follower's ticks). Null where something of it has no price at all.
 */
export function leaderPrice(
  { allocation, leaderInstrument, market }: Copy,
  { trades }: CopyLeg,
  lots: number,
  mark: Ticks | null,
): MeanPrice | null {
  const units = unitsPerLeaderUnit(allocation, leaderInstrument, market.instrument);
  let [ticksLots, unpriced] = [0n, BigInt(lots)];
  for (const { ticks, lots: part } of newest(trades, lots)) {
    if (ticks === null) continue;
    ticksLots += BigInt(ticks) * BigInt(part);
    unpriced -= BigInt(part);
  }
  if (unpriced > 0n && mark === null) return null;
  const paid = Decimal.of(ticksLots, 0).times(leaderInstrument.tickSize);
  const marked = Decimal.of(unpriced * BigInt(mark ?? ZERO_LOTS), 0).times(market.instrument.tickSize);
  return {
    cost: paid.plus(marked.times(units)),
    weight: units.times(Decimal.of(BigInt(lots), 0)),
  };
}
