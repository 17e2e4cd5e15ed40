/**
 * Pictures of reports beside those that somebody looked at: `test/reports/golden`. A picture that is another one by intent is written there by
 * `UPDATE_GOLDEN=1 vitest run test/reports/golden.test.ts`, and looked at.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { inTheme, PHONE_LOOK, THEMES } from "../../src/reports/charts/look.ts";
import { FONT_FAMILY } from "../../src/reports/lettering/letters.ts";
import { reportPictures } from "../../src/reports/period/pictures.ts";
import { chartsOf } from "../../src/reports/period/report-charts.ts";
import { pngOf } from "../../src/reports/pictures/png.ts";
import { type Pixels, pixelsOf } from "./png-pixels.ts";
import { sampleReport } from "./sample-report.ts";

const FOLDER = fileURLToPath(new URL("golden", import.meta.url));
/** A channel that differs by less is the same to the eye; so many pixels may be others, where edges are smoothed. */
const CHANNEL_MAX = 48;
const PIXELS_MAX = 0.002;
const SMALL = 0.5;

/** The part of the pixels that are others; 1 where the size is. */
function difference(one: Pixels, other: Pixels): number {
  if (one.width !== other.width || one.height !== other.height) return 1;
  let differing = 0;
  for (let at = 0; at < one.values.length; at += 4) {
    const apart = [0, 1, 2, 3].map((channel) =>
      Math.abs((one.values[at + channel] ?? 0) - (other.values[at + channel] ?? 0)),
    );
    if (Math.max(...apart) > CHANNEL_MAX) differing += 1;
  }
  return (4 * differing) / one.values.length;
}

function expectGolden(name: string, png: Buffer): void {
  const path = join(FOLDER, `${name}.png`);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, png);
  }
  expect(difference(pixelsOf(png), pixelsOf(readFileSync(path)))).toBeLessThanOrEqual(PIXELS_MAX);
}

const month = sampleReport({ days: 14 });

describe("a picture is as it was looked at", () => {
  for (const { id, draw } of chartsOf(month))
    for (const theme of THEMES)
      test(`${id}, ${theme.name}`, () => {
        const svg = inTheme(draw(PHONE_LOOK), theme, FONT_FAMILY);
        const [, width = "1", height = "1"] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
        const inner = svg.replace(/^<svg [^>]*>/, "").replace(/<\/svg>\s*$/, "");
        const whole = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-size="15"><rect width="100%" height="100%" fill="${theme.page}"/>${inner}</svg>`;
        expectGolden(`${id}-${theme.name}`, pngOf(whole, SMALL));
      });
});

test("a picture that is another one is told apart", () => {
  const [one] = reportPictures(month);
  const [other] = reportPictures(sampleReport({ days: 14, scale: -1 }));
  if (one === undefined || other === undefined) throw new Error("no picture");
  expect(difference(pixelsOf(one.png), pixelsOf(one.png))).toBe(0);
  expect(difference(pixelsOf(one.png), pixelsOf(other.png))).toBeGreaterThan(5 * PIXELS_MAX);
});

test("whole cards are wide enough for a phone, in both themes, and small enough for a chat", () => {
  const cards = reportPictures(month);
  expect(cards.map(({ of, theme }) => `${of} ${theme}`)).toEqual([
    "overview light",
    "overview dark",
    "copying light",
    "copying dark",
  ]);
  for (const { png, theme } of cards) {
    const { width, height, values } = pixelsOf(png);
    expect(width).toBe(1_176);
    // Telegram takes photos of at most 10 MB, width and height together at most 10,000.
    expect(width + height).toBeLessThan(10_000);
    expect(png.length).toBeLessThan(1_000_000);
    expect([...values.subarray(0, 3)]).toEqual(theme === "light" ? [255, 255, 255] : [20, 23, 26]);
  }
});
