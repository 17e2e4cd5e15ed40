/**
 * Asks the owner's limits about an increase, on behalf of the core. Whatever goes wrong in them denies that increase and nothing
 * else: what throws, makes no sense or takes too long, and for a while whatever failed again and again, so that a thousand
 * followers do not wait for it one after the other.
 */
import { Decimal } from "../core/model/decimal.ts";
import type { AskedIncrease, LimitVerdict, OwnLimits } from "../core/risk/extension-limit.ts";
import type { State } from "../core/state.ts";
import { readAnswer } from "./answer.ts";
import type { LimitAnswer, Increase as Question, RiskLimit } from "./contract.ts";
import { guarded } from "./guard.ts";
import { questionOf } from "./question.ts";

/** All limits together have so long for one order. */
export const ANSWER_MS_MAX = 50;
/** All orders of one event together; after that the rest of them is denied. */
const EVENT_MS_MAX = 250;
/** After so many failures in a row nobody is asked for a while. */
const FAILURES_MAX = 3;
const PAUSE_MS = 30_000;

export interface LimitFailure {
  readonly limit: string;
  readonly cause: string;
}

/** `onFailure` hears of the first failure after an answer. */
export function askingLimits(
  limits: readonly RiskLimit[],
  onFailure: (failure: LimitFailure) => void,
  answerMsMax = ANSWER_MS_MAX,
): OwnLimits {
  const asked = new AskedLimits(limits, onFailure, answerMsMax);
  return (state, increase) => asked.ask(state, increase);
}

class AskedLimits {
  readonly #limits: readonly RiskLimit[];
  readonly #onFailure: (failure: LimitFailure) => void;
  readonly #answerMsMax: number;
  #event = 0;
  #spentMs = 0;
  #failures = 0;
  #last: LimitFailure | null = null;
  #againAtMs = 0;

  constructor(limits: readonly RiskLimit[], onFailure: (failure: LimitFailure) => void, answerMsMax: number) {
    this.#limits = limits;
    this.#onFailure = onFailure;
    this.#answerMsMax = answerMsMax;
  }

  ask(state: State, increase: AskedIncrease): LimitVerdict | null {
    if (state.eventSequence !== this.#event) this.#spentMs = 0;
    this.#event = state.eventSequence;
    const [first] = this.#limits;
    if (first === undefined) return null;
    if (this.#last !== null && this.#failures >= FAILURES_MAX && state.nowMs < this.#againAtMs)
      return failedVerdict(this.#last, { failures: this.#failures, againAtMs: this.#againAtMs });
    if (this.#spentMs >= EVENT_MS_MAX) {
      const cause = "the time for all orders of one event was used up";
      return failedVerdict({ limit: first.name, cause }, { maxMs: EVENT_MS_MAX });
    }
    return this.#askAll(state, increase);
  }

  #askAll(state: State, increase: AskedIncrease): LimitVerdict | null {
    const question = questionOf(state, increase);
    let current = "";
    const result = guarded(this.#answerMsMax, () =>
      this.#limits.map((limit) => {
        current = limit.name;
        return { limit: current, answer: readAnswer(limit.check(question)) };
      }),
    );
    this.#spentMs += result.tookMs;
    if (result.kind === "failed")
      return this.#failed(state, { limit: current, cause: result.cause }, result.tookMs);
    this.#failures = 0;
    return tightest(increase, question, result.value);
  }

  #failed(state: State, failure: LimitFailure, tookMs: number): LimitVerdict {
    this.#failures += 1;
    this.#last = failure;
    this.#againAtMs = state.nowMs + PAUSE_MS;
    if (this.#failures === 1) this.#onFailure(failure);
    return failedVerdict(failure, { tookMs: Math.round(tookMs * 10) / 10, maxMs: this.#answerMsMax });
  }
}

interface Answered {
  readonly limit: string;
  readonly answer: LimitAnswer;
}

function tightest(
  increase: AskedIncrease,
  question: Question,
  answers: readonly Answered[],
): LimitVerdict | null {
  let least: LimitVerdict | null = null;
  for (const answered of answers) {
    const verdict = verdictOf(increase, question, answered);
    if (verdict !== null && (least === null || verdict.room < least.room)) least = verdict;
  }
  return least;
}

function verdictOf(
  { leg, lots }: AskedIncrease,
  question: Question,
  { limit, answer }: Answered,
): LimitVerdict | null {
  if (answer.kind === "allow") return null;
  const asked = { asked: question.quantity, ...answer.numbers };
  if (answer.kind === "deny")
    return { limit, failed: false, room: 0, givesUp: answer.giveUp === true, detail: asked };
  const { lotSize } = leg.market.instrument;
  const whole = Decimal.parse(answer.quantity).dividedBy(lotSize, 0, "floor").units;
  if (whole >= BigInt(Math.abs(lots))) return null;
  const detail = { ...asked, atMost: answer.quantity };
  return { limit, failed: false, room: Number(whole), givesUp: false, detail };
}

function failedVerdict({ limit, cause }: LimitFailure, numbers: LimitVerdict["detail"]): LimitVerdict {
  return { limit, failed: true, room: 0, givesUp: false, detail: { cause, ...numbers } };
}
