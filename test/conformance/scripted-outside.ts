/**
 * An outside world in memory for connector tests: a virtual clock, HTTP answered by a function, and sockets whose far
 * end the test holds. Nothing happens but by `advance`, so every run is the same.
 */
import type {
  Clock,
  HttpOutcome,
  HttpRequest,
  HttpTransport,
  Outside,
  Socket,
  SocketListener,
  SocketTransport,
  Timer,
} from "../../src/exchange/transport.ts";

interface PlannedAction {
  readonly atMs: number;
  readonly order: number;
  readonly action: () => void;
}

const ELAPSED_FROM_MS = 1_234;
const READING_MS = 2 ** -24;

export class VirtualClock implements Clock {
  /** By how much somebody set the machine's clock. */
  setByMs = 0;
  #nowMs: number;
  #readings = 0;
  #order = 0;
  #planned: PlannedAction[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs + this.setByMs;
  }

  /** From another moment on than UTC, and each reading a little later, as a machine's. */
  elapsedMs(): number {
    this.#readings += 1;
    return this.#nowMs - ELAPSED_FROM_MS + this.#readings * READING_MS;
  }

  get plannedCount(): number {
    return this.#planned.length;
  }

  setTimer(delayMs: number, action: () => void): Timer {
    const planned = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, action };
    this.#planned.push(planned);
    return {
      cancel: () => {
        this.#planned = this.#planned.filter((one) => one !== planned);
      },
    };
  }

  /** Lets time pass; whatever falls due happens in order. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      const due = next;
      this.#planned = this.#planned.filter((one) => one !== due);
      this.#nowMs = due.atMs;
      due.action();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): PlannedAction | undefined {
    return this.#planned
      .filter((one) => one.atMs <= untilMs)
      .reduce<PlannedAction | undefined>(
        (first, one) => (first === undefined || isBefore(one, first) ? one : first),
        undefined,
      );
  }
}

function isBefore(left: PlannedAction, right: PlannedAction): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

/** An answer, or null to never answer. */
export type HttpScript = (request: HttpRequest) => HttpOutcome | null;

export class ScriptedHttp implements HttpTransport {
  readonly requests: HttpRequest[] = [];
  script: HttpScript;
  latencyMs = 5;
  readonly #clock: Clock;

  constructor(clock: Clock, script: HttpScript) {
    this.#clock = clock;
    this.script = script;
  }

  send(request: HttpRequest, done: (outcome: HttpOutcome) => void): void {
    this.requests.push(request);
    const outcome = this.script(request);
    const late: HttpOutcome = { kind: "failed", mayHaveArrived: true, cause: "no answer in time" };
    const [delayMs, answer] = outcome === null ? [request.timeoutMs, late] : [this.latencyMs, outcome];
    this.#clock.setTimer(delayMs, () => done(answer));
  }
}

/** One connection; the test is the server. */
export class ScriptedSocket implements Socket {
  readonly url: string;
  readonly sent: string[] = [];
  #state: "opening" | "open" | "closed" = "opening";
  readonly #listener: SocketListener;
  readonly #clock: Clock;
  readonly #onSent: (socket: ScriptedSocket, text: string) => void;

  constructor(
    url: string,
    listener: SocketListener,
    clock: Clock,
    onSent: (socket: ScriptedSocket, text: string) => void,
  ) {
    this.url = url;
    this.#listener = listener;
    this.#clock = clock;
    this.#onSent = onSent;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  send(text: string): boolean {
    if (this.#state !== "open") return false;
    this.sent.push(text);
    this.#onSent(this, text);
    return true;
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#clock.setTimer(0, () => this.#listener.closed("closed by us"));
  }

  /** The server accepts. */
  accept(): void {
    this.#state = "open";
    this.#listener.opened();
  }

  /** The server sends a message now. */
  say(message: unknown): void {
    if (this.#state === "open")
      this.#listener.received(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The server (or the network) ends the connection. */
  breakOff(cause = "the connection was reset"): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#listener.closed(cause);
  }
}

export class ScriptedSockets implements SocketTransport {
  readonly opened: ScriptedSocket[] = [];
  /** Whether new connections are accepted. */
  accepts = true;
  /** The server's part: called for every message a client sends. */
  onSent: (socket: ScriptedSocket, text: string) => void = () => {};
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(url: string, listener: SocketListener): Socket {
    const socket = new ScriptedSocket(url, listener, this.#clock, (one, text) => this.onSent(one, text));
    this.opened.push(socket);
    const accepts = this.accepts;
    this.#clock.setTimer(1, () => (accepts ? socket.accept() : socket.breakOff("refused")));
    return socket;
  }

  /** The newest connection whose address ends like this. */
  last(path: string): ScriptedSocket | undefined {
    return this.opened.findLast((socket) => socket.url.endsWith(path));
  }
}

export interface ScriptedOutside extends Outside {
  readonly clock: VirtualClock;
  readonly http: ScriptedHttp;
  readonly sockets: ScriptedSockets;
}

export function scriptedOutside(script: HttpScript): ScriptedOutside {
  const clock = new VirtualClock();
  return {
    clock,
    chance: () => 0.5,
    http: new ScriptedHttp(clock, script),
    sockets: new ScriptedSockets(clock),
  };
}
