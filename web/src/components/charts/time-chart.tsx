/**
 * Series over time, one above the other on one axis of time; the pointer marks the same moment in all. Loaded on demand. A chart has
 * a sentence for who does not see it.
 */
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import { lastOf } from "./last-of.ts";
import { type ChartColours, useChartColours } from "./theme.ts";

export interface TimePanel {
  readonly label: string;
  /** One for each time; null where nothing is known. */
  readonly values: readonly (number | null)[];
  readonly height: number;
  readonly colour: "accent" | "loss";
  readonly format: (value: number) => string;
  /** Filled down or up to zero. */
  readonly isFilled?: boolean;
}

export interface TimeChartProps {
  /** The finding, in a sentence. */
  readonly summary: string;
  /** UTC milliseconds. */
  readonly times: readonly number[];
  /** From top to bottom; the last one has the axis of time. */
  readonly panels: readonly TimePanel[];
}

const AXIS_WIDTH = 64;
const AXIS_HEIGHT = 34;
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const FONT = "12px system-ui, sans-serif";

export default function TimeChart({ summary, times, panels }: TimeChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const colours = useChartColours();
  useEffect(() => {
    const target = frame.current;
    if (target === null) return;
    const sync = UPlot.sync(crypto.randomUUID());
    const xs = times.map((time) => time / 1_000);
    const plots = panels.map(
      (panel, at) =>
        new UPlot(
          optionsOf(panel, {
            colours,
            sync: sync.key,
            isLast: at === panels.length - 1,
            width: target.clientWidth,
          }),
          [xs, [...panel.values]],
          target,
        ),
    );
    for (const plot of plots) sync.sub(plot);
    const resize = new ResizeObserver(() => {
      for (const plot of plots) plot.setSize({ width: target.clientWidth, height: plot.height });
    });
    resize.observe(target);
    return () => {
      resize.disconnect();
      for (const plot of plots) {
        sync.unsub(plot);
        plot.destroy();
      }
    };
  }, [times, panels, colours]);
  return (
    <figure className="plot">
      <figcaption className="for-readers">{summary}</figcaption>
      <div ref={frame} aria-hidden="true" />
    </figure>
  );
}

interface Place {
  readonly colours: ChartColours;
  readonly sync: string;
  readonly isLast: boolean;
  readonly width: number;
}

function optionsOf(panel: TimePanel, { colours, sync, isLast, width }: Place): UPlot.Options {
  const { label, height, colour, format, isFilled = false } = panel;
  const axis = {
    stroke: colours.muted,
    font: FONT,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: height + (isLast ? AXIS_HEIGHT : 0),
    cursor: { sync: { key: sync }, drag: { x: false, y: false }, points: { size: 6 } },
    legend: { show: true, live: true },
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
    scales: { x: { time: true } },
    // The same room at the right of all, so that a moment is above itself.
    padding: [10, 16, 0, 0],
    axes: [
      {
        ...axis,
        show: isLast,
        size: AXIS_HEIGHT,
        values: (_, seconds) => seconds.map((one) => DAY.format(one * 1_000)),
      },
      { ...axis, size: AXIS_WIDTH, values: (_, values) => values.map((value) => format(value)) },
    ],
    series: [
      { label: "Day (UTC)", value: (plot, seconds) => dayText(seconds ?? lastOf(plot, 0)) },
      {
        label,
        stroke: colours[colour],
        width: 1.5,
        points: { show: false },
        value: (plot, value, at, index) => {
          const shown = index === null ? lastOf(plot, at) : value;
          return shown === null ? "–" : format(shown);
        },
        ...(isFilled ? { fill: translucent(colours[colour]), fillTo: 0 } : {}),
      },
    ],
  };
}

function translucent(colour: string): string {
  return `color-mix(in srgb, ${colour} 22%, transparent)`;
}

/** Values are of the end of a day: the day is the one that ends there. */
function dayText(seconds: number | null): string {
  if (seconds === null) return "–";
  return new Date((seconds - 1) * 1_000).toISOString().slice(0, 10);
}
