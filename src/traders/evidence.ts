/**
 * What a trader's record is evidence of: daily returns on a capital, round trips, and what had to be assumed for them. The capital
 * is what was stated, or else the least with which everything could have been held; which one, and what it does to the figures,
 * is part of the result.
 */
import { returnsOn } from "../analytics/equity/capital.ts";
import { DAY_MS } from "../analytics/equity/days.ts";
import { EquityCurve, type EquityCurveResult } from "../analytics/equity/equity-curve.ts";
import { OpeningPositions } from "../analytics/equity/opening.ts";
import type { PositionFill } from "../analytics/positions/position-fill.ts";
import { PositionLedger } from "../analytics/positions/position-ledger.ts";
import type { RoundTrip } from "../analytics/positions/round-trip.ts";
import type { Window } from "../analytics/trades/activity.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { TraderFillRecord, TraderKey, TraderRecord, TraderTransfers } from "../store/trader-store.ts";
import type { TraderMarks } from "./marks.ts";
import { positionFills, positionFunding } from "./position-fills.ts";
import type { QualityFlag } from "./quality.ts";
import { roundTrip } from "./round-trips.ts";
import { transfersMeanwhile } from "./transfers-meanwhile.ts";

/** Part of what kept evidence is based on: another version of what makes it makes another. */
export const EVIDENCE_VERSION = 3;

export type AssumptionWord =
  | "capital-stated"
  | "capital-estimated"
  | "no-transfers"
  | "transfers-not-counted"
  | "carried-in-from-first-mark"
  | "venue-profit-only"
  | "last-price-as-mark"
  | "marks-of-another-market"
  | "part-days"
  | "capital-used-up";

export interface Assumption {
  readonly word: AssumptionWord;
  /** A sentence: what is assumed, and what it does to the figures. */
  readonly text: string;
}

export interface TraderEvidence {
  readonly trader: TraderKey;
  /** UTC days (YYYY-MM-DD) without a gap, from the first fill's to the last one's. */
  readonly days: readonly string[];
  /** Per day, a fraction of the capital that the days before it left; after fees and funding. */
  readonly returns: Float64Array;
  /** Per day, in the asset that profit is counted in. */
  readonly pnl: Float64Array;
  /** Capital at the beginning. */
  readonly base: number;
  readonly isBaseStated: boolean;
  /** The largest value held at once, all sides added. */
  readonly peakNotional: number;
  /** The same of each day. */
  readonly dailyPeaks: Float64Array;
  /** Finished, and seen whole. */
  readonly trips: readonly RoundTrip[];
  readonly assumptions: readonly Assumption[];
  readonly quality: readonly QualityFlag[];
}

export interface EvidenceInput {
  readonly trader: TraderRecord;
  /** Gives the fills from the first on each time that it is called: they are gone through twice. */
  fills(): AsyncIterable<readonly TraderFillRecord[]>;
  readonly marks: TraderMarks;
  /** Before what was stated with the import; null for that. */
  readonly equity: string | null;
  readonly quality: readonly QualityFlag[];
  /** Null or absent where no source tells them. */
  readonly transfers?: TraderTransfers | null;
}

/** From the beginning of the first day to the end of the last one. */
export function observedWindow({ days }: Pick<TraderEvidence, "days">): Window {
  return { fromMs: Date.parse(days[0] ?? ""), untilMs: Date.parse(days.at(-1) ?? "") + DAY_MS };
}

/** Null for a trader without fills. */
export async function traderEvidence(input: EvidenceInput): Promise<TraderEvidence | null> {
  const { opening, trips } = await openingAndTrips(input.fills);
  const curve = new EquityCurve({ opening, markAt: input.marks.markAt });
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, 0];
  for await (const page of input.fills()) {
    firstMs = Math.min(firstMs, page[0]?.timeMs ?? firstMs);
    lastMs = page.at(-1)?.timeMs ?? lastMs;
    for (const fill of page) {
      if (fill.kind === "funding") curve.pay(positionFunding(fill));
      else for (const exact of positionFills(fill)) curve.apply(exact);
    }
  }
  const result = curve.finish();
  return result === null ? null : evidenceOf(input, result, trips, { firstMs, lastMs });
}

/** What was held before the history can only be told when all of it is seen; `onFill` sees each fill, too. */
export async function openingAndTrips(
  fills: EvidenceInput["fills"],
  onFill: (fill: PositionFill) => void = () => {},
) {
  const ledger = new PositionLedger("average-cost");
  const openings = new OpeningPositions();
  const trips: RoundTrip[] = [];
  for await (const page of fills()) {
    for (const record of page) {
      if (record.kind === "funding") {
        ledger.pay(positionFunding(record));
        continue;
      }
      for (const fill of positionFills(record)) {
        openings.see(fill);
        onFill(fill);
        for (const trip of ledger.apply(fill).ended) if (!trip.isPartlyUnseen) trips.push(roundTrip(trip));
      }
    }
  }
  return { opening: openings.from(ledger.books), trips };
}

interface FillTimes {
  readonly firstMs: number;
  readonly lastMs: number;
}

function evidenceOf(
  { trader, equity, marks, quality, transfers = null }: EvidenceInput,
  result: EquityCurveResult,
  trips: readonly RoundTrip[],
  times: FillTimes,
): TraderEvidence {
  const stated = equity ?? trader.statedEquity;
  const base = stated === null ? leastCapital(result) : Decimal.parse(stated).toNumber();
  const { returns, exhaustedOn } = returnsOn(base, result.pnl);
  const days = Array.from(returns, (_, day) =>
    new Date((result.firstDay + day) * DAY_MS).toISOString().slice(0, 10),
  );
  const { venue, trader: id } = trader;
  const elsewhere = result.marked.filter((symbol) => isElsewhere(marks, venue, symbol));
  const assumptions = [
    stated === null
      ? estimated(base, result)
      : ({ word: "capital-stated", text: `the capital at the beginning is ${stated}, as stated` } as const),
    transferAssumption(transfers, times),
    PART_DAYS,
    ...foundAssumptions(result, elsewhere),
    ...(exhaustedOn === null ? [] : [usedUp(days[exhaustedOn] ?? "")]),
  ];
  return {
    trader: { venue, trader: id },
    days,
    returns,
    pnl: result.pnl,
    base,
    isBaseStated: stated !== null,
    peakNotional: result.peakNotional,
    dailyPeaks: result.dailyPeaks,
    trips,
    assumptions,
    quality,
  };
}

/** A history in which nothing is ever held has no least capital: any does, and its returns are nothing. */
function leastCapital({ leastCapital: least }: EquityCurveResult): number {
  return least > 0 ? least : 1;
}

function estimated(base: number, { peakNotional }: EquityCurveResult): Assumption {
  const text = `the capital is not known; taken is ${money(base)}, the least with which everything could have been held without borrowing (at most ${money(peakNotional)} was held at once). With a true capital of half of it returns, deviation and draw-down are about twice as large, with twice of it half as large; a Sharpe ratio hardly changes`;
  return { word: "capital-estimated", text };
}

const PART_DAYS: Assumption = {
  word: "part-days",
  text: "the first day begins with the first fill and the last one ends with the last: both are parts of days",
};

/** A payment before the first fill is part of the capital at the beginning. */
function transferAssumption(transfers: TraderTransfers | null, { firstMs, lastMs }: FillTimes): Assumption {
  if (transfers === null) {
    const text = "nothing was paid in or out: a deposit would make the returns after it too large";
    return { word: "no-transfers", text };
  }
  const moved = transfersMeanwhile(transfers, firstMs, lastMs);
  if (moved === null)
    return { word: "no-transfers", text: "nothing was paid in or out meanwhile, as its source tells" };
  const text = `the capital does not move with what was paid in and out meanwhile: ${moved}. Returns after a payment in are too large, and after one out too small`;
  return { word: "transfers-not-counted", text };
}

function foundAssumptions(
  { carriedIn, realisedOnly, unmarked }: EquityCurveResult,
  elsewhere: readonly string[],
): readonly Assumption[] {
  const found: readonly (readonly [AssumptionWord, readonly string[], what: string, effect: string])[] = [
    [
      "carried-in-from-first-mark",
      carriedIn,
      "held before the first fill",
      "what these had gained or lost by then is not counted",
    ],
    [
      "venue-profit-only",
      realisedOnly,
      "held before in a quantity that nobody tells",
      "the venue's profit counts on the day that it was realised, so days are wrong although the sum is right",
    ],
    [
      "last-price-as-mark",
      unmarked,
      "held on days without a mark",
      "the last known price stands in, so gains and losses come late and draw-downs look smaller",
    ],
    ["marks-of-another-market", elsewhere, "valued at another market's price", "which differs by its basis"],
  ];
  return found.flatMap(([word, symbols, what, effect]) =>
    symbols.length === 0 ? [] : [{ word, text: `${what}: ${listed(symbols)}; ${effect}` }],
  );
}

function usedUp(day: string): Assumption {
  const text = `on ${day} the losses reach the capital: it was larger, or something was paid in. Returns are -100 % then and nothing afterwards`;
  return { word: "capital-used-up", text };
}

function isElsewhere(marks: TraderMarks, venue: string, symbol: string): boolean {
  const source = marks.sourceOf(symbol);
  return source !== null && source.venue !== venue;
}

function listed(symbols: readonly string[]): string {
  const shown = symbols.slice(0, 5).join(", ");
  return symbols.length > 5 ? `${shown} and ${symbols.length - 5} more` : shown;
}

const money = (amount: number) => amount.toFixed(2);
