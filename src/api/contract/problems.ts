/**
 * THE CATALOGUE of everything that the API answers instead of what was asked for: one stable code each, with its HTTP status and
 * title. The form is that of RFC 9457 (`application/problem+json`). Codes are never renamed; new ones may come.
 */
import { z } from "zod";

export const PROBLEMS = {
  "bad-request": { status: 400, title: "The request does not have the documented form" },
  "not-signed-in": { status: 401, title: "Nobody is signed in" },
  "bad-credentials": { status: 401, title: "Name, password, code or link is not right" },
  forbidden: { status: 403, title: "You may not do this" },
  "origin-refused": { status: 403, title: "The request comes from another page" },
  "second-factor-needed": { status: 403, title: "This needs a fresh code of your second factor" },
  "not-found": { status: 404, title: "There is nothing here" },
  "unknown-follower": { status: 404, title: "There is no such follower" },
  "unknown-leader": { status: 404, title: "There is no such leader" },
  "unknown-relation": { status: 404, title: "The follower does not copy this leader" },
  "unknown-proposal": { status: 404, title: "No such proposal waits for an answer" },
  "unknown-account": { status: 404, title: "There is no such account" },
  "unknown-trader": { status: 404, title: "There is no such trader" },
  "unknown-user": { status: 404, title: "There is no such user" },
  "unknown-token": { status: 404, title: "There is no such token" },
  "unknown-session": { status: 404, title: "There is no such session" },
  "unknown-alert": { status: 404, title: "There is no such alert" },
  "unknown-job": { status: 404, title: "There is no such job" },
  "unknown-confirmation": { status: 404, title: "There is nothing to confirm, or it is too late" },
  "nothing-to-close": { status: 409, title: "Nothing of ours is held there" },
  "account-in-use": { status: 409, title: "Something still needs this account" },
  "not-finished": { status: 409, title: "There is no result" },
  "engine-stopped": { status: 409, title: "The engine does not run" },
  "key-in-use": { status: 409, title: "The same request is still being carried out" },
  "outcome-unknown": { status: 409, title: "Nobody knows whether it was carried out" },
  "name-taken": { status: 409, title: "The name is taken" },
  "last-owner": { status: 409, title: "Nobody would be left who may do everything" },
  "too-many": { status: 409, title: "There are too many of them" },
  "changed-meanwhile": { status: 412, title: "Somebody else changed it meanwhile" },
  "too-large": { status: 413, title: "The request is too large" },
  "unsupported-media-type": { status: 415, title: "Only JSON is understood" },
  misdirected: { status: 421, title: "This server is not addressed by that name" },
  "bad-settings": { status: 422, title: "Settings are wrong" },
  "key-refused": { status: 422, title: "The key is refused" },
  "no-strategy": { status: 422, title: "No strategy is in force" },
  "follower-needed": { status: 422, title: "There are several followers: say which" },
  "weak-password": { status: 422, title: "The password is too weak" },
  "key-reused": { status: 422, title: "This idempotency key belongs to another request" },
  "not-enough-data": { status: 422, title: "There is too little data to answer from" },
  "upgrade-needed": { status: 426, title: "This is a WebSocket" },
  "precondition-needed": { status: 428, title: "If-Match is missing" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  throttled: { status: 429, title: "Too many attempts that failed" },
  internal: { status: 500, title: "Something went wrong here" },
  "engine-unreachable": { status: 503, title: "The engine cannot be asked" },
  "engine-starting": { status: 503, title: "The engine is starting up" },
  "engine-failed": { status: 503, title: "The engine could not answer" },
  busy: { status: 503, title: "Too much is being asked at once" },
  "not-readable": { status: 503, title: "What is stored cannot be read" },
  "no-key": { status: 503, title: "The key that opens what is stored is not there" },
  "cannot-write": { status: 503, title: "It could not be written" },
  "not-ready": { status: 503, title: "Not everything is at work" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

/** What every answer is that is not the one that was asked for. */
export const problem = z
  .object({
    type: z.string().meta({ description: "The code's page in the documentation." }),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.enum(PROBLEM_CODES as [ProblemCode, ...ProblemCode[]]).meta({
      description: "Stable; programs go by it.",
    }),
    detail: z.string().meta({ description: "What happened, in a sentence for people." }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .exactOptional()
      .meta({ description: "What of the request is wrong, field by field." }),
    choices: z.array(z.string()).exactOptional().meta({ description: "Which there would be." }),
    retry_after_ms: z.number().exactOptional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details." });

export type Problem = z.infer<typeof problem>;

export interface ProblemFacts {
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly choices?: readonly string[];
  readonly retryAfterMs?: number;
}

/** Thrown anywhere below a route: becomes the answer. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly code: ProblemCode;
  readonly facts: ProblemFacts;

  constructor(code: ProblemCode, detail: string, facts: ProblemFacts = {}) {
    super(detail);
    this.code = code;
    this.facts = facts;
  }
}

export function problemOf({ code, message, facts }: ApiProblem): Problem {
  const { status, title } = PROBLEMS[code];
  const { errors, choices, retryAfterMs } = facts;
  return {
    type: `/docs#problem-${code}`,
    title,
    status,
    code,
    detail: message,
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...(choices === undefined ? {} : { choices: [...choices] }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  };
}
