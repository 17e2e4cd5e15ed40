/**
 * Whether a trader's record can be judged at all, and why not: before any figure is looked at, so that none is believed that the history
 * cannot carry. docs/ranking.md has the same list.
 */

import { martingaleOf } from "../analytics/trades/martingale.ts";
import type { TraderRecord } from "../store/trader-store.ts";
import { counted } from "./counted.ts";
import type { AssumptionWord, TraderEvidence } from "./evidence.ts";
import type { QualityWord } from "./quality.ts";

export type VerdictWord =
  | "judgeable"
  | "empty"
  | "too-short"
  | "capital-used-up"
  | "days-unsure"
  | "truncated"
  | "few-trips"
  | "no-variation"
  | "same-as-another";

/** What is judged of a record. */
export interface JudgedRecord {
  readonly days: number;
  /** Finished round trips that were seen whole. */
  readonly trips: number;
  /** What had to be assumed, what is known to be wrong with the history, and what its figures do not see of how it trades. */
  readonly words: readonly ReservationWord[];
}

/**
 * From this martingale score on somebody is told to add to losers: of generated traders 83 % of those that do are above it, and 2 % of all
 * others (docs/style.md has what was generated). A few trips say nothing of it.
 */
const ADDING_MIN = 0.5;
const TRIPS_OF_ADDING = 10;

export function judgedRecord({
  days,
  trips,
  assumptions,
  quality,
}: Pick<TraderEvidence, "days" | "trips" | "assumptions" | "quality">): JudgedRecord {
  const words: ReservationWord[] = [...assumptions, ...quality].map(({ word }) => word);
  const adding = trips.length < TRIPS_OF_ADDING ? null : martingaleOf(trips).score;
  if ((adding ?? 0) >= ADDING_MIN) words.push("adds-to-losers");
  return { days: days.length, trips: trips.length, words: [...new Set(words)] };
}

/** What a record has to have. */
export interface RecordNeeds {
  readonly days: number;
  /** Finished round trips that were seen whole. */
  readonly trips: number;
}

/** What is needed where nobody says otherwise. */
export const USUAL_NEEDS: RecordNeeds = { days: 30, trips: 10 };

export interface Reason {
  readonly word: VerdictWord;
  /** A sentence without its full stop. */
  readonly text: string;
}

export interface Verdict {
  readonly word: VerdictWord;
  /** What speaks against judging it, the gravest first; empty for `judgeable`. */
  readonly reasons: readonly Reason[];
  /** What a figure of it leaves open. */
  readonly reservations: readonly Reservation[];
}

type ReservationWord = AssumptionWord | QualityWord | "adds-to-losers";

export interface Reservation {
  readonly word: ReservationWord;
  readonly text: string;
}

/** Those with a figure at all: the others' daily returns are missing, wrong, or too few for one. */
const WITH_FIGURES: readonly VerdictWord[] = ["judgeable", "truncated", "few-trips"];

export function hasFigures(verdict: Verdict): boolean {
  return whyNoFigures(verdict) === null;
}

/** The gravest reason why no figure of the daily returns can be believed; null where one can. */
export function whyNoFigures({ reasons }: Verdict): Reason | null {
  return reasons.find(({ word }) => !WITH_FIGURES.includes(word)) ?? null;
}

/** `record` is null for a trader without fills. */
export function verdictOf(
  { history }: Pick<TraderRecord, "history">,
  record: JudgedRecord | null,
  needs: RecordNeeds,
): Verdict {
  if (record === null) return verdict([{ word: "empty", text: "not a single fill of it is known" }], []);
  const { days, trips, words } = record;
  const reasons: readonly (Reason | null)[] = [
    when(days < needs.days, "too-short", `${counted(days, "day")} of record, ${needs.days} are needed`),
    when(
      words.includes("capital-used-up"),
      "capital-used-up",
      "its losses reach the capital that is taken for it",
    ),
    when(
      words.includes("venue-profit-only"),
      "days-unsure",
      "it held positions from before that nobody tells the size of, so the profit of single days is not known",
    ),
    when(history === "truncated", "truncated", "its source cut the history: what came before is not seen"),
    when(trips < needs.trips, "few-trips", fewTripsText(trips, needs)),
  ];
  return verdict(
    reasons.filter((reason) => reason !== null),
    reservationsOf(words),
  );
}

/** The same with a reason before its others. */
export function withReason({ reasons, reservations }: Verdict, reason: Reason): Verdict {
  return verdict([reason, ...reasons], reservations);
}

export function fewTripsText(trips: number, needs: RecordNeeds): string {
  return `${counted(trips, "finished round trip")} seen whole, ${needs.trips} are needed`;
}

function verdict(reasons: readonly Reason[], reservations: readonly Reservation[]): Verdict {
  return { word: reasons[0]?.word ?? "judgeable", reasons, reservations };
}

function when(holds: boolean, word: VerdictWord, text: string): Reason | null {
  return holds ? { word, text } : null;
}

const RESERVATIONS: Partial<Record<ReservationWord, string>> = {
  "adds-to-losers":
    "it adds to positions that lose: small profits until one loss takes them, which no figure here sees before it comes",
  "last-price-as-mark":
    "no market price was known on some days, so losses of open positions may be missing and the ratio too good",
  "carried-in-from-first-mark": "what it held before the history counts from the first known price only",
  "capital-estimated": "its capital is assumed: returns and draw-downs scale with it, a Sharpe ratio hardly",
  "open-positions": "something is still open at the end: a loss that is not closed may yet come",
  "no-funding": "funding payments are not known",
  "no-fees": "fees are not known",
  "missing-fills": "fills are missing in between",
  "mode-not-told": "nobody says whether it may hold long and short at once",
  liquidated: "the venue has liquidated it before",
};

function reservationsOf(words: readonly ReservationWord[]): readonly Reservation[] {
  const known = Object.entries(RESERVATIONS) as readonly (readonly [ReservationWord, string])[];
  return known.flatMap(([word, text]) => (words.includes(word) ? [{ word, text }] : []));
}
