/**
 * Reads the fills of an address from a moment on, page by page: at most 2,000 in an answer, oldest first, and only the newest
 * 10,000 at all (official documentation, "Info endpoint").
 */
import type { Scope } from "../scope.ts";
import { type HistoryPages, type HistoryWanted, readHistory } from "./history-pages.ts";
import type { InfoClient } from "./info.ts";
import { type FillList, parseFills } from "./parse.ts";

/** A page with fewer rows is the last. */
export const PAGE_ROWS = 2_000;
/** What the venue keeps, and then some: its word of 10,000 was seen exceeded. */
const PAGES_MAX = 50;

export function readFills(
  info: InfoClient,
  scope: Scope,
  wanted: HistoryWanted,
  heard: HistoryPages<FillList>,
): void {
  const isLast = ({ rows }: FillList) => rows < PAGE_ROWS;
  const history = { type: "userFillsByTime", parse: parseFills, isLast, pagesMax: PAGES_MAX };
  readHistory(info, scope, { ...wanted, history }, heard);
}
