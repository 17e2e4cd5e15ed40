/**
 * Histories made to be awkward, all from a seed: bursts of fills within milliseconds, fills on the very moments of bars, funding and hours,
 * legs of hedge mode, positions that the record corrects, prices that are none, and a second trader who moves the prices between.
 */
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import type { TraderFillRecord } from "../../src/store/trader-store.ts";
import { BEGIN_MS, DAY_MS, fillOf, HOUR_MS, makePast, type Past } from "./recorded-past.ts";

const GAPS_MS = [0, 1, 19, 49, 50, 51, 99, 100, 101, 950, 1_000, 4_000, 61_000, 400_000, HOUR_MS];
/** Of everybody's fills: how far they may lie behind a moment at which something else happens. */
const BESIDE_MS = [-1_050, -1_000, -100, -50, -1, 0, 0, 1, 10];

export function plantedPast(seed: number, days: number): Past {
  const past = makePast(seed, days, 0);
  const random = seededRandom(seed ^ 0x5bd1_e995);
  const traders = new Map(
    ["copied", "other"].map((name) => [name, fillsOf(random, past, days, name === "copied" ? 60 : 15)]),
  );
  return { ...past, traders };
}

function pick<One>(random: () => number, from: readonly One[]): One {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

function fillsOf(random: () => number, past: Past, days: number, count: number): readonly TraderFillRecord[] {
  const fills: TraderFillRecord[] = [];
  const held = new Map<string, number>();
  const isHedged = random() < 0.4;
  let timeMs = BEGIN_MS + Math.floor(random() * DAY_MS);
  while (fills.length < count) {
    timeMs = nextTime(random, timeMs);
    if (timeMs >= BEGIN_MS + days * DAY_MS) break;
    const symbol = random() < 0.6 ? "BTCUSDT" : "ETHUSDT";
    const leg = isHedged ? pick(random, ["long", "short"] as const) : "net";
    const key = `${symbol} ${leg}`;
    const before = held.get(key) ?? 0;
    const by = changeOf(random, { symbol, leg, before });
    if (by === 0) continue;
    const isTold = random() < 0.15;
    const told = isTold ? round(before + (random() < 0.3 ? by : 0)) : null;
    const from = told ?? before;
    held.set(key, round(from + by));
    const fill = fillOf({
      timeMs,
      symbol,
      by,
      price: priceAt(random, past, symbol, timeMs),
      realises: from !== 0 && Math.sign(by) !== Math.sign(from),
    });
    fills.push({ ...fill, leg, ...(told === null ? {} : { positionBefore: String(told) }) });
  }
  return fills;
}

/** Soon after the one before, or beside a moment of bars, funding or hours. */
function nextTime(random: () => number, timeMs: number): number {
  if (random() < 0.7) return timeMs + pick(random, GAPS_MS);
  const grid = pick(random, [HOUR_MS / 3, HOUR_MS, 8 * HOUR_MS, 1_000]);
  const next = (Math.floor(timeMs / grid) + 1) * grid;
  return Math.max(timeMs, next + pick(random, BESIDE_MS));
}

function changeOf(
  random: () => number,
  { symbol, leg, before }: { readonly symbol: string; readonly leg: string; readonly before: number },
): number {
  const unit = symbol === "BTCUSDT" ? 0.1 : 2;
  const size = round(unit * pick(random, [0.01, 0.1, 0.5, 1, 1.37, 2]));
  if (leg === "net") {
    if (before !== 0 && random() < 0.35) return round(-before * pick(random, [1, 1, 0.5, 0.31, 1.5]));
    return random() < 0.5 ? size : -size;
  }
  const side = leg === "long" ? 1 : -1;
  if (before !== 0 && random() < 0.45) return round(-before * pick(random, [1, 0.5, 0.31]));
  return side * size;
}

/** Within its bar mostly, on ticks or between them; now and then no price at all. */
function priceAt(random: () => number, { bars }: Past, symbol: string, timeMs: number): number {
  const row = bars.get(symbol)?.[Math.floor((timeMs - BEGIN_MS) / HOUR_MS)];
  const [, open = 0, high = 0, low = 0] = row ?? [];
  if (random() < 0.02) return round(open * pick(random, [0.5, 1.3]));
  return Number((low + (high - low) * random()).toFixed(pick(random, [1, 2, 4])));
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
