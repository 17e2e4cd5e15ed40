/** A past whose traders have styles that the classifier is sure of: some add to losers and double, one is in and out within minutes. */
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import type { TraderFillRecord } from "../../src/store/trader-store.ts";
import { type BarRow, BEGIN_MS, DAY_MS, fillOf, HOUR_MS, makePast, type Past } from "./recorded-past.ts";

const SYMBOL = "BTCUSDT";
const TRADES_A_DAY = 4;

/** Three of the one kind, `quick` of the other. */
export function styledPast(seed: number, days: number): Past {
  const past = makePast(seed, days, 0);
  const bars = past.bars.get(SYMBOL) ?? [];
  const traders = new Map([["quick", quick(seededRandom(9), bars, days)]]);
  for (const own of [1, 2, 3]) traders.set(`doubler-${own}`, doubled(seededRandom(own), bars, days));
  return { ...past, traders };
}

function quick(random: () => number, bars: readonly BarRow[], days: number): readonly TraderFillRecord[] {
  return Array.from({ length: days * TRADES_A_DAY }, (_, at) => {
    const openMs = BEGIN_MS + wholeSeconds(((at + 0.8 * random()) * DAY_MS) / TRADES_A_DAY);
    const by = random() < 0.5 ? 0.5 : -0.5;
    const closeMs = openMs + wholeSeconds(60_000 + 240_000 * random());
    return [filled(bars, openMs, by, false), filled(bars, closeMs, -by, true)];
  }).flat();
}

/** Doubles at each 0.6 % against it, gives up after 15 hours, and takes 0.4 %. */
function doubled(random: () => number, bars: readonly BarRow[], days: number): readonly TraderFillRecord[] {
  const fills: TraderFillRecord[] = [];
  for (let openMs = BEGIN_MS + HOUR_MS; openMs < BEGIN_MS + (days - 1) * DAY_MS; ) {
    const side = random() < 0.5 ? 1 : -1;
    const first = priceAt(bars, openMs);
    let [atMs, last, next, held] = [openMs, first, 0.1, 0.05];
    fills.push(filled(bars, openMs, side * held, false));
    for (let half = 1; half < 30; half += 1) {
      atMs = openMs + (half * HOUR_MS) / 2;
      const price = priceAt(bars, atMs);
      if ((side * (price - last)) / last < -0.006 && held < 4) {
        fills.push(filled(bars, atMs, side * next, false));
        held = Number((held + next).toFixed(3));
        [next, last] = [2 * next, price];
      } else if ((side * (price - first)) / first > 0.004 && half > 2) break;
    }
    fills.push(filled(bars, atMs + HOUR_MS / 4, -side * held, true));
    openMs = atMs + HOUR_MS / 4 + Math.floor(1 + 2 * random()) * HOUR_MS;
  }
  return fills;
}

function filled(bars: readonly BarRow[], timeMs: number, by: number, realises: boolean): TraderFillRecord {
  return fillOf({ timeMs, symbol: SYMBOL, by, price: Number(priceAt(bars, timeMs).toFixed(1)), realises });
}

function priceAt(bars: readonly BarRow[], ms: number): number {
  const [, open = 0, , , close = 0] = bars[Math.floor((ms - BEGIN_MS) / HOUR_MS)] ?? [];
  return open + ((close - open) * (ms % HOUR_MS)) / HOUR_MS;
}

function wholeSeconds(ms: number): number {
  return 1_000 * Math.floor(ms / 1_000);
}
