/**
 * One public connection with the order-book and ticker topics of its symbols. A symbol whose topics fall silent, or whose
 * book turns out to have missed a delta, is subscribed anew; a symbol that the venue refuses does not take others with it.
 */

import { MalformedMessage, type RawRow } from "../raw.ts";
import { type StreamHandlers, StreamSession, type StreamSurroundings } from "../stream-session.ts";
import { venueText } from "./errors.ts";
import { parseMessage } from "./private-stream.ts";
import type { PublicMarketState } from "./public-market-state.ts";

export interface BookStreamOptions {
  readonly depth: number;
  readonly renewAfterMs: number;
}

export interface BookStreamListener {
  changed(symbol: string): void;
  notice(text: string): void;
}

const SYMBOLS_PER_REQUEST = 50;
/** How often silent symbols are looked for, at least. */
const LOOK_MS = 1_000;
/** A symbol whose book is not known (no snapshot came, or a delta was missed) is subscribed anew after this. */
const ANSWER_PATIENCE_MS = 5_000;

export class BookStream implements StreamHandlers {
  readonly #around: StreamSurroundings;
  readonly #options: BookStreamOptions;
  readonly #listener: BookStreamListener;
  readonly #session: StreamSession;
  readonly #states = new Map<string, PublicMarketState>();
  readonly #requests = new Map<string, readonly PublicMarketState[]>();
  readonly #bookTopic: string;
  #lastRequestId = 0;
  #isStarted = false;

  constructor(around: StreamSurroundings, options: BookStreamOptions, listener: BookStreamListener) {
    this.#around = around;
    this.#options = options;
    this.#listener = listener;
    this.#bookTopic = `orderbook.${options.depth}.`;
    this.#session = new StreamSession(around, this);
  }

  /** Symbols followed. */
  get size(): number {
    return this.#states.size;
  }

  follow(states: readonly PublicMarketState[]): void {
    for (const state of states) this.#states.set(state.symbol, state);
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#session.start();
      this.#look();
    } else if (this.#session.isReady) this.#subscribe(states);
  }

  stop(): void {
    this.#session.stop();
  }

  opened(): void {
    this.#session.ready();
    this.#requests.clear();
    this.#subscribe([...this.#states.values()]);
  }

  received(message: string): void {
    const parsed = parseMessage(message);
    if (parsed === null) this.#session.restart("a message is not JSON");
    else if (typeof parsed.topic === "string") this.#topic(parsed.topic, parsed);
    else if (parsed.op === "subscribe") this.#subscribed(parsed);
  }

  lost(cause: string): void {
    for (const state of this.#states.values()) state.forget();
    this.#listener.notice(`the stream of order books was lost: ${cause}`);
  }

  #topic(topic: string, message: RawRow): void {
    const state = this.#states.get(topic.slice(topic.lastIndexOf(".") + 1));
    if (state === undefined) return;
    const wasKnown = state.isKnown;
    try {
      const isNews = this.#take(state, topic, message);
      state.heardAtMs = this.#around.scope.nowMs();
      if (state.isKnown && (isNews || !wasKnown)) this.#listener.changed(state.symbol);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#session.restart(`a message of ${venueText(topic)} could not be read: ${error.message}`);
    }
  }

  /** True when mark, last or funding rate changed. */
  #take(state: PublicMarketState, topic: string, message: RawRow): boolean {
    if (!topic.startsWith(this.#bookTopic)) return state.tickerMessage(message);
    state.bookMessage(message);
    return false;
  }

  #subscribe(states: readonly PublicMarketState[]): void {
    for (let at = 0; at < states.length; at += SYMBOLS_PER_REQUEST) {
      this.#request(states.slice(at, at + SYMBOLS_PER_REQUEST));
    }
  }

  #request(states: readonly PublicMarketState[]): void {
    const id = String(++this.#lastRequestId);
    this.#requests.set(id, states);
    for (const state of states) state.askedAtMs = this.#around.scope.nowMs();
    this.#session.send(JSON.stringify({ req_id: id, op: "subscribe", args: this.#topicsOf(states) }));
  }

  #topicsOf(states: readonly PublicMarketState[]): readonly string[] {
    return states.flatMap(({ symbol }) => [`${this.#bookTopic}${symbol}`, `tickers.${symbol}`]);
  }

  /** One unknown topic makes the venue refuse the whole request: halved until the culprit is alone. */
  #subscribed(message: RawRow): void {
    const id = venueText(message.req_id);
    const states = this.#requests.get(id);
    this.#requests.delete(id);
    if (message.success === true || states === undefined) return;
    const [state] = states;
    if (states.length === 1 && state !== undefined) {
      state.isRefused = true;
      this.#listener.notice(`no order book of ${state.symbol}: ${venueText(message.ret_msg)}`);
      return;
    }
    const half = Math.ceil(states.length / 2);
    this.#request(states.slice(0, half));
    this.#request(states.slice(half));
  }

  #look(): void {
    this.#around.scope.setTimer(Math.min(LOOK_MS, this.#options.renewAfterMs / 2), () => {
      this.#renewSilent();
      this.#look();
    });
  }

  #renewSilent(): void {
    if (!this.#session.isReady) return;
    const silent = [...this.#states.values()].filter((state) => this.#needsRenewal(state));
    for (let at = 0; at < silent.length; at += SYMBOLS_PER_REQUEST) {
      const states = silent.slice(at, at + SYMBOLS_PER_REQUEST);
      this.#session.send(JSON.stringify({ op: "unsubscribe", args: this.#topicsOf(states) }));
      this.#request(states);
    }
  }

  #needsRenewal(state: PublicMarketState): boolean {
    if (state.isRefused) return false;
    const now = this.#around.scope.nowMs();
    const { renewAfterMs } = this.#options;
    if (!state.isKnown) return now - state.askedAtMs >= Math.min(ANSWER_PATIENCE_MS, renewAfterMs);
    return now - Math.max(state.heardAtMs, state.askedAtMs) >= renewAfterMs;
  }
}
