/** What a backtest's days risked, and which leader brought how much of it: the whole, then those with most of the worst days. */
import { escaped } from "./charts/svg.ts";
import { htmlTable } from "./html-table.ts";
import { type RiskToTell, riskTable } from "./risk-table.ts";

const LEADERS_SHOWN = 20;

export function riskSection(risk: RiskToTell): string {
  const { titles, whole, intervals, parts, note } = riskTable(risk, LEADERS_SHOWN);
  const first = whole.map((text, at) => {
    const interval = at === 0 ? "" : (intervals?.[at] ?? "");
    return interval === "" ? text : `${text}\n${interval}`;
  });
  return `<h3>Risk by leader</h3>
${htmlTable(titles, [first, ...parts])}
<p class="quiet">${escaped(note)}.</p>`;
}
