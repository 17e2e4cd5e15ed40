/**
 * Whether a leader trades in another style than before: its newest round trips against all those before them. A style is a probability
 * (docs/style.md), so it takes a likely new one and an unlikely old one to say so; the same trips drawn anew have to agree; and three
 * looks in a row, each with new trips, have to give it (finding.ts). It is over when the old style is the likelier half again.
 */
import type { StyleVerdict } from "../../analytics/style/classify.ts";
import { classifyStyle } from "../../analytics/style/classify.ts";
import type { StyleMarkets, StyleTrip } from "../../analytics/style/style-trip.ts";
import type { Reading } from "./finding.ts";

export const RECENT_TRIPS = 30;
const EARLIER_TRIPS_MIN = 30;
/** So many new trips make another look count. */
const TRIPS_A_LOOK = 5;
const NEW_MIN = 0.7;
const OLD_MAX = 0.2;
const OLD_BACK = 0.5;
const AGREEMENT_MIN = 0.9;

/** The styles of a leader then and now. */
export interface StyleThenAndNow {
  /** Of all trips before the newest; null where they are too few. */
  readonly before: StyleVerdict | null;
  /** Of the newest trips. */
  readonly now: StyleVerdict | null;
  readonly trips: number;
}

/** `trips` in the order in which they ended. */
export function stylesThenAndNow(trips: readonly StyleTrip[], markets: StyleMarkets): StyleThenAndNow {
  const isEnough = trips.length >= RECENT_TRIPS + EARLIER_TRIPS_MIN;
  return {
    before: isEnough ? classifyStyle(trips.slice(0, -RECENT_TRIPS), markets) : null,
    now: isEnough ? classifyStyle(trips.slice(-RECENT_TRIPS), markets) : null,
    trips: trips.length,
  };
}

export function styleReading(leader: string, { before, now, trips }: StyleThenAndNow): Reading {
  const frame = {
    rule: "style-change",
    leader,
    topic: "",
    basis: String(Math.floor(trips / TRIPS_A_LOOK)),
  } as const;
  const [old, recent] = [before?.label ?? "unknown", now?.label ?? "unknown"];
  if (
    now === null ||
    before === null ||
    old === "unknown" ||
    recent === "unknown" ||
    before.confidence === "low"
  )
    return {
      ...frame,
      state: "unknown",
      value: "",
      limit: "",
      text: "its style is not known surely enough",
      numbers: {},
    };
  const probability = now.probabilities?.[recent] ?? 0;
  const left = now.probabilities?.[old] ?? 0;
  return {
    ...frame,
    state: stateOf({ isOther: recent !== old, probability, left, now }),
    value: probability.toFixed(2),
    limit: NEW_MIN.toFixed(2),
    text: `its last ${now.trips} trips look like ${recent} (${percent(probability)}), the ${before.trips} before them like ${old}, which is ${percent(left)} likely now`,
    numbers: { before: old, now: recent, probability: probability.toFixed(2), ofBefore: left.toFixed(2) },
  };
}

interface Compared {
  readonly isOther: boolean;
  readonly probability: number;
  readonly left: number;
  readonly now: StyleVerdict;
}

function stateOf({ isOther, probability, left, now }: Compared): Reading["state"] {
  if (!isOther || left >= OLD_BACK) return "clear";
  const isSure = now.confidence !== "low" && (now.agreement ?? 0) >= AGREEMENT_MIN;
  return isSure && probability >= NEW_MIN && left <= OLD_MAX ? "raised" : "between";
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
