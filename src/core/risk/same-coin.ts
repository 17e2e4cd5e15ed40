/**
 * Whether two venues mean the same coin by a name that nobody wrote down for them: where the follower's instrument was found by the
 * names that the leader's venue knows of elsewhere, its price must be near the leader's. One ticker may stand for two coins.
 * What the owner maps is the owner's word.
 */

import type { Ticks } from "../model/amounts.ts";
import { type Instrument, priceText } from "../model/instrument.ts";
import { valuationTicks } from "../quotes.ts";
import { unitsPerLeaderUnit } from "../shape/symbol-map.ts";
import type { Copy, State } from "../state.ts";
import type { Objection } from "./check-risk.ts";

/** A leader's fill of so short a while ago is at today's price. */
const FRESH_MS = 60_000;
/** Venues differ by far less at one moment, and two coins mostly by far more. */
const APART_MAX = 1.2;
/** What a leader holds since long may have moved by itself. */
const APART_SINCE_ENTRY_MAX = 3;
/** A price that is not known yet is looked for again. */
const AGAIN_MS = 1_000;

export function checkSameCoin(state: State, copy: Copy): Objection | null {
  const { leaderInstrument, market, allocation } = copy;
  const { spec } = leaderInstrument;
  if (spec.elsewhere === undefined || spec.venue === market.instrument.spec.venue) return null;
  if (Object.hasOwn(allocation.symbolMap, spec.symbol)) return null;
  const paid = leaderTicks(state, copy);
  const own = valuationTicks(state, market.instrument);
  if (paid === null || own === null)
    return { reason: "no-price", detail: {}, untilMs: state.nowMs + AGAIN_MS };
  const units = Number(unitsPerLeaderUnit(allocation, leaderInstrument, market.instrument).toString());
  const theirs = priceOf(leaderInstrument, paid.ticks);
  const ours = priceOf(market.instrument, own) * units;
  if (Math.max(theirs, ours) <= Math.min(theirs, ours) * paid.apartMax) return null;
  const [price, leaderPrice] = [priceText(market.instrument, own), priceText(leaderInstrument, paid.ticks)];
  const detail = { symbol: market.instrument.spec.symbol, price, units, leaderPrice };
  return { reason: "price-apart", detail, untilMs: state.nowMs + FRESH_MS };
}

/** What the leader traded at last, else what it holds at; null when neither is known. */
function leaderTicks(
  state: State,
  { leader, leaderInstrument }: Copy,
): { readonly ticks: Ticks; readonly apartMax: number } | null {
  const quote = state.quotes.get(leaderInstrument.id);
  const last = quote?.last ?? null;
  const isFresh = quote !== undefined && state.nowMs - quote.atMs <= FRESH_MS;
  if (last !== null) return { ticks: last, apartMax: isFresh ? APART_MAX : APART_SINCE_ENTRY_MAX };
  const held = [...(leader.holdings.get(leaderInstrument.id)?.values() ?? [])];
  const entry = held.find(({ entryTicks }) => entryTicks !== null)?.entryTicks ?? null;
  return entry === null ? null : { ticks: entry, apartMax: APART_SINCE_ENTRY_MAX };
}

/** For comparing only. */
function priceOf({ tickUnits, priceScale }: Instrument, ticks: Ticks): number {
  return (ticks * tickUnits) / 10 ** priceScale;
}
