/**
 * Asks the owner's code on behalf of the core, within bounds: so long for one order, so long for all orders of one event, and after
 * failures in a row nobody is asked for a while, so that a thousand followers do not wait for it one after the other.
 */
import type { ReasonDetail } from "../core/reason.ts";
import type { State } from "../core/state.ts";
import { guarded } from "./guard.ts";

/** All extensions of a kind together have so long for one order. */
export const ANSWER_MS_MAX = 50;
/** All orders of one event together; after that the rest of them is denied. */
const EVENT_MS_MAX = 250;
/** After so many failures in a row nobody is asked for a while. */
const FAILURES_MAX = 3;
const PAUSE_MS = 30_000;

export interface ExtensionFailure {
  readonly extension: string;
  readonly cause: string;
}

/** `detail` has the cause and its numbers. */
export type Asked<Value> =
  | { readonly kind: "answered"; readonly value: Value }
  | { readonly kind: "failed"; readonly extension: string; readonly detail: ReasonDetail };

export class Asker<Extension extends { readonly name: string }> {
  readonly #extensions: readonly Extension[];
  readonly #onFailure: (failure: ExtensionFailure) => void;
  readonly #answerMsMax: number;
  #event = 0;
  #spentMs = 0;
  #failures = 0;
  #last: ExtensionFailure | null = null;
  #againAtMs = 0;

  /** `onFailure` hears of the first failure after an answer. */
  constructor(
    extensions: readonly Extension[],
    onFailure: (failure: ExtensionFailure) => void,
    answerMsMax = ANSWER_MS_MAX,
  ) {
    this.#extensions = extensions;
    this.#onFailure = onFailure;
    this.#answerMsMax = answerMsMax;
  }

  /** What `ask` makes of each of them, in their order. */
  askAll<Value>(state: State, ask: (extension: Extension) => Value): Asked<readonly Value[]> {
    if (state.eventSequence !== this.#event) this.#spentMs = 0;
    this.#event = state.eventSequence;
    if (this.#last !== null && this.#failures >= FAILURES_MAX && state.nowMs < this.#againAtMs)
      return failedBy(this.#last, { failures: this.#failures, againAtMs: this.#againAtMs });
    let current = this.#extensions[0]?.name ?? "";
    if (this.#spentMs >= EVENT_MS_MAX) {
      const cause = "the time for all orders of one event was used up";
      return failedBy({ extension: current, cause }, { maxMs: EVENT_MS_MAX });
    }
    const result = guarded(this.#answerMsMax, () =>
      this.#extensions.map((extension) => {
        current = extension.name;
        return ask(extension);
      }),
    );
    this.#spentMs += result.tookMs;
    if (result.kind === "failed")
      return this.#failed(state, { extension: current, cause: result.cause }, result.tookMs);
    this.#failures = 0;
    return { kind: "answered", value: result.value };
  }

  #failed(state: State, failure: ExtensionFailure, tookMs: number): Asked<never> {
    this.#failures += 1;
    this.#last = failure;
    this.#againAtMs = state.nowMs + PAUSE_MS;
    if (this.#failures === 1) this.#onFailure(failure);
    return failedBy(failure, { tookMs: Math.round(tookMs * 10) / 10, maxMs: this.#answerMsMax });
  }
}

function failedBy({ extension, cause }: ExtensionFailure, numbers: ReasonDetail): Asked<never> {
  return { kind: "failed", extension, detail: { cause, ...numbers } };
}
