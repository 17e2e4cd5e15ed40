/**
 * What went wrong at a venue and what may be done about it. The class decides; the text is for people and never holds
 * a secret.
 */

export type ExchangeErrorClass =
  /** Passing: ask again after a pause. */
  | "retry"
  /** Asking again will not help: the request or the account is at fault. */
  | "give-up"
  /** The request may have been carried out: find out before anything else. */
  | "unknown";

export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly class: ExchangeErrorClass;
  /** The venue's code, or 0 when there was no answer. */
  readonly code: number;

  constructor(kind: ExchangeErrorClass, code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.class = kind;
    this.code = code;
  }
}
