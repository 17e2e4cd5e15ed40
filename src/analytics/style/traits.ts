/**
 * What each trip shows of its trader's way, against the market of that moment: one record of numbers per trip, made once. NaN
 * stands for what cannot be known, for lack of market data or of a detail. Signs are the trip's: above zero is with the trade.
 */
import { netPnl } from "../positions/round-trip.ts";
import { companyOf } from "./companions.ts";
import { ladderOf } from "./ladder.ts";
import { countUpTo, MarketView } from "./market-view.ts";
import type { StyleFunding, StyleMarkets, StyleTrip } from "./style-trip.ts";

export interface TripTraits {
  /** Logarithm to base 10 of the hours held. */
  readonly holding: number;
  /** The market's move before the entry, in usual moves of that time, at most 4 either way. */
  readonly moveHour: number;
  readonly moveDay: number;
  readonly moveWeek: number;
  /** Where the entry lay in the day's range: 1 is its far end in the direction of the trade. */
  readonly rangePlace: number;
  /** 1 beyond the range of the two days before the last hour, in the direction of the trade. */
  readonly breakout: number;
  /** The move of the last hour before the exit. */
  readonly moveBeforeExit: number;
  /** Logarithm to base 10 of the profit's or loss's share of the value, in basis points. */
  readonly moveTaken: number;
  /** Net profit over value in the usual move of the time held. */
  readonly gain: number;
  readonly isWon: number;
  readonly addsLosing: number;
  readonly addsWinning: number;
  readonly ladderRegularity: number;
  readonly ladderGrowth: number;
  readonly makerShare: number;
  readonly netShare: number;
  /** Logarithm to base 2 of the trips open. */
  readonly openCount: number;
  readonly hasTwin: number;
  readonly hasCounter: number;
  /** Basis points that the trip was paid at the settlement before its entry; below zero it paid. At most 10 either way. */
  readonly fundingEdge: number;
  /** Logarithm of 1 + the settlements held through. */
  readonly settlements: number;
  readonly isLong: number;
  /** Hour of the day (UTC) of the entry. */
  readonly hour: number;
  /** Logarithm to base 10 of the value. */
  readonly size: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOVE_MAX = 4;
const EDGE_MAX_BPS = 10;
const USUAL_FUNDING_MS = 8 * HOUR_MS;
/** A settlement that is longer ago than the usual ones lies before a hole. */
const FUNDING_MS_MAX = 8.5 * HOUR_MS;
/** A second: what is shorter is as short. */
const HOURS_MIN = 1 / 3_600;
const MOVE_MIN_BPS = 0.1;

/** In the order of the trips. */
export function traitsOf(trips: readonly StyleTrip[], markets: StyleMarkets): readonly TripTraits[] {
  const views = new Map<string, MarketView | null>();
  const viewOf = (symbol: string): MarketView | null => {
    const known = views.get(symbol);
    if (known !== undefined) return known;
    const bars = markets.bars(symbol);
    const view = bars === null ? null : new MarketView(bars);
    views.set(symbol, view);
    return view;
  };
  const company = companyOf(trips);
  return trips.map((trip, index) => {
    const { netShare = 1, openCount = 1, hasTwin = false, hasCounter = false } = company[index] ?? {};
    const hours = Math.max(HOURS_MIN, (trip.closeMs - trip.openMs) / HOUR_MS);
    const share = trip.maxNotional > 0 ? netPnl(trip) / trip.maxNotional : Number.NaN;
    const ladder = ladderOf(trip);
    return {
      holding: Math.log10(hours),
      ...entryTraits(trip, viewOf(trip.symbol), hours, share),
      moveTaken: Math.log10(Math.max(MOVE_MIN_BPS, Math.abs(share) * 10_000)),
      isWon: share > 0 ? 1 : 0,
      addsLosing: ladder.losing,
      addsWinning: ladder.winning,
      ladderRegularity: ladder.regularity,
      ladderGrowth: ladder.growth,
      makerShare: trip.makerShare ?? Number.NaN,
      netShare,
      openCount: Math.log2(openCount),
      hasTwin: hasTwin ? 1 : 0,
      hasCounter: hasCounter ? 1 : 0,
      ...fundingTraits(trip, markets.funding(trip.symbol)),
      isLong: trip.side === "long" ? 1 : 0,
      hour: Math.floor((trip.openMs % DAY_MS) / HOUR_MS),
      size: Math.log10(Math.max(1e-9, trip.maxNotional)),
    };
  });
}

type EntryTraits = Pick<
  TripTraits,
  "moveHour" | "moveDay" | "moveWeek" | "rangePlace" | "breakout" | "moveBeforeExit" | "gain"
>;

const NO_MARKET: EntryTraits = {
  moveHour: Number.NaN,
  moveDay: Number.NaN,
  moveWeek: Number.NaN,
  rangePlace: Number.NaN,
  breakout: Number.NaN,
  moveBeforeExit: Number.NaN,
  gain: Number.NaN,
};

function entryTraits(
  { side, openMs, closeMs }: StyleTrip,
  view: MarketView | null,
  hours: number,
  share: number,
): EntryTraits {
  const at = view?.at(openMs) ?? -1;
  if (view === null || at < 0) return NO_MARKET;
  const sign = side === "long" ? 1 : -1;
  const moved = (index: number, spanMs: number) => bounded(sign * view.move(index, spanMs), MOVE_MAX);
  const place = view.placeInRange(at, DAY_MS);
  const broken = view.breakoutOf(at, 2 * DAY_MS, HOUR_MS);
  return {
    moveHour: moved(at, HOUR_MS),
    moveDay: moved(at, DAY_MS),
    moveWeek: moved(at, 7 * DAY_MS),
    rangePlace: side === "long" ? place : 1 - place,
    breakout: Number.isNaN(broken) ? broken : broken === sign ? 1 : 0,
    moveBeforeExit: moved(view.at(closeMs), HOUR_MS),
    gain: bounded(share / view.usualMove(at, hours * HOUR_MS), MOVE_MAX),
  };
}

function fundingTraits(
  { side, openMs, closeMs }: StyleTrip,
  funding: StyleFunding | null,
): Pick<TripTraits, "fundingEdge" | "settlements"> {
  // Where no settlements are known, the usual eight hours stand for them.
  const usual = Math.floor(closeMs / USUAL_FUNDING_MS) - Math.floor(openMs / USUAL_FUNDING_MS);
  const before = funding === null ? 0 : countUpTo(funding.atMs, openMs);
  const isKnown = funding !== null && openMs - (funding.atMs[before - 1] ?? Number.NaN) <= FUNDING_MS_MAX;
  if (!isKnown) return { fundingEdge: Number.NaN, settlements: Math.log1p(usual) };
  const rate = funding.rate[before - 1] ?? Number.NaN;
  const held = countUpTo(funding.atMs, closeMs) - before;
  return {
    fundingEdge: bounded((side === "long" ? -rate : rate) * 10_000, EDGE_MAX_BPS),
    settlements: Math.log1p(held),
  };
}

function bounded(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
