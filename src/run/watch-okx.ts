/** Follows a lead trader at OKX, who can only be polled: what it opens and closes, and what is open. */

import { ExchangeError } from "../exchange/exchange-error.ts";
import type { OkxLeadTraders } from "../exchange/okx/lead-traders.ts";
import type { ContractValue, SubPosition } from "../exchange/okx/parse.ts";
import { positionSize } from "../exchange/okx/size.ts";
import type { TraderWatchParts, WatchedItem, WatchedPosition } from "./watch-trader.ts";

/** One question each time, of the five in two seconds that the address may ask. */
const POLL_MS = 5_000;

export class OkxWatch {
  readonly #traders: OkxLeadTraders;
  readonly #id: string;
  readonly #parts: TraderWatchParts & { changed(): void };
  #contracts: ReadonlyMap<string, ContractValue> = new Map();
  /** Null before the first look. */
  #open: ReadonlyMap<string, SubPosition> | null = null;
  #isUp = false;

  constructor(traders: OkxLeadTraders, id: string, parts: TraderWatchParts & { changed(): void }) {
    this.#traders = traders;
    this.#id = id;
    this.#parts = parts;
  }

  /** Resolves once stopped. Rejects with an ExchangeError where asking again cannot help. */
  async follow(): Promise<void> {
    const { stop } = this.#parts;
    while (!stop.aborted) {
      try {
        await this.#look();
      } catch (error) {
        if (stop.aborted) return;
        if (!(error instanceof ExchangeError) || error.class === "give-up") throw error;
        this.#connection("down", error.message);
      }
      await pause(POLL_MS, stop);
    }
  }

  async #look(): Promise<void> {
    if (this.#contracts.size === 0) this.#contracts = await this.#traders.contractValues();
    const { rows } = await this.#traders.openPositions(this.#id);
    this.#connection("up", "");
    const now = new Map(rows.map((position) => [position.id, position]));
    const before = this.#open;
    this.#open = now;
    if (before === null) return this.#tellPositions();
    const opened = rows.filter(({ id }) => !before.has(id));
    const gone = new Set([...before.keys()].filter((id) => !now.has(id)));
    if (opened.length + gone.size === 0) return;
    for (const position of opened) this.#tellFill(position, "open");
    if (gone.size > 0) await this.#tellClosed(gone);
    this.#tellPositions();
    this.#parts.changed();
  }

  async #tellClosed(gone: ReadonlySet<string>): Promise<void> {
    const { rows } = await this.#traders.closedPositions(this.#id);
    for (const position of rows) if (gone.has(position.id)) this.#tellFill(position, "close");
  }

  #tellFill(position: SubPosition, what: "open" | "close"): void {
    const { instrument: symbol, leg, closed, side: opening, openPrice, openedAtMs } = position;
    const isClose = what === "close" && closed !== null;
    const closing = opening === "buy" ? "sell" : "buy";
    const item: WatchedItem = {
      kind: "fill",
      symbol,
      leg,
      side: isClose ? closing : opening,
      quantity: this.#quantity(position),
      price: isClose ? closed.price : openPrice,
      tradeId: `${position.id}-${what}`,
      atMs: isClose ? closed.atMs : openedAtMs,
    };
    this.#parts.tell(item);
  }

  #tellPositions(): void {
    const positions = [...(this.#open?.values() ?? [])].map((position): WatchedPosition => {
      const { instrument: symbol, leg, openPrice: entryPrice, leverage, side } = position;
      const sign = side === "sell" ? "-" : "";
      return { symbol, leg, quantity: `${sign}${this.#quantity(position)}`, entryPrice, leverage };
    });
    this.#parts.tell({ kind: "positions", positions, atMs: this.#traders.nowMs() });
  }

  /** In coins; in contracts where nobody says what those are. */
  #quantity(position: SubPosition): string {
    const contract = this.#contracts.get(position.instrument);
    if (contract === undefined) return position.contracts;
    return positionSize(position, contract.value).quantity.toString();
  }

  #connection(state: "up" | "down", cause: string): void {
    if (this.#isUp === (state === "up")) return;
    this.#isUp = state === "up";
    this.#parts.tell({ kind: "connection", state, cause, atMs: this.#traders.nowMs() });
  }
}

function pause(delayMs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(over, delayMs);
    function over(): void {
      clearTimeout(timer);
      stop.removeEventListener("abort", over);
      resolve();
    }
    stop.addEventListener("abort", over, { once: true });
  });
}
