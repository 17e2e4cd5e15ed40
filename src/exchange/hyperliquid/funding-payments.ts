/**
 * Reads the funding payments of an address (`userFunding`), one an hour for each coin that it holds. How many rows an answer has at most
 * is not relied on: it has all when it tells nothing later than what was asked for.
 */
import { rowsOf } from "../raw.ts";
import type { Scope } from "../scope.ts";
import { type HistoryPage, type HistoryPages, type HistoryWanted, readHistory } from "./history-pages.ts";
import type { InfoClient } from "./info.ts";
import { moment } from "./parse.ts";

/** Of 500 rows, as they were seen: a year of some twenty coins held throughout. */
const PAGES_MAX = 400;

export function readFunding(
  info: InfoClient,
  scope: Scope,
  wanted: HistoryWanted,
  heard: HistoryPages<HistoryPage>,
): void {
  const isLast = ({ rows, lastMs }: HistoryPage, sinceMs: number) => rows === 0 || lastMs <= sinceMs;
  const history = { type: "userFunding", parse: parseFundingTimes, isLast, pagesMax: PAGES_MAX };
  readHistory(info, scope, { ...wanted, history }, heard);
}

/** Throws a MalformedMessage. */
export function parseFundingTimes(value: unknown): HistoryPage {
  const times = rowsOf(value, "funding").map(moment);
  const first = times.reduce((least, time) => Math.min(least, time), times[0] ?? 0);
  return {
    rows: times.length,
    firstMs: first,
    lastMs: times.reduce((most, time) => Math.max(most, time), 0),
  };
}
