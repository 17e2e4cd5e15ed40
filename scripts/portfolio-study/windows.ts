/** What the study of weights goes through: a draw of names, seen window by window, what was known at each boundary and what came after it. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { momentsOf } from "../../src/analytics/metrics/moments.ts";
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import { readReturnsTable } from "../../src/analytics/returns-table.ts";
import { population } from "../selection-study/population.ts";

export interface Window {
  readonly names: readonly string[];
  /** Of names: the days that were known. */
  readonly past: readonly Float64Array[];
  /** Of names: the days that are held; 0 after the end of a record. */
  readonly next: readonly Float64Array[];
}

/** One draw of names, its windows in order. */
export type Draw = readonly Window[];

export interface Shape {
  readonly names: number;
  readonly pastDays: number;
  readonly heldDays: number;
  readonly draws: number;
  /** Of those that are there at a boundary: some by chance, or those with the best Sharpe ratio so far, as somebody who chooses would. */
  readonly chosen: "any" | "best";
  /** Of generated traders: the share that takes small profits until one loss takes most. */
  readonly ladderShare: number;
}

/** A record on the days of all, from `firstDay` on. */
interface Placed {
  readonly name: string;
  readonly firstDay: number;
  readonly returns: Float64Array;
}

const GENERATED_DAYS = 720;

/** Traders as `population` makes them: fat tails, calm and wild times, a market in common, copies, and accounts that end. */
export function generatedDraws(shape: Shape): readonly Draw[] {
  return Array.from({ length: shape.draws }, (_, seed) => {
    const members = population({
      traders: 60,
      seed: seed + 1,
      days: [300, GENERATED_DAYS],
      ladderShare: shape.ladderShare,
    });
    const placed = members.map(({ name, goneDays, returns }) => ({
      name,
      firstDay: GENERATED_DAYS - goneDays - returns.length,
      returns,
    }));
    return windowsOf(placed, GENERATED_DAYS, seed, shape);
  });
}

/** Coins of a file of Bybit's daily closes (`symbol,open_time_ms,...,close`), as if each were a leader that holds it. */
export function coinDraws(path: string, shape: Shape): readonly Draw[] {
  const [header = "", ...lines] = gunzipSync(readFileSync(path)).toString().trim().split("\n");
  const columns = header.split(",");
  const [symbol, time, close] = ["symbol", "open_time_ms", "close"].map((one) => columns.indexOf(one));
  const rows = lines.map((line) => {
    const cells = line.split(",");
    return {
      name: cells[symbol ?? 0] ?? "",
      day: Number(cells[time ?? 0]) / 86_400_000,
      close: Number(cells[close ?? 0]),
    };
  });
  const begin = rows.reduce((least, { day }) => Math.min(least, day), Number.POSITIVE_INFINITY);
  const end = rows.reduce((most, { day }) => Math.max(most, day), 0);
  const placed = [...Map.groupBy(rows, ({ name }) => name)].flatMap(([name, own]): Placed[] => {
    const days = own.toSorted((one, other) => one.day - other.day);
    const isWhole = days.every(({ day }, at) => at === 0 || day === (days[at - 1]?.day ?? 0) + 1);
    if (!isWhole || days.length < 2) return [];
    const returns = Float64Array.from(days.slice(1), (one, at) => one.close / (days[at]?.close ?? 0) - 1);
    return [{ name, firstDay: (days[1]?.day ?? 0) - begin, returns }];
  });
  return Array.from({ length: shape.draws }, (_, seed) => windowsOf(placed, end - begin + 1, seed, shape));
}

/** Series of a table of returns, such as `traders returns` writes. */
export function tableDraws(path: string, shape: Shape): readonly Draw[] {
  const read = readReturnsTable(readFileSync(path, "utf8"));
  if (!read.ok)
    throw new Error(read.problems.map(({ line, message }) => `line ${line}: ${message}`).join("\n"));
  const { dates, series } = read.table;
  const placed = series.map(({ name, firstRow, returns }) => ({ name, firstDay: firstRow, returns }));
  return Array.from({ length: shape.draws }, (_, seed) => windowsOf(placed, dates.length, seed, shape));
}

/** At each boundary those whose past is whole and moves; at most `shape.names` of them. */
function windowsOf(placed: readonly Placed[], days: number, seed: number, shape: Shape): Draw {
  const random = seededRandom(1_000 + seed);
  const drawn = placed
    .map((one) => ({ one, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ one }) => one);
  const windows: Window[] = [];
  for (let day = shape.pastDays; day + shape.heldDays <= days; day += shape.heldDays) {
    const candidates = drawn.filter((one) => isThere(one, day, shape.pastDays));
    const ordered =
      shape.chosen === "any"
        ? candidates
        : candidates.toSorted((one, other) => sharpeBefore(other, day) - sharpeBefore(one, day));
    const there = ordered.slice(0, shape.names);
    if (there.length < 3) continue;
    windows.push({
      names: there.map(({ name }) => name),
      past: there.map((one) => one.returns.slice(day - one.firstDay - shape.pastDays, day - one.firstDay)),
      next: there.map((one) => {
        const held = new Float64Array(shape.heldDays);
        held.set(one.returns.slice(day - one.firstDay, day - one.firstDay + shape.heldDays));
        return held;
      }),
    });
  }
  return windows;
}

function isThere({ firstDay, returns }: Placed, day: number, pastDays: number): boolean {
  const place = day - firstDay;
  if (place < pastDays || place >= returns.length) return false;
  const past = returns.subarray(place - pastDays, place);
  return past.some((value) => value !== past[0]);
}

function sharpeBefore({ firstDay, returns }: Placed, day: number): number {
  const { mean, deviation } = momentsOf(returns.subarray(0, day - firstDay));
  return mean === null || deviation === null || deviation === 0 ? 0 : mean / deviation;
}
