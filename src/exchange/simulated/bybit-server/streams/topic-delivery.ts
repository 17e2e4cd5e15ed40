/**
 * The last step of a topic message: the stream faults (dropped, doubled, overtaken, delayed, silent) and then the
 * sink. Without faults it is one call. What is held back is bounded in time and number and forgotten on close.
 */
import type { ExchangeState } from "../exchange-state.ts";
import type { Sink } from "./sink.ts";

const HELD_MS = 100;
const WAITING_MAX = 100_000;

export class TopicDelivery {
  readonly #state: ExchangeState;
  readonly #sink: Sink;
  #held: string | undefined;
  #releaseHeld: () => void = () => undefined;
  readonly #waiting: string[] = [];
  #lastDueMs = 0;
  #closed = false;

  constructor(state: ExchangeState, sink: Sink) {
    this.#state = state;
    this.#sink = sink;
  }

  deliver(text: string, apiKey: string | undefined): void {
    const plan = this.#state.faults.planMessage(apiKey);
    if (plan.copies === 0 || this.#closed) return;
    if (plan.held && this.#held === undefined) {
      this.#hold(text);
      return;
    }
    for (let copy = 0; copy < plan.copies; copy += 1) this.#send(text, plan.delayMs);
    this.#release();
  }

  close(): void {
    this.#closed = true;
    this.#held = undefined;
    this.#releaseHeld();
  }

  #hold(text: string): void {
    this.#held = text;
    this.#releaseHeld = this.#state.environment.schedule(HELD_MS, () => this.#release());
  }

  #release(): void {
    const text = this.#held;
    if (text === undefined) return;
    this.#held = undefined;
    this.#releaseHeld();
    this.#send(text, 0);
  }

  /** Delays keep the order of messages (each timer sends the oldest): being overtaken is a fault of its own. */
  #send(text: string, delayMs: number): void {
    if (delayMs === 0 && this.#waiting.length === 0) {
      this.#sink.send(text);
      return;
    }
    if (this.#waiting.length >= WAITING_MAX) return this.#sink.terminate();
    const nowMs = this.#state.environment.nowMs();
    this.#lastDueMs = Math.max(this.#lastDueMs, nowMs + delayMs);
    this.#waiting.push(text);
    this.#state.environment.schedule(this.#lastDueMs - nowMs, () => {
      const oldest = this.#waiting.shift();
      if (!this.#closed && oldest !== undefined) this.#sink.send(oldest);
    });
  }
}
