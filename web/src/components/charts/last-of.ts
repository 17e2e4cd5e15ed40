/** While nothing is pointed at, a chart's legend tells what is newest. */
import type UPlot from "uplot";

export function lastOf({ data }: UPlot, series: number): number | null {
  return data[series]?.at(-1) ?? null;
}
