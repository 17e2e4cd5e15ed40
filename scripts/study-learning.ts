/**
 * Says whether a model learned from the past chooses better where skill is known: `npm run study:learning -- [--populations N] [--seed N]`.
 * Generated populations are gone through month by month, as `traders learn` goes through the recorded ones.
 */
import { learnFrom } from "../src/learning/judgement.ts";
import { countOf, readArguments } from "./arguments.ts";
import { type PanelCandidate, panelOf } from "./selection-study/panel.ts";
import { type Estimate, estimateOf } from "./selection-study/summary.ts";

const HELP = `Learns from generated traders of known skill, month by month, and holds what was learned against the simple ranking.

  npm run study:learning -- [--populations N] [--traders N] [--seed N] [--json]

  --populations N  of each kind (default 6)
  --traders N      in each population (default 300)
  --seed N         of everything random (default 1)
  --json           one JSON object on standard output`;

const values = readArguments(HELP, {
  populations: { type: "string", default: "6" },
  traders: { type: "string", default: "300" },
  seed: { type: "string", default: "1" },
  json: { type: "boolean", default: false },
});

const TOP = 10;
const RESAMPLES = 500;
const DAYS = [200, 900] as const;
const KINDS = [
  { name: "no ladders", ladderShare: 0 },
  { name: "5 % ladders", ladderShare: 0.05 },
] as const;

const populations = countOf("populations", values.populations);
const traders = countOf("traders", values.traders);
const seed = countOf("seed", values.seed);
const results = KINDS.map(({ name, ladderShare }) => {
  const trials = Array.from({ length: populations }, (_, at) => {
    process.stderr.write(`\r${name}: population ${at + 1} of ${populations} `);
    return trialOf(ladderShare, seed * 1_000_003 + at);
  });
  process.stderr.write("\n");
  const over = (value: (trial: (typeof trials)[number]) => number) => estimateOf(trials.map(value));
  return {
    name,
    byModel: over(({ byModel }) => byModel),
    byBaseline: over(({ byBaseline }) => byBaseline),
    ahead: over((trial) => trial.byModel - trial.byBaseline),
    sharpeAhead: over(({ sharpeAhead }) => sharpeAhead),
    better: trials.filter(({ isBetter }) => isBetter).length,
  };
});

if (values.json) console.log(JSON.stringify({ seed, traders, populations, results }));
else {
  console.log(
    "| Population | model: true Sharpe | simple ranking: true Sharpe | model ahead | held: Sharpe ahead | said to be better |",
  );
  console.log("|---|---:|---:|---:|---:|---:|");
  for (const { name, byModel, byBaseline, ahead, sharpeAhead, better } of results)
    console.log(
      `| ${name} | ${[byModel, byBaseline, ahead, sharpeAhead].map(told).join(" | ")} | ${better} of ${populations} |`,
    );
}

function trialOf(ladderShare: number, own: number) {
  const periods = panelOf({ traders, days: DAYS, ladderShare, seed: own });
  const { choices, judgement } = learnFrom(periods, { top: TOP, resamples: RESAMPLES, seed: own });
  const truth = (held: readonly PanelCandidate[]) => held.map(({ member }) => member.trueSharpe);
  return {
    byModel: estimateOf(choices.flatMap(({ byModel }) => truth(byModel))).mean,
    byBaseline: estimateOf(choices.flatMap(({ byBaseline }) => truth(byBaseline))).mean,
    sharpeAhead: judgement.ahead?.sharpeAhead ?? 0,
    isBetter: judgement.isBetter,
  };
}

function told({ mean, error }: Estimate): string {
  return `${mean.toFixed(2)} ± ${error.toFixed(2)}`;
}
