/**
 * Says what schemes of weights came to out of sample beside equal weight: `npm run study:portfolio`. Weights are found from the past at each boundary and held
 * until the next; generated traders always, coins and recorded ones where their file is given.
 */
import { existsSync } from "node:fs";
import { quantile } from "../src/analytics/numeric/quantile.ts";
import { seededRandom } from "../src/analytics/numeric/random.ts";
import { countOf, readArguments, refuse } from "./arguments.ts";
import { type Outcome, outcomeOf, type SchemeName } from "./portfolio-study/held.ts";
import { coinDraws, type Draw, generatedDraws, type Shape, tableDraws } from "./portfolio-study/windows.ts";

const HELP = `Holds weights of each scheme out of sample, beside equal weight.

  npm run study:portfolio -- [--coins FILE] [--returns FILE] [--names N] [--past DAYS] [--held DAYS] [--draws N]
      [--chosen any|best] [--ladders SHARE] [--most SHARE] [--json]

  --coins FILE  Bybit's daily closes (1d_all_symbols.csv.gz): each coin as a leader that holds it
  --returns FILE  a table of daily returns, such as traders returns writes
  --names N     names in a draw (default 10)
  --past DAYS   days that weights are found from (default 180)
  --held DAYS   days that they are held (default 30)
  --draws N     draws of names (default 60)
  --chosen WHO  any: names by chance (default); best: those with the best Sharpe ratio so far
  --ladders SHARE  of generated traders: those that take small profits until one loss takes most (default 0.05)
  --most SHARE  no name has more of the money (default 1)
  --json        one JSON object on standard output`;

const values = readArguments(HELP, {
  coins: { type: "string" },
  returns: { type: "string" },
  names: { type: "string", default: "10" },
  past: { type: "string", default: "180" },
  held: { type: "string", default: "30" },
  draws: { type: "string", default: "60" },
  chosen: { type: "string", default: "any" },
  ladders: { type: "string", default: "0.05" },
  most: { type: "string", default: "1" },
  json: { type: "boolean", default: false },
});

const SHRUNK = "ledoit_wolf_constant_correlation";
const SCHEMES: readonly SchemeName[] = [
  { method: "equal_weight", covariance: "sample" },
  { method: "inverse_volatility", covariance: "sample" },
  { method: "equal_risk_contribution", covariance: "sample" },
  { method: "equal_risk_contribution", covariance: SHRUNK },
  { method: "equal_risk_contribution", covariance: "ewma_span_180_demeaned" },
  { method: "minimum_variance", covariance: "sample" },
  { method: "minimum_variance", covariance: SHRUNK },
  { method: "minimum_variance", covariance: "ledoit_wolf_identity" },
  { method: "hrp_pypfopt", covariance: "sample" },
  { method: "hrp_original_paper", covariance: "sample" },
  { method: "maximum_diversification", covariance: SHRUNK },
  { method: "minimum_cvar95", covariance: "sample" },
  { method: "mean_variance", covariance: SHRUNK },
  { method: "fractional_kelly", covariance: SHRUNK },
  { method: "maximum_sharpe", covariance: "sample" },
];

const { chosen } = values;
if (chosen !== "any" && chosen !== "best") refuse(`--chosen: any or best is expected, got ${chosen}`);
const ladderShare = shareOf("ladders", values.ladders);
const most = shareOf("most", values.most);

const shape: Shape = {
  chosen,
  ladderShare,
  names: countOf("names", values.names),
  pastDays: countOf("past", values.past),
  heldDays: countOf("held", values.held),
  draws: countOf("draws", values.draws),
};
const { coins, returns } = values;
for (const path of [coins, returns])
  if (path !== undefined && !existsSync(path)) refuse(`there is no ${path}`);

const sources: readonly (readonly [string, () => readonly Draw[]])[] = [
  ["generated traders", () => generatedDraws(shape)],
  ...(coins === undefined ? [] : [["coins", () => coinDraws(coins, shape)] as const]),
  ...(returns === undefined ? [] : [[returns, () => tableDraws(returns, shape)] as const]),
];

const RESAMPLES = 2_000;
const all = sources.map(([name, draws]) => ({ name, rows: studied(draws()) }));
if (values.json) console.log(JSON.stringify({ shape, studies: all }));
else for (const { name, rows } of all) console.log([`### ${name}`, "", ...tableOf(rows), ""].join("\n"));

interface StudyRow extends SchemeName {
  readonly draws: number;
  readonly mean: Outcome;
  /** Less equal weight of the same draw; the interval is of the mean over draws. */
  readonly sharpeMore: number;
  readonly interval: readonly [number, number] | null;
}

function studied(draws: readonly Draw[]): readonly StudyRow[] {
  const [first] = SCHEMES;
  if (first === undefined) return [];
  const base = draws.map((draw) => outcomeOf(draw, first, most));
  return SCHEMES.map((scheme) => {
    const pairs = draws.flatMap((draw, at) => {
      const [own, equal] = [scheme === first ? base[at] : outcomeOf(draw, scheme, most), base[at]];
      return own == null || equal == null ? [] : [{ own, more: own.sharpe - equal.sharpe }];
    });
    const more = pairs.map((pair) => pair.more);
    return {
      ...scheme,
      draws: pairs.length,
      mean: meanOutcome(pairs.map(({ own }) => own)),
      sharpeMore: meanOf(more),
      interval: more.length < 2 ? null : intervalOf(more),
    };
  });
}

function meanOutcome(some: readonly Outcome[]): Outcome {
  const of = (key: keyof Outcome) => meanOf(some.map((one) => one[key]));
  return {
    sharpe: of("sharpe"),
    volatility: of("volatility"),
    drawdown: of("drawdown"),
    turnover: of("turnover"),
    refused: of("refused"),
  };
}

function meanOf(some: readonly number[]): number {
  return some.reduce((sum, value) => sum + value, 0) / some.length;
}

/** 95 %, by drawing draws anew. */
function intervalOf(some: readonly number[]): readonly [number, number] {
  const random = seededRandom(1);
  const means = Array.from({ length: RESAMPLES }, () =>
    meanOf(some.map(() => some[Math.floor(random() * some.length)] as number)),
  );
  return [quantile(means, 0.025) ?? Number.NaN, quantile(means, 0.975) ?? Number.NaN];
}

function tableOf(rows: readonly StudyRow[]): readonly string[] {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const lines = rows.map(({ method, covariance, mean, sharpeMore, interval, draws }) => {
    const range = interval === null ? "" : ` (${interval.map((value) => value.toFixed(2)).join(" to ")})`;
    return `| \`${method}\` | \`${covariance}\` | ${mean.sharpe.toFixed(2)} | ${sharpeMore.toFixed(2)}${range} | ${percent(mean.volatility)} | ${percent(mean.drawdown)} | ${percent(mean.turnover)} | ${percent(mean.refused)} | ${draws} |`;
  });
  return [
    "| Scheme | Covariance | Sharpe | More than equal weight (95 %) | Volatility | Deepest fall | Turnover | Refused | Draws |",
    "|---|---|---|---|---|---|---|---|---|",
    ...lines,
  ];
}

function shareOf(name: string, text: string): number {
  const value = Number(text);
  return value >= 0 && value <= 1 ? value : refuse(`--${name}: a share from 0 to 1 is expected, got ${text}`);
}
