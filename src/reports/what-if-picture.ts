/** What a leader was worth to a follower by how late it is: a picture for a chat, readable on a phone. */
import { lineChart } from "./charts/line-chart.ts";
import { inTheme, THEMES } from "./charts/look.ts";
import { escaped, INK } from "./charts/svg.ts";
import { FONT_FAMILY, shortened, writable } from "./lettering/letters.ts";
import { pngOf } from "./pictures/png.ts";

export interface WhatIfCurve {
  readonly title: string;
  readonly subtitle: string;
  readonly equity: number;
  readonly delays: {
    readonly points: readonly {
      readonly delayMs: number;
      /** Null where only the careful one is known. */
      readonly profit: number | null;
      readonly carefulProfit: number;
    }[];
  };
}

const SCALE = 1.5;
const WIDTH = 760;
const EDGE = 20;
const TITLE_LETTERS = 48;

/** PNG; null where there are too few points for a curve. */
export function whatIfPicture(curve: WhatIfCurve): Buffer | null {
  const { points } = curve.delays;
  const [theme] = THEMES;
  if (points.length < 2 || theme === undefined) return null;
  const svg = inTheme(cardOf(curve), theme, FONT_FAMILY);
  return pngOf(svg.replace(PAGE, theme.page), SCALE);
}

const PAGE = "PAGE-COLOUR";

function cardOf({ title, subtitle, equity, delays: { points } }: WhatIfCurve): string {
  const share = (profit: number) => profit / equity;
  const isLight = points.every(({ profit }) => profit !== null);
  const chart = lineChart({
    label: subtitle,
    axis: "of the capital",
    dates: points.map(({ delayMs }) => `${delayMs / 1_000} s`),
    lines: [
      ...(isLight ? [{ name: "likely", values: points.map(({ profit }) => share(profit ?? 0)) }] : []),
      { name: "careful", values: points.map(({ carefulProfit }) => share(carefulProfit)) },
    ],
    format: (value) => `${Number((100 * value).toPrecision(4))} %`,
  });
  const text = (y: number, size: number, words: string, more = "") =>
    `<text x="${EDGE}" y="${y}" font-size="${size}" fill="${INK}" ${more}>${escaped(writable(words))}</text>`;
  const inner = chart.replace(/^<svg /, `<svg x="${EDGE}" y="84" `);
  const height = 84 + Number(/viewBox="0 0 [\d.]+ ([\d.]+)"/.exec(chart)?.[1] ?? 280) + EDGE;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT_FAMILY}">
<rect width="100%" height="100%" fill="${PAGE}"/>
${text(38, 24, shortened(title, TITLE_LETTERS), 'font-weight="bold"')}
${text(66, 17, subtitle)}
${inner}
</svg>`;
}
