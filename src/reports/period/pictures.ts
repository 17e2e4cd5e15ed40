/** A report as pictures for a chat: what matters first, large enough to be read on a phone, light and dark. */
import { inTheme, PHONE_LOOK, QUIET, THEMES, type Theme } from "../charts/look.ts";
import { COLOURS, escaped, INK } from "../charts/svg.ts";
import { FONT_FAMILY, shortened, writable } from "../lettering/letters.ts";
import { pngOf } from "../pictures/png.ts";
import { type Figure, headFigures, periodText, subjectText } from "./document.ts";
import type { PeriodReport } from "./period-report.ts";
import { chartsOf, type ReportChart } from "./report-charts.ts";

export interface ReportPicture {
  readonly of: "overview" | "copying";
  readonly theme: Theme["name"];
  readonly png: Buffer;
}

/** Two themes of each; without copies in the period there is no picture of them. */
export function reportPictures(report: PeriodReport): readonly ReportPicture[] {
  const charts = chartsOf(report);
  const overview = charts.filter(({ id }) => id === "balance" || id === "days" || id === "drawdown");
  const copying = charts.filter(({ id }) => id === "copying");
  const cards = [
    { of: "overview" as const, svg: cardOf(report, headFigures(report), overview) },
    ...(copying.length === 0 ? [] : [{ of: "copying" as const, svg: cardOf(report, [], copying) }]),
  ];
  return cards.flatMap(({ of, svg }) =>
    THEMES.map((theme) => ({
      of,
      theme: theme.name,
      png: pngOf(inTheme(svg, theme, FONT_FAMILY).replace(PAGE, theme.page), SCALE),
    })),
  );
}

const SCALE = 2;
const EDGE = 24;
const WIDTH = PHONE_LOOK.width + 2 * EDGE;
const PAGE = "PAGE-COLOUR";
const TITLE_LETTERS = 26;
const FIGURE_LETTERS = 18;
const TONES: Readonly<Record<Figure["sign"], string>> = { [-1]: COLOURS.loss, 0: INK, 1: COLOURS.gain };

function cardOf(report: PeriodReport, figures: readonly Figure[], charts: readonly ReportChart[]): string {
  const parts: string[] = [];
  let y = EDGE + 22;
  const line = (text: string, size: number, more = "") => {
    parts.push(`<text x="${EDGE}" y="${y}" font-size="${size}" ${more}>${escaped(writable(text))}</text>`);
  };
  line(shortened(subjectText(report), TITLE_LETTERS), 26, `font-weight="bold" fill="${INK}"`);
  y += 30;
  line(`${periodText(report)}${report.isPaper ? ", paper" : ""}`, 17, `fill="${QUIET}"`);
  y += 34;
  parts.push(...figureParts(figures, y));
  y += Math.ceil(figures.length / 2) * FIGURE_HEIGHT;
  if (charts.length === 0) {
    line("Nothing is known of this period.", 17, `fill="${QUIET}"`);
    y += 30;
  }
  for (const chart of charts) {
    line(chart.title, 17, `font-weight="bold" fill="${INK}"`);
    y += 12;
    const { svg, height } = placed(chart.draw(PHONE_LOOK), y);
    parts.push(svg);
    y += height + 40;
  }
  const height = Math.ceil(y - 10);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT_FAMILY}">
<rect width="100%" height="100%" fill="${PAGE}"/>
${parts.join("\n")}
</svg>`;
}

const FIGURE_HEIGHT = 62;

function figureParts(figures: readonly Figure[], top: number): readonly string[] {
  return figures.map(({ name, value, sign }, at) => {
    const x = EDGE + (at % 2) * (PHONE_LOOK.width / 2);
    const y = top + Math.floor(at / 2) * FIGURE_HEIGHT;
    return `<text x="${x}" y="${y}" font-size="15" fill="${QUIET}">${escaped(writable(name))}</text>
<text x="${x}" y="${y + 27}" font-size="23" fill="${TONES[sign]}">${escaped(writable(shortened(value, FIGURE_LETTERS)))}</text>`;
  });
}

/** A drawing at its place, in its own size. */
function placed(svg: string, y: number): { readonly svg: string; readonly height: number } {
  const [, width = "1", tall = "1"] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  const height = (Number(tall) * PHONE_LOOK.width) / Number(width);
  const inner = svg.replace(/^<svg [^>]*>/, "").replace(/<\/svg>\s*$/, "");
  const head = `<svg x="${EDGE}" y="${y}" width="${PHONE_LOOK.width}" height="${height}" viewBox="0 0 ${width} ${tall}" font-family="inherit" font-size="${PHONE_LOOK.fontSize}">`;
  return { svg: `${head}${inner}</svg>`, height };
}
