/**
 * Sockets whose messages wait their turn: what comes in is queued and handed on in the order of arrival, a few milliseconds
 * at a time, with the event loop running in between. For the followers, so that the answers and fills of a thousand orders
 * never keep the process from a leader's next trade, which comes by sockets of its own and goes first.
 */
import type { Socket, SocketListener, SocketTransport } from "../transport.ts";

/** How long messages are handed on before the event loop gets its turn. */
const SLICE_MS = 2;
/** More waiting messages than this are handed on at once: memory is worth more than evenness. */
const WAITING_MAX = 200_000;
/** Messages that were handed on are let go of after this many, also when the queue never empties. */
const COMPACT_AFTER = 4_096;

interface Notice {
  readonly listener: SocketListener;
  readonly kind: "opened" | "received" | "closed";
  readonly text: string;
}

export function inTurn(sockets: SocketTransport, sliceMs: number = SLICE_MS): SocketTransport {
  const turns = new Turns(sliceMs);
  return { open: (url, listener): Socket => sockets.open(url, new WaitingListener(listener, turns)) };
}

class Turns {
  readonly #sliceMs: number;
  #waiting: Notice[] = [];
  #next = 0;
  #isPlanned = false;

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  add(notice: Notice): void {
    this.#waiting.push(notice);
    if (this.#waiting.length - this.#next > WAITING_MAX) this.#handOn(Number.POSITIVE_INFINITY);
    else this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned || this.#next === this.#waiting.length) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      try {
        this.#handOn(performance.now() + this.#sliceMs);
      } finally {
        this.#plan();
      }
    });
  }

  #handOn(untilMs: number): void {
    while (this.#next < this.#waiting.length) {
      const notice = this.#waiting[this.#next];
      this.#next += 1;
      if (this.#next === this.#waiting.length || this.#next >= COMPACT_AFTER) {
        this.#waiting = this.#waiting.slice(this.#next);
        this.#next = 0;
      }
      if (notice !== undefined) deliver(notice);
      if (performance.now() >= untilMs) return;
    }
  }
}

/** A listener whose notices, of every kind, keep their order and wait their turn. */
class WaitingListener implements SocketListener {
  readonly #listener: SocketListener;
  readonly #turns: Turns;

  constructor(listener: SocketListener, turns: Turns) {
    this.#listener = listener;
    this.#turns = turns;
  }

  opened(): void {
    this.#turns.add({ listener: this.#listener, kind: "opened", text: "" });
  }

  received(text: string): void {
    this.#turns.add({ listener: this.#listener, kind: "received", text });
  }

  closed(text: string): void {
    this.#turns.add({ listener: this.#listener, kind: "closed", text });
  }
}

function deliver({ listener, kind, text }: Notice): void {
  switch (kind) {
    case "opened":
      return listener.opened();
    case "received":
      return listener.received(text);
    case "closed":
      return listener.closed(text);
  }
}
