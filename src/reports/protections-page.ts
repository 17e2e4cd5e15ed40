/** One page that shows what protections would have saved or cost: each with its figures, the equity beside that without it, and its strikes. */
import { rangeText as spanText } from "../analytics/equity/day-text.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import { lineChart } from "./charts/line-chart.ts";
import { escaped } from "./charts/svg.ts";
import { htmlPage, whatItStandsOn } from "./page.ts";
import {
  type FiguresToTell,
  figureColumns,
  type RungToTell,
  rowLabel,
  type StrikeToTell,
  struckText,
  verdictCounts,
  verdictText,
} from "./protection-texts.ts";

interface RunToShow extends FiguresToTell {
  readonly equityTo: string;
  readonly happenings: { readonly liquidations: number };
  /** At the end of each day. */
  readonly equity: readonly number[];
}

interface RungToShow extends RungToTell {
  readonly label: string;
  readonly rule: string;
  readonly saved: string;
  readonly interval: Interval | null;
  readonly adjustedChance: number | null;
  readonly with: RunToShow;
  readonly strikes: readonly (StrikeToTell & { readonly atMs: number })[];
  readonly leftAlone: string | null;
}

export interface ProtectionsPage {
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly equity: string;
  readonly copied: string;
  readonly days: readonly string[];
  readonly configured: RunToShow;
  readonly protections: readonly {
    readonly protection: string;
    readonly key: string;
    readonly inUse: string | null;
    readonly source: string;
    readonly without: RunToShow;
    readonly rungs: readonly RungToShow[];
  }[];
  readonly assumptions: readonly string[];
}

/** Money and shares stand at the right, words at the left. */
const TABLE_STYLE = `.rungs td { text-align: right; white-space: nowrap; } .rungs td.words { text-align: left; white-space: normal; min-width: 12rem; }
.rungs thead th + th { text-align: right; } .rungs thead th.words { text-align: left; } .rungs tbody th { white-space: nowrap; }
`;
const STRIKES_SHOWN = 20;

export function protectionsPage(page: ProtectionsPage): string {
  const { range, equity, copied, configured, protections, assumptions } = page;
  const verdicts = protections.flatMap(({ rungs }) => rungs.map(({ verdict }) => verdict));
  const title = `Protections ${spanText(range)}`;
  return htmlPage({
    title,
    style: TABLE_STYLE,
    lead: `${escaped(equity)} USDT at the beginning, copying ${escaped(copied)}; ${escaped(money(configured.equityTo))} USDT at the end as everything is configured.
Saved: equity at the end with the protection less equity without it, after fees and funding; below zero it cost. ${escaped(verdictCounts(verdicts))}`,
    main: [summary(page), ...protections.map((one) => section(page, one)), whatItStandsOn(assumptions)],
    footer:
      "Intervals: 95 %, stationary bootstrap of the daily difference. How to read this: docs/protections.md.",
  });
}

function momentText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")}`;
}

/** What is in force, or the example, of each. */
function summary({ protections }: ProtectionsPage): string {
  const rows = protections.flatMap(({ protection, inUse, rungs: [first] }) =>
    first === undefined
      ? []
      : [
          [
            protection,
            String(first.struck),
            money(first.saved),
            first.interval === null ? "-" : rangeText(first.interval),
            verdictText(first),
            `${inUse === null ? "not in use; example: " : ""}${first.rule}`,
          ],
        ],
  );
  return `<h2>At a glance</h2>
${htmlTable(["", "Struck", "Saved, USDT", "95 % interval", "!Verdict", "!Rule"], rows)}`;
}

function section(
  { days }: ProtectionsPage,
  { protection, key, inUse, source, without, rungs }: ProtectionsPage["protections"][number],
): string {
  const rows = [
    [rowLabel("without it", without), "", "", "", "", ...figureColumns(without), "", ""],
    ...rungs.map((rung) => [
      rowLabel(rung.label, rung.with),
      String(rung.struck),
      money(rung.saved),
      rung.interval === null ? "-" : rangeText(rung.interval),
      rung.adjustedChance?.toFixed(3) ?? "-",
      ...figureColumns(rung.with),
      verdictText(rung),
      rung.rule,
    ]),
  ];
  const head = [
    "",
    "Struck",
    "Saved, USDT",
    "95 % interval",
    "p of all",
    "Draw-down",
    "CVaR of a day",
    "!Verdict",
    "!Rule",
  ];
  return `<section><h2>${escaped(protection)}</h2>
<p class="quiet">${escaped(inUse === null ? `${key}: not in use; what an example would have done` : `${key}: in use (${source}), ${inUse}`)}</p>
${htmlTable(head, rows)}
${chart(days, without, rungs)}
${rungs.slice(0, 1).map(strikes).join("\n")}
</section>`;
}

/** Only of what made a difference. */
function chart(days: readonly string[], without: RunToShow, rungs: readonly RungToShow[]): string {
  const differing = rungs.filter(({ verdict }) => verdict !== "no-difference");
  if (days.length < 2 || differing.length === 0) return "";
  const lines = [
    { name: "without it", values: without.equity },
    ...differing.map((rung) => ({ name: rung.label, values: rung.with.equity })),
  ];
  const drawn = lineChart({
    label: "Equity with and without it",
    axis: "USDT",
    lines,
    dates: days,
    format: (value) => value.toFixed(0),
  });
  return `<div class="chart">${drawn}</div>`;
}

function strikes({ label, strikes: found, struck, leftAlone }: RungToShow): string {
  if (struck === 0) return "";
  const shown = found.slice(0, STRIKES_SHOWN);
  const more = struck - shown.length;
  const left =
    leftAlone === null
      ? ""
      : `<p>Left alone, all that it cut would have brought in ${escaped(money(leftAlone))} USDT from then on.</p>`;
  return `<h3>Strikes, ${escaped(label)}</h3>
<ul>${shown.map((one) => `<li>${escaped(`${momentText(one.atMs)} ${struckText(one, momentText)}`)}</li>`).join("\n")}</ul>
${more === 0 ? "" : `<p class="quiet">And ${more} more.</p>`}${left}`;
}

function money(text: string): string {
  return Number(text).toFixed(2);
}

function rangeText([low, high]: Interval): string {
  return `${low.toFixed(0)} to ${high.toFixed(0)}`;
}

/** A title with a ! before it is of a column of words. */
function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isWords = (at: number) => head[at]?.startsWith("!") === true;
  const cell = (text: string, at: number) =>
    at === 0
      ? `<th scope="row">${escaped(text)}</th>`
      : `<td${isWords(at) ? ' class="words"' : ""}>${escaped(text)}</td>`;
  const titles = head.map(
    (text, at) =>
      `<th scope="col"${isWords(at) ? ' class="words"' : ""}>${escaped(text.replace(/^!/, ""))}</th>`,
  );
  return `<div class="chart"><table class="rungs">
<thead><tr>${titles.join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n")}
</tbody></table></div>`;
}
