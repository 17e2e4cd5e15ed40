/** A trader's style in a backtest is what live would have said on that day, and what goes by it acts. */
import { describe, expect, it } from "vitest";
import type { LeaderEvidence } from "../../src/core/evidence.ts";
import { strategyKindOf } from "../../src/strategies/registry.ts";
import type { Strategy } from "../../src/strategies/strategy.ts";
import type { TraderFilter } from "../../src/traders/filters/filter.ts";
import { openTraderMarks } from "../../src/traders/marks.ts";
import { traderStyle } from "../../src/traders/style.ts";
import { openStyleMarkets } from "../../src/traders/style-markets.ts";
import { StylesThen } from "../../src/traders/walk-forward/style-then.ts";
import {
  BEGIN_MS,
  DAY_MS,
  equalParts,
  HOUR_MS,
  historyOf,
  live,
  type Past,
  storeOf,
} from "./recorded-past.ts";
import { styledPast } from "./styled-past.ts";

const DAYS = 26;
const FROM_MS = BEGIN_MS + 23 * DAY_MS;
const TO_MS = FROM_MS + 2 * DAY_MS;
const SECTORS = new Map([["BTC", "gold"]]);
const past = styledPast(3, DAYS);

/** What there was until then: of a store and a market history that end there. */
function until({ traders, bars, funding }: Past, ms: number): Past {
  return {
    traders: new Map([...traders].map(([name, fills]) => [name, fills.filter((one) => one.timeMs < ms)])),
    bars: new Map([...bars].map(([name, rows]) => [name, rows.filter(([openMs]) => openMs + HOUR_MS <= ms)])),
    funding: funding.filter(([atMs]) => atMs < ms),
  };
}

async function styleNow(then: Past, trader: string) {
  const fills = then.traders.get(trader) ?? [];
  const [first, last] = [fills[0], fills.at(-1)];
  if (first === undefined || last === undefined) return null;
  const range = { fromMs: first.timeMs, toMs: last.timeMs + 1 };
  const history = historyOf(then);
  const markets = openStyleMarkets(history, openTraderMarks(history, "binance", range), range);
  const { store } = storeOf(then, range.toMs);
  return traderStyle({ fills: store.fills({ trader }), markets, sectors: SECTORS });
}

describe("the style of a trader in the past", () => {
  it("is what was told on that day, to the last digit, whenever it is asked about", async () => {
    const history = historyOf(past);
    const marks = openTraderMarks(history, "binance", { fromMs: BEGIN_MS, toMs: TO_MS });
    const styles = new StylesThen({ history, marksOf: () => marks, sectors: SECTORS, toMs: TO_MS });
    const { store, records } = storeOf(past, TO_MS);
    const labels = new Set<string>();
    for (const day of [20, 0, 2, 6, 12, 12.3, 23]) {
      const untilMs = BEGIN_MS + day * DAY_MS;
      for (const record of records) {
        const then = await styles.at(record, () => store.fills(record), untilMs);
        expect(then, `${record.trader}, day ${day}`).toEqual(
          await styleNow(until(past, untilMs), record.trader),
        );
        labels.add(`${then?.verdict.label} ${then?.verdict.confidence}`);
      }
    }
    expect([...labels]).toEqual(
      expect.arrayContaining(["martingale high", "unknown none", "undefined undefined"]),
    );
  });
});

const OFF = {
  ...{ min_performance: "off", max_drawdown: "off", min_trades: "off", performance_threshold: "off" },
  ...{ risk_threshold: "off", min_days: 20, min_weight: 0 },
};

function strategyOf(name: string, options: Readonly<Record<string, unknown>>): Strategy {
  const found = strategyKindOf(name)?.configure({ min_days: 20, ...options });
  if (found?.ok !== true) throw new Error(JSON.stringify(found?.problems));
  return found.strategy;
}

describe("in a backtest", () => {
  const lived = (strategy: Strategy, more: { readonly filters?: readonly TraderFilter[] } = {}) =>
    live(past, { fromMs: FROM_MS, toMs: TO_MS, strategy, ...more });

  it("diversity_requirement lets no style have more than half of the leaders", async () => {
    const several = await lived(strategyOf("selective", { ...OFF, diversity_requirement: true }));
    const full = several.lastVerdicts.filter(({ reason }) => reason === "style-full");
    expect(full).toEqual([
      expect.objectContaining({ isIn: false, numbers: { style: "martingale", most: 2 } }),
    ]);
    expect(several.decisions.map(({ allocations }) => allocations.length)).toEqual([3, 3]);
    const any = await lived(strategyOf("selective", { ...OFF, diversity_requirement: false }));
    expect(any.decisions.map(({ allocations }) => allocations.length)).toEqual([4, 4]);
    // Beside a fourth leader each has less, so that the account fares otherwise.
    expect(any.equity).not.toBe(several.equity);
  });

  it("rotate: styles rotates groups of leaders of one style", async () => {
    const { decisions } = await lived(strategyOf("dynamic", { rotate: "styles", min_weight: 0 }));
    for (const { allocations, notes } of decisions) {
      expect(notes.join("; ")).toMatch(
        /weights of (martingale|market_making) [\d.]+ %, (martingale|market_making) [\d.]+ %/,
      );
      const doublers = allocations.filter(({ trader }) => trader.startsWith("doubler"));
      expect(doublers).toHaveLength(3);
      expect(new Set(doublers.map(({ weight }) => weight.toFixed(9))).size).toBe(1);
    }
  });

  it("a filter of the user's own that reads styles refuses who had one by then", async () => {
    const noDoublers: TraderFilter = {
      ...{
        name: "no-doublers",
        unit: "fraction",
        asks: "at-most",
        bound: 0.5,
        reads: ["style", "benchmark"],
      },
      judge: ({ style }) => {
        const value = style?.verdict.probabilities?.martingale ?? 0;
        return value > 0.5
          ? { kind: "failed", value, by: value - 0.5, notes: [] }
          : { kind: "passed", value, notes: [] };
      },
    };
    const { decisions } = await lived(strategyOf("portfolio", {}), { filters: [noDoublers] });
    expect(decisions.at(-1)?.outBy).toEqual({ "failed-filter": { "no-doublers": 3 } });
    // Before there were ten trips of anybody, nobody had a style.
    const early = { fromMs: BEGIN_MS + 2 * DAY_MS, toMs: BEGIN_MS + 2 * DAY_MS + HOUR_MS };
    const first = await live(past, {
      ...early,
      strategy: strategyOf("portfolio", {}),
      filters: [noDoublers],
    });
    expect(first.decisions[0]?.out).toEqual({ "record-too-short": 4 });
  });

  it("the engine is told them, for max_strategy_exposure", async () => {
    const told = new Map<string, LeaderEvidence["style"]>();
    await live(past, {
      ...{ fromMs: FROM_MS, toMs: FROM_MS + HOUR_MS, strategy: equalParts(24) },
      look: ({ leaders }) => {
        for (const [name, { evidence }] of leaders) told.set(name, evidence?.style);
      },
    });
    expect([...told.values()].sort()).toEqual(["market_making", "martingale", "martingale", "martingale"]);
  });

  it("max_strategy_exposure refuses what one style would have too much of", async () => {
    const options = { fromMs: FROM_MS, toMs: TO_MS, strategy: equalParts(24) };
    const share = "0.05";
    const free = await live(past, options);
    const bound = await live(past, {
      ...options,
      limits: { strategyExposure: { share, measure: "gross" } },
    });
    expect(free.happenings.reasons["strategy-exposure"] ?? 0).toBe(0);
    expect(bound.happenings.reasons["strategy-exposure"] ?? 0).toBeGreaterThan(0);
    const most = ({ samples }: typeof free) =>
      Math.max(...samples.map(({ equity, long, short }) => (long + short) / equity));
    expect(most(bound)).toBeLessThan(most(free));
  });
});
