/**
 * One-minute candles of one market, made from its last price and its trades; longer intervals are put together on
 * request. Bars of a past before the venue may be longer than a minute: what is asked for shows them at their own length and
 * longer ones. Minutes in which nothing happened cost nothing and are filled in when asked for.
 */
import { estimateText, unitsText } from "./fixed-point.ts";
import type { Units } from "./instruments.ts";
import type { Candle } from "./market-types.ts";

const MINUTE_MS = 60_000;

/** A minute, or a longer bar of the past that counts as the minute in which it opened. Prices in ticks. */
interface Minute {
  startMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  turnoverUsdt: number;
}

export type PastCandle = Readonly<Minute>;

export interface CandleRange {
  readonly intervalMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

export interface DayFigures {
  readonly open: number;
  readonly hourOpen: number;
  readonly high: number;
  readonly low: number;
  readonly lots: number;
  readonly turnoverUsdt: number;
}

export class CandleStore {
  #limit: number;
  #minutes: Minute[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The last price is `ticks` now; `lots` were traded at it. */
  record(atMs: number, ticks: number, lots: number, turnoverUsdt: number): void {
    const minute = this.#minuteAt(atMs, ticks);
    if (ticks > minute.high) minute.high = ticks;
    if (ticks < minute.low) minute.low = ticks;
    minute.close = ticks;
    minute.lots += lots;
    minute.turnoverUsdt += turnoverUsdt;
  }

  /** After a finer price or quantity unit was introduced. */
  rescale(tickFactor: number, lotFactor: number): void {
    for (const minute of this.#minutes) {
      minute.open *= tickFactor;
      minute.high *= tickFactor;
      minute.low *= tickFactor;
      minute.close *= tickFactor;
      minute.lots *= lotFactor;
    }
  }

  /** Of a time before, in any order. Minutes that are known stay as they are; all that is added is kept beside the limit. */
  addPast(candles: readonly PastCandle[]): void {
    const known = new Set(this.#minutes.map(({ startMs }) => startMs));
    const added = candles.filter(({ startMs }) => !known.has(startMs)).map((candle) => ({ ...candle }));
    this.#minutes = [...this.#minutes, ...added].sort((left, right) => left.startMs - right.startMs);
    this.#limit += added.length;
  }

  day(atMs: number, last: number): DayFigures {
    const from = atMs - 24 * 60 * MINUTE_MS;
    const hourFrom = atMs - 60 * MINUTE_MS;
    let [open, hourOpen, high, low, lots, turnoverUsdt] = [0, 0, last, last, 0, 0];
    for (let at = this.#minutes.length - 1; at >= 0; at--) {
      const minute = this.#minutes[at];
      if (minute === undefined) break;
      if (minute.startMs < from) {
        if (open === 0) open = minute.close;
        break;
      }
      open = minute.open;
      if (minute.startMs >= hourFrom) hourOpen = minute.open;
      high = Math.max(high, minute.high);
      low = Math.min(low, minute.low);
      lots += minute.lots;
      turnoverUsdt += minute.turnoverUsdt;
    }
    return { open: open || last, hourOpen: hourOpen || last, high, low, lots, turnoverUsdt };
  }

  /** Newest first. */
  read(range: CandleRange, units: Units): Candle[] {
    const first = this.#minutes[0];
    if (first === undefined) return [];
    const interval = range.intervalMs;
    const oldest = Math.max(range.startMs, floorTo(first.startMs, interval));
    const found: Candle[] = [];
    let cursor = this.#minutes.length - 1;
    for (let start = floorTo(range.endMs, interval); start >= oldest && found.length < range.limit; ) {
      while (cursor >= 0 && (this.#minutes[cursor]?.startMs ?? 0) >= start + interval) cursor--;
      const bucket: Minute[] = [];
      while (cursor >= 0 && (this.#minutes[cursor]?.startMs ?? 0) >= start) {
        const minute = this.#minutes[cursor--];
        if (minute !== undefined) bucket.push(minute);
      }
      const candle = merged(start, bucket, this.#minutes[cursor]?.close, units);
      if (candle !== undefined) found.push(candle);
      start -= interval;
    }
    return found;
  }

  #minuteAt(atMs: number, ticks: number): Minute {
    const startMs = floorTo(atMs, MINUTE_MS);
    const newest = this.#minutes.at(-1);
    if (newest !== undefined && newest.startMs >= startMs) return newest;
    const open = newest?.close ?? ticks;
    const minute = { startMs, open, high: open, low: open, close: open, lots: 0, turnoverUsdt: 0 };
    this.#minutes.push(minute);
    if (this.#minutes.length >= this.#limit * 1.25) this.#minutes = this.#minutes.slice(-this.#limit);
    return minute;
  }
}

function floorTo(ms: number, intervalMs: number): number {
  return ms - (ms % intervalMs);
}

/** `bucket` is newest first; an empty one repeats the close before it. */
function merged(
  startMs: number,
  bucket: readonly Minute[],
  before: number | undefined,
  units: Units,
): Candle | undefined {
  const newest = bucket[0];
  const oldest = bucket.at(-1);
  if (newest === undefined || oldest === undefined) {
    return before === undefined ? undefined : candleOf(startMs, before, before, before, before, 0, 0, units);
  }
  let [high, low, lots, turnover] = [0, Number.POSITIVE_INFINITY, 0, 0];
  for (const minute of bucket) {
    high = Math.max(high, minute.high);
    low = Math.min(low, minute.low);
    lots += minute.lots;
    turnover += minute.turnoverUsdt;
  }
  return candleOf(startMs, oldest.open, high, low, newest.close, lots, turnover, units);
}

function candleOf(
  startMs: number,
  open: number,
  high: number,
  low: number,
  close: number,
  lots: number,
  turnover: number,
  units: Units,
): Candle {
  const price = (ticks: number) => unitsText(ticks * units.tickUnits, units.priceScale);
  const volume = unitsText(lots * units.lotUnits, units.quantityScale);
  return {
    startMs,
    open: price(open),
    high: price(high),
    low: price(low),
    close: price(close),
    volume,
    turnover: estimateText(turnover),
  };
}
