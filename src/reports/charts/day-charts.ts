/** Charts of days: what an account is worth, what each day brought, how far below the highest it is, what was at stake. */
import { COLOURS, INK, type Look } from "./look.ts";
import { svgOf } from "./svg.ts";

export interface ChartedDays {
  readonly days: readonly string[];
  /** Null where it is not known. */
  readonly lines: readonly {
    readonly name: string;
    readonly colour: string;
    readonly values: readonly (number | null)[];
  }[];
}

/** Beyond so many the axis tells months, with their years. */
const DAYS_OF_MONTHS = 120;
/** Few days are drawn as points, too. */
const POINTS_MAX = 10;

export interface DayChart extends ChartedDays {
  /** What a screen reader says for it. */
  readonly label: string;
  readonly kind: "line" | "area" | "bars";
  /** Of the width. */
  readonly height: number;
  readonly format: (value: number) => string;
  readonly look: Look;
}

export function dayChart({ days, lines, label, kind, height, format, look }: DayChart): string {
  const { width, fontSize, lineWidth, tallness = 1 } = look;
  const text = { color: INK, fontSize };
  const isShort = days.length <= POINTS_MAX;
  const option = {
    legend: { show: lines.length > 1, top: 0, itemGap: 24, icon: "roundRect", textStyle: text },
    grid: {
      left: 8,
      right: 20,
      top: lines.length > 1 ? fontSize * 2.6 : fontSize,
      bottom: 4,
      // Without a font at hand the width of labels is a guess, and a little too small.
      outerBounds: { left: fontSize * 0.8, right: fontSize * 0.8, top: 0, bottom: 0 },
    },
    xAxis: {
      type: "category",
      data: days.map((day) => (days.length > DAYS_OF_MONTHS ? day.slice(0, 7) : day.slice(5))),
      boundaryGap: kind === "bars" || isShort,
      axisLabel: { ...text, hideOverlap: true, margin: 10 },
      axisTick: { show: false },
      axisLine: { onZero: kind === "bars", lineStyle: { color: COLOURS.grid } },
    },
    yAxis: {
      type: "value",
      scale: kind === "line",
      splitNumber: 4,
      axisLabel: { ...text, formatter: format },
      splitLine: { lineStyle: { color: COLOURS.grid } },
    },
    series: lines.map(({ name, colour, values }) =>
      kind === "bars"
        ? { type: "bar", name, data: values.map(coloured), barMaxWidth: 36 }
        : {
            type: "line",
            name,
            data: values.map((value) => value ?? "-"),
            showSymbol: isShort,
            symbol: "circle",
            symbolSize: lineWidth * 3,
            connectNulls: false,
            lineStyle: { color: colour, width: lineWidth },
            itemStyle: { color: colour },
            ...(kind === "area" ? { areaStyle: { color: colour, opacity: 0.25 } } : {}),
          },
    ),
  };
  return svgOf(option, { width, height: Math.round(width * height * tallness) }, label);
}

function coloured(value: number | null) {
  if (value === null) return "-";
  return { value, itemStyle: { color: value < 0 ? COLOURS.loss : COLOURS.gain } };
}
