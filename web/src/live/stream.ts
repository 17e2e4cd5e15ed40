/**
 * The client of `/api/v1/stream`: snapshot then changes per topic, each with a sequence number. A gap, a silence or a lost connection
 * ends in a new connection that resumes where this one stopped; waiting grows with each failure, to a bound.
 */
import { applyChanges, type Change, isRecord } from "./changes.ts";

const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
const RETRY_MS_MAX = 15_000;
/** The server beats every five seconds; nothing for three beats is a lost connection that nobody closed. */
export const SILENCE_MS = 15_000;
/** Codes of a close that trying again does not mend: what was said was not understood, or nobody is signed in any more. */
const FINAL_CODES: ReadonlySet<number> = new Set([1008, 4400, 4401]);

export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
}

export interface StreamParts {
  readonly open: () => Socket;
  readonly topics: readonly string[];
  readonly onTopic: (topic: string, document: unknown) => void;
  /** `refused`: it will not be tried again. */
  readonly onState: (state: "open" | "closed" | "refused") => void;
  /** Anything arrived: the server is there. */
  readonly onHeard: () => void;
  /** What the server says of the engine behind it: `running`, `starting`, `stopped`, `gone`, `unknown`. */
  readonly onEngine: (state: string) => void;
  /** 0 to 1; spreads the clients of a restarted server. */
  readonly chance?: () => number;
}

interface Topic {
  readonly sequence: number;
  readonly document: unknown;
}

export class LiveStream {
  readonly #parts: StreamParts;
  readonly #topics = new Map<string, Topic>();
  readonly #wanted: Set<string>;
  #socket: Socket | null = null;
  #isOpen = false;
  #id: string | null = null;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #isEnded = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#wanted = new Set(parts.topics);
    this.#connect();
  }

  /** What only one page shows, while it is open. */
  add(topic: string): void {
    if (this.#wanted.has(topic)) return;
    this.#wanted.add(topic);
    if (this.#isOpen) this.#socket?.send(JSON.stringify({ subscribe: [topic] }));
  }

  remove(topic: string): void {
    this.#wanted.delete(topic);
    this.#topics.delete(topic);
    if (this.#isOpen) this.#socket?.send(JSON.stringify({ unsubscribe: [topic] }));
  }

  /** For good. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#retry);
    this.#drop();
  }

  /** Now, instead of when the wait is over: the device is back on the network. */
  retryNow(): void {
    if (this.#socket !== null || this.#isEnded) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  #connect(): void {
    const socket = this.#parts.open();
    this.#socket = socket;
    this.#watchSilence();
    socket.onopen = () => {
      this.#isOpen = true;
      socket.send(JSON.stringify(this.#subscription()));
    };
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code }) => this.#closed(code);
  }

  #subscription() {
    const sequences = Object.fromEntries([...this.#topics].map(([name, { sequence }]) => [name, sequence]));
    return {
      subscribe: [...this.#wanted],
      ...(this.#id === null ? {} : { resume: { id: this.#id, sequences } }),
    };
  }

  #take(data: unknown): void {
    this.#watchSilence();
    this.#parts.onHeard();
    const message = typeof data === "string" ? parsed(data) : null;
    if (message === null) return;
    if (isRecord(message.engine) && typeof message.engine.state === "string")
      this.#parts.onEngine(message.engine.state);
    if (message.type === "hello") this.#hello(message);
    else if (typeof message.topic === "string") this.#topic(message.topic, message);
  }

  #hello({ id }: Readonly<Record<string, unknown>>): void {
    this.#failures = 0;
    if (typeof id === "string") this.#id = id;
    this.#parts.onState("open");
  }

  #topic(name: string, message: Readonly<Record<string, unknown>>): void {
    const { sequence } = message;
    // Of one that was left meanwhile nothing is wanted any more.
    if (typeof sequence !== "number" || !this.#wanted.has(name)) return;
    if ("snapshot" in message) return this.#keep(name, { sequence, document: message.snapshot });
    const before = this.#topics.get(name);
    if (before === undefined || sequence <= before.sequence || !Array.isArray(message.changes)) return;
    if (sequence !== before.sequence + 1) return this.#startOver(name);
    this.#keep(name, {
      sequence,
      document: applyChanges(before.document, message.changes as readonly Change[]),
    });
  }

  #keep(name: string, topic: Topic): void {
    this.#topics.set(name, topic);
    this.#parts.onTopic(name, topic.document);
  }

  /** Something was missed: what is known of it counts no more. */
  #startOver(name: string): void {
    this.#topics.delete(name);
    this.#drop();
    this.#later();
  }

  #watchSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#drop();
      this.#later();
    }, SILENCE_MS);
  }

  #closed(code: number): void {
    this.#drop();
    if (this.#isEnded) return;
    if (FINAL_CODES.has(code)) {
      this.#isEnded = true;
      this.#parts.onState("refused");
      return;
    }
    this.#later();
  }

  #later(): void {
    this.#parts.onState("closed");
    const { chance = Math.random } = this.#parts;
    const wait = RETRY_MS[this.#failures] ?? RETRY_MS_MAX;
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#connect(), wait * (0.5 + chance() / 2));
  }

  #drop(): void {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    if (socket === null) return;
    this.#isOpen = false;
    this.#socket = null;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const message: unknown = JSON.parse(text);
    return isRecord(message) ? message : null;
  } catch {
    return null;
  }
}
