/**
 * Seeded misbehaviour: what the control interface can make the exchange do to requests and to stream messages. Each
 * fault is a probability or a switch, met by all accounts unless some are named; the control interface is never met.
 * All decisions come from one seeded sequence, drawn in the order in which things happen.
 */
import { SeededRandom } from "./random.ts";

export interface FaultSet {
  readonly seed: number;
  readonly requestLost: number;
  readonly responseLost: number;
  readonly http5xx: number;
  readonly retCode10006: number;
  readonly retCode10016: number;
  readonly partialFills: number;
  readonly latencyMs: readonly [min: number, max: number];
  readonly streamDropped: number;
  readonly streamDuplicated: number;
  readonly streamReordered: number;
  readonly streamDelayMs: readonly [min: number, max: number];
  readonly streamSilent: boolean;
  readonly streamDisconnect: boolean;
  readonly clockSkewMs: number;
  /** Undefined: all. */
  readonly accounts: readonly string[] | undefined;
}

export const NO_FAULTS: FaultSet = {
  seed: 1,
  requestLost: 0,
  responseLost: 0,
  http5xx: 0,
  retCode10006: 0,
  retCode10016: 0,
  partialFills: 0,
  latencyMs: [0, 0],
  streamDropped: 0,
  streamDuplicated: 0,
  streamReordered: 0,
  streamDelayMs: [0, 0],
  streamSilent: false,
  streamDisconnect: false,
  clockSkewMs: 0,
  accounts: undefined,
};

/** What befalls one request. "before" and "after" are meant of processing. */
export type RequestFate =
  | "none"
  | "lost-hang"
  | "lost-break"
  | "http-5xx-before"
  | "http-5xx-after"
  | "code-10006"
  | "code-10016-before"
  | "code-10016-after"
  | "response-lost";

export interface RequestPlan {
  readonly fate: RequestFate;
  readonly delayBeforeMs: number;
  readonly delayAfterMs: number;
}

export interface MessagePlan {
  /** 0 dropped, 1 as usual, 2 duplicated. */
  readonly copies: 0 | 1 | 2;
  /** Overtaken by the next message. */
  readonly held: boolean;
  readonly delayMs: number;
}

const UNTOUCHED_REQUEST: RequestPlan = { fate: "none", delayBeforeMs: 0, delayAfterMs: 0 };
const UNTOUCHED_MESSAGE: MessagePlan = { copies: 1, held: false, delayMs: 0 };

export class Faults {
  #set: FaultSet = NO_FAULTS;
  #random = new SeededRandom(NO_FAULTS.seed);
  #accounts: ReadonlySet<string> | undefined;
  #requests = false;
  #messages = false;

  get current(): FaultSet {
    return this.#set;
  }

  replace(set: FaultSet): void {
    this.#set = set;
    this.#random = new SeededRandom(set.seed);
    this.#accounts = set.accounts === undefined ? undefined : new Set(set.accounts);
    const { requestLost, responseLost, http5xx, retCode10006, retCode10016, latencyMs } = set;
    this.#requests = requestLost + responseLost + http5xx + retCode10006 + retCode10016 + latencyMs[1] > 0;
    const { streamDropped, streamDuplicated, streamReordered, streamDelayMs, streamSilent } = set;
    this.#messages =
      streamSilent || streamDropped + streamDuplicated + streamReordered + streamDelayMs[1] > 0;
  }

  /** Whether these faults meet an account; undefined stands for requests that belong to none. */
  meets(apiKey: string | undefined): boolean {
    if (this.#accounts === undefined) return true;
    return apiKey !== undefined && this.#accounts.has(apiKey);
  }

  skewMs(apiKey: string | undefined): number {
    return this.#set.clockSkewMs !== 0 && this.meets(apiKey) ? this.#set.clockSkewMs : 0;
  }

  disconnects(apiKey: string | undefined): boolean {
    return this.#set.streamDisconnect && this.meets(apiKey);
  }

  /** HTTP 5xx exists only where there is HTTP. */
  planRequest(apiKey: string | undefined, via: "rest" | "ws"): RequestPlan {
    if (!this.#requests || !this.meets(apiKey)) return UNTOUCHED_REQUEST;
    const [min, max] = this.#set.latencyMs;
    const latency = max > 0 ? this.#random.between(min, max) : 0;
    return { fate: this.#drawFate(via), delayBeforeMs: latency / 2, delayAfterMs: latency / 2 };
  }

  #drawFate(via: "rest" | "ws"): RequestFate {
    const random = this.#random;
    const set = this.#set;
    if (random.chance(set.requestLost)) return random.chance(0.5) ? "lost-hang" : "lost-break";
    if (random.chance(set.retCode10006)) return "code-10006";
    if (via === "rest" && random.chance(set.http5xx)) {
      return random.chance(0.5) ? "http-5xx-before" : "http-5xx-after";
    }
    if (random.chance(set.retCode10016)) return random.chance(0.5) ? "code-10016-before" : "code-10016-after";
    return random.chance(set.responseLost) ? "response-lost" : "none";
  }

  planMessage(apiKey: string | undefined): MessagePlan {
    if (!this.#messages || !this.meets(apiKey)) return UNTOUCHED_MESSAGE;
    const set = this.#set;
    const random = this.#random;
    if (set.streamSilent || random.chance(set.streamDropped)) return { copies: 0, held: false, delayMs: 0 };
    const copies = random.chance(set.streamDuplicated) ? 2 : 1;
    const held = random.chance(set.streamReordered);
    const [min, max] = set.streamDelayMs;
    return { copies, held, delayMs: max > 0 ? random.between(min, max) : 0 };
  }

  /** How many lots of an incoming order may match at once; undefined for all. */
  limitFill(apiKey: string, lots: number): number | undefined {
    if (this.#set.partialFills === 0 || lots < 2 || !this.meets(apiKey)) return undefined;
    if (!this.#random.chance(this.#set.partialFills)) return undefined;
    return 1 + Math.floor(this.#random.next() * (lots - 1));
  }

  status5xx(): 500 | 502 | 503 | 504 {
    const statuses = [500, 502, 503, 504] as const;
    return statuses[Math.floor(this.#random.next() * 4)] ?? 500;
  }
}
