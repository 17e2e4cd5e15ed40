/**
 * Tells what is learned of a followed address: each fill once, in the order of its chain, and each state with every position at its
 * place among the fills. What came before anybody followed, spot, and what is too old to be acted on is not told.
 */
import { Decimal } from "../../core/model/decimal.ts";
import { ClockOffset } from "../clock-offset.ts";
import type { ConnectionEvent } from "../exchange.ts";
import type { ShownPosition } from "../stream-heartbeat.ts";
import { Chains } from "./chains.ts";
import { fillEvent, type Heard, heldBefore, snapshotRow, type Teller } from "./leader-events.ts";
import type { CoinFill, FillList } from "./parse.ts";
import type { TimedState } from "./state-reads.ts";

export interface TellingHolder {
  nowMs(): number;
  emit(event: ConnectionEvent): void;
  notice(text: string): void;
  /** A fill of this coin was told; `sequence` is the newest place of the coin. */
  told(coin: string, sequence: number): void;
  /** Something was missed. */
  snapshotWanted(): void;
}

/** A fill older than this is no signal any more (core/validate.ts refuses it a minute later). */
const HISTORY_MS = 14 * 60_000;

/** Beyond any difference of clocks. */
const AHEAD_MAX_MS = 24 * 3_600_000;

export class Telling {
  readonly #teller: Teller;
  readonly #holder: TellingHolder;
  readonly #chains = new Chains();
  readonly #clock = new ClockOffset();
  /** Fills up to this are history: they were known, or came before anybody followed. Null before that is decided. */
  #knownUntilMs: number | null;
  #spotFills = 0;

  constructor(teller: Teller, knownUntilMs: number | null, holder: TellingHolder) {
    this.#teller = teller;
    this.#holder = holder;
    this.#knownUntilMs = knownUntilMs === null ? null : knownUntilMs - 1;
  }

  /** Up to when fills are known, on the venue's clock; null when nobody followed before. */
  get knownUntilMs(): number | null {
    return this.#knownUntilMs === null ? null : Math.max(this.#knownUntilMs, this.#chains.lastFillMs);
  }

  /** Where nobody followed before, all of this is history. */
  begin({ lastMs }: FillList): void {
    this.#knownUntilMs ??= lastMs;
  }

  fills({ fills, spot }: FillList): void {
    for (const fill of fills) this.#fill(fill);
    if (spot > 0) this.#noteSpot(spot);
  }

  /** Whether the state shows what the fills lead to. */
  agrees({ positions }: TimedState): boolean {
    const shown = new Map(positions.map(({ coin, quantity }) => [coin, Decimal.parse(quantity)]));
    const gone = this.#chains.held().some((coin) => !shown.has(coin));
    return !gone && [...shown].every(([coin, quantity]) => this.#chains.holds(coin, quantity));
  }

  /** What the watch of the stream is to be shown of it. */
  state(state: TimedState, requestedAtMs: number): readonly ShownPosition[] {
    const { timeMs, equity, receivedAtMs } = state;
    this.#clock.add(state.sentAtMs, receivedAtMs, timeMs);
    // What happened within the same millisecond may have come after it.
    this.#knownUntilMs ??= timeMs - 1;
    const placed = state.positions.map((position) => {
      const { coin, quantity } = position;
      const before = this.#chains.lastSequence(coin);
      const place = this.#chains.shown(coin, Decimal.parse(quantity), timeMs);
      // What the fills do not explain yet, any later one of the coin will.
      const owed = place.isKnown ? place.sequence : before + 1;
      const shown = { symbol: coin, leg: "net", quantity, sequence: owed };
      return {
        row: snapshotRow(this.#teller.venue, { ...position, sequence: place.sequence }, timeMs),
        shown,
      };
    });
    const listed = new Set(state.positions.map(({ coin }) => coin));
    for (const coin of this.#chains.held()) if (!listed.has(coin)) this.#chains.absent(coin, timeMs);
    const times = { serverTimeMs: timeMs, requestedAtMs, receivedAtMs };
    const positions = placed.map(({ row }) => row);
    const { account } = this.#teller;
    this.#holder.emit({ kind: "leader-snapshot-taken", account, positions, orders: [], equity, ...times });
    return placed.map(({ shown }) => shown);
  }

  #fill(fill: CoinFill): void {
    const { coin, timeMs } = fill;
    // All that comes would be older than it.
    if (this.#aheadMs(timeMs) > AHEAD_MAX_MS) return this.#holder.snapshotWanted();
    const wasKnown = this.#chains.knows(coin);
    const noted = this.#chains.fill(fill);
    if (noted === null || timeMs <= (this.#knownUntilMs ?? 0) || this.#isHistory(timeMs)) return;
    const heard = this.#heard();
    if (!noted.isContinued) {
      this.#holder.emit(heldBefore(this.#teller, fill, noted.sequence - 1, heard.receivedAtMs));
      if (wasKnown) this.#holder.snapshotWanted();
    }
    this.#holder.emit(fillEvent(this.#teller, fill, noted.sequence, heard));
    this.#holder.told(coin, Math.max(noted.sequence, this.#chains.lastSequence(coin)));
  }

  #heard(): Heard {
    const receivedAtMs = this.#holder.nowMs();
    if (!this.#clock.isKnown) return { receivedAtMs };
    return { receivedAtMs, receivedAtServerMs: Math.round(receivedAtMs + this.#clock.offsetMs) };
  }

  #isHistory(timeMs: number): boolean {
    return -this.#aheadMs(timeMs) > HISTORY_MS;
  }

  #aheadMs(timeMs: number): number {
    return timeMs - this.#holder.nowMs() - this.#clock.offsetMs;
  }

  /** Said at the first, the tenth, the hundredth and so on. */
  #noteSpot(count: number): void {
    const before = this.#spotFills;
    this.#spotFills += count;
    if (before > 0 && String(this.#spotFills).length === String(before).length) return;
    this.#holder.notice(
      `${this.#spotFills} fill(s) of spot pairs were left out: spot is no position and is not copied`,
    );
  }
}
