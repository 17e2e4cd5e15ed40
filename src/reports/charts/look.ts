/** How large a picture's parts are and what colours they have: in a page it takes the page's, a picture of its own has its own. */
import { COLOURS, INK } from "./svg.ts";

export interface Look {
  readonly width: number;
  readonly fontSize: number;
  readonly lineWidth: number;
  /** Of charts over days: their height times this. */
  readonly tallness?: number;
}

export const PAGE_LOOK: Look = { width: 600, fontSize: 13, lineWidth: 1.8 };
/** The same on a phone's page. */
export const NARROW_PAGE_LOOK: Look = { width: 340, fontSize: 12, lineWidth: 1.8, tallness: 1.3 };
/** Half the pixels of a phone's screen: drawn twice as large. */
export const PHONE_LOOK: Look = { width: 540, fontSize: 15, lineWidth: 2.6 };

export interface Theme {
  readonly name: "light" | "dark";
  readonly ink: string;
  readonly quiet: string;
  readonly page: string;
}

export const THEMES: readonly Theme[] = [
  { name: "light", ink: "#1c2126", quiet: "#59626b", page: "#ffffff" },
  { name: "dark", ink: "#e4e8ec", quiet: "#a3acb5", page: "#14171a" },
];

/** What is about quiet words in a picture, before the theme is known. */
export const QUIET = "var(--quiet, currentColor)";

/** Stands for itself: with colours and a font of its own. */
export function inTheme(svg: string, { ink, quiet }: Theme, font: string): string {
  return svg
    .replaceAll(QUIET, quiet)
    .replaceAll(INK, ink)
    .replaceAll("font-family:inherit", `font-family:${font}`)
    .replaceAll('font-family="inherit"', `font-family="${font}"`)
    .replace(/<style.*?<\/style>\n?/s, "");
}

export { COLOURS, INK };
