/** The charts of one series: equity with draw-down below it, monthly returns, rolling Sharpe ratio, distribution of daily returns. */
import { drawdownsOf } from "../../analytics/metrics/drawdown.ts";
import { type Histogram, histogramOf } from "../../analytics/metrics/histogram.ts";
import {
  equityCurve,
  type MonthReturn,
  monthlyReturns,
  rollingSharpe,
} from "../../analytics/metrics/rolling.ts";
import { COLOURS, INK, type PictureSize, svgOf } from "./svg.ts";

export interface ChartedSeries {
  readonly name: string;
  readonly dates: readonly string[];
  readonly returns: Float64Array;
  /** Of the same days; null without one. */
  readonly benchmark: { readonly name: string; readonly returns: Float64Array } | null;
  readonly periodsPerYear: number;
}

const TALL: PictureSize = { width: 720, height: 420 };
const FLAT: PictureSize = { width: 720, height: 240 };
const GROWN = 10;

/** Alike in all charts, so that what lies below each other is of the same time. */
const EDGES = { left: 64, right: 28, outerBoundsMode: "none" } as const;
const LINE = { type: "line", showSymbol: false, sampling: "none" } as const;
const SPLIT = { splitLine: { lineStyle: { color: COLOURS.grid } } };
const LABEL = { axisLabel: { color: INK }, nameTextStyle: { color: INK, align: "left" } };

function dateAxis(dates: readonly string[], more: object = {}) {
  return {
    type: "category",
    data: dates,
    boundaryGap: false,
    axisLabel: { color: INK, hideOverlap: true, formatter: (date: string) => date.slice(0, 7) },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: COLOURS.grid } },
    ...more,
  };
}

function valueAxis(name: string, more: object = {}) {
  return { type: "value", name, ...LABEL, ...SPLIT, ...more };
}

const percent = (value: number) => `${Number((value * 100).toPrecision(6))} %`;

/** Growth of 1 (a logarithmic axis where it grew or shrank tenfold), and the draw-down on the same time axis. */
export function equityChart({ name, dates, returns, benchmark }: ChartedSeries): string {
  const curves = [
    { name, colour: COLOURS.series, width: 2, values: equityCurve(returns) },
    ...(benchmark === null
      ? []
      : [
          {
            name: benchmark.name,
            colour: COLOURS.benchmark,
            width: 1.2,
            values: equityCurve(benchmark.returns),
          },
        ]),
  ];
  const all = curves.flatMap(({ values }) => [...values]);
  const [least, most] = [Math.min(1, ...all), Math.max(1, ...all)];
  const logarithmic = least > 0 && most / least > GROWN;
  const option = {
    legend: {
      show: benchmark !== null,
      right: 8,
      top: 0,
      icon: "roundRect",
      textStyle: { color: INK },
      data: curves.map((curve) => curve.name),
    },
    grid: [
      { ...EDGES, top: 34, height: 210 },
      { ...EDGES, top: 284, height: 100 },
    ],
    xAxis: [dateAxis(dates, { gridIndex: 0, axisLabel: { show: false } }), dateAxis(dates, { gridIndex: 1 })],
    yAxis: [
      logarithmic
        ? {
            ...valueAxis("Growth of 1 (logarithmic)", { gridIndex: 0 }),
            type: "log",
            min: least,
            max: most,
            axisLabel: { color: INK, formatter: (value: number) => String(Number(value.toPrecision(2))) },
          }
        : valueAxis("Growth of 1", { gridIndex: 0, scale: true }),
      valueAxis("Draw-down", { gridIndex: 1, max: 0, axisLabel: { color: INK, formatter: percent } }),
    ],
    series: [
      ...curves.map(({ name: curve, colour, width, values }) => ({
        ...LINE,
        name: curve,
        data: [...values],
        lineStyle: { color: colour, width },
        itemStyle: { color: colour },
      })),
      {
        ...LINE,
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: [...drawdownsOf(returns).curve],
        lineStyle: { color: COLOURS.loss, width: 1 },
        areaStyle: { color: COLOURS.loss, opacity: 0.3 },
      },
    ],
  };
  return svgOf(option, TALL, `Equity and draw-down of ${name}`);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A field per month, a row per year; the strongest colour is the largest size, at least 5 %. */
export function monthChart({ name, dates, returns }: ChartedSeries): string {
  const months = monthlyReturns(returns, dates);
  const years = [...new Set(months.map(({ year }) => year))].sort((left, right) => right - left);
  const strongest = Math.max(0.05, ...months.map(({ value }) => Math.min(1, Math.abs(value))));
  const option = {
    grid: { ...EDGES, top: 28, bottom: 8 },
    xAxis: {
      type: "category",
      data: MONTHS,
      position: "top",
      axisLabel: { color: INK },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    yAxis: {
      type: "category",
      data: years.map(String),
      axisLabel: { color: INK },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    series: [
      {
        type: "heatmap",
        data: months.map((month) => monthField(month, years, strongest)),
        label: {
          show: true,
          color: INK,
          fontSize: 12,
          formatter: ({ value }: { value: readonly number[] }) => monthText(value[2] ?? 0),
        },
      },
    ],
    visualMap: { show: false, min: -1, max: 1, dimension: 2, inRange: { opacity: 1 } },
  };
  const height = 36 + years.length * 34;
  return svgOf(option, { width: 720, height }, `Monthly returns of ${name} in percent`);
}

function monthField({ year, month, value }: MonthReturn, years: readonly number[], strongest: number) {
  // The colour itself is let through: an opacity would take the label along.
  const strength = 0.08 + 0.6 * Math.min(1, Math.abs(value) / strongest);
  const colour = faded(value < 0 ? COLOURS.loss : COLOURS.gain, strength);
  return { value: [month - 1, years.indexOf(year), value], itemStyle: { color: colour } };
}

function faded(colour: string, opacity: number): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${opacity.toFixed(2)})`;
}

/** In percent, without the sign of percent: twelve stand beside each other. */
function monthText(value: number): string {
  const text = (value * 100).toFixed(Math.abs(value) >= 1 ? 0 : 1);
  return value > 0 ? `+${text}` : text;
}

/** A quarter of a year, or of the record where that is shorter. */
export function rollingWindow(days: number): number {
  return Math.max(5, Math.min(90, Math.floor(days / 4)));
}

export function rollingChart({ name, dates, returns, periodsPerYear }: ChartedSeries): string {
  const window = rollingWindow(returns.length);
  const option = {
    grid: { ...EDGES, top: 34, bottom: 28 },
    xAxis: dateAxis(dates, { axisLine: { onZero: false, lineStyle: { color: COLOURS.grid } } }),
    yAxis: valueAxis(`Sharpe ratio a year, last ${window} days`),
    series: [
      {
        ...LINE,
        data: rollingSharpe(returns, window, periodsPerYear).map((value) => value ?? "-"),
        lineStyle: { color: COLOURS.series, width: 1.5 },
        markLine: {
          silent: true,
          symbol: "none",
          label: { show: false },
          lineStyle: { color: INK, type: "solid", width: 1 },
          data: [{ yAxis: 0 }],
        },
      },
    ],
  };
  return svgOf(option, FLAT, `Rolling Sharpe ratio of ${name}`);
}

/** Days by size of the return, the 5 % quantile marked; null where the returns do not differ. */
export function distributionChart(
  { name, returns }: ChartedSeries,
  valueAtRisk: number | null,
): string | null {
  const histogram = histogramOf(returns);
  if (histogram === null) return null;
  const { from, width, counts } = histogram;
  const middles = counts.map((_, bar) => from + (bar + 0.5) * width);
  const option = {
    grid: { ...EDGES, top: 34, bottom: 28 },
    xAxis: {
      type: "category",
      data: middles.map((middle) => `${(middle * 100).toFixed(width < 0.002 ? 2 : 1)} %`),
      axisLabel: { color: INK, hideOverlap: true },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: COLOURS.grid } },
    },
    yAxis: valueAxis("Days"),
    series: [
      {
        type: "bar",
        barCategoryGap: "8%",
        data: counts.map((value, bar) => ({
          value,
          itemStyle: { color: (middles[bar] ?? 0) < 0 ? COLOURS.loss : COLOURS.gain },
        })),
        ...(valueAtRisk === null ? {} : { markLine: riskMark(valueAtRisk, histogram) }),
      },
    ],
  };
  return svgOf(option, FLAT, `Distribution of the daily returns of ${name}`);
}

function riskMark(valueAtRisk: number, { from, width, counts }: Histogram) {
  const bar = Math.min(counts.length - 1, Math.max(0, Math.floor((valueAtRisk - from) / width)));
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: INK, type: "dashed" },
    label: { color: INK, formatter: `one day in 20 below ${(valueAtRisk * 100).toFixed(1)} %` },
    data: [{ xAxis: bar }],
  };
}
