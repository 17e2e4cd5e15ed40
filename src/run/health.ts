/** How well a run is: what the watchdogs find every second, and what accounts, limits and this process tell, with the last hours of it. */
import { availableParallelism, loadavg, totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import type { Decision } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import type { State } from "../core/state.ts";
import { ErrorRates } from "../watch/error-rates.ts";
import type { HealthFacts } from "../watch/health.ts";
import { HealthBoard } from "../watch/health-board.ts";
import {
  accountReadings,
  fromWatchdogs,
  type LimitUse,
  limitReading,
  type ProcessFigures,
  processReadings,
} from "../watch/health-readings.ts";
import type { Reading } from "../watch/watchdog.ts";

/** What is not read for the watchdogs anyhow is looked at so often. */
const LOOK_MS = 5_000;

export interface HealthParts {
  readonly figures: () => ProcessFigures;
  /** Errors that were logged since the start. */
  readonly loggedErrors: () => number;
}

export interface HealthLook {
  readonly readings: readonly Reading[];
  readonly state: State;
  readonly limits: readonly LimitUse[];
}

export class Health {
  readonly #parts: HealthParts;
  readonly #board = new HealthBoard();
  readonly #errors = new ErrorRates();
  #logged = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  /** Counts what went wrong. */
  note(event: Event, decision: Pick<Decision, "refusal">, nowMs: number): void {
    this.#errors.note(event, decision, nowMs);
  }

  look({ readings, state, limits }: HealthLook, nowMs: number): void {
    const sinceMs = nowMs - this.#lookedAtMs;
    const isDue = sinceMs < 0 || sinceMs >= LOOK_MS;
    // Of each account's stream, of which there may be a thousand, every second only what is not well.
    const told = isDue ? readings : readings.filter(({ name, state }) => name !== "stream" || state !== "ok");
    this.#board.take(fromWatchdogs(told), nowMs);
    if (!isDue) return;
    this.#lookedAtMs = nowMs;
    const logged = this.#parts.loggedErrors();
    this.#errors.add("logged", nowMs, logged - this.#logged);
    this.#logged = logged;
    const more = [
      { check: "engine", subject: "process", state: "ok", value: 0, threshold: 0 } as const,
      ...accountReadings(state),
      ...limits.map((limit) => limitReading(limit, nowMs)),
      ...processReadings(this.#parts.figures()),
      ...this.#errors.readings(nowMs),
    ];
    this.#board.take(more, nowMs);
  }

  report(options: { readonly history?: boolean }): HealthFacts {
    return this.#board.report(options);
  }
}

const MICROSECONDS_PER_MS = 1_000;

/** Of this process; each question tells of the time since the one before. */
export function processFigures(): () => ProcessFigures {
  let [usage, atMs] = [process.cpuUsage(), performance.now()];
  return () => {
    const [now, nowMs] = [process.cpuUsage(), performance.now()];
    const busyMs = (now.user - usage.user + now.system - usage.system) / MICROSECONDS_PER_MS;
    const processorPercent = (100 * busyMs) / Math.max(1, nowMs - atMs);
    [usage, atMs] = [now, nowMs];
    const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
    const all = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
    const [load = 0] = loadavg();
    return {
      processorPercent,
      machineProcessorPercent: (100 * load) / availableParallelism(),
      heapPercent: (100 * used) / most,
      machineMemoryPercent: 100 * (1 - Math.min(all, process.availableMemory()) / all),
    };
  };
}
