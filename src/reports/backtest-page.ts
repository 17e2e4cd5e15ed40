/** One page that shows a backtest: equities and draw-downs beside each other, figures with intervals, what each leader brought. */
import { rangeText as spanText, timeText } from "../analytics/equity/day-text.ts";
import type { FigureName } from "../analytics/metrics/definitions.ts";
import { drawdownsOf } from "../analytics/metrics/drawdown.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import {
  ACCOUNT_ROWS,
  EARN_BACK_NOTE,
  EQUITY_ROW,
  figuresOf,
  type LivedAccount,
  liquidationText,
  unmeasuredText,
} from "./backtest-figures.ts";
import { type LineChart, lineChart } from "./charts/line-chart.ts";
import { escaped } from "./charts/svg.ts";
import { figureText, percentText } from "./figure-text.ts";
import { htmlTable } from "./html-table.ts";
import { htmlPage, whatItStandsOn } from "./page.ts";
import { riskSection } from "./risk-section.ts";
import type { RiskToTell } from "./risk-table.ts";
import { numbersText, type VerdictToTell, verdictGroups } from "./verdict-text.ts";

export interface BacktestPageStrategy extends LivedAccount {
  readonly strategy: string;
  readonly options: Readonly<Record<string, number | boolean | string | null>>;
  readonly equityFrom: number;
  readonly returns: readonly number[];
  /** At the end of each day. */
  readonly equity: readonly number[];
  readonly dailyGross: readonly number[];
  readonly dailyNet: readonly number[];
  readonly figures: Readonly<Record<string, number | null>>;
  readonly intervals: Readonly<Record<string, Interval | null>>;
  readonly happenings: LivedAccount["happenings"] & { readonly reasons: Readonly<Record<string, number>> };
  /** Decimal texts; "" where a price is missing. */
  readonly leaders: readonly {
    readonly leader: string;
    readonly trades: string;
    readonly fees: string;
    readonly funding: string;
    readonly profit: string;
  }[];
  readonly risk: RiskToTell | null;
  readonly decisions: readonly {
    readonly asOfMs: number;
    readonly unmeasured: readonly string[];
    readonly notes: readonly string[];
  }[];
  readonly lastVerdicts: readonly VerdictToTell[];
}

export interface BacktestPage {
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly equity: string;
  readonly strategies: readonly BacktestPageStrategy[];
  readonly comparisons: readonly {
    readonly strategy: string;
    readonly returnAhead: number;
    readonly returnInterval: Interval | null;
    readonly sharpeAhead: number | null;
    readonly sharpeInterval: Interval | null;
    readonly returnChance: number | null;
    readonly adjustedChance: number | null;
  }[];
  readonly assumptions: readonly string[];
  /** Of fewer days figures of a year and intervals would look like something. */
  readonly daysMin: number;
  /** What each reason of a verdict says. */
  readonly reasonTexts: Readonly<Record<string, string>>;
}

/** All columns but the first are figures. */
const FIGURES_STYLE = `.figures td { text-align: right; white-space: nowrap; } .figures thead th + th { text-align: right; } .figures tbody th { white-space: nowrap; }
`;

export function backtestPage(page: BacktestPage): string {
  const { range, equity, strategies, assumptions } = page;
  const title = `Backtest ${spanText(range)}`;
  return htmlPage({
    title,
    style: FIGURES_STYLE,
    lead: `${escaped(equity)} USDT at the beginning. The past of recorded traders through the engine that copies live. What would have been is not
what will be: the intervals say how little a stretch of this length tells.`,
    main: [
      charts(strategies),
      "<h2>Figures</h2>",
      '<p class="quiet">Under a figure its 95 % interval, where there are 20 days for one.</p>',
      figures(page),
      `<p class="quiet">${escaped(EARN_BACK_NOTE)}.</p>`,
      comparison(page),
      ...strategies.map((one) => section(one, page)),
      whatItStandsOn(assumptions),
    ],
    footer: "Intervals: 95 %, stationary bootstrap. What is modelled and what is not: docs/backtesting.md.",
  });
}

function charts(strategies: readonly BacktestPageStrategy[]): string {
  const [first] = strategies;
  if (first === undefined || first.days.length < 2) return "";
  const { days } = first;
  const drawn: readonly (readonly [string, Omit<LineChart, "dates">])[] = [
    [
      "Equity",
      {
        label: "Equity of each strategy",
        axis: "USDT",
        lines: strategies.map(({ strategy, equity }) => ({ name: strategy, values: equity })),
        format: (value) => value.toFixed(0),
      },
    ],
    [
      "Draw-down",
      {
        label: "Draw-down of each strategy",
        axis: "below the highest before",
        lines: strategies.map(({ strategy, returns }) => ({
          name: strategy,
          values: [...drawdownsOf(Float64Array.from(returns)).curve],
        })),
        format: axisPercent,
        isFilled: strategies.length === 1,
      },
    ],
    [
      "Value held over equity, long and short added",
      {
        label: "Value held over equity",
        axis: "x equity",
        lines: strategies.map(({ strategy, dailyGross }) => ({ name: strategy, values: dailyGross })),
        format: (value) => value.toFixed(2),
      },
    ],
    [
      "Long less short over equity",
      {
        label: "Long less short over equity",
        axis: "x equity",
        lines: strategies.map(({ strategy, dailyNet }) => ({ name: strategy, values: dailyNet })),
        format: (value) => value.toFixed(2),
      },
    ],
  ];
  return drawn
    .map(
      ([title, chart]) =>
        `<h3>${escaped(title)}</h3>\n<div class="chart">${lineChart({ ...chart, dates: days })}</div>`,
    )
    .join("\n");
}

function figures({ strategies, daysMin }: BacktestPage): string {
  const row = (label: string, text: (one: BacktestPageStrategy) => string) => [
    label,
    ...strategies.map(text),
  ];
  return htmlTable(
    ["", ...strategies.map(({ strategy }) => strategy)],
    [
      row(EQUITY_ROW.label, EQUITY_ROW.text),
      ...figuresOf(strategies, daysMin).map(([name, label]) => row(label, (one) => withInterval(one, name))),
      ...ACCOUNT_ROWS.map(({ label, text }) => row(label, text)),
    ],
  );
}

function withInterval({ figures: values, intervals }: BacktestPageStrategy, name: FigureName): string {
  const range = intervals[name] ?? null;
  const text = figureText(name, values[name]);
  return range === null ? text : `${text}\n${figureText(name, range[0])} to ${figureText(name, range[1])}`;
}

function comparison({ comparisons, strategies: [first] }: BacktestPage): string {
  if (first === undefined || comparisons.length === 0) return "";
  const rows = comparisons.map((one) => [
    one.strategy,
    percentText(one.returnAhead),
    rangeText(one.returnInterval, percentText),
    one.sharpeAhead?.toFixed(2) ?? "-",
    rangeText(one.sharpeInterval, (value) => value.toFixed(2)),
    one.returnChance?.toFixed(3) ?? "-",
    one.adjustedChance?.toFixed(3) ?? "-",
  ]);
  const head = [
    "",
    "Mean return ahead",
    "95 % interval",
    "Sharpe ratio ahead",
    "95 % interval",
    "p",
    "p of all",
  ];
  return `<h2>Against ${escaped(first.strategy)}</h2>
${htmlTable(head, rows)}
<p class="quiet">Mean return ahead: of a day, times 365; not compounded, as the return a year above is. p: how often chance alone puts two strategies at least so far apart in return (stationary bootstrap of the difference on the same days);
p of all: for as many questions as there are (Holm).</p>`;
}

function section(
  { strategy, options, leaders, happenings, risk, decisions, lastVerdicts }: BacktestPageStrategy,
  { reasonTexts }: BacktestPage,
): string {
  const last = decisions.at(-1);
  const named = Object.entries(options).map(([name, value]) => `${name} ${value === null ? "off" : value}`);
  const reasons = Object.entries(happenings.reasons).toSorted(([, one], [, other]) => other - one);
  const money = (text: string) => (text === "" ? "-" : Number(text).toFixed(2));
  const rows = leaders.map(({ leader, profit, trades, fees, funding }) => [
    leader,
    money(profit),
    money(trades),
    money(fees),
    money(funding),
  ]);
  const liquidated = liquidationText(happenings);
  const unmeasured = unmeasuredText(decisions);
  return `<section><h2>${escaped(strategy)}</h2>
<p class="quiet">${escaped(named.join(", "))}</p>
${liquidated === null ? "" : `<p><strong>${escaped(liquidated)}.</strong></p>\n`}<h3>Leaders, in USDT</h3>
${rows.length === 0 ? "<p>Nobody was copied with an order.</p>" : htmlTable(["Leader", "Profit", "Of trades", "Fees", "Funding"], rows)}
${last === undefined ? "" : lastDecision(last, lastVerdicts, reasonTexts)}
${risk === null ? "" : riskSection(risk)}
${unmeasured === "" ? "" : `<p>${escaped(unmeasured)}</p>`}
<h3>Changes of leaders that led to no order, by reason</h3>
${
  reasons.length === 0
    ? "<p>None.</p>"
    : htmlTable(
        ["Reason", "Changes"],
        reasons.map(([reason, count]) => [reason, String(count)]),
      )
}
</section>`;
}

function lastDecision(
  { asOfMs, notes }: BacktestPageStrategy["decisions"][number],
  verdicts: readonly VerdictToTell[],
  reasonTexts: BacktestPage["reasonTexts"],
): string {
  const groups = verdictGroups(verdicts);
  const says = groups.map(({ reason }) => `${reason}: ${reasonTexts[reason] ?? "a word of its own"}`);
  const rows = groups.flatMap(({ verdicts: all }) =>
    all.map((one) => [
      one.trader,
      one.isIn ? "in" : "out",
      one.weight === 0 ? "-" : `${(100 * one.weight).toFixed(1)} %`,
      one.reason,
      numbersText(one),
    ]),
  );
  return `<h3>The last decision, ${escaped(timeText(asOfMs))}</h3>
${notes.map((note) => `<p>${escaped(note)}</p>`).join("\n")}
${rows.length === 0 ? "<p>Nobody could be chosen.</p>" : `${htmlTable(["Leader", "", "Part", "Reason", "By"], rows)}\n<p class="quiet">${escaped(says.join("; "))}.</p>`}`;
}

function rangeText(range: Interval | null, text: (value: number) => string): string {
  return range === null ? "-" : `${text(range[0])} to ${text(range[1])}`;
}

/** Without digits that say nothing. */
function axisPercent(value: number): string {
  return `${Number((value * 100).toFixed(2))} %`;
}
