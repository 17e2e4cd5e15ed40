/**
 * Follows one trader through the same connection that copying uses, and tells what it does: fills at once, positions when they
 * changed, equity now and then. Nothing is sent, nothing is decided.
 */
import type { EventOf } from "../core/event.ts";
import type { InstrumentId } from "../core/model/identifiers.ts";
import type { AccountConnection, ConnectionEvent } from "../exchange/exchange.ts";

export interface WatchedPosition {
  readonly symbol: string;
  readonly leg: string;
  /** Signed. */
  readonly quantity: string;
  /** "" where the venue does not say. */
  readonly entryPrice: string;
  readonly leverage: string;
}

/** What is told, one after the other; times are UTC milliseconds. */
export type WatchedItem =
  | {
      readonly kind: "connection";
      readonly state: "up" | "down";
      readonly cause: string;
      readonly atMs: number;
    }
  | {
      readonly kind: "fill";
      readonly symbol: string;
      readonly leg: string;
      readonly side: "buy" | "sell";
      readonly quantity: string;
      readonly price: string;
      readonly tradeId: string;
      /** On the venue's clock. */
      readonly atMs: number;
    }
  | { readonly kind: "positions"; readonly positions: readonly WatchedPosition[]; readonly atMs: number }
  | { readonly kind: "equity"; readonly equity: string; readonly atMs: number }
  | { readonly kind: "stored"; readonly added: number; readonly atMs: number }
  | { readonly kind: "notice"; readonly text: string; readonly atMs: number };

/** As often as copying reads a leader's state by default. */
const SNAPSHOT_MS = 15_000;
/** After a fill, so that what is held is told soon. */
const AFTER_FILL_MS = 500;
const EQUITY_TOLD_MS = 60_000;

export interface TraderWatchParts {
  readonly stop: AbortSignal;
  tell(item: WatchedItem): void;
  /** A fill was told. */
  filled?(event: EventOf<"leader-filled">): void;
}

export class TraderWatch {
  readonly #parts: TraderWatchParts;
  #positions = "";
  #equity = "";
  #equityToldMs = 0;
  #soon: NodeJS.Timeout | null = null;
  #connection: AccountConnection | null = null;

  constructor(parts: TraderWatchParts) {
    this.#parts = parts;
  }

  /** For the connection to be made with. */
  readonly listener = (event: ConnectionEvent): void => this.#hear(event);

  /** Opens the connection; resolves once stopped, with the connection closed. */
  async follow(connection: AccountConnection): Promise<void> {
    this.#connection = connection;
    const timer = setInterval(() => connection.requestSnapshot(), SNAPSHOT_MS);
    connection.open();
    await stopped(this.#parts.stop);
    clearInterval(timer);
    if (this.#soon !== null) clearTimeout(this.#soon);
    connection.close();
  }

  #hear(event: ConnectionEvent): void {
    const { tell } = this.#parts;
    switch (event.kind) {
      case "connection-changed":
        return tell({ kind: "connection", state: event.state, cause: event.cause, atMs: event.atMs });
      case "leader-filled":
        return this.#fill(event);
      case "leader-snapshot-taken":
        return this.#snapshot(event);
      case "question-failed":
        return tell({ kind: "notice", text: `not read: ${event.cause}`, atMs: event.atMs });
      case "account-refused":
        return tell({ kind: "notice", text: `the venue refuses: ${event.cause}`, atMs: event.atMs });
      default:
    }
  }

  #fill(event: EventOf<"leader-filled">): void {
    const { leg, side, quantity, price, tradeId, venueTimeMs: atMs } = event;
    const symbol = symbolIn(event.instrument);
    this.#parts.tell({ kind: "fill", symbol, leg, side, quantity, price, tradeId, atMs });
    this.#parts.filled?.(event);
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#connection?.requestSnapshot();
    }, AFTER_FILL_MS);
  }

  #snapshot({ positions, equity, receivedAtMs: atMs }: EventOf<"leader-snapshot-taken">): void {
    const held = positions
      .filter(({ quantity }) => Number(quantity) !== 0)
      .map(({ instrument, leg, quantity, entryPrice, leverage }) => {
        return { symbol: symbolIn(instrument), leg, quantity, entryPrice, leverage };
      })
      .toSorted((left, right) => left.symbol.localeCompare(right.symbol));
    const shown = JSON.stringify(held.map(({ symbol, leg, quantity }) => [symbol, leg, quantity]));
    if (shown !== this.#positions) this.#parts.tell({ kind: "positions", positions: held, atMs });
    this.#positions = shown;
    const isNews = equity.equity !== "" && equity.equity !== this.#equity;
    if (!isNews || atMs < this.#equityToldMs + EQUITY_TOLD_MS) return;
    [this.#equity, this.#equityToldMs] = [equity.equity, atMs];
    this.#parts.tell({ kind: "equity", equity: equity.equity, atMs });
  }
}

function symbolIn(instrument: InstrumentId): string {
  return instrument.split("@")[0] ?? instrument;
}

export function stopped(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
}
