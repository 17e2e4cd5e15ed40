/**
 * What every WebSocket connection to the exchange has in common, and what a session gets to work with.
 */
import type { Account } from "../accounts.ts";
import type { ExchangeState } from "../exchange-state.ts";
import type { PrivateFeed } from "./private-feed.ts";
import type { PublicFeeds } from "./public-feeds.ts";
import type { Sink } from "./sink.ts";

/** What a session may use of the exchange. */
export interface SessionHost {
  readonly state: ExchangeState;
  readonly publicFeeds: PublicFeeds;
  feedOf(account: Account): PrivateFeed;
  /** Sends the stream messages that a request has caused. */
  flush(): void;
}

export interface SessionOpening {
  readonly host: SessionHost;
  readonly sink: Sink;
  readonly address: string;
  readonly connectionId: string;
}

export interface Session {
  readonly kind: "private" | "public" | "trade";
  readonly address: string;
  /** Undefined until authenticated, and always on public connections. */
  readonly account: Account | undefined;
  /** When the client last spoke or was last spoken to. */
  readonly lastActiveMs: number;
  receive(text: string): void;
  /** The connection is gone. */
  closed(): void;
  disconnect(reason: string): void;
}

export const IDLE_CUT_MS = 600_000;
