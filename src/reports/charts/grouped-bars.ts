/** Bars of several things side by side, in groups: what is compared has one colour throughout. */
import { COLOURS, INK, svgOf } from "./svg.ts";

export interface GroupedBars {
  /** What a screen reader says for it. */
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly string[];
  /** A value per group. */
  readonly bars: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const TONES = [COLOURS.series, COLOURS.loss, COLOURS.gain, COLOURS.benchmark, "#b58a2e"] as const;
/** An `img` has no colour of the page to take: this one is readable on white and on near-black. */
const GREY = "#7d8590";

/** Stands for itself, as in a document that shows it as an image. */
export function groupedBars({ title, unit, groups, bars }: GroupedBars): string {
  const text = { color: INK };
  const option = {
    legend: { top: 0, icon: "roundRect", itemGap: 28, textStyle: text },
    grid: { left: 64, right: 16, top: 64, bottom: 32, outerBoundsMode: "none" },
    xAxis: {
      type: "category",
      data: groups,
      axisLabel: text,
      axisTick: { show: false },
      axisLine: { onZero: true, lineStyle: { color: COLOURS.grid } },
    },
    yAxis: {
      type: "value",
      name: unit,
      nameTextStyle: { ...text, align: "left" },
      axisLabel: text,
      splitLine: { lineStyle: { color: COLOURS.grid } },
    },
    series: bars.map(({ name, values }, at) => ({
      type: "bar",
      name,
      data: [...values],
      barGap: "10%",
      itemStyle: { color: TONES[at % TONES.length] },
    })),
  };
  const svg = svgOf(option, { width: 720, height: 320 }, title).replaceAll(INK, GREY);
  // The styles are of a pointer over the picture, which an image does not have.
  return svg.replace(/<style.*?<\/style>\n?/s, "");
}
