/**
 * Figures of a trader that round trips alone do not give: leverage needs a capital, capacity what the markets traded. What cannot be told is
 * null, with the reason. docs/evidence.md has their definitions.
 */
import type { RoundTrip } from "../analytics/positions/round-trip.ts";
import type { AccountFigures } from "../analytics/trades/account-definitions.ts";
import { capacityOf, type MarketBar, type TripInMarket } from "../analytics/trades/capacity.ts";
import { leverageOf } from "../analytics/trades/leverage.ts";
import { marginTopUps, type PaymentIn } from "../analytics/trades/margin-top-ups.ts";
import { volumeShare } from "../analytics/trades/volume-share.ts";
import type { MarketMoves } from "./copying/market-moves.ts";
import type { TraderEvidence } from "./evidence.ts";

export interface TraderAccountFigures {
  readonly figures: AccountFigures;
  /** Of those that are null, why. */
  readonly why: Readonly<Partial<Record<keyof AccountFigures, string>>>;
}

/** Trips worth so much of all have to be in markets of which bars with volume are known. */
const KNOWN_MIN = 0.5;

const NO_TRANSFERS = "no source of it tells what was paid in or out";
const NO_PRICES =
  "for more than half of what was paid in no price is known of something that was held then; copytrader market fetch or import brings more";
const NO_CAPITAL = "its capital is not known: say it with --equity when its history is imported";

export function accountFigures(
  evidence: TraderEvidence,
  moves: Pick<MarketMoves, "between">,
  /** Null where no source tells transfers. */
  payments: readonly PaymentIn[] | null,
): TraderAccountFigures {
  const { base, isBaseStated, trips } = evidence;
  const leverage = leverageOf(isBaseStated ? looksOf(evidence) : []);
  const seen = trips.flatMap((trip) => inMarket(trip, moves));
  const known = tradedValue(seen.map(({ trip }) => trip)) / tradedValue(trips);
  const isKnown = known >= KNOWN_MIN;
  const topUps = payments === null ? null : marginTopUps(payments);
  const multiple = isKnown ? capacityOf(seen) : null;
  const figures: AccountFigures = {
    meanLeverage: leverage.mean,
    highLeverage: leverage.high,
    maxLeverage: leverage.max,
    marginTopUps: topUps?.count ?? null,
    marginTopUpAmount: topUps?.amount ?? null,
    marginTopUpShare: topUps?.share ?? null,
    capacityMultiple: multiple,
    capacity: multiple === null ? null : multiple * base,
    volumeShare: isKnown ? volumeShare(seen) : null,
  };
  const noTopUps = payments === null ? NO_TRANSFERS : NO_PRICES;
  const reasons = {
    meanLeverage: NO_CAPITAL,
    highLeverage: NO_CAPITAL,
    maxLeverage: NO_CAPITAL,
    marginTopUps: noTopUps,
    marginTopUpAmount: noTopUps,
    marginTopUpShare: topUps === null ? noTopUps : "nothing was paid in",
    ...(isKnown ? notEarned() : unknownMarkets(trips, known)),
  };
  const nulls = Object.entries(reasons).filter(([name]) => figures[name as keyof AccountFigures] === null);
  return { figures, why: Object.fromEntries(nulls) };
}

function looksOf({ base, pnl, dailyPeaks }: TraderEvidence) {
  let equity = base;
  return Array.from(dailyPeaks, (exposure, day) => {
    const look = { equity, exposure };
    equity += pnl[day] ?? 0;
    return look;
  });
}

/** Nothing where no bar of either end is known with its volume. */
function inMarket(trip: RoundTrip, moves: Pick<MarketMoves, "between">): readonly TripInMarket[] {
  const [entry, exit] = [trip.openMs, trip.closeMs].map((ms) => barAt(moves, trip.symbol, ms));
  return entry === null || exit === null || entry === undefined || exit === undefined
    ? []
    : [{ trip, entry, exit }];
}

function barAt(moves: Pick<MarketMoves, "between">, symbol: string, ms: number): MarketBar | null {
  const move = moves.between(symbol, ms, ms);
  return move === null || move.bar === null ? null : { ...move.bar, intervalMs: move.intervalMs };
}

function tradedValue(trips: readonly RoundTrip[]): number {
  return trips.reduce((sum, { maxNotional }) => sum + maxNotional, 0);
}

function notEarned() {
  const why = "its round trips earned nothing that impact could take";
  return { capacityMultiple: why, capacity: why, volumeShare: "nothing was traded in its markets" };
}

function unknownMarkets(trips: readonly RoundTrip[], known: number) {
  const why =
    trips.length === 0
      ? "no round trip of it was seen whole"
      : `bars with volume are known for ${Math.floor(100 * known)} % of what it traded, half is needed; copytrader market fetch or import brings more`;
  return { capacityMultiple: why, capacity: why, volumeShare: why };
}
