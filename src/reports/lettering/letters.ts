/** The font of pictures and printed documents: shipped, so that they look alike everywhere and nothing is loaded; and what it can write. */
import { fileURLToPath } from "node:url";

export const FONT_FAMILY = "DejaVu Sans";
export const FONT_FILES = {
  plain: fontFile("DejaVuSans-report.ttf"),
  bold: fontFile("DejaVuSans-Bold-report.ttf"),
} as const;

/** Latin, Greek, Cyrillic, punctuation, currencies, arrows, a few signs: `scripts/subset-font.ts` keeps these. */
export const LETTERS: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x218, 0x21b],
  [0x2c6, 0x2dd],
  [0x384, 0x3ce],
  [0x400, 0x45f],
  [0x490, 0x491],
  [0x1e9e, 0x1e9e],
  [0x2010, 0x2026],
  [0x2030, 0x203a],
  [0x20a0, 0x20bf],
  [0x2116, 0x2122],
  [0x2190, 0x2195],
  [0x2212, 0x2212],
  [0x2248, 0x2265],
  [0x25a0, 0x25cf],
  [0xfffd, 0xfffd],
];

const REPLACEMENT = "\u{fffd}";

/** What the font lacks is a sign that says so, instead of nothing. */
export function writable(text: string): string {
  return Array.from(text, (letter) => (isWritable(letter) ? letter : REPLACEMENT)).join("");
}

/** A line of about so many letters. */
export function shortened(text: string, lettersMax: number): string {
  const letters = Array.from(text);
  return letters.length <= lettersMax ? text : `${letters.slice(0, lettersMax - 1).join("")}\u2026`;
}

function isWritable(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0;
  return LETTERS.some(([from, to]) => code >= from && code <= to);
}

function fontFile(name: string): string {
  return fileURLToPath(new URL(`../../../fonts/${name}`, import.meta.url));
}
