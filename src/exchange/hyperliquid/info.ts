/**
 * Questions to the venue: one POST each, JSON both ways, no key. Every one takes its weight from the budget first; passing
 * trouble is asked again a few times. Transport is ours and not the SDK's, because time, chance and sockets are given
 * (../transport.ts); the SDK's types name the fields (official documentation, "Info endpoint").
 */
import { backOffMs } from "../back-off.ts";
import { ExchangeError } from "../exchange-error.ts";
import type { Scope } from "../scope.ts";
import type { HttpOutcome, Outside } from "../transport.ts";
import type { Urgency, WeightBudget } from "./weights.ts";

export interface Question {
  readonly body: Readonly<Record<string, unknown>> & { readonly type: string };
  /** Of the venue's limit. */
  readonly weight: number;
  /** Where a list is answered: so many rows weigh one more. */
  readonly rowsPerWeight?: number;
  readonly urgency: Urgency;
}

export type Answer =
  | { readonly kind: "ok"; readonly value: unknown; readonly sentAtMs: number; readonly receivedAtMs: number }
  | { readonly kind: "error"; readonly error: ExchangeError };

/** Of the documented table. */
export const WEIGHTS = { state: 2, role: 60, other: 20 } as const;
/** Lists of fills and funding. */
export const ROWS_PER_WEIGHT = 20;

const TIMEOUT_MS = 10_000;
const ATTEMPTS_MAX = 3;
const AGAIN = { firstMs: 500, capMs: 5_000 };
const TOO_MANY = 429;

export class InfoClient {
  readonly #outside: Outside;
  readonly #url: string;
  readonly #budget: WeightBudget;

  constructor(outside: Outside, url: string, budget: WeightBudget) {
    this.#outside = outside;
    this.#url = url;
    this.#budget = budget;
  }

  /** `done` is called once, unless the scope closes before. */
  ask(question: Question, scope: Scope, done: (answer: Answer) => void): void {
    this.#try(question, scope, 1, (answer) => {
      if (!scope.isClosed) done(answer);
    });
  }

  #try(question: Question, scope: Scope, attempt: number, done: (answer: Answer) => void): void {
    const again = (error: ExchangeError) => {
      if (error.class !== "retry" || attempt >= ATTEMPTS_MAX) return done({ kind: "error", error });
      const pauseMs = backOffMs(attempt, AGAIN, this.#outside.chance);
      scope.setTimer(pauseMs, () => this.#try(question, scope, attempt + 1, done));
    };
    const isTaken = this.#budget.take(question.weight, question.urgency, () => {
      if (!scope.isClosed) this.#send(question, done, again);
    });
    if (!isTaken) done({ kind: "error", error: new ExchangeError("give-up", 0, "too many requests wait") });
  }

  #send(question: Question, done: (answer: Answer) => void, failed: (error: ExchangeError) => void): void {
    const sentAtMs = this.#outside.clock.nowMs();
    const request = {
      method: "POST",
      url: this.#url,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question.body),
      timeoutMs: TIMEOUT_MS,
    } as const;
    this.#outside.http.send(request, (outcome) => {
      const value = valueIn(outcome);
      if (value instanceof ExchangeError) {
        if (value.code === TOO_MANY) this.#budget.refused();
        return failed(value);
      }
      if (question.rowsPerWeight !== undefined && Array.isArray(value))
        this.#budget.add(Math.ceil(value.length / question.rowsPerWeight));
      done({ kind: "ok", value, sentAtMs, receivedAtMs: this.#outside.clock.nowMs() });
    });
  }
}

const WORDS_MAX = 120;

function valueIn(outcome: HttpOutcome): unknown {
  if (outcome.kind === "failed") return new ExchangeError("retry", 0, outcome.cause);
  const { status, body } = outcome;
  if (status === TOO_MANY)
    return new ExchangeError("retry", status, "the venue refuses: too many requests from this address");
  if (status >= 500) return new ExchangeError("retry", status, `the venue answers with status ${status}`);
  if (status !== 200) {
    const said = body.replaceAll(/\s+/g, " ").slice(0, WORDS_MAX);
    return new ExchangeError("give-up", status, `the venue answers with status ${status}: ${said}`);
  }
  try {
    return JSON.parse(body);
  } catch (cause) {
    return new ExchangeError("retry", 0, "the venue's answer is not JSON", { cause });
  }
}
