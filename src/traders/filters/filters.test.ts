/**
 * Each filter against figures worked out elsewhere (numpy, and by hand for round trips), at its bound, just beyond it, and where its
 * figure cannot be told.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FIGURE_DEFINITIONS } from "../../analytics/metrics/definitions.ts";
import type { RoundTrip } from "../../analytics/positions/round-trip.ts";
import { STYLES, type Style } from "../../analytics/style/styles.ts";
import { TRADE_DEFINITIONS } from "../../analytics/trades/trade-definitions.ts";
import type { AssumptionWord, TraderEvidence } from "../evidence.ts";
import type { TraderStyle } from "../style.ts";
import { allowedStrategies } from "./allowed-strategies.ts";
import { cannotTell, type FilterOutcome, type TraderFilter } from "./filter.ts";
import { judge, judgeSet } from "./judge.ts";
import { JudgedTrader, type TraderToJudge } from "./judged-trader.ts";
import { maxSectorConcentration } from "./max-sector-concentration.ts";
import { FILTER_NAMES, type FilterBounds, filtersOf } from "./registry.ts";

const DAY_MS = 86_400_000;
const NEEDS = { days: 30, trips: 10 };
const OFF: FilterBounds = {
  min_performance: null,
  max_drawdown: null,
  min_trades: null,
  min_track_record: null,
  min_sharpe_ratio: null,
  min_calmar_ratio: null,
  min_win_rate: null,
  min_profit_factor: null,
  max_volatility: null,
  max_var_95: null,
  max_beta: null,
  allowed_strategies: null,
  max_sector_concentration: null,
};

const dayAt = (place: number) => new Date(place * DAY_MS).toISOString().slice(0, 10);
/** numpy has the figures of these: ((i * 37) % 41 - 19) / 1000. */
const RETURNS = Float64Array.from({ length: 40 }, (_, day) => (((day * 37) % 41) - 19) / 1_000);
const MARKET = Float64Array.from({ length: 40 }, (_, day) => (((day * 23) % 43) - 20) / 1_000);

function trip(pnl: number, place: number): RoundTrip {
  const openMs = place * DAY_MS;
  return {
    symbol: "BTCUSDT",
    side: "long",
    openMs,
    closeMs: openMs + 1,
    pnl,
    fees: 1,
    maxQuantity: 1,
    maxNotional: 100,
    adds: [],
  };
}
/** After a fee of 1 each: eight win 9, four lose 6, one is nothing. */
const TRIPS = [...Array<number>(8).fill(10), ...Array<number>(4).fill(-5), 1].map(trip);

interface Changes {
  readonly returns?: Float64Array;
  readonly trips?: readonly RoundTrip[];
  readonly assumed?: readonly AssumptionWord[];
  readonly open?: number;
  readonly history?: TraderToJudge["record"]["history"];
  readonly style?: TraderStyle;
  readonly market?: Float64Array;
}

function evidenceOf({ returns = RETURNS, trips = TRIPS, assumed = [], open = 0 }: Changes): TraderEvidence {
  return {
    trader: { venue: "binance", trader: "alice" },
    days: Array.from(returns, (_, day) => dayAt(day)),
    returns,
    pnl: returns,
    base: 1_000,
    isBaseStated: true,
    peakNotional: 100,
    dailyPeaks: new Float64Array(),
    trips,
    assumptions: assumed.map((word) => ({ word, text: "" })),
    quality: open === 0 ? [] : [{ word: "open-positions", count: open }],
  };
}

function trader(changes: Changes = {}): TraderToJudge {
  return {
    record: { venue: "binance", trader: "alice", history: changes.history ?? "complete" },
    evidence: evidenceOf(changes),
    style: changes.style ?? null,
    benchmark: { symbol: "BTCUSDT", returns: changes.market ?? MARKET },
  };
}

const nobody: TraderToJudge = {
  record: { venue: "binance", trader: "empty", history: "unknown" },
  evidence: null,
  style: null,
  benchmark: null,
};

function one(bounds: Partial<FilterBounds>): TraderFilter {
  const [filter] = filtersOf({ ...OFF, ...bounds });
  if (filter === undefined) throw new Error("no filter is set");
  return filter;
}

function outcome(bounds: Partial<FilterBounds>, changes: Changes = {}): FilterOutcome {
  return one(bounds).judge(new JudgedTrader(trader(changes), NEEDS));
}

type Numeric = Exclude<keyof FilterBounds, "allowed_strategies">;

describe("a filter reads its figure (pain 40)", () => {
  it.each<readonly [Numeric, number]>([
    ["min_performance", 0.6253290238595837],
    ["max_drawdown", 0.049087573006240004],
    ["min_trades", 13],
    ["min_track_record", 40],
    ["min_sharpe_ratio", 2.256896349064813],
    ["min_calmar_ratio", 12.739049530521543],
    ["min_win_rate", 8 / 12],
    ["min_profit_factor", 72 / 24],
    ["max_volatility", 0.226417132630722],
    ["max_var_95", 0.01705],
    ["max_beta", 0.06436825824237469],
  ])("%s is %d, passes at that bound, and fails just beyond it by how much it does", (name, value) => {
    const isLeast = name.startsWith("min_");
    const step = value / 1_000;
    expect(outcome({ [name]: value })).toMatchObject({ kind: "passed", value: expect.closeTo(value, 10) });
    expect(outcome({ [name]: isLeast ? value - step : value + step }).kind).toBe("passed");
    expect(outcome({ [name]: isLeast ? value + step : value - step })).toMatchObject({
      kind: "failed",
      value: expect.closeTo(value, 10),
      by: expect.closeTo(step, 10),
    });
  });

  it("counts no position that is open into a win rate or profit factor, and says so", () => {
    const notes = ["2 positions are still open and not counted"];
    expect(outcome({ min_win_rate: 0.5 }, { open: 2 })).toMatchObject({ value: 8 / 12, notes });
    expect(outcome({ min_profit_factor: 1 }, { open: 2 })).toMatchObject({ value: 3, notes });
  });

  it("tells a yearly return from less than a year as such", () => {
    expect(outcome({ min_performance: 0 })).toMatchObject({ notes: ["a year of what were 40 days"] });
  });

  it("tells of a cut history where it counts", () => {
    const notes = ["its source cut the history: there was more before"];
    expect(outcome({ min_trades: 100 }, { history: "truncated" })).toMatchObject({
      kind: "failed",
      by: 87,
      notes,
    });
    expect(outcome({ min_track_record: 365 }, { history: "truncated" })).toMatchObject({ by: 325, notes });
  });

  it("takes beta by its size", () => {
    const against = RETURNS.map((value) => -2 * value);
    expect(outcome({ max_beta: 0.4 }, { market: against })).toMatchObject({
      kind: "failed",
      value: 0.5,
      by: expect.closeTo(0.1, 12),
      notes: ["it is below zero: against the market"],
    });
  });

  it("measures beta on the days of which the market is known", () => {
    const market = MARKET.map((value, day) => (day < 5 ? Number.NaN : value));
    expect(outcome({ max_beta: 1 }, { market })).toMatchObject({
      value: expect.closeTo(0.04111427722706918, 10),
    });
  });
});

it("each filter has its row in the documentation, and every figure named there its definition (pain 40)", () => {
  const text = readFileSync(new URL("../../../docs/filters.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(m(?:in|ax)_\w+|allowed_\w+)` \| (.*?) \|/gm)];
  expect(rows.map(([, name]) => name).sort()).toEqual([...FILTER_NAMES, "min_strategy_diversity"].sort());
  const keys = ["beta_benchmark"];
  const figures = rows.flatMap(([, , cell = ""]) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
  );
  const defined: Readonly<Record<string, { readonly formula: string }>> = {
    ...FIGURE_DEFINITIONS,
    ...TRADE_DEFINITIONS,
  };
  for (const name of figures.filter((one) => !keys.includes(one)))
    expect(defined[name]?.formula, name).toBeTruthy();
  expect(figures).toEqual(expect.arrayContaining(["cagr", "sharpe", "winRate", "profitFactor", "beta"]));
});

describe("what cannot be told does not pass and is not failed", () => {
  const dayFilters = [
    "min_performance",
    "max_drawdown",
    "min_sharpe_ratio",
    "max_volatility",
    "max_var_95",
    "max_beta",
  ] as const;

  it.each(dayFilters)("%s of a record that is too short, used up, or of unsure days", (name) => {
    const bounds = { [name]: name.startsWith("min_") ? -1 : 100 };
    expect(outcome(bounds, { returns: RETURNS.slice(0, 8) })).toEqual(
      cannotTell("8 days of record, 30 are needed"),
    );
    expect(outcome(bounds, { assumed: ["capital-used-up"] })).toEqual(
      cannotTell("its losses reach the capital that is taken for it"),
    );
    expect(outcome(bounds, { assumed: ["venue-profit-only"] }).kind).toBe("cannot-tell");
  });

  it.each(dayFilters)("%s does not pass on prices that were missing, but may fail", (name) => {
    const [passing, failing] = name.startsWith("min_") ? [-1, 100] : [100, 0];
    const missing = { assumed: ["last-price-as-mark"] } as const;
    expect(outcome({ [name]: passing }, missing)).toMatchObject({
      kind: "cannot-tell",
      because: expect.stringContaining("market fetch"),
    });
    expect(outcome({ [name]: failing }, missing).kind).toBe("failed");
  });

  it("figures that are undefined, with the words of their definition", () => {
    const rising = new Float64Array(40).fill(0.01);
    expect(outcome({ min_calmar_ratio: 1 }, { returns: rising })).toEqual(
      cannotTell("Calmar ratio is undefined without a draw-down"),
    );
    expect(outcome({ min_sharpe_ratio: 1 }, { returns: rising })).toEqual(
      cannotTell("Sharpe ratio is undefined without deviation"),
    );
    expect(outcome({ min_profit_factor: 1 }, { trips: TRIPS.slice(0, 8).concat(TRIPS.slice(0, 2)) })).toEqual(
      cannotTell("Profit factor is undefined without a loss"),
    );
    expect(outcome({ max_beta: 1 }, { market: new Float64Array(40) })).toEqual(
      cannotTell("Beta is undefined where the benchmark does not vary"),
    );
  });

  it("a win rate of too few round trips", () => {
    const because = "9 finished round trips seen whole, 10 are needed";
    expect(outcome({ min_win_rate: 0.1 }, { trips: TRIPS.slice(0, 9) })).toEqual(cannotTell(because));
  });

  it("a win rate that would not be reached were all that is open lost", () => {
    expect(outcome({ min_win_rate: 0.5 }, { open: 4 })).toMatchObject({ kind: "passed", value: 8 / 12 });
    expect(outcome({ min_win_rate: 0.5 }, { open: 5 })).toEqual(
      cannotTell("it won 8 of 12, but 5 more are still open: were those lost, it would be 47 %"),
    );
    expect(outcome({ min_win_rate: 0.7 }, { open: 5 })).toMatchObject({ kind: "failed", value: 8 / 12 });
  });

  it("beta where the market is known on too few days", () => {
    const market = MARKET.map((value, day) => (day < 20 ? Number.NaN : value));
    expect(outcome({ max_beta: 1 }, { market })).toMatchObject({
      because: expect.stringContaining("the price of BTCUSDT is known on 20 of its 40 days, 30 are needed"),
    });
  });

  it("anything of a trader without fills, but that there is no record and no trade", () => {
    const all = filtersOf({
      ...(Object.fromEntries(FILTER_NAMES.map((name) => [name, 0.5])) as unknown as FilterBounds),
      allowed_strategies: ["carry"],
    });
    const results = judge(nobody, all).results.map(({ filter, result }) => [filter, result]);
    const counted = ["min_trades", "min_track_record"];
    expect(results).toEqual(
      FILTER_NAMES.map((name) => [name, counted.includes(name) ? "failed" : "cannot-tell"]),
    );
  });
});

function styled(
  probabilities: Partial<Record<Style, number>> | null,
  sectors: TraderStyle["concentration"]["sectors"] = { index: null, largest: null, unknown: null },
): TraderStyle {
  const all =
    probabilities === null
      ? null
      : Object.fromEntries(STYLES.map((name) => [name, probabilities[name] ?? 0]));
  const label =
    STYLES.toSorted((a, b) => (probabilities?.[b] ?? 0) - (probabilities?.[a] ?? 0))[0] ?? "unknown";
  return {
    verdict: {
      label: probabilities === null ? "unknown" : label,
      probabilities: all as TraderStyle["verdict"]["probabilities"],
      confidence: probabilities === null ? "none" : "moderate",
      reasons: probabilities === null ? ["3 round trips: below 10 a style cannot be told"] : [],
      agreement: null,
      trips: 13,
      marketShare: 1,
      features: {},
    },
    concentration: { coins: sectors, sectors },
  };
}

describe("styles", () => {
  const judged = (filter: TraderFilter, style: TraderStyle) =>
    filter.judge(new JudgedTrader(trader({ style }), NEEDS));

  it("are allowed where the allowed ones together are more likely than not", () => {
    const style = styled({ martingale: 0.4, trend_following: 0.35, breakout: 0.25 });
    expect(judged(allowedStrategies(["trend_following", "breakout"]), style)).toEqual({
      kind: "passed",
      value: 0.6,
      notes: ["martingale 40 %, trend_following 35 %, breakout 25 %"],
    });
    expect(judged(allowedStrategies(["trend_following"]), style)).toMatchObject({
      kind: "failed",
      value: 0.35,
      by: expect.closeTo(0.15, 12),
    });
  });

  it("that are not known are not allowed, and why is said", () => {
    expect(judged(allowedStrategies([...STYLES]), styled(null))).toEqual(
      cannotTell("3 round trips: below 10 a style cannot be told"),
    );
  });

  it("sectors: the largest share counts, and unknown coins may be of its sector", () => {
    const sectors = (share: number, unknown: number) =>
      styled({ carry: 1 }, { index: null, largest: { sector: "memes", share }, unknown });
    const filter = maxSectorConcentration(0.4);
    expect(judged(filter, sectors(0.4, 0))).toEqual({ kind: "passed", value: 0.4, notes: ["most in memes"] });
    expect(judged(filter, sectors(0.5, 0.1))).toMatchObject({
      kind: "failed",
      value: 0.5,
      by: expect.closeTo(0.1),
    });
    expect(judged(filter, sectors(0.3, 0.05)).kind).toBe("passed");
    expect(judged(filter, sectors(0.3, 0.2))).toMatchObject({
      kind: "cannot-tell",
      because: expect.stringContaining("20 % of what it trades is in coins of no known sector"),
    });
  });

  it("a set is as diverse as it has styles; unknown ones may be more", () => {
    const set = (...styles: readonly (Partial<Record<Style, number>> | null)[]) =>
      styles.map((one) => judge(trader({ style: styled(one) }), []));
    const two = [{ carry: 1 }, { carry: 1 }, { scalping: 1 }] as const;
    expect(judgeSet(set(...two), 2)).toMatchObject({
      result: "passed",
      value: 2,
      notes: ["carry, scalping"],
    });
    expect(judgeSet(set(...two), 3)).toMatchObject({ result: "failed", value: 2, bound: 3, by: 1 });
    expect(judgeSet(set(...two, null), 3)).toMatchObject({
      result: "cannot-tell",
      because: "the style of 1 of them is not known well enough; the others show 2 (carry, scalping)",
    });
    const unsure = styled({ breakout: 1 });
    const low = { ...unsure, verdict: { ...unsure.verdict, confidence: "low" } } as const;
    expect(judgeSet([judge(trader({ style: low }), [])], 1).result).toBe("cannot-tell");
    expect(judgeSet([], 1)).toMatchObject({ result: "failed", value: 0, by: 1 });
  });
});

describe("a judgement", () => {
  it("has one result of each filter that is set, and passes when all do", () => {
    const filters = filtersOf({ ...OFF, max_drawdown: 0.2, min_sharpe_ratio: 1 });
    expect(judge(trader(), filters)).toMatchObject({
      trader: { venue: "binance", trader: "alice" },
      passes: true,
      results: [
        { filter: "max_drawdown", result: "passed", unit: "fraction", bound: 0.2, by: null, because: null },
        { filter: "min_sharpe_ratio", result: "passed", unit: "ratio", bound: 1, by: null, because: null },
      ],
    });
  });

  it("does not pass where one fails, or cannot be told", () => {
    const filters = filtersOf({ ...OFF, max_drawdown: 0.01, min_trades: 1 });
    expect(judge(trader(), filters).passes).toBe(false);
    const untold = judge(trader({ trips: [] }), filtersOf({ ...OFF, max_drawdown: 0.2, min_win_rate: 0 }));
    expect(untold).toMatchObject({
      passes: false,
      results: [
        { result: "passed" },
        {
          result: "cannot-tell",
          value: null,
          by: null,
          because: "0 finished round trips seen whole, 10 are needed",
        },
      ],
    });
  });

  it("tells what the data leave open", () => {
    const found = judge(trader({ assumed: ["capital-estimated"] }), []);
    expect(found.reservations.map(({ word }) => word)).toEqual(["capital-estimated"]);
  });
});
