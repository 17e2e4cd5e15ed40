/**
 * Says how good the ranking of traders is where skill is known: `npm run study:ranking -- [--populations N] [--seed N]`. Populations are
 * generated, ranked by the program and by single figures, and each rule's top ten is judged by what it is truly worth.
 */
import { writeFileSync } from "node:fs";
import { groupedBars } from "../src/reports/charts/grouped-bars.ts";
import { countOf, readArguments } from "./arguments.ts";
import { RULE_TITLES, type RuleName, SINGLE_FIGURES } from "./selection-study/rules.ts";
import { summaryLines, summaryOf, type TrialsSummary } from "./selection-study/summary.ts";
import { trialOf } from "./selection-study/trial.ts";

const HELP = `Ranks generated traders of known skill by the program and by ROI, Sharpe ratio, Calmar ratio and win rate.

  npm run study:ranking -- [--populations N] [--traders N] [--seed N] [--chart FILE.svg] [--json]

  --populations N  of each kind (default 40)
  --traders N      in each population (default 1000)
  --seed N         of everything random (default 1)
  --chart FILE     draw the true Sharpe ratios of the top tens
  --json           one JSON object on standard output`;

const values = readArguments(HELP, {
  populations: { type: "string", default: "40" },
  traders: { type: "string", default: "1000" },
  seed: { type: "string", default: "1" },
  chart: { type: "string" },
  json: { type: "boolean", default: false },
});

const KINDS = [
  { name: "mixed", title: "7 to 1,000 days", days: [7, 1_000], ladderShare: 0 },
  {
    name: "ladders",
    title: "7 to 1,000 days, 5 % with a rare loss that takes all",
    days: [7, 1_000],
    ladderShare: 0.05,
  },
  { name: "45 days", title: "45 days", days: [45, 45], ladderShare: 0 },
  { name: "90 days", title: "90 days", days: [90, 90], ladderShare: 0 },
  { name: "365 days", title: "365 days", days: [365, 365], ladderShare: 0 },
] as const;

const populations = countOf("populations", values.populations);
const traders = countOf("traders", values.traders);
const seed = countOf("seed", values.seed);
const results = KINDS.map((kind) => ({ kind, summary: resultOf(kind) }));
if (values.json)
  console.log(
    JSON.stringify({ seed, traders, kinds: results.map(({ kind, summary }) => ({ ...kind, ...summary })) }),
  );
else
  for (const { kind, summary } of results)
    console.log([`### ${kind.title}`, "", ...summaryLines(summary), ""].join("\n"));
if (values.chart !== undefined) writeFileSync(values.chart, `${chartOf(results)}\n`);

function resultOf({ name, days, ladderShare }: (typeof KINDS)[number]): TrialsSummary {
  const trials = Array.from({ length: populations }, (_, at) => {
    process.stderr.write(`\r${name}: population ${at + 1} of ${populations} `);
    return trialOf({ traders, days, ladderShare, seed: seed * 1_000_003 + at });
  });
  process.stderr.write("\n");
  return summaryOf(trials);
}

function chartOf(
  all: readonly { readonly kind: { readonly name: string }; readonly summary: TrialsSummary }[],
) {
  const rules: readonly RuleName[] = ["careful", ...SINGLE_FIGURES];
  return groupedBars({
    title: "True Sharpe ratio of the top ten, by what they were chosen by",
    unit: "True Sharpe ratio a year",
    groups: all.map(({ kind }) => kind.name),
    bars: rules.map((rule) => ({
      name: RULE_TITLES[rule],
      values: all.map(
        ({ summary }) =>
          summary.rules.find((row) => row.rule === rule && row.among === "candidates")?.meanTrue.mean ?? 0,
      ),
    })),
  });
}
