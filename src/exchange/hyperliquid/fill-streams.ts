/**
 * The streams of fills, shared by all addresses of a venue: each address is on one of few connections. A subscription begins with
 * a snapshot of recent fills, and only then is it said to be up; after a reconnect everything is subscribed anew. The
 * venue hangs up where it sent nothing for a minute, so it is asked for a sign of life (official documentation,
 * "Subscriptions", "Timeouts and heartbeats").
 */
import { isRow, MalformedMessage, type RawRow } from "../raw.ts";
import { Scope } from "../scope.ts";
import {
  type ConnectionGate,
  STREAM_DEFAULTS,
  type StreamHandlers,
  type StreamOptions,
  StreamSession,
} from "../stream-session.ts";
import type { Outside } from "../transport.ts";
import { type Address, addressOf } from "./address.ts";
import { CONNECTIONS_MAX, STREAMED_MAX } from "./watch-plan.ts";

export interface FillStreamListener {
  /** Rows of fills as they came; `isSnapshot` where they are recent history after a (re)connect. Throws MalformedMessage. */
  fills(rows: unknown, isSnapshot: boolean): void;
  down(cause: string): void;
  /** The venue does not stream this address, to us or now: it is to be polled. */
  refused(cause: string): void;
}

export interface FillStream {
  /** Gives the connection up for another; those who share it hear of it too. */
  restart(cause: string): void;
  stop(): void;
}

export interface FillStreamsParts {
  readonly url: string;
  readonly outside: Outside;
  readonly options?: Partial<StreamOptions>;
}

/** The venue closes what it sent nothing for 60 s. */
const HYPERLIQUID_STREAM: StreamOptions = {
  ...STREAM_DEFAULTS,
  ping: '{"method":"ping"}',
  pingIntervalMs: 20_000,
  silenceMsMax: 45_000,
};

/** From the subscription to its first fills. */
const ANSWER_MS_MAX = 15_000;

export class FillStreams {
  readonly #parts: FillStreamsParts;
  readonly #connections: SharedStream[] = [];

  constructor(parts: FillStreamsParts) {
    this.#parts = parts;
  }

  /** Null where as many addresses are streamed as the venue allows. */
  watch(address: Address, listener: FillStreamListener): FillStream | null {
    const count = this.#connections.reduce((sum, { size }) => sum + size, 0);
    if (count >= STREAMED_MAX || this.#connections.some((one) => one.has(address))) return null;
    const stream = this.#leastUsed();
    stream.add(address, listener);
    return {
      restart: (cause) => stream.restart(cause),
      stop: () => stream.remove(address),
    };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #leastUsed(): SharedStream {
    if (this.#connections.length < CONNECTIONS_MAX) {
      const made = new SharedStream(this.#parts);
      this.#connections.push(made);
      return made;
    }
    return this.#connections.reduce((least, one) => (one.size < least.size ? one : least));
  }
}

const AT_ONCE: ConnectionGate = {
  connect: (_host, _attempt, go) => {
    go();
    return () => {};
  },
};

interface Watched {
  readonly listener: FillStreamListener;
  isUp: boolean;
}

class SharedStream implements StreamHandlers {
  readonly #scope: Scope;
  readonly #session: StreamSession;
  readonly #watched = new Map<Address, Watched>();
  #isOpen = false;
  #isStarted = false;

  constructor({ url, outside, options = {} }: FillStreamsParts) {
    this.#scope = new Scope(outside.clock);
    const around = { url, outside, budget: AT_ONCE, scope: this.#scope };
    this.#session = new StreamSession({ ...around, options: { ...HYPERLIQUID_STREAM, ...options } }, this);
  }

  get size(): number {
    return this.#watched.size;
  }

  has(address: Address): boolean {
    return this.#watched.has(address);
  }

  add(address: Address, listener: FillStreamListener): void {
    this.#watched.set(address, { listener, isUp: false });
    if (this.#isOpen) this.#subscribe(address);
    if (!this.#isStarted) this.#session.start();
    this.#isStarted = true;
  }

  remove(address: Address): void {
    if (!this.#watched.delete(address)) return;
    if (this.#watched.size === 0) {
      this.#session.stop();
      this.#isStarted = false;
      this.#isOpen = false;
    } else if (this.#isOpen) this.#session.send(request("unsubscribe", address));
  }

  restart(cause: string): void {
    this.#session.restart(cause);
  }

  close(): void {
    this.#session.stop();
    this.#scope.close();
    this.#watched.clear();
  }

  opened(): void {
    this.#isOpen = true;
    this.#session.ready();
    for (const address of this.#watched.keys()) this.#subscribe(address);
  }

  lost(cause: string): void {
    this.#isOpen = false;
    for (const watched of this.#watched.values()) {
      watched.isUp = false;
      watched.listener.down(cause);
    }
  }

  received(message: string): void {
    const row = rowIn(message);
    if (row === null) return;
    if (row.channel === "userFills") this.#fills(row.data);
    else if (row.channel === "error") this.#refused(String(row.data).slice(0, 300));
  }

  #subscribe(address: Address): void {
    this.#session.send(request("subscribe", address));
    this.#scope.setTimer(ANSWER_MS_MAX, () => {
      const watched = this.#watched.get(address);
      if (watched !== undefined && !watched.isUp && this.#isOpen)
        this.#giveUp(address, watched, "the venue does not answer the subscription");
    });
  }

  #fills(data: unknown): void {
    const address = isRow(data) && typeof data.user === "string" ? addressOf(data.user) : undefined;
    const watched = address === undefined ? undefined : this.#watched.get(address);
    if (watched === undefined || !isRow(data)) return;
    try {
      watched.listener.fills(data.fills, data.isSnapshot === true || !watched.isUp);
      watched.isUp = true;
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.restart(`a message could not be read: ${error.message}`);
    }
  }

  /** An error names the subscription that it is about, or nobody: then it is about those that are not up. */
  #refused(cause: string): void {
    if (cause.startsWith("Already")) return;
    const lower = cause.toLowerCase();
    const waiting = [...this.#watched].filter(([, { isUp }]) => !isUp);
    const named = waiting.filter(([address]) => lower.includes(address));
    for (const [address, watched] of named.length > 0 ? named : waiting)
      this.#giveUp(address, watched, cause);
  }

  #giveUp(address: Address, { listener }: Watched, cause: string): void {
    this.remove(address);
    listener.refused(cause);
  }
}

/** Null for what is no JSON: on connecting the venue says a sentence. */
function rowIn(message: string): RawRow | null {
  try {
    const parsed: unknown = JSON.parse(message);
    return isRow(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function request(method: "subscribe" | "unsubscribe", user: Address): string {
  return JSON.stringify({ method, subscription: { type: "userFills", user } });
}
