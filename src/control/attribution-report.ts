/**
 * Why a follower's result is not its leader's, scaled: read from the journal alone, beside an engine that writes it or without one. The
 * whole kept journal is read whatever the window, so that windows beside each other add up to the window around them.
 */
import { existsSync } from "node:fs";
import type { BookSnapshot } from "../analytics/attribution/copy-book.ts";
import { type Difference, differenceBetween, type Edge, sumOf } from "../analytics/attribution/difference.ts";
import {
  type CopyMetrics,
  metricsOf,
  NO_TRACKING,
  type TrackingSums,
  trackingBetween,
  trackingSum,
} from "../analytics/attribution/tracking.ts";
import { timeOf } from "../core/event.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { State } from "../core/state.ts";
import { type FoldedStep, JournalFold } from "../journal/fold.ts";
import { openHistory } from "../journal/history.ts";
import type { JournalRecord } from "../journal/journal.ts";
import type { LineMark } from "./attribution/copy-line.ts";
import { type AttributionScope, ReadAlong, type ReadLine } from "./attribution/read-along.ts";
import { ControlError } from "./control.ts";

export interface AttributionRequest extends AttributionScope {
  /** UTC milliseconds; from included, to excluded. Absent: from the first record, to the last. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** A leader change, as the journal command numbers them: only the position of the leader's that it belongs to. */
  readonly trade?: number;
  /** A row for each position of the leader's, from its opening to the next, instead of each copy. */
  readonly byTrade?: boolean;
}

/** Decimal strings in the settle coin, exact. */
export interface AttributedSide {
  readonly trades: string;
  readonly fees: string;
  readonly funding: string;
  readonly profit: string;
}

export interface AttributedDifference {
  /** The leader's result by the size rule, without steps, limits, delays. */
  readonly leaderScaled: AttributedSide;
  readonly followerResult: AttributedSide;
  /** followerResult.profit - leaderScaled.profit. */
  readonly difference: string;
  /** In the order of the ladder; they sum to the difference. */
  readonly components: readonly {
    readonly component: string;
    readonly amount: string;
    readonly reasons: readonly { readonly reason: string; readonly amount: string }[];
  }[];
  /** What they do not: always "0". */
  readonly residual: string;
}

export interface AttributedRow extends AttributedDifference {
  readonly leader: string;
  readonly follower: string;
  readonly symbol: string;
  readonly coin: string;
  /** With `byTrade`: the change that opened it; null: opened before the window. */
  readonly trade?: number | null;
  readonly metrics: CopyMetrics;
  /** Leader changes told without a price: they count at the price of the moment in which they were told. */
  readonly unpricedChanges: number;
}

export interface AttributionReport {
  readonly window: { readonly fromMs: number; readonly toMs: number };
  /** The first record that is kept is of this moment; what was before it is not known. */
  readonly journalFromMs: number;
  /** One for each coin that instruments settle in. */
  readonly totals: readonly (AttributedDifference & {
    readonly coin: string;
    readonly metrics: CopyMetrics;
  })[];
  readonly rows: readonly AttributedRow[];
  /** Copies that are left out as nobody told a price of what they hold. */
  readonly withoutPrice: readonly string[];
}

interface Part {
  readonly line: ReadLine["line"];
  readonly trade: number | null;
  readonly difference: Difference;
  readonly tracking: TrackingSums;
}

interface Cut {
  readonly change: number | null;
  readonly mark: LineMark;
}

/**
 * Yields after each record, for whoever shows how far it is. Null where the folder has no journal; throws a ControlError for accounts,
 * symbols and changes that are not in it, and a JournalError at damage.
 */
export function* attribution(
  journalFolder: string,
  request: AttributionRequest,
): Generator<{ readonly sequence: number; readonly of: number }, AttributionReport | null, undefined> {
  const history = existsSync(journalFolder) ? openHistory(journalFolder) : null;
  if (history === null) return null;
  return yield* attributionOf(history, request);
}

/** The same from records, wherever they come from. */
export function* attributionOf(
  { records, last }: { readonly records: Iterable<JournalRecord>; readonly last: number },
  request: AttributionRequest,
): Generator<{ readonly sequence: number; readonly of: number }, AttributionReport, undefined> {
  const reading = new Reading(request);
  for (const record of records) {
    if (reading.isOver) break;
    reading.take(record);
    yield { sequence: record.sequence, of: last };
  }
  return reading.end();
}

class Reading {
  readonly #request: AttributionRequest;
  readonly #along: ReadAlong;
  readonly #fold: JournalFold;
  #firstMs: number | null = null;
  #lastMs = 0;
  #isOpen = false;
  #closed: ReturnType<ReadAlong["close"]> | null = null;
  #ofTrade: { readonly leader: string; readonly instrument: string } | null = null;

  constructor(request: AttributionRequest) {
    this.#request = request;
    this.#along = new ReadAlong(request, {
      tellsTrades: request.byTrade === true || request.trade !== undefined,
    });
    this.#fold = new JournalFold({
      onDecision: (step, state) => this.#onDecision(step, state),
      onStep: (step, state) => {
        if (!this.isOver) this.#along.onStep(step, state);
      },
    });
  }

  get isOver(): boolean {
    return this.#closed !== null;
  }

  take(record: JournalRecord): void {
    this.#fold.take(record);
    if (record.type !== "checkpoint") return;
    if (this.#firstMs === null) this.#along.begin(this.#fold.state);
    else this.#along.goOn(this.#fold.state);
  }

  end(): AttributionReport {
    this.#fold.end();
    const { fromMs, trade } = this.#request;
    const { state } = this.#fold;
    if (!this.#isOpen) this.#along.open(state, fromMs ?? this.#lastMs);
    const closed = this.#closed ?? this.#along.close(state, this.#lastMs);
    assertKnown(state, this.#request);
    const cuts = closed.map((one) => ({ line: one.line, parts: this.#partsOf(one) }));
    const parts = cuts.flatMap((one) => one.parts ?? []);
    if (trade !== undefined && parts.length === 0) throw noSuchTrade(trade);
    const byCoin = Map.groupBy(parts, ({ line }) => line.coin);
    return {
      window: this.#window(),
      journalFromMs: this.#firstMs ?? 0,
      totals: [...byCoin].map(([coin, all]) => ({
        coin,
        ...textOf(sumOf(all.map(({ difference }) => difference))),
        metrics: metricsOf(trackingSum(all.map(({ tracking }) => tracking))),
      })),
      rows: parts.map((part) => this.#row(part)),
      withoutPrice: cuts
        .filter((one) => one.parts === null)
        .map(({ line }) => `${line.leader} > ${line.follower} ${line.symbol}`),
    };
  }

  /** As asked for; what is left open ends with the journal, and not before its other end. */
  #window(): AttributionReport["window"] {
    const { fromMs = Math.min(this.#firstMs ?? 0, this.#request.toMs ?? Number.POSITIVE_INFINITY) } =
      this.#request;
    return { fromMs, toMs: this.#request.toMs ?? Math.max(fromMs, this.#lastMs) };
  }

  #onDecision(step: FoldedStep, state: State): void {
    const atMs = timeOf(step.event);
    if (this.isOver) return;
    this.#firstMs ??= atMs;
    const { fromMs = this.#firstMs, toMs = Number.POSITIVE_INFINITY } = this.#request;
    if (!this.#isOpen && atMs >= fromMs) {
      this.#along.open(state, fromMs);
      this.#isOpen = true;
    }
    if (atMs >= toMs) {
      this.#closed = this.#along.close(state, toMs);
      return;
    }
    this.#lastMs = Math.max(this.#lastMs, atMs);
    this.#noteTrade(state);
    this.#along.onDecision(step, state);
  }

  /** Whose change the one that is asked about is. */
  #noteTrade({ eventSequence, changes }: State): void {
    const [change] = changes;
    if (eventSequence !== this.#request.trade || change === undefined) return;
    this.#ofTrade = { leader: change.leader, instrument: change.instrument };
  }

  /** Null where a price is missing. */
  #partsOf({ line, from, to }: ReturnType<ReadAlong["close"]>[number]): readonly Part[] | null {
    if (to === null) return null;
    const { byTrade = false, trade } = this.#request;
    const first: Cut = { change: from?.trade ?? null, mark: from?.mark ?? NOTHING };
    const between = byTrade || trade !== undefined ? line.trades : [];
    const cuts: readonly Cut[] = [first, ...between];
    const parts = cuts.map((cut, index): Part => {
      const end = cuts[index + 1]?.mark ?? to;
      return {
        line,
        trade: cut.change,
        difference: differenceBetween(cut.mark.edge, end.edge),
        tracking: trackingBetween(cut.mark.tracking, end.tracking),
      };
    });
    if (trade === undefined) return parts.filter(isAnything);
    if (!this.#isAbout(line)) return [];
    return parts.filter(({ trade: opened }, index) => {
      const next = cuts[index + 1]?.change ?? Number.POSITIVE_INFINITY;
      return (opened ?? 0) <= trade && trade < next;
    });
  }

  #isAbout({ leader, leaderInstrument }: ReadLine["line"]): boolean {
    return this.#ofTrade?.leader === leader && this.#ofTrade.instrument === leaderInstrument;
  }

  #row({ line, trade, difference, tracking }: Part): AttributedRow {
    const { leader, follower, symbol, coin, unpricedChanges } = line;
    const isByTrade = this.#request.byTrade === true || this.#request.trade !== undefined;
    return {
      leader,
      follower,
      symbol,
      coin,
      ...(isByTrade ? { trade } : {}),
      ...textOf(difference),
      metrics: metricsOf(tracking),
      unpricedChanges,
    };
  }
}

/** A copy before it began. */
const EMPTY_SIDE = { quantity: Decimal.zero, cash: Decimal.zero, fees: Decimal.zero, funding: Decimal.zero };
const NO_BOOKS: BookSnapshot = {
  leader: EMPTY_SIDE,
  follower: EMPTY_SIDE,
  causes: [],
  spread: Decimal.zero,
  impact: Decimal.zero,
  fees: Decimal.zero,
  funding: Decimal.zero,
};
const NO_EDGE: Edge = { books: NO_BOOKS, price: Decimal.zero };
const NOTHING: LineMark = { edge: NO_EDGE, tracking: NO_TRACKING };

/** Something was held, traded or decided; a copy that only exists says nothing. */
function isAnything({ difference, tracking }: Part): boolean {
  const { leader, follower, components } = difference;
  return (
    [leader, follower].some(({ trades, fees, funding }) =>
      [trades, fees, funding].some((one) => !one.isZero),
    ) ||
    components.some(({ amount }) => !amount.isZero) ||
    metricsOf(tracking).changes > 0
  );
}

function assertKnown(state: State, request: AttributionRequest): void {
  assertAmong("leader", request.leader, [...state.leaders.keys()], "unknown-leader");
  assertAmong("follower", request.follower, [...state.followers.keys()], "unknown-follower");
  const symbols = new Set(state.markets.map(({ instrument }) => instrument.spec.symbol));
  assertAmong("symbol", request.symbol, [...symbols].sort(), "bad-request");
}

function noSuchTrade(change: number): ControlError {
  const text = `change ${change} is none of a copied position in this window; copytrader journal shows the numbers of changes`;
  return new ControlError("bad-request", text);
}

function assertAmong(
  what: string,
  name: string | undefined,
  known: readonly string[],
  failure: "unknown-leader" | "unknown-follower" | "bad-request",
): void {
  if (name === undefined || known.includes(name)) return;
  const names = known.length === 0 ? "there is none" : `there are: ${known.join(", ")}`;
  throw new ControlError(failure, `no ${what} "${name}" was ever copied here; ${names}`);
}

function textOf({ leader, follower, difference, components, residual }: Difference): AttributedDifference {
  return {
    leaderScaled: sideText(leader),
    followerResult: sideText(follower),
    difference: difference.toString(),
    components: components.map(({ component, amount, reasons }) => ({
      component,
      amount: amount.toString(),
      reasons: reasons.map((one) => ({ reason: one.reason, amount: one.amount.toString() })),
    })),
    residual: residual.toString(),
  };
}

function sideText({ trades, fees, funding, profit }: Difference["leader"]): AttributedSide {
  return {
    trades: trades.toString(),
    fees: fees.toString(),
    funding: funding.toString(),
    profit: profit.toString(),
  };
}
