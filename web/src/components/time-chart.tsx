/**
 * Lines over time, loaded on demand. Series share the time axis; gaps stay gaps. Screen readers and whoever wants the numbers get the
 * sentence of `summary`; colours come from the theme's variables.
 */
import { lazy, Suspense } from "react";
import { strings } from "../strings.ts";
import { Loading } from "./notice.tsx";

export interface ChartSeries {
  readonly label: string;
  /** Null where there is no value. */
  readonly values: readonly (number | null)[];
  /** Filled down to zero: for draw-downs. */
  readonly isArea?: boolean;
  readonly tone?: ChartTone;
  /** Lengths of strokes and gaps, so that lines are told apart without colours. */
  readonly dash?: readonly number[];
}

export type ChartTone =
  | "accent"
  | "muted"
  | "loss"
  | "curve-2"
  | "curve-3"
  | "curve-4"
  | "curve-5"
  | "curve-6";

export interface ChartMark {
  readonly atMs: number;
  readonly label: string;
}

export interface TimeChartProps {
  /** UTC milliseconds, rising. */
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Of the vertical axis. */
  readonly unit: string;
  readonly height: number;
  /** What the chart shows, in a sentence. */
  readonly summary: string;
  readonly format?: (value: number) => string;
  /** Funding, fees, stops. */
  readonly marks?: readonly ChartMark[];
  /** Charts with one key share their cursor. */
  readonly syncKey?: string;
}

const Plot = lazy(() => import("./plot.tsx"));

export function TimeChart(props: TimeChartProps) {
  return (
    <Suspense fallback={<Loading what={strings.chart} />}>
      <Plot {...props} />
    </Suspense>
  );
}
