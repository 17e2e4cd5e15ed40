/**
 * Reads the fills of an address from a moment on, page by page: at most 2,000 in an answer, oldest first, and only the newest
 * 10,000 at all (official documentation, "Info endpoint"). The next page begins at the time of the last row, which comes again.
 */
import { ExchangeError } from "../exchange-error.ts";
import { MalformedMessage } from "../raw.ts";
import type { Scope } from "../scope.ts";
import type { Address } from "./address.ts";
import { type InfoClient, ROWS_PER_WEIGHT, WEIGHTS } from "./info.ts";
import { type FillList, parseFills } from "./parse.ts";
import type { Urgency } from "./weights.ts";

/** A page with fewer rows is the last. */
export const PAGE_ROWS = 2_000;
/** What the venue keeps, and then some: its word of 10,000 was seen exceeded. */
const PAGES_MAX = 50;

export interface FillsWanted {
  readonly address: Address;
  readonly sinceMs: number;
  readonly untilMs?: number;
  readonly urgency: Urgency;
}

export interface FillPages {
  /** Each page as it comes, and as it was answered. */
  page(list: FillList, rows: unknown): void;
  /** All there are; `firstMs` is the time of the first row that was told, 0 without any. */
  done(result: { readonly rows: number; readonly firstMs: number }): void;
  failed(error: ExchangeError): void;
}

export function readFills(info: InfoClient, scope: Scope, wanted: FillsWanted, heard: FillPages): void {
  const { address, untilMs, urgency } = wanted;
  let [rows, firstMs] = [0, 0];
  const ask = (sinceMs: number, page: number): void => {
    const until = untilMs === undefined ? {} : { endTime: untilMs };
    const body = { type: "userFillsByTime", user: address, startTime: sinceMs, ...until };
    const question = { body, weight: WEIGHTS.other, rowsPerWeight: ROWS_PER_WEIGHT, urgency };
    info.ask(question, scope, (answer) => {
      if (answer.kind === "error") return heard.failed(answer.error);
      const list = tryParse(answer.value);
      if (list instanceof ExchangeError) return heard.failed(list);
      if (list.rows > 0 && firstMs === 0) firstMs = list.firstMs;
      rows += list.rows;
      heard.page(list, answer.value);
      // A page of one and the same moment leads nowhere; the next one begins after it.
      const nextMs = list.lastMs > sinceMs ? list.lastMs : sinceMs + 1;
      if (list.rows >= PAGE_ROWS && page < PAGES_MAX) ask(nextMs, page + 1);
      else heard.done({ rows, firstMs });
    });
  };
  ask(wanted.sinceMs, 1);
}

function tryParse(value: unknown): FillList | ExchangeError {
  try {
    return parseFills(value);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    return new ExchangeError("give-up", 0, error.message, { cause: error });
  }
}
