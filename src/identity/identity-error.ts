/** What goes wrong when somebody asks to be let in or to change who may: one word each, with a sentence that names no secret. */

export type IdentityFailure =
  /** Name or password, code, link or session is not (or no longer) a right one; never says which. */
  | "bad-credentials"
  /** Too many failures before; `retryAfterMs` says when to try again. */
  | "throttled"
  /** More log-ins at once than this machine checks. */
  | "busy"
  | "not-allowed"
  /** A dangerous action wants a code of the second factor first. */
  | "second-factor-needed"
  | "bad-request"
  | "weak-password"
  | "name-taken"
  | "unknown-user"
  | "unknown-token"
  | "unknown-session"
  /** Nobody would be left who may do everything. */
  | "last-owner"
  | "too-many"
  /** The encryption key that opens what is stored is not there. */
  | "no-key";

export class IdentityError extends Error {
  override readonly name = "IdentityError";
  readonly failure: IdentityFailure;
  /** What of the request is wrong, where it is one thing: `name`, `password`, `expiresInDays`. */
  readonly field: string | null;
  readonly retryAfterMs: number | null;

  constructor(
    failure: IdentityFailure,
    message: string,
    { field, retryAfterMs }: { readonly field?: string; readonly retryAfterMs?: number } = {},
  ) {
    super(message);
    this.failure = failure;
    this.field = field ?? null;
    this.retryAfterMs = retryAfterMs ?? null;
  }
}
