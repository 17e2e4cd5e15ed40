/**
 * Answers as they leave: the parts of Bybit's envelope as ready JSON text. JSON is compact (clients recognise some
 * messages by substring) and written by template where it is on the hot path.
 */
import type { Refusal } from "./error-table.ts";

export interface Answer {
  readonly code: number;
  readonly text: string;
  /** JSON text of `result`. */
  readonly result: string;
  /** JSON text of `retExtInfo`. */
  readonly extra: string;
}

export function ok(result: string, text = "OK", extra = "{}"): Answer {
  return { code: 0, text, result, extra };
}

export const EMPTY_OK: Answer = ok("{}");

export function refused(refusal: Refusal): Answer {
  return { code: refusal.code, text: refusal.text, result: "{}", extra: "{}" };
}

/** The REST envelope. */
export function envelope(answer: Answer, nowMs: number): string {
  const text = jsonText(answer.text);
  return `{"retCode":${answer.code},"retMsg":${text},"result":${answer.result},"retExtInfo":${answer.extra},"time":${nowMs}}`;
}

const PLAIN = /^[\w .,:;!?()'=+/[\]{}<>@#$%^&*|~`-]*$/;

/** A JSON string literal; quick for plain text. */
export function jsonText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

export interface HttpAnswer {
  readonly status: number;
  /** Extra header lines, each ended by CRLF. */
  readonly headers: string;
  readonly body: string;
  readonly contentType?: string;
}

/** What becomes of a request: an answer, silence, or a broken connection. */
export type HttpOutcome =
  | { readonly kind: "answer"; readonly answer: HttpAnswer }
  | { readonly kind: "hang" }
  | { readonly kind: "break" };
