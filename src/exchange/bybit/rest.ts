/**
 * Bybit's REST interface of one venue: signs, keeps to the budget, and says of every request what became of it. One
 * object serves all accounts of a venue. `send` sends once (orders); `ask` repeats what may be repeated (reads and
 * settings) with capped exponential back-off, a bounded number of times.
 */

import { backOffMs } from "../back-off.ts";
import { ExchangeError } from "../exchange-error.ts";
import { codeIn, isRow, momentIn, numberIn } from "../raw.ts";
import type { Scope } from "../scope.ts";
import type { HttpOutcome, Outside } from "../transport.ts";
import type { Fare, RequestBudget } from "./budget.ts";
import { errorOf, meaningOf, SUCCESS, venueText } from "./errors.ts";
import type { LimitNotice } from "./key-lane.ts";
import { CLOCK_ERROR_MS_MAX, ServerClock } from "./server-clock.ts";
import { type Credentials, requestSignature } from "./signature.ts";
import type { Priority } from "./waiting-line.ts";

export interface RestRequest {
  readonly method: "GET" | "POST";
  /** For example `/v5/order/create`. */
  readonly path: string;
  /** Query without `?` (GET) or JSON body (POST), exactly as signed. */
  readonly payload: string;
  /** Null for public endpoints. */
  readonly credentials: Credentials | null;
  readonly priority: Priority;
  /** On our clock: the venue may not act on the request after this, however long it waited for its turn. */
  readonly validUntilMs?: number;
  /** Asked when its turn has come, however long it waited; absent: it goes. */
  readonly mayGo?: () => boolean;
}

export type RestAnswer =
  /** The venue answered; `code` 0 is success. */
  | {
      readonly kind: "answered";
      readonly code: number;
      readonly text: string;
      readonly result: unknown;
      readonly serverTimeMs: number;
    }
  /** Refused before it was looked at (HTTP 400, 401, 403, 404, 429): certainly without effect. */
  | { readonly kind: "turned-away"; readonly status: number; readonly error: ExchangeError }
  /** No usable answer; `mayHaveArrived` false means certainly without effect. */
  | { readonly kind: "failed"; readonly mayHaveArrived: boolean; readonly cause: string }
  /** Never sent, for lack of room in the limits. */
  | { readonly kind: "not-sent"; readonly cause: string }
  /** Never sent: by its turn it was not to go any more. */
  | { readonly kind: "held-back" };

export type AskResult =
  | { readonly kind: "ok"; readonly result: unknown; readonly serverTimeMs: number }
  /** A refusal may come with a result. */
  | { readonly kind: "error"; readonly error: ExchangeError; readonly result?: unknown };

export interface RestOptions {
  /** Validity of reads at the venue. */
  readonly windowMs: number;
  readonly timeoutMs: number;
  /** How often `ask` tries. */
  readonly attemptsMax: number;
  readonly retryFirstMs: number;
  readonly retryCapMs: number;
  /** An answer that contradicts what is believed of the server's clock by more than this has it asked anew. */
  readonly clockErrorMsMax: number;
}

export const REST_DEFAULTS: RestOptions = {
  windowMs: 5_000,
  timeoutMs: 10_000,
  attemptsMax: 5,
  retryFirstMs: 250,
  retryCapMs: 5_000,
  clockErrorMsMax: CLOCK_ERROR_MS_MAX,
};

/** An order is not sent with less validity left than this: it would only be refused. */
const VALIDITY_MS_MIN = 500;
/** How long an endpoint rests after "too many visits" without a stamp in the headers. */
const REST_AFTER_REFUSAL_MS = 1_000;

export class BybitRest {
  readonly clock: ServerClock;
  readonly budget: RequestBudget;
  readonly #outside: Outside;
  readonly #url: string;
  readonly #options: RestOptions;

  constructor(outside: Outside, url: string, budget: RequestBudget, options: Partial<RestOptions> = {}) {
    this.#outside = outside;
    this.#url = url;
    this.budget = budget;
    this.#options = { ...REST_DEFAULTS, ...options };
    this.clock = new ServerClock(outside, url, budget, this.#options.clockErrorMsMax);
  }

  /** Sends once, when the budget allows; `done` is called exactly once. */
  send(request: RestRequest, done: (answer: RestAnswer) => void): void {
    const fare = fareOf(request);
    const validUntilMs = request.validUntilMs ?? Number.POSITIVE_INFINITY;
    this.budget.enter(fare, {
      priority: request.priority,
      deadlineMs: validUntilMs - VALIDITY_MS_MIN,
      go: () => this.#go(request, fare, done),
      refused: (cause) => done({ kind: "not-sent", cause }),
    });
  }

  /** Repeats until answered, refused for good, or tried often enough. Not called back after the scope has closed. */
  ask(request: RestRequest, scope: Scope, done: (result: AskResult) => void): void {
    this.#attempt(request, scope, done, 1);
  }

  #attempt(request: RestRequest, scope: Scope, done: (result: AskResult) => void, attempt: number): void {
    this.send(request, (answer) => {
      if (scope.isClosed) return;
      const result = resultOf(answer);
      const again = result.kind === "error" && result.error.class !== "give-up";
      if (!again || attempt >= this.#options.attemptsMax) {
        done(result);
        return;
      }
      const { retryFirstMs, retryCapMs } = this.#options;
      const delayMs = backOffMs(attempt, { firstMs: retryFirstMs, capMs: retryCapMs }, this.#outside.chance);
      scope.setTimer(delayMs, () => this.#attempt(request, scope, done, attempt + 1));
    });
  }

  #go(request: RestRequest, fare: Fare, done: (answer: RestAnswer) => void): void {
    if (request.mayGo?.() === false) {
      this.budget.answered(fare, null);
      done({ kind: "held-back" });
      return;
    }
    const sentAtMs = this.#outside.clock.nowMs();
    const query = request.method === "GET" && request.payload !== "" ? `?${request.payload}` : "";
    const http = {
      method: request.method,
      url: `${this.#url}${request.path}${query}`,
      headers: this.#headers(request, sentAtMs),
      timeoutMs: this.#options.timeoutMs,
      ...(request.method === "POST" ? { body: request.payload } : {}),
    };
    this.#outside.http.send(http, (outcome) => {
      this.budget.answered(fare, this.#noticeIn(outcome));
      done(this.#read(outcome, fare, sentAtMs));
    });
  }

  #headers(request: RestRequest, nowMs: number): Record<string, string> {
    const headers: Record<string, string> =
      request.method === "POST" ? { "Content-Type": "application/json" } : {};
    const { credentials } = request;
    if (credentials === null) return headers;
    const stampMs = this.clock.nowMs();
    const left = Math.floor((request.validUntilMs ?? Number.POSITIVE_INFINITY) - nowMs);
    const windowMs = request.validUntilMs === undefined ? this.#options.windowMs : left;
    headers["X-BAPI-API-KEY"] = credentials.apiKey;
    headers["X-BAPI-TIMESTAMP"] = String(stampMs);
    headers["X-BAPI-RECV-WINDOW"] = String(windowMs);
    headers["X-BAPI-SIGN"] = requestSignature(credentials, stampMs, windowMs, request.payload);
    return headers;
  }

  #noticeIn(outcome: HttpOutcome): LimitNotice | null {
    if (outcome.kind === "failed") return null;
    const limit = numberIn(outcome.headers["x-bapi-limit"]);
    const remaining = numberIn(outcome.headers["x-bapi-limit-status"]);
    const resetAt = numberIn(outcome.headers["x-bapi-limit-reset-timestamp"]);
    if (!(limit > 0) || Number.isNaN(remaining)) return null;
    return { limit, remaining, resetAtMs: Number.isNaN(resetAt) ? 0 : this.clock.toOursMs(resetAt) };
  }

  #read(outcome: HttpOutcome, fare: Fare, sentAtMs: number): RestAnswer {
    if (outcome.kind === "failed") return outcome;
    const { status, body } = outcome;
    if (status === 403) this.budget.refusedAddress();
    if (status === 429) this.budget.refusedKey(fare, REST_AFTER_REFUSAL_MS);
    if (status in TURNED_AWAY) return { kind: "turned-away", status, error: turnedAway(status) };
    if (status !== 200) return { kind: "failed", mayHaveArrived: true, cause: `HTTP status ${status}` };
    return this.#readEnvelope(body, fare, sentAtMs);
  }

  #readEnvelope(body: string, fare: Fare, sentAtMs: number): RestAnswer {
    const answer = parseJson(body);
    const code = isRow(answer) ? codeIn(answer.retCode) : Number.NaN;
    if (!isRow(answer) || Number.isNaN(code)) {
      return { kind: "failed", mayHaveArrived: true, cause: "the answer is not one of the venue's" };
    }
    const nowMs = this.#outside.clock.nowMs();
    const stamp = momentIn(answer.time);
    const serverTimeMs = Number.isNaN(stamp) ? this.clock.nowMs() : stamp;
    if (code === STAMP_REFUSED) this.clock.doubt();
    else this.clock.observe(sentAtMs, nowMs, serverTimeMs);
    if (meaningOf(code).rejection === "rate-limited") {
      this.budget.refusedKey(fare, REST_AFTER_REFUSAL_MS);
    }
    const text = venueText(answer.retMsg);
    return { kind: "answered", code, text, result: answer.result, serverTimeMs };
  }
}

/** 10002: the stamp is outside the window. */
export const STAMP_REFUSED = 10002;

function fareOf(request: RestRequest): Fare {
  return {
    priority: request.priority,
    key: request.credentials?.apiKey ?? "",
    endpoint: request.path,
    answersOnly: request.method === "GET",
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Whoever reads this sees that it is no answer of the venue's.
    return undefined;
  }
}

const TURNED_AWAY: Readonly<Record<number, string>> = {
  400: "the venue could not read the request",
  401: "the venue asks for other authentication",
  403: "the venue refuses this internet address (too many requests, or its region)",
  404: "the venue does not know this path",
  429: "the venue protects itself from too many requests",
};

/** HTTP statuses per "Error Codes": 403 and 429 pass, the others do not. */
function turnedAway(status: number): ExchangeError {
  const kind = status === 403 || status === 429 ? "retry" : "give-up";
  return new ExchangeError(kind, status, TURNED_AWAY[status] ?? `HTTP status ${status}`);
}

/** A read or setting: what it gave, or what is wrong. Settings that were so already succeeded. */
function resultOf(answer: RestAnswer): AskResult {
  switch (answer.kind) {
    case "answered": {
      const succeeded = answer.code === SUCCESS || meaningOf(answer.code).class === "already-so";
      if (succeeded) return { kind: "ok", result: answer.result, serverTimeMs: answer.serverTimeMs };
      return { kind: "error", error: errorOf(answer.code, answer.text), result: answer.result };
    }
    case "turned-away":
      return { kind: "error", error: answer.error };
    case "failed":
      return { kind: "error", error: new ExchangeError("retry", 0, answer.cause) };
    case "not-sent":
      return { kind: "error", error: new ExchangeError("retry", 0, answer.cause) };
    case "held-back":
      return { kind: "error", error: new ExchangeError("retry", 0, "it was not to go any more") };
  }
}
