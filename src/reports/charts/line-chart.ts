/** Several lines over the same days: equities beside each other, exposures over time. */
import { COLOURS, INK, svgOf } from "./svg.ts";

export interface ChartedLine {
  readonly name: string;
  readonly values: readonly number[];
}

export interface LineChart {
  /** What a screen reader says for it. */
  readonly label: string;
  /** Of the value axis. */
  readonly axis: string;
  readonly dates: readonly string[];
  readonly lines: readonly ChartedLine[];
  readonly format: (value: number) => string;
  /** Whether the area down to zero is filled, for a single line that falls from it. */
  readonly isFilled?: boolean;
}

/** Told apart on white and on near-black, by people who do not see all colours, too (Okabe and Ito 2008, without black). */
const PALETTE = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#d55e00",
  "#cc79a7",
  "#56b4e9",
  "#b59f00",
  "#8a8f98",
] as const;
/** Beyond these, lines are drawn with the last colour. */
const colourOf = (at: number): string => PALETTE[Math.min(at, PALETTE.length - 1)] ?? COLOURS.benchmark;
const DASHES = ["solid", "solid", "dashed", "dashed", "dotted", "dotted"] as const;

export function lineChart({ label, axis, dates, lines, format, isFilled }: LineChart): string {
  const option = {
    legend: { show: lines.length > 1, top: 0, itemGap: 28, textStyle: { color: INK } },
    grid: { left: 64, right: 28, top: lines.length > 3 ? 68 : 44, bottom: 28 },
    xAxis: {
      type: "category",
      data: dates,
      boundaryGap: false,
      axisLabel: { color: INK, hideOverlap: true },
      axisTick: { show: false },
      axisLine: { onZero: false, lineStyle: { color: COLOURS.grid } },
    },
    yAxis: {
      type: "value",
      name: axis,
      scale: isFilled !== true,
      axisLabel: { color: INK, formatter: format },
      nameTextStyle: { color: INK, align: "left" },
      splitLine: { lineStyle: { color: COLOURS.grid } },
    },
    series: lines.map(({ name, values }, at) => ({
      type: "line",
      name,
      data: values,
      showSymbol: false,
      sampling: "none",
      lineStyle: { color: colourOf(at), width: 1.6, type: DASHES[at % DASHES.length] },
      itemStyle: { color: colourOf(at) },
      ...(isFilled === true ? { areaStyle: { color: colourOf(at), opacity: 0.15 } } : {}),
    })),
  };
  return svgOf(option, { width: 720, height: lines.length > 3 ? 320 : 280 }, label);
}
