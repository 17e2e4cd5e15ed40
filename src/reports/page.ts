/** What every page of a report is: one HTML file that loads nothing, looks as the others do and says where its words are explained. */
import { escaped } from "./charts/svg.ts";
import { STYLE } from "./style.ts";

export interface Page {
  /** Text; of the window and the heading. */
  readonly title: string;
  /** CSS beside that of all pages. */
  readonly style?: string;
  /** HTML, as the rest: behind the heading, and below it. */
  readonly links?: string;
  readonly lead: string;
  readonly main: readonly string[];
  readonly footer: string;
}

export function htmlPage({ title, style = "", links = "", lead, main, footer }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<header><h1>${escaped(title)}</h1>${links}
<p class="quiet">${lead}</p></header>
<main>
${main.join("\n")}
</main>
<footer class="quiet">Copytrader. ${footer}</footer>
</body>
</html>
`;
}

/** The heading and list of what a report assumes; texts without their full stop. */
export function whatItStandsOn(assumptions: readonly string[]): string {
  const items = assumptions.map((text) => `<li>${escaped(text)}.</li>`).join("\n");
  return `<h2>What this stands on</h2>\n<ul>${items}</ul>`;
}
