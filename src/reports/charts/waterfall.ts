/** From one amount to another in steps: a row for each, so that long names and a narrow screen have room. Plain SVG. */
import { COLOURS, INK, type Look, QUIET } from "./look.ts";
import { escaped } from "./svg.ts";

export interface WaterfallStep {
  readonly name: string;
  /** Its size, and as it is written. */
  readonly value: number;
  readonly text: string;
  /** A sum that stands for itself, from zero. */
  readonly isSum: boolean;
}

export function waterfall(label: string, steps: readonly WaterfallStep[], { width, fontSize }: Look): string {
  const row = Math.round(fontSize * 2.1);
  const spans = spansOf(steps);
  const [least, most] = rangeOf(spans.map(([, to]) => to));
  const names = Math.min(
    width * 0.34,
    fontSize * 0.62 * Math.max(6, ...steps.map(({ name }) => name.length)),
  );
  const amounts = fontSize * 0.62 * Math.max(6, ...steps.map(({ text }) => text.length)) + 8;
  const [left, right] = [names + 12, width - amounts - 8];
  const x = (value: number) =>
    left + ((right - left) * (Math.min(most, Math.max(least, value)) - least)) / (most - least || 1);
  const height = row * steps.length + 8;
  const drawn = steps.map((step, at) => {
    const [from = 0, to = 0] = spans[at] ?? [];
    const y = 4 + at * row;
    const [begin, end] = [Math.min(x(from), x(to)), Math.max(x(from), x(to))];
    const colour = step.isSum ? COLOURS.series : step.value < 0 ? COLOURS.loss : COLOURS.gain;
    const weight = step.isSum ? ' font-weight="bold"' : "";
    const middle = round(y + row / 2 + fontSize * 0.35);
    const link =
      at === steps.length - 1
        ? ""
        : `<line x1="${round(x(to))}" x2="${round(x(to))}" y1="${round(y + row * 0.8)}" y2="${round(y + row * 1.2)}" stroke="${COLOURS.benchmark}" stroke-width="1"/>`;
    const cut =
      step.isSum && (least > 0 || most < 0) ? cutMark(least > 0 ? left + 14 : right - 20, y, row) : "";
    return `<text x="0" y="${middle}" fill="${step.isSum ? INK : QUIET}"${weight}>${escaped(step.name)}</text>
<rect x="${round(begin)}" y="${round(y + row * 0.2)}" width="${round(Math.max(1, end - begin))}" height="${round(row * 0.6)}" fill="${colour}"/>${cut}${link}
<text x="${width}" y="${middle}" text-anchor="end" fill="${INK}"${weight}>${escaped(step.text)}</text>`;
  });
  return `<svg role="img" aria-label="${escaped(label)}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="inherit" font-size="${fontSize}">
${least <= 0 && most >= 0 ? `<line x1="${round(x(0))}" x2="${round(x(0))}" y1="0" y2="${height}" stroke="${COLOURS.grid}"/>` : ""}
${drawn.join("\n")}
</svg>`;
}

/** With zero, unless all of it is so far from zero that the steps between would not be seen. */
function rangeOf(levels: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const span = high - low;
  const isFar = span > 0 && Math.min(Math.abs(low), Math.abs(high)) > FAR * span && low * high > 0;
  if (!isFar) return [Math.min(0, low), Math.max(0, high)];
  return low > 0 ? [low - span, high] : [low, high + span];
}

const FAR = 3;

/** That a bar is longer than it is drawn. */
function cutMark(edge: number, y: number, row: number): string {
  const at = (by: number) =>
    `<line x1="${round(edge + by - 3)}" x2="${round(edge + by + 3)}" y1="${round(y + row * 0.9)}" y2="${round(y + row * 0.1)}" stroke="${COLOURS.benchmark}" stroke-width="2"/>`;
  return at(0) + at(6);
}

/** Where each begins and ends: a sum at zero, the others where the one before ended. */
function spansOf(steps: readonly WaterfallStep[]): readonly (readonly [number, number])[] {
  let at = 0;
  return steps.map(({ value, isSum }) => {
    const from = isSum ? 0 : at;
    at = from + value;
    return [from, at];
  });
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
