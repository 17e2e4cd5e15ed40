/** Traders that a filter must be able to judge: nobody, somebody with little, with much, with nothing but losses; the same each time. */
import { deeplyFrozen } from "./question.ts";
import type { StudiedTrader, Trip } from "./trader-contract.ts";

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2026, 0, 1);

const NOBODY: StudiedTrader = {
  id: "without-fills",
  venue: "bybit",
  history: "unknown",
  days: [],
  returns: [],
  figures: null,
  noFigures: "not a single fill of it is known",
  hasMissingPrices: false,
  trips: [],
  tradeFigures: null,
  beta: null,
  style: null,
  quality: ["empty-history"],
  assumptions: [],
};

export function sampleTraders(): readonly StudiedTrader[] {
  const some = {
    figures: { sharpe: 1.2, max_drawdown: -0.1, calmar: null },
    tradeFigures: { winRate: 0.6, disposition: 1.5 },
  };
  const none = {
    figures: { sharpe: null, max_drawdown: 0 },
    tradeFigures: { winRate: 0, disposition: null },
  };
  return [
    NOBODY,
    made("of-one-day", 1, { noFigures: "1 day of record, 30 are needed", history: "truncated" }),
    made("of-a-year", 365, { ...some, noFigures: null, beta: 0.4, history: "complete" }),
    made("of-losses-only", 60, { ...none, noFigures: null, hasMissingPrices: true }),
    made("of-ten-years", 3_650, { ...some, noFigures: null }),
  ].map(deeplyFrozen);
}

function made(id: string, days: number, more: Partial<StudiedTrader>): StudiedTrader {
  const trips = Array.from({ length: days }, (_, day) => trip(day));
  return {
    ...NOBODY,
    id,
    days: trips.map(({ openMs }) => new Date(openMs).toISOString().slice(0, 10)),
    returns: trips.map(({ pnl }) => pnl / 1_000),
    trips,
    style: { label: "unknown", probabilities: null, confidence: "none" },
    quality: ["no-equity"],
    assumptions: ["capital-estimated"],
    ...more,
  };
}

function trip(day: number): Trip {
  const openMs = FIRST_MS + day * DAY_MS;
  return {
    symbol: day % 3 === 0 ? "BTCUSDT" : "1000PEPEUSDT",
    side: day % 2 === 0 ? "long" : "short",
    openMs,
    closeMs: openMs + (day % 7) * 3_600_000,
    pnl: (day % 5) - 2,
    fees: 0.1,
    maxNotional: 100 + day,
  };
}
