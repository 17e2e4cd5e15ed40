/**
 * Makes the model of styles and says how good it is: `npm run study:style -- [--traders N] [--seed N] [--write] [--json]`. Traders
 * of known style are generated, the model is trained on some and tried on others, and the confusion matrix is printed.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../src/analytics/numeric/random.ts";
import { classifyStyle, type StyleVerdict } from "../src/analytics/style/classify.ts";
import { FEATURES, featuresOf } from "../src/analytics/style/features.ts";
import { probabilitiesOf, type StyleModel } from "../src/analytics/style/model.ts";
import { STYLES, type Style } from "../src/analytics/style/styles.ts";
import { traitsOf } from "../src/analytics/style/traits.ts";
import { countOf, readArguments } from "./arguments.ts";
import type { GeneratedTrader } from "./style-study/generated-trader.ts";
import { studyMarkets, studyTraders } from "./style-study/samples.ts";
import { type Example, train } from "./style-study/train.ts";

const HELP = `Trains the model of trader styles on generated traders and tries it on others.

  npm run study:style -- [--traders N] [--seed N] [--generated] [--write] [--json]

  --traders N   of each style, for training; half as many for the trial (default 240)
  --seed N      of everything random (default 1)
  --generated   on generated markets only, as where ../shared is absent
  --write       put the model into src/analytics/style/weights.json
  --json        one JSON object on standard output`;

const values = readArguments(HELP, {
  traders: { type: "string", default: "240" },
  seed: { type: "string", default: "1" },
  generated: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
});

const PENALTIES = [0.0003, 0.001, 0.003, 0.01];
const VALIDATION_SHARE = 5;
const UNKNOWN_SHARE = 0.3;
/** In the harder trial up to so much of a record is of another style. */
const HARD_FOREIGN_MAX = 0.6;
const WEIGHTS = fileURLToPath(new URL("../src/analytics/style/weights.json", import.meta.url));

const [count, seed] = [countOf("traders", values.traders), countOf("seed", values.seed)];
const markets = studyMarkets(seed, { withRecorded: !values.generated });
say(`${markets.recorded} recorded markets, the others generated`);
const training = studyTraders(markets.training, count, seed);
const trial = studyTraders(markets.trial, Math.ceil(count / 2), seed + 1);
say(`${training.length} traders for training, ${trial.length} for the trial`);
const examples = training.map(exampleOf).flatMap(withPartsUnknown);
const penalty = bestPenalty(examples);
const model = train(examples, penalty);
say(`penalty ${penalty}`);
const report = reportOf(trial.map(tried));
const hard = studyTraders(markets.trial, Math.ceil(count / 4), seed + 2, HARD_FOREIGN_MAX);
const hardReport = reportOf(hard.map(tried));
if (values.json)
  console.log(
    JSON.stringify({ seed, count, penalty, recorded: markets.recorded, ...report, hard: hardReport }),
  );
else {
  tell(report);
  console.log(`\nwith up to ${100 * HARD_FOREIGN_MAX} % of another style:`);
  tellShares(hardReport);
}
if (values.write) {
  const command = `npm run study:style -- --traders ${count} --seed ${seed} --write`;
  const entries = Object.entries({ command, ...model }).map(
    ([name, value]) => `${text(name)}: ${compact(value)}`,
  );
  writeFileSync(WEIGHTS, `{\n  ${entries.join(",\n  ")}\n}\n`);
  say(`written to ${WEIGHTS}; npm run format puts it into the house's form`);
}

function tried({ style, trips, markets: seen }: GeneratedTrader): Tried {
  return { style, verdict: classifyStyle(trips, seen, { model }) };
}

function exampleOf({ style, trips, markets: seen }: GeneratedTrader): Example {
  return { style, features: featuresOf(traitsOf(trips, seen)) };
}

/** And once more with some features unknown, so that the model leans on no few of them. */
function withPartsUnknown(example: Example, at: number): readonly Example[] {
  const random = seededRandom(seed * 1_000_003 + at);
  const features = example.features.map((value) => (random() < UNKNOWN_SHARE ? Number.NaN : value));
  return [example, { ...example, features }];
}

/** The one with the least loss on every fifth trader, trained on the others. */
function bestPenalty(all: readonly Example[]): number {
  // Both examples of a trader go to the same side.
  const isKept = (at: number) => Math.floor(at / 2) % VALIDATION_SHARE === 0;
  const kept = all.filter((_, at) => isKept(at));
  const rest = all.filter((_, at) => !isKept(at));
  const losses = PENALTIES.map((one) => ({ one, loss: lossOf(train(rest, one), kept) }));
  for (const { one, loss } of losses) say(`penalty ${one}: log loss ${loss.toFixed(4)} in validation`);
  return losses.reduce((best, next) => (next.loss < best.loss ? next : best)).one;
}

function lossOf(made: StyleModel, tried: readonly Example[]): number {
  const losses = tried.map(({ style, features }) => -Math.log(probabilitiesOf(made, features)[style]));
  return losses.reduce((sum, loss) => sum + loss, 0) / tried.length;
}

interface Tried {
  readonly style: Style;
  readonly verdict: StyleVerdict;
}

function reportOf(all: readonly Tried[]) {
  const confusion = STYLES.map((style) =>
    STYLES.map((label) => all.filter((one) => one.style === style && one.verdict.label === label).length),
  );
  const part = (tried: readonly Tried[]) => ({
    traders: tried.length,
    right: tried.filter(({ style, verdict }) => verdict.label === style).length / tried.length,
  });
  const loss = all.map(
    ({ style, verdict }) => -Math.log(Math.max(1e-9, verdict.probabilities?.[style] ?? 1e-9)),
  );
  const brier = all.map(({ style, verdict: { probabilities } }) =>
    STYLES.reduce((sum, one) => sum + ((probabilities?.[one] ?? 0) - (one === style ? 1 : 0)) ** 2, 0),
  );
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const topOf = ({ verdict }: Tried) => Math.max(...Object.values(verdict.probabilities ?? { none: 0 }));
  const between = <Key>(
    key: (one: Tried) => number,
    bounds: readonly number[],
    name: (low: number, high: number) => Key,
  ) =>
    bounds.slice(1).map((high, at) => {
      const low = bounds[at] ?? 0;
      const tried = all.filter((one) => key(one) >= low && key(one) < high);
      return { range: name(low, high), ...part(tried), said: mean(tried.map(topOf)) };
    });
  return {
    overall: { ...part(all), logLoss: mean(loss), brier: mean(brier) },
    confusion,
    byConfidence: (["high", "moderate", "low"] as const).map((confidence) => ({
      confidence,
      ...part(all.filter(({ verdict }) => verdict.confidence === confidence)),
    })),
    byTrips: between(
      ({ verdict }) => verdict.trips,
      [10, 20, 40, 80, 1_000],
      (low, high) => `${low}-${high - 1}`,
    ),
    byProbability: between(
      topOf,
      [0, 0.4, 0.6, 0.8, 0.9, 1.01],
      (low, high) => `${low}-${Math.min(1, high)}`,
    ),
    agreement: {
      mean: mean(all.map(({ verdict }) => verdict.agreement ?? 0)),
      above90: all.filter(({ verdict }) => (verdict.agreement ?? 0) >= 0.9).length / all.length,
    },
  };
}

type Report = ReturnType<typeof reportOf>;

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function tell(report: Report): void {
  console.log(`rows: what they are; columns: what they are taken for, in the same order`);
  for (const [at, row] of report.confusion.entries())
    console.log(`${(STYLES[at] ?? "").padEnd(20)} ${row.map((one) => String(one).padStart(4)).join("")}`);
  console.log("");
  tellShares(report);
  console.log(`\n${FEATURES.length} features: ${FEATURES.map(({ name }) => name).join(", ")}`);
}

function tellShares({ overall, byConfidence, byTrips, byProbability, agreement }: Report): void {
  console.log(
    `right: ${percent(overall.right)} of ${overall.traders}; log loss ${overall.logLoss.toFixed(3)}, Brier ${overall.brier.toFixed(3)}`,
  );
  console.log("by confidence");
  for (const one of byConfidence)
    console.log(`  ${one.confidence.padEnd(10)} ${one.traders} traders, right ${percent(one.right)}`);
  console.log("by number of trips");
  for (const one of byTrips)
    console.log(`  ${one.range.padEnd(10)} ${one.traders} traders, right ${percent(one.right)}`);
  console.log("by the probability that was said");
  for (const one of byProbability)
    console.log(
      `  ${one.range.padEnd(10)} ${one.traders} traders, said ${percent(one.said)}, right ${percent(one.right)}`,
    );
  console.log(
    `draws that agree: ${percent(agreement.mean)} in the mean; at least 90 % for ${percent(agreement.above90)}`,
  );
}

function compact(value: unknown): string {
  if (Array.isArray(value) && Array.isArray(value[0]))
    return `[\n    ${value.map((row) => JSON.stringify(row)).join(",\n    ")}\n  ]`;
  return JSON.stringify(value);
}

function text(name: string): string {
  return JSON.stringify(name);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
