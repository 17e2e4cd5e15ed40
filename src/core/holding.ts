/**
 * One position folded from three sources that overlap, repeat and arrive in any order: executions, absolute position
 * reports of the stream, and snapshots. Each fill counts exactly once, whichever source told of it first; the venue's
 * sequence says what an absolute statement contains. Room 3 for leaders, and the venue's view of followers.
 */
import type { Leg, PositionRow } from "./event.ts";
import { addLots, type Lots, type Ticks, ZERO_LOTS } from "./model/amounts.ts";
import { type Instrument, lotsFrom, nearestTicks } from "./model/instrument.ts";
import { POSITION_FACTOR_MAX } from "./sizing/size.ts";

/** Reads may lag behind the stream: a snapshot contradicts it only when it is at least this much younger. */
export const SNAPSHOT_SETTLE_MS = 1_000;
/** A position that snapshots do not list is given up after this many in a row. */
const ABSENCES_BEFORE_FLAT = 2;
/** Past this many unconfirmed fills the oldest are taken as confirmed. */
const PENDING_FILLS_MAX = 4_096;

export interface PendingFill {
  readonly tradeId: string;
  readonly sequence: number;
  readonly lots: Lots;
  readonly venueTimeMs: number;
  /** On a follower: of an order of ours. */
  readonly isOurs?: true;
}

/** One position of one account: the venue's last absolute statement plus the fills since. */
export interface Holding {
  readonly leg: Leg;
  /** What counts as held: `sumLots`, or nothing while that is on the side that the leg cannot have. */
  lots: Lots;
  /** The statement and the fills since, as they add up. */
  sumLots: Lots;
  /** A snapshot contradicts this, or the fills do themselves: something was missed, and no risk is added on it. */
  disputed: boolean;
  confirmedLots: Lots;
  confirmedSequence: number;
  confirmedTimeMs: number;
  /** Fills that the statement does not contain yet. */
  pending: PendingFill[];
  /** Snapshots in a row that did not list this position although we think it is open. */
  absences: number;
  /**
   * When a server last said, in a snapshot that we believed, that there is no such position, or that it counts anew; 0 before the first.
   */
  absentAtMs: number;
  /** Whole hundredths; null while the venue has not said. */
  leverageHundredths: number | null;
  entryTicks: Ticks | null;
  /** Price at which the venue would liquidate it; null where it states none. */
  liquidationTicks: Ticks | null;
  /** The same before the last statement, where nothing else about the position had changed; null otherwise. */
  liquidationBefore: Ticks | null;
}

/** What an application did: `disputed` asks for a snapshot. */
export type FoldResult = "changed" | "unchanged" | "disputed";

export function emptyHolding(leg: Leg): Holding {
  return {
    leg,
    lots: ZERO_LOTS,
    sumLots: ZERO_LOTS,
    disputed: false,
    confirmedLots: ZERO_LOTS,
    confirmedSequence: -1,
    confirmedTimeMs: 0,
    pending: [],
    absences: 0,
    absentAtMs: 0,
    leverageHundredths: null,
    entryTicks: null,
    liquidationTicks: null,
    liquidationBefore: null,
  };
}

export function applyFill(holding: Holding, fill: PendingFill): FoldResult {
  if (fill.sequence <= holding.confirmedSequence)
    return beganAnew(holding, fill) ? dispute(holding) : "unchanged";
  // A snapshot without the position names no sequence: by its time it knew this fill, and all that undid it since.
  const { absentAtMs } = holding;
  if (absentAtMs !== 0 && fill.venueTimeMs + SNAPSHOT_SETTLE_MS <= absentAtMs) return "unchanged";
  if (holding.pending.some((known) => known.tradeId === fill.tradeId)) return "unchanged";
  holding.pending.push(fill);
  setSum(holding, addLots(holding.sumLots, fill.lots));
  if (contradictsItself(holding)) return dispute(holding);
  if (holding.pending.length <= PENDING_FILLS_MAX) return "changed";
  confirmOldest(holding);
  return "disputed";
}

/** A statement of the private stream. */
export function applyReport(holding: Holding, row: ParsedRow): FoldResult {
  noteTerms(holding, row);
  if (row.sequence < holding.confirmedSequence)
    return beganAnew(holding, row) ? dispute(holding) : "unchanged";
  if (row.sequence === holding.confirmedSequence) return applySameSequence(holding, row);
  const stated = sumUpTo(holding, row.sequence);
  if (stated !== row.lots && holding.pending.some((fill) => fill.sequence === row.sequence))
    return dispute(holding);
  return confirm(holding, row);
}

/** A row of a snapshot that the server answered at `serverTimeMs`. */
export function applySnapshotRow(holding: Holding, row: ParsedRow, serverTimeMs: number): FoldResult {
  holding.absences = 0;
  noteTerms(holding, row);
  if (row.sequence < holding.confirmedSequence)
    return beganAnew(holding, row) ? confirmAnew(holding, row) : "unchanged";
  const settled = latestChangeMs(holding) + SNAPSHOT_SETTLE_MS <= serverTimeMs;
  if (sumUpTo(holding, row.sequence) !== row.lots && !settled && isRaced(holding, row))
    return dispute(holding);
  return confirm(holding, row);
}

/**
 * Something younger than all that is known has a lower sequence: the venue counts from the beginning again, as after a restart of the
 * simulated exchange. A stale read is lower and older.
 */
function beganAnew(holding: Holding, { sequence, venueTimeMs }: Pick<ParsedRow, "sequence" | "venueTimeMs">) {
  return sequence >= 0 && latestChangeMs(holding) + SNAPSHOT_SETTLE_MS <= venueTimeMs;
}

/** What was counted before is over; of what is told of it late only its time tells. */
function confirmAnew(holding: Holding, row: ParsedRow): FoldResult {
  holding.pending = [];
  holding.absentAtMs = row.venueTimeMs;
  holding.confirmedSequence = row.sequence;
  noteTerms(holding, row);
  return confirm(holding, row);
}

/** The stream told of the very event that the row ends with. A row that ends with a later one simply knows more. */
function isRaced(holding: Holding, { sequence }: ParsedRow): boolean {
  return sequence === holding.confirmedSequence || holding.pending.some((fill) => fill.sequence === sequence);
}

/** The position is not in a whole snapshot: flat, once that is no race and said twice. */
export function applySnapshotAbsence(holding: Holding, serverTimeMs: number): FoldResult {
  const isRace = latestChangeMs(holding) + SNAPSHOT_SETTLE_MS > serverTimeMs;
  // What is disputed may come to nothing by fills that the snapshot does not contain yet.
  if (holding.sumLots === 0 && !(isRace && holding.disputed)) return agreeOnNothing(holding, serverTimeMs);
  if (isRace) return dispute(holding);
  holding.absences += 1;
  if (holding.absences < ABSENCES_BEFORE_FLAT) return dispute(holding);
  const before = holding.lots;
  const sequence = lastSequence(holding);
  Object.assign(holding, { ...emptyHolding(holding.leg), leverageHundredths: holding.leverageHundredths });
  holding.confirmedSequence = sequence;
  holding.confirmedTimeMs = serverTimeMs;
  holding.absentAtMs = serverTimeMs;
  return before === 0 ? "unchanged" : "changed";
}

function agreeOnNothing(holding: Holding, serverTimeMs: number): FoldResult {
  holding.absentAtMs = Math.max(holding.absentAtMs, serverTimeMs);
  holding.absences = 0;
  holding.disputed = false;
  return "unchanged";
}

export interface ParsedRow {
  readonly lots: Lots;
  readonly sequence: number;
  readonly venueTimeMs: number;
  readonly leverageHundredths: number | null;
  readonly entryTicks: Holding["entryTicks"];
  readonly liquidationTicks: Holding["liquidationTicks"];
}

/** Domain numbers of a row; undefined when its quantity is not a whole number of steps or impossibly large. */
export function parseRow(instrument: Instrument, row: PositionRow): ParsedRow | undefined {
  const lots = lotsFrom(instrument, row.quantity);
  if (lots === undefined || Math.abs(lots) > instrument.maxMarketLots * POSITION_FACTOR_MAX) return undefined;
  return {
    lots,
    sequence: row.sequence,
    venueTimeMs: row.venueTimeMs,
    leverageHundredths: leverageHundredths(row.leverage),
    entryTicks: ticksOf(instrument, row.entryPrice),
    liquidationTicks: ticksOf(instrument, row.liquidationPrice ?? ""),
  };
}

function ticksOf(instrument: Instrument, price: string): Holding["entryTicks"] {
  return price === "" ? null : (nearestTicks(instrument, price) ?? null);
}

/** Whole hundredths of a leverage text such as "12.5"; null when absent or not positive. */
export function leverageHundredths(text: string): number | null {
  const value = Math.round(Number(text) * 100);
  return text !== "" && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function applySameSequence(holding: Holding, row: ParsedRow): FoldResult {
  if (row.lots === holding.confirmedLots) return "unchanged";
  if (row.venueTimeMs <= holding.confirmedTimeMs) return "disputed";
  return confirm(holding, row);
}

function confirm(holding: Holding, row: ParsedRow): FoldResult {
  const before = holding.lots;
  holding.confirmedLots = row.lots;
  holding.confirmedSequence = row.sequence;
  holding.confirmedTimeMs = row.venueTimeMs;
  holding.absences = 0;
  holding.pending = holding.pending.filter((fill) => fill.sequence > row.sequence);
  setSum(
    holding,
    holding.pending.reduce((sum, fill) => addLots(sum, fill.lots), row.lots),
  );
  holding.disputed = contradictsItself(holding);
  return holding.lots === before ? "unchanged" : "changed";
}

/** Where fills say that a leg is on the side that it cannot have, one before them was missed, or what they took was known to be gone. */
function setSum(holding: Holding, sum: Lots): void {
  holding.sumLots = sum;
  holding.lots = possibleOn(holding.leg, sum);
}

/** Some fill, in the venue's order, leaves the leg on the side that it cannot have; one after it may hide that in the sum. */
function contradictsItself({ leg, lots: counted, sumLots, confirmedLots, pending }: Holding): boolean {
  if (counted !== sumLots) return true;
  if (leg === "net") return false;
  let held = confirmedLots;
  return inVenueOrder(pending).some(({ lots }) => {
    held = addLots(held, lots);
    return held !== possibleOn(leg, held);
  });
}

export function inVenueOrder(fills: readonly PendingFill[]): PendingFill[] {
  return [...fills].sort((one, other) => one.sequence - other.sequence);
}

/** A long leg is never below nothing and a short leg never above. */
export function possibleOn(leg: Leg, lots: Lots): Lots {
  const isImpossible = (leg === "long" && lots < 0) || (leg === "short" && lots > 0);
  return isImpossible ? ZERO_LOTS : lots;
}

function dispute(holding: Holding): FoldResult {
  holding.disputed = true;
  return "disputed";
}

function sumUpTo(holding: Holding, sequence: number): Lots {
  let sum = holding.confirmedLots;
  for (const fill of holding.pending) if (fill.sequence <= sequence) sum = addLots(sum, fill.lots);
  return sum;
}

function noteTerms(holding: Holding, row: ParsedRow): void {
  if (row.leverageHundredths !== null) holding.leverageHundredths = row.leverageHundredths;
  if (row.sequence < holding.confirmedSequence) return;
  const isSame =
    row.lots !== 0 && row.lots === holding.confirmedLots && row.entryTicks === holding.entryTicks;
  holding.liquidationBefore =
    isSame && row.liquidationTicks !== holding.liquidationTicks ? holding.liquidationTicks : null;
  holding.liquidationTicks = row.liquidationTicks;
  holding.entryTicks = row.entryTicks;
}

function latestChangeMs(holding: Holding): number {
  return holding.pending.reduce(
    (latest, fill) => Math.max(latest, fill.venueTimeMs),
    holding.confirmedTimeMs,
  );
}

/** Whether something that was executed later was told before. */
export function isToldLate({ pending }: Holding, sequence: number): boolean {
  return pending.some((fill) => fill.sequence > sequence);
}

function lastSequence(holding: Holding): number {
  return holding.pending.reduce((latest, fill) => Math.max(latest, fill.sequence), holding.confirmedSequence);
}

function confirmOldest(holding: Holding): void {
  const oldest = holding.pending.shift();
  if (oldest === undefined) return;
  holding.confirmedLots = addLots(holding.confirmedLots, oldest.lots);
}
