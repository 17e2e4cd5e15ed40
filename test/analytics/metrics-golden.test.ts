/** Every figure of the reference, on the same real series and hand-made edge cases, within the tolerance it states. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { benchmarkFiguresOf, type Figures, performanceOf } from "../../src/analytics/metrics/performance.ts";
import { hasShared, sharedNote } from "../shared.ts";
import {
  bybitReturns,
  calendarDays,
  type DailyReturns,
  expectClose,
  golden,
  hyperliquidPnl,
  monthsOf,
  returnsOnCapital,
} from "./golden.ts";

interface GoldenSeries {
  readonly id: string;
  readonly input: {
    readonly filter: string;
    readonly first_close?: string;
    readonly last_close?: string;
    readonly capital_base_usd?: number;
    readonly returns: string;
    readonly benchmark: string | null;
    readonly n_returns: number;
    readonly sha256_of_little_endian_float64_returns: string;
  };
  readonly values: Readonly<Record<string, { readonly direct?: number | null }>>;
}

interface GoldenMetrics {
  readonly series: readonly GoldenSeries[];
  readonly edge_cases: {
    readonly cases: Readonly<
      Record<string, { readonly returns: readonly number[]; readonly values: GoldenSeries["values"] }>
    >;
  };
}

function seriesOf({ input }: GoldenSeries): DailyReturns {
  const name = input.filter.split(" = ")[1] ?? "";
  if (input.first_close !== undefined) return bybitReturns(name, input.first_close, input.last_close ?? "");
  const { dates, pnl } = hyperliquidPnl(name);
  const fixed = input.returns.includes("fixed base");
  return { dates, returns: returnsOnCapital(pnl, input.capital_base_usd ?? 0, fixed) };
}

function figuresOf({ dates, returns }: DailyReturns): Figures {
  return performanceOf({ returns, periodsPerYear: 365, months: monthsOf(dates) });
}

describe.skipIf(!hasShared)(`figures of a series against the reference${sharedNote}`, () => {
  const { series = [], edge_cases = { cases: {} } } = hasShared ? golden<GoldenMetrics>("metrics") : {};

  it.each(series.map((one) => [one.id, one] as const))("agrees on %s", (_, one) => {
    const daily = seriesOf(one);
    expect(daily.returns.length).toBe(one.input.n_returns);
    const hash = createHash("sha256").update(new Uint8Array(daily.returns.buffer)).digest("hex");
    expect(hash).toBe(one.input.sha256_of_little_endian_float64_returns);
    const { first_close = "", last_close = "", benchmark } = one.input;
    const against =
      benchmark === null
        ? {}
        : benchmarkFiguresOf(daily.returns, bybitReturns("BTCUSDT", first_close, last_close).returns, 365);
    const found: Figures = { ...figuresOf(daily), ...against };
    const wanted = Object.entries(one.values);
    expect(wanted.length).toBeGreaterThan(40);
    for (const [name, { direct = null }] of wanted) expectClose(found[name], direct, name);
  });

  it.each(Object.entries(edge_cases.cases))("agrees on the edge case %s", (_, one) => {
    const dates = calendarDays("2024-01-01", "2024-01-31").slice(0, one.returns.length);
    const found = figuresOf({ dates, returns: Float64Array.from(one.returns) });
    for (const [name, { direct }] of Object.entries(one.values))
      if (direct !== undefined) expectClose(found[name], direct, name);
  });
});
