/** The only file that draws with uPlot. */
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { strings } from "../strings.ts";
import type { ChartMark, ChartSeries, ChartTone, TimeChartProps } from "./time-chart.tsx";

const DAY_SECONDS = 86_400;
const DAY_STEPS = [1, 2, 7, 14, 28, 60, 91, 182, 364].map((days) => days * DAY_SECONDS);
const FONT = "11px system-ui, sans-serif";

export default function Plot(props: TimeChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useRef<uPlot | null>(null);
  const shape = `${props.series.map(({ label, tone, isArea }) => `${label} ${tone} ${isArea}`)} ${props.unit}`;

  // Drawn anew when its shape or the theme changes; new numbers only replace the old.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the series
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(latest.current, element), dataOf(latest.current), element);
    };
    draw();
    const fit = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: latest.current.height });
    });
    fit.observe(element);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => {
      fit.disconnect();
      theme.disconnect();
      scheme.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => plot.current?.setData(dataOf(props)), [props]);

  return <div ref={frame} className="plot" role="img" aria-label={props.summary} />;
}

function dataOf({ timesMs, series }: TimeChartProps): uPlot.AlignedData {
  return [timesMs.map((atMs) => atMs / 1_000), ...series.map(({ values }) => [...values])];
}

function optionsOf(
  { timesMs, series, unit, height, marks = [], syncKey, ...props }: TimeChartProps,
  element: Element,
): uPlot.Options {
  const { format = (value: number) => value.toLocaleString("en-GB") } = props;
  const colour = coloursOf(element);
  const isDays = isDaily(timesMs);
  const axis = {
    stroke: colour.muted,
    font: FONT,
    ticks: { stroke: colour.line },
    grid: { stroke: colour.line, width: 1 },
  };
  return {
    width: element.clientWidth,
    height,
    cursor: { points: { size: 6 }, ...(syncKey === undefined ? {} : { sync: { key: syncKey } }) },
    legend: { live: true },
    scales: { x: { time: true } },
    axes: [
      {
        ...axis,
        size: 28,
        values: (_, splits, __, ___, stepSeconds) => splits.map((seconds) => tickText(seconds, stepSeconds)),
        ...(isDays ? { incrs: DAY_STEPS } : {}),
      },
      {
        ...axis,
        size: 68,
        space: 18,
        label: unit,
        labelFont: FONT,
        labelSize: 16,
        values: (_, ticks) => ticks.map(format),
      },
    ],
    series: [
      {
        label: isDays ? strings.chartDay : strings.chartTime,
        value: (plot, seconds) => timeText(seconds ?? lastOf(plot, 0), isDays),
      },
      ...series.map((one) => lineOf(one, colour, format)),
    ],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "UTC"),
    hooks: { draw: [(plot) => drawMarks(plot, marks, colour.muted)] },
  };
}

const COLOURS = [
  "line",
  "accent",
  "muted",
  "loss",
  "curve-2",
  "curve-3",
  "curve-4",
  "curve-5",
  "curve-6",
] as const satisfies readonly (ChartTone | "line")[];

type Colours = Readonly<Record<(typeof COLOURS)[number], string>>;

function lineOf(
  { label, isArea = false, tone = "accent", dash }: ChartSeries,
  colour: Colours,
  format: (value: number) => string,
): uPlot.Series {
  return {
    label,
    stroke: colour[tone],
    width: 1.5,
    points: { show: false },
    spanGaps: false,
    ...(dash === undefined ? {} : { dash: [...dash] }),
    ...(isArea ? { fill: `color-mix(in srgb, ${colour[tone]} 20%, transparent)` } : {}),
    value: (plot, value, at, index) => {
      const shown = index === null ? lastOf(plot, at) : value;
      return shown === null || shown === undefined ? "–" : format(shown);
    },
  };
}

function drawMarks({ ctx, bbox, valToPos }: uPlot, marks: readonly ChartMark[], colour: string): void {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([3, 3]);
  for (const { atMs } of marks) {
    const x = valToPos(atMs / 1_000, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Canvas knows no variables: what they come to here and now. */
function coloursOf(element: Element): Colours {
  const probe = document.createElement("span");
  element.append(probe);
  const resolved = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(COLOURS.map((name) => [name, resolved(name)])) as Colours;
  probe.remove();
  return colours;
}

const dayText = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const clockText = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

/** Days where a tick is a day or begins one, else the time of day. */
function tickText(seconds: number, stepSeconds: number): string {
  const at = new Date(seconds * 1_000);
  return stepSeconds >= DAY_SECONDS || seconds % DAY_SECONDS === 0
    ? dayText.format(at)
    : clockText.format(at);
}

/** Nothing happens between two points a day apart: no tick pretends it. */
function isDaily(timesMs: readonly number[]): boolean {
  return timesMs.every((atMs, at) => at === 0 || atMs - (timesMs[at - 1] ?? 0) >= DAY_SECONDS * 1_000);
}

function timeText(seconds: number | null, isDay: boolean): string {
  if (seconds === null) return "–";
  return new Date(seconds * 1_000)
    .toISOString()
    .slice(0, isDay ? 10 : 16)
    .replace("T", " ");
}

/** While nothing is pointed at, the legend tells what is newest. */
function lastOf({ data }: uPlot, series: number): number | null {
  return data[series]?.at(-1) ?? null;
}
