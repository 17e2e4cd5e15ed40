/**
 * Rows of one account into events, in the order they came. Execution rows do not say to which leg they belong; where
 * the symbol's position mode is not known yet, its fills wait for the next position row or an answer to a question,
 * because a fill on the wrong leg would be copied.
 */
import type { PositionMode } from "../../core/event.ts";
import { type AccountId, InstrumentId, type VenueId } from "../../core/model/identifiers.ts";
import type { ConnectionEvent } from "../exchange.ts";
import { integer, MalformedMessage, type RawRow, text } from "../raw.ts";
import { isOurOrder } from "./account-reads.ts";
import {
  executionEffect,
  isUsdtLinear,
  parseEquity,
  parseExits,
  parseFill,
  parseFunding,
  parseLeaderOrder,
  parseOrder,
  parsePosition,
} from "./parse.ts";
import type { PrivateTopic } from "./private-stream.ts";

export type AccountRole = "leader" | "follower";

export interface EventsIdentity {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly role: AccountRole;
  /** Whether a leader's own orders, and the exits of its positions, are told too. */
  readonly followsOrders?: boolean;
}

/** Who hears of the events, and does what the rows make necessary. */
export interface EventsHolder {
  nowMs(): number;
  emit(event: ConnectionEvent): void;
  /** The same moment on the venue's clock. */
  serverNowMs(): number;
  /** Ask the venue for the symbol's position mode; `learn` or `forget` follows. */
  modeWanted(symbol: string): void;
  /** The rows do not tell all: read the whole state. */
  snapshotWanted(): void;
}

/** Fills that wait for a mode, over all symbols; past it the stream is reopened. */
const WAITING_MAX = 2_000;

export class AccountEvents {
  readonly #identity: EventsIdentity;
  readonly #holder: EventsHolder;
  /** Made at the first: most accounts of many hold nothing for long. */
  #modes: Map<string, PositionMode> | null = null;
  #waiting: Map<string, RawRow[]> | null = null;
  #waitingCount = 0;
  #lastExecutionMs = 0;
  followsOrders: boolean;

  constructor(identity: EventsIdentity, holder: EventsHolder) {
    this.#identity = identity;
    this.#holder = holder;
    this.followsOrders = identity.followsOrders === true;
  }

  /** Server's time of the last execution seen; 0 before the first. */
  get lastExecutionMs(): number {
    return this.#lastExecutionMs;
  }

  /** The venue's time of the first fill that waits for its symbol's mode; null where none does. */
  get waitingSinceMs(): number | null {
    if (this.#waiting === null) return null;
    const rows = [...this.#waiting.values()].flat();
    return Math.min(...rows.map((row) => integer(row, "execTime")));
  }

  executions(rows: readonly RawRow[]): void {
    for (const row of rows) {
      if (!isUsdtLinear(row)) continue;
      this.#lastExecutionMs = Math.max(this.#lastExecutionMs, integer(row, "execTime"));
      const effect = executionEffect(row);
      if (effect === "fill") this.#fill(row);
      else if (effect === "funding") this.#funding(row);
      else if (effect === "unknown") this.#holder.snapshotWanted();
    }
  }

  positions(rows: readonly RawRow[]): void {
    for (const row of rows) {
      if (!isUsdtLinear(row)) continue;
      const { account, role, venue } = this.#identity;
      const stated = parsePosition(row, venue);
      const position = this.followsOrders ? { ...stated, ...parseExits(row) } : stated;
      this.learn(text(row, "symbol"), position.leg === "net" ? "one-way" : "hedge", position.leverage);
      const receivedAtMs = this.#holder.nowMs();
      this.#holder.emit({ kind: `${role}-position-reported`, account, position, receivedAtMs });
    }
  }

  orders(rows: readonly RawRow[]): void {
    const { account, role, venue } = this.#identity;
    if (role === "leader" && !this.followsOrders) return;
    for (const row of rows) {
      if (!isUsdtLinear(row)) continue;
      const about = { account, atMs: this.#holder.nowMs() };
      if (role === "leader") {
        const order = parseLeaderOrder(row, venue);
        this.#holder.emit({ kind: "leader-order-reported", ...about, order });
      } else if (isOurOrder(row)) {
        this.#holder.emit({ kind: "order-reported", ...about, order: parseOrder(row, venue) });
      }
    }
  }

  wallet(rows: readonly RawRow[]): void {
    const equity = parseEquity(rows);
    if (equity === null || equity.equity === "") return;
    this.#holder.emit({
      kind: "equity-reported",
      account: this.#identity.account,
      ...equity,
      atMs: this.#holder.nowMs(),
    });
  }

  /** The symbol's mode is this; fills that waited for it go out. A change of a known mode is reported. */
  learn(symbol: string, mode: PositionMode, leverage: string): void {
    const known = this.#modes?.get(symbol);
    if (known === mode) return;
    this.#modes ??= new Map();
    this.#modes.set(symbol, mode);
    if (known !== undefined) this.#modeChanged(symbol, mode, leverage);
    for (const row of this.#takeWaiting(symbol)) this.#fill(row);
  }

  /** No mode is to be had: the waiting fills are dropped, the whole state is read instead. */
  forget(symbol: string): void {
    if (this.#takeWaiting(symbol).length > 0) this.#holder.snapshotWanted();
  }

  #fill(row: RawRow): void {
    const symbol = text(row, "symbol");
    const mode = this.#modes?.get(symbol);
    if (mode === undefined) {
      this.#wait(symbol, row);
      return;
    }
    const { account, venue, role } = this.#identity;
    const fill = parseFill(row, { account, venue, mode, receivedAtMs: this.#holder.nowMs() });
    if (role === "follower") return this.#holder.emit({ kind: "follower-filled", ...fill });
    const maker = row.isMaker === true ? ({ isMaker: true } as const) : {};
    const receivedAtServerMs = this.#holder.serverNowMs();
    this.#holder.emit({ kind: "leader-filled", ...fill, receivedAtServerMs, ...maker });
  }

  /**
   * Concerns followers' ledgers, and what a leader's holding cost it; a symbol whose mode is not known holds nothing that anybody
   * copied.
   */
  #funding(row: RawRow): void {
    const { account, venue } = this.#identity;
    const mode = this.#modes?.get(text(row, "symbol"));
    if (mode === undefined) return;
    this.#holder.emit(parseFunding(row, { account, venue, mode, receivedAtMs: this.#holder.nowMs() }));
  }

  #wait(symbol: string, row: RawRow): void {
    if (this.#waitingCount >= WAITING_MAX)
      throw new MalformedMessage("too many fills of unknown position mode");
    this.#waiting ??= new Map();
    this.#waitingCount++;
    const rows = this.#waiting.get(symbol);
    if (rows !== undefined) {
      rows.push(row);
      return;
    }
    this.#waiting.set(symbol, [row]);
    this.#holder.modeWanted(symbol);
  }

  #takeWaiting(symbol: string): readonly RawRow[] {
    const rows = this.#waiting?.get(symbol) ?? [];
    this.#waiting?.delete(symbol);
    if (this.#waiting?.size === 0) this.#waiting = null;
    this.#waitingCount -= rows.length;
    return rows;
  }

  #modeChanged(symbol: string, mode: PositionMode, leverage: string): void {
    const { account, venue } = this.#identity;
    const instrument = InstrumentId(symbol, venue);
    const atMs = this.#holder.nowMs();
    this.#holder.emit({ kind: "market-described", account, instrument, mode, leverage, atMs });
    this.#holder.snapshotWanted();
  }
}

/** Which method takes the rows of a topic. */
export const TOPIC_METHODS = {
  execution: "executions",
  position: "positions",
  order: "orders",
  wallet: "wallet",
} as const satisfies Record<PrivateTopic, keyof AccountEvents>;
