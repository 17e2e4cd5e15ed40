/**
 * Requests waiting for their turn in the order of their priority, each with a deadline after which it is refused as
 * never sent. Bounded; the owner decides when the first may go.
 */

/** `ask` is a read that somebody waits for (an order's fate, a leader's state), `read` one of the rounds over all. */
export type Priority = "reduce" | "open" | "ask" | "read";

export const PRIORITIES: readonly Priority[] = ["reduce", "open", "ask", "read"];

export function isRead(priority: Priority): boolean {
  return priority === "ask" || priority === "read";
}

/** Exactly one of `go` and `refused` is called, once. */
export interface Waiter {
  readonly priority: Priority;
  /** On our clock; infinite waits as long as it takes. */
  readonly deadlineMs: number;
  /** It may go now. */
  go(): void;
  /** It will not be sent. */
  refused(cause: string): void;
}

export const NOT_SENT_IN_TIME = "it could not be sent in time within the request limits";
export const TOO_MANY_WAITING = "too many requests are waiting";

/** First in, first out; taking from the front costs nothing. */
class Line {
  #items: (Waiter | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): Waiter | undefined {
    return this.#items[this.#head];
  }

  push(waiter: Waiter): void {
    this.#items.push(waiter);
  }

  shift(): Waiter | undefined {
    const waiter = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    }
    return waiter;
  }
}

export class WaitingLine {
  readonly #lines: Readonly<Record<Priority, Line>> = {
    reduce: new Line(),
    open: new Line(),
    ask: new Line(),
    read: new Line(),
  };
  readonly #maxEach: number;

  constructor(maxEach: number) {
    this.#maxEach = maxEach;
  }

  get isEmpty(): boolean {
    const { reduce, open, ask, read } = this.#lines;
    return reduce.length + open.length + ask.length + read.length === 0;
  }

  length(priority: Priority): number {
    return this.#lines[priority].length;
  }

  /** Refuses at once when the line is full. */
  push(waiter: Waiter): void {
    const line = this.#lines[waiter.priority];
    if (line.length >= this.#maxEach) waiter.refused(TOO_MANY_WAITING);
    else line.push(waiter);
  }

  /** The next of one priority whose deadline has not passed; those before it are refused. */
  take(priority: Priority, nowMs: number): Waiter | undefined {
    const line = this.#lines[priority];
    let waiter = line.shift();
    while (waiter !== undefined && waiter.deadlineMs <= nowMs) {
      waiter.refused(NOT_SENT_IN_TIME);
      waiter = line.shift();
    }
    return waiter;
  }

  /** Refuses what stands at the front past its deadline. */
  expire(nowMs: number): void {
    for (const priority of PRIORITIES) {
      const line = this.#lines[priority];
      while ((line.first?.deadlineMs ?? Number.POSITIVE_INFINITY) <= nowMs)
        line.shift()?.refused(NOT_SENT_IN_TIME);
    }
  }

  /** The earliest deadline at the front of a line. */
  nextDeadlineMs(): number {
    return Math.min(
      ...PRIORITIES.map((name) => this.#lines[name].first?.deadlineMs ?? Number.POSITIVE_INFINITY),
    );
  }
}
