/**
 * All public topics that somebody listens to: creates feeds, routes venue events to them, and lets each speak at its
 * cadence. Costs nothing for symbols without listeners.
 */
import type { VenueEvent } from "../../venue-types.ts";
import type { ExchangeState } from "../exchange-state.ts";
import { feedOf, type PublicFeed, type PublicFeedContext } from "./public-feed.ts";

export interface PublicListener {
  deliver(text: string): void;
}

interface Running {
  readonly symbol: string;
  readonly feed: PublicFeed;
  readonly listeners: Set<PublicListener>;
  lastFrameMs: number;
  cancelTimer: (() => void) | undefined;
  cancelRepeat: (() => void) | undefined;
}

export class PublicFeeds {
  readonly #state: ExchangeState;
  readonly #context: PublicFeedContext;
  readonly #topics = new Map<string, Running>();
  readonly #bySymbol = new Map<string, Set<Running>>();

  constructor(state: ExchangeState) {
    this.#state = state;
    this.#context = {
      state,
      nowMs: () => state.environment.nowMs(),
      skewMs: () => state.faults.skewMs(undefined),
    };
  }

  isWatched(symbol: string): boolean {
    return this.#bySymbol.has(symbol);
  }

  /** Whether anybody listens to a topic. */
  isTopicOpen(topic: string): boolean {
    return this.#topics.has(topic);
  }

  exists(topic: string): boolean {
    return this.#topics.has(topic) || feedOf(this.#context, topic) !== undefined;
  }

  /** The topic's snapshot is the first thing the listener gets; call `exists` before. */
  join(topic: string, listener: PublicListener): void {
    const running = this.#topics.get(topic) ?? this.#start(topic);
    if (running === undefined) return;
    running.listeners.add(listener);
    const snapshot = running.feed.snapshot();
    if (snapshot !== undefined) listener.deliver(snapshot);
  }

  leave(topic: string, listener: PublicListener): void {
    const running = this.#topics.get(topic);
    if (running === undefined) return;
    running.listeners.delete(listener);
    if (running.listeners.size > 0) return;
    running.cancelTimer?.();
    running.cancelRepeat?.();
    running.feed.forget();
    this.#topics.delete(topic);
    const same = this.#bySymbol.get(running.symbol);
    same?.delete(running);
    if (same?.size === 0) this.#bySymbol.delete(running.symbol);
  }

  collect(event: VenueEvent & { readonly symbol: string }): void {
    for (const running of this.#bySymbol.get(event.symbol) ?? []) {
      if (!running.feed.wants(event.kind)) continue;
      running.feed.collect?.(event);
      this.#arrange(running);
    }
  }

  #start(topic: string): Running | undefined {
    const feed = feedOf(this.#context, topic);
    if (feed === undefined) return undefined;
    const symbol = topic.slice(topic.lastIndexOf(".") + 1);
    const running: Running = {
      symbol,
      feed,
      listeners: new Set(),
      lastFrameMs: 0,
      cancelTimer: undefined,
      cancelRepeat: undefined,
    };
    this.#topics.set(topic, running);
    const same = this.#bySymbol.get(symbol);
    if (same === undefined) this.#bySymbol.set(symbol, new Set([running]));
    else same.add(running);
    this.#arrangeRepeat(running);
    return running;
  }

  /** Lets the feed speak when its cadence allows. */
  #arrange(running: Running): void {
    if (running.cancelTimer !== undefined) return;
    const waitMs = running.lastFrameMs + running.feed.cadenceMs - this.#state.environment.nowMs();
    running.cancelTimer = this.#state.environment.schedule(Math.max(0, waitMs), () => {
      running.cancelTimer = undefined;
      this.#speak(running, false);
    });
  }

  #arrangeRepeat(running: Running): void {
    const { repeatMs } = running.feed;
    if (repeatMs === undefined) return;
    running.cancelRepeat?.();
    running.cancelRepeat = this.#state.environment.schedule(repeatMs, () => this.#speak(running, true));
  }

  #speak(running: Running, repeated: boolean): void {
    const frame = running.feed.frame(repeated);
    if (frame !== undefined) {
      running.lastFrameMs = this.#state.environment.nowMs();
      for (const listener of running.listeners) listener.deliver(frame);
    }
    if (frame !== undefined || repeated) this.#arrangeRepeat(running);
  }
}
