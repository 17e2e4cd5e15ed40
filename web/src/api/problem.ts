/** What the API answers instead of what was asked for (RFC 9457), or that no answer came. */
import type { ProblemBody } from "./types.ts";

/** `no-connection`: nothing answered; whether the request arrived is not known. `no-problem`: an answer that is none of ours. */
export type ProblemCode = ProblemBody["code"] | "no-connection" | "no-problem";

export interface ProblemFacts {
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly fields?: ProblemBody["errors"];
  readonly choices?: readonly string[] | undefined;
  readonly retryAfterMs?: number | undefined;
}

export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  /** What of the request is wrong, field by field. */
  readonly fields: readonly { readonly field: string; readonly message: string }[];
  readonly choices: readonly string[];
  readonly retryAfterMs: number | null;

  constructor({ code, status, title, detail, fields, choices, retryAfterMs }: ProblemFacts) {
    super(detail === "" ? title : detail);
    this.code = code;
    this.status = status;
    this.title = title;
    this.fields = fields ?? [];
    this.choices = choices ?? [];
    this.retryAfterMs = retryAfterMs ?? null;
  }
}

export function problemOf(body: ProblemBody): Problem {
  const { code, status, title, detail, errors, choices, retry_after_ms } = body;
  return new Problem({ code, status, title, detail, fields: errors, choices, retryAfterMs: retry_after_ms });
}

export function isProblem(error: unknown, ...codes: readonly ProblemCode[]): error is Problem {
  return error instanceof Problem && codes.includes(error.code);
}
