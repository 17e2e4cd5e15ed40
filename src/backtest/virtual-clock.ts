/**
 * Time that passes only when whoever holds it says so: timers fire in order of their time, those of the same time in the
 * order in which they were set. Everything in a simulated world hangs on one of these, so a seed is a whole history.
 */
import type { Clock, Timer } from "../exchange/transport.ts";

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly action: () => void;
  cancelled: boolean;
}

export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  #heap: Entry[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  elapsedMs(): number {
    return this.#nowMs;
  }

  get waiting(): number {
    return this.#heap.length;
  }

  setTimer(delayMs: number, action: () => void): Timer {
    this.#order += 1;
    const dueMs = this.#nowMs + Math.max(0, Math.ceil(delayMs));
    const entry: Entry = { dueMs, order: this.#order, action, cancelled: false };
    this.#push(entry);
    return {
      cancel: () => {
        entry.cancelled = true;
      },
    };
  }

  /** Fires the next timer; false when none is due by `untilMs`, which then is the time. */
  step(untilMs: number): boolean {
    const next = this.#heap[0];
    if (next === undefined || next.dueMs > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#pop();
    this.#nowMs = next.dueMs;
    if (!next.cancelled) next.action();
    return true;
  }

  runUntil(untilMs: number): void {
    while (this.step(untilMs));
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, entry)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = heap[2 * place + 1];
      const right = heap[2 * place + 2];
      const smaller = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (smaller === undefined || isBefore(last, smaller)) break;
      heap[place] = smaller;
      place = 2 * place + (smaller === left ? 1 : 2);
    }
    heap[place] = last;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.order < right.order);
}
