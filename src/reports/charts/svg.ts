/**
 * Charts as SVG text, drawn on the server by echarts. Text and axes take the colour of the page (`currentColor`), so that one picture serves in
 * light and dark; the only folder that knows echarts.
 */
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  VisualMapComponent,
} from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([
  BarChart,
  HeatmapChart,
  LineChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  VisualMapComponent,
  SVGRenderer,
]);

/** In the units of the picture; it scales with the page. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export const INK = "currentColor";
/** Readable on white and on near-black. */
export const COLOURS = {
  series: "#3b82c4",
  benchmark: "#8a8f98",
  loss: "#c8504a",
  gain: "#3a9a68",
  grid: "rgba(128,128,128,0.25)",
} as const;

/** One picture; `label` is what a screen reader says for it. */
export function svgOf(option: EChartsCoreOption, size: PictureSize, label: string): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption({ animation: false, textStyle: { color: INK, fontFamily: "inherit" }, ...option });
    const svg = chart.renderToSVGString({ useViewBox: true });
    return svg.replace(/^<svg /, `<svg role="img" aria-label="${escaped(label)}" `);
  } finally {
    chart.dispose();
  }
}

/** Text for HTML, attributes too. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
