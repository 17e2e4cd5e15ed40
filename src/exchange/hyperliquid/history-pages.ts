/**
 * Reads what the venue keeps of an address from a moment on, page by page, oldest first. The next page begins at the time of the last
 * row, which comes again (official documentation, "Info endpoint").
 */
import { ExchangeError } from "../exchange-error.ts";
import { MalformedMessage } from "../raw.ts";
import type { Scope } from "../scope.ts";
import type { Address } from "./address.ts";
import { type InfoClient, ROWS_PER_WEIGHT, WEIGHTS } from "./info.ts";
import type { Urgency } from "./weights.ts";

export interface HistoryWanted {
  readonly address: Address;
  readonly sinceMs: number;
  readonly untilMs?: number;
  readonly urgency: Urgency;
}

export interface HistoryPage {
  /** Times of all rows; 0 without any. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly rows: number;
}

/** A kind of history. */
interface History<Page extends HistoryPage> {
  /** Of the question. */
  readonly type: string;
  /** Throws a MalformedMessage. */
  parse(value: unknown): Page;
  /** Whether nothing comes after a page that was asked for from `sinceMs` on. */
  isLast(page: Page, sinceMs: number): boolean;
  readonly pagesMax: number;
}

export interface HistoryPages<Page extends HistoryPage> {
  /** Each page as it comes, and as it was answered. */
  page(page: Page, rows: unknown): void;
  /** `firstMs` is the time of the first row that was told, 0 without any; `isCut`: there are more pages than are asked for. */
  done(result: { readonly rows: number; readonly firstMs: number; readonly isCut: boolean }): void;
  failed(error: ExchangeError): void;
}

export function readHistory<Page extends HistoryPage>(
  info: InfoClient,
  scope: Scope,
  wanted: HistoryWanted & { readonly history: History<Page> },
  heard: HistoryPages<Page>,
): void {
  const { address, untilMs, urgency, history } = wanted;
  let [rows, firstMs] = [0, 0];
  const ask = (sinceMs: number, pages: number): void => {
    const until = untilMs === undefined ? {} : { endTime: untilMs };
    const body = { type: history.type, user: address, startTime: sinceMs, ...until };
    const question = { body, weight: WEIGHTS.other, rowsPerWeight: ROWS_PER_WEIGHT, urgency };
    info.ask(question, scope, (answer) => {
      if (answer.kind === "error") return heard.failed(answer.error);
      const page = tryParse(history, answer.value);
      if (page instanceof ExchangeError) return heard.failed(page);
      if (page.rows > 0 && firstMs === 0) firstMs = page.firstMs;
      rows += page.rows;
      heard.page(page, answer.value);
      // A page of one and the same moment leads nowhere; the next one begins after it.
      const nextMs = page.lastMs > sinceMs ? page.lastMs : sinceMs + 1;
      const isLast = history.isLast(page, sinceMs);
      if (isLast || pages >= history.pagesMax) heard.done({ rows, firstMs, isCut: !isLast });
      else ask(nextMs, pages + 1);
    });
  };
  ask(wanted.sinceMs, 1);
}

function tryParse<Page extends HistoryPage>(history: History<Page>, value: unknown): Page | ExchangeError {
  try {
    return history.parse(value);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    return new ExchangeError("give-up", 0, error.message, { cause: error });
  }
}
