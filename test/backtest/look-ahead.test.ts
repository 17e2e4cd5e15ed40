/**
 * Nothing of a backtest may depend on what comes later. Everything after a moment is made another future, with other fills, other
 * traders and other prices: what happened until that moment stays the same, to the last digit.
 */
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import type { Event } from "../../src/core/event.ts";
import type { Strategy } from "../../src/strategies/strategy.ts";
import type { TraderFilter } from "../../src/traders/filters/filter.ts";
import {
  type BarRow,
  BEGIN_MS,
  DAY_MS,
  fillOf,
  HOUR_MS,
  type LivedPast,
  live,
  makePast,
  type Past,
} from "./recorded-past.ts";
import { styledPast } from "./styled-past.ts";

const DAYS = 10;
const FROM_MS = BEGIN_MS + 5 * DAY_MS;
const TO_MS = BEGIN_MS + 8 * DAY_MS;

/** Everybody fails it, so that a strategy sees to the last digit how a trader's style is told. */
const STYLE_TOLD: TraderFilter = {
  ...{ name: "style-told", unit: "fraction", asks: "at-most", bound: 0, reads: ["style", "benchmark"] },
  judge: ({ style }) => {
    const value = style?.verdict.probabilities?.martingale ?? style?.verdict.features.win_rate ?? 0;
    return { kind: "failed", value, by: value, notes: [] };
  },
};

/** Everything that it is shown moves its weights: a look ahead anywhere would show. */
const SENSITIVE: Strategy = {
  name: "sensitive",
  rebalancingHours: 12,
  choose: ({ candidates }) => {
    const raw = candidates.map(({ returns, figures, style, failedFilters }) => {
      const known = Array.from(returns).filter((value) => !Number.isNaN(value));
      const moved = known.reduce((sum, value) => sum + value * 31, 0);
      const told = failedFilters.reduce((sum, { value }) => sum + (value ?? 0), style?.length ?? 0);
      return 1 + Math.abs(Math.sin(moved * 1_000 + told * 1_000 + (figures.trips ?? 0)));
    });
    const sum = raw.reduce((total, one) => total + one, 0);
    return {
      wishes: candidates.map(({ trader }, at) => ({
        trader,
        weight: (raw[at] ?? 0) / sum,
        reason: "chosen",
        numbers: {},
      })),
    };
  },
};

/** The same until `cutMs`; bars that were open then have ended, so that the cut is at the full hour. */
function otherFuture(past: Past, cutMs: number, seed: number): Past {
  const random = seededRandom(seed);
  const traders = new Map(
    [...past.traders].map(([name, fills]) => {
      const before = fills.filter(({ timeMs }) => timeMs < cutMs);
      const after = fills
        .filter(({ timeMs }) => timeMs >= cutMs)
        .filter(() => random() < 0.7)
        .map((fill) => ({
          ...fill,
          side: random() < 0.5 ? ("buy" as const) : ("sell" as const),
          price: (Number(fill.price) * (0.9 + 0.2 * random())).toFixed(1),
        }));
      return [name, [...before, ...after]] as const;
    }),
  );
  const newcomer = Array.from({ length: 20 }, (_, at) =>
    fillOf({
      timeMs: cutMs + at * HOUR_MS,
      symbol: "BTCUSDT",
      by: at % 2 === 0 ? 1 : -1,
      price: 60_000,
      realises: at % 2 === 1,
    }),
  );
  const changed = (rows: readonly BarRow[]) =>
    rows.map((row): BarRow => {
      const [openMs, open, high, low, close, volume] = row;
      const by = 0.8 + 0.4 * random();
      return openMs < cutMs
        ? row
        : [openMs, open * by, high * by * 1.01, low * by * 0.99, close * by, volume * 3];
    });
  return {
    traders: new Map([...traders, ["newcomer", newcomer]]),
    bars: new Map([...past.bars].map(([symbol, rows]) => [symbol, changed(rows)])),
    funding: past.funding.map(([atMs, rate]) => (atMs < cutMs ? [atMs, rate] : [atMs, rate * 5 + 0.0001])),
  };
}

/** At the cut itself the market already opens at the other price; what is decided then knows only what was over. */
function until(lived: LivedPast, cutMs: number) {
  return {
    samples: lived.samples.filter(({ atMs }) => atMs < cutMs),
    fills: lived.fills.filter(({ atMs }) => atMs < cutMs),
    decisions: lived.decisions.filter(({ asOfMs }) => asOfMs <= cutMs),
  };
}

describe("a backtest", () => {
  it.each([
    ["of traders by chance", 1, makePast(1, DAYS)],
    ["of traders whose styles are known", 2, styledPast(2, DAYS)],
  ])(
    "of another future has the same past, %s",
    async (_, seed, past) => {
      const options = { fromMs: FROM_MS, toMs: TO_MS, strategy: SENSITIVE, filters: [STYLE_TOLD] };
      const lived = await live(past, options);
      expect(lived.fills.length).toBeGreaterThan(10);
      for (const cutMs of [FROM_MS + DAY_MS, FROM_MS + DAY_MS + 7 * HOUR_MS]) {
        const other = await live(otherFuture(past, cutMs, seed), options);
        expect(until(other, cutMs)).toEqual(until(lived, cutMs));
        // The futures do differ, or nothing would have been shown.
        expect(other.samples.at(-1)).not.toEqual(lived.samples.at(-1));
      }
    },
    60_000,
  );

  it("hears of everything at the same moments, whoever comes later", async () => {
    const past = makePast(1, DAYS);
    const cutMs = FROM_MS + DAY_MS;
    const heard = async (one: Past) => {
      const events: Event[] = [];
      const world = { onDecided: (event: Event) => events.push(event) };
      await live(one, { fromMs: FROM_MS, toMs: cutMs, strategy: SENSITIVE, world });
      return events.filter((event) => !("account" in event && event.account === "newcomer"));
    };
    const events = await heard(past);
    expect(events.length).toBeGreaterThan(300);
    expect(await heard(otherFuture(past, cutMs, 1))).toEqual(events);
  });

  it("would not, if a strategy were told of the day to come", async () => {
    const past = makePast(1, DAYS);
    const cutMs = FROM_MS + DAY_MS;
    const options = { fromMs: FROM_MS, toMs: cutMs, strategy: SENSITIVE, peekMs: 2 * DAY_MS };
    const [lived, other] = [await live(past, options), await live(otherFuture(past, cutMs, 1), options)];
    expect(until(other, cutMs)).not.toEqual(until(lived, cutMs));
  });

  it("would not, if styles alone were told of trips to come", async () => {
    const past = styledPast(1, DAYS);
    const cutMs = FROM_MS + DAY_MS;
    const options = { fromMs: FROM_MS, toMs: cutMs, strategy: SENSITIVE, filters: [STYLE_TOLD] };
    const [lived, other] = [
      await live(past, { ...options, stylePeekMs: 2 * DAY_MS }),
      await live(otherFuture(past, cutMs, 1), { ...options, stylePeekMs: 2 * DAY_MS }),
    ];
    expect(until(other, cutMs)).not.toEqual(until(lived, cutMs));
  });

  it("is the same each time, decision by decision", async () => {
    const options = { fromMs: FROM_MS, toMs: FROM_MS + DAY_MS, strategy: SENSITIVE };
    const [one, other] = [await live(makePast(9, DAYS), options), await live(makePast(9, DAYS), options)];
    expect(other.fingerprint).toBe(one.fingerprint);
    const seeded = await live(makePast(9, DAYS), { ...options, seed: 2 });
    expect(seeded.fingerprint).not.toBe(one.fingerprint);
  });
});
