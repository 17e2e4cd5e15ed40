/**
 * Holds the production core to its properties of risk over generated steps: `npm run properties -- [--steps 1000000] [--seed N]
 * [--json]`. No order passes a limit in force, no limit keeps a reduction from going, and what a guard stopped stays stopped
 * until it is released. Exit code 1 with the smallest sequence that breaks one.
 */
import { carryOut, drawSteps, type Outcome, smallest } from "../test/properties/sequence.ts";
import { countOf, readArguments } from "./arguments.ts";

const HELP = `Holds the core to its properties of risk over generated steps: no order passes a limit in force, no limit keeps a
reduction from going, and what a guard stopped stays stopped until it is released.

  npm run properties -- [--steps N] [--length N] [--seed N] [--json]

  --steps N    how many steps in all (default 1000000)
  --length N   how many a sequence has (default 200)
  --seed N     the first seed; each sequence takes the next (default 1)
  --json       one JSON object on standard output

Exit code 1 when a property broke, with the smallest sequence that breaks it; its seed shows it again.`;

const values = readArguments(HELP, {
  steps: { type: "string", default: "1000000" },
  length: { type: "string", default: "200" },
  seed: { type: "string", default: "1" },
  json: { type: "boolean", default: false },
});

const PROGRESS_MS = 10_000;
const [steps, length, first] = [
  countOf("steps", values.steps),
  countOf("length", values.length),
  countOf("seed", values.seed),
];
const startedMs = performance.now();
const total = { steps: 0, sequences: 0, events: 0, orders: 0, increases: 0, restarts: 0 };
const denials: Record<string, number> = {};
const stops: Record<string, number> = {};
let broken: { readonly seed: number; readonly outcome: Outcome } | null = null;
let toldMs = startedMs;
say(`from seed ${first}: ${steps} steps in sequences of ${length}`);
for (let seed = first; total.steps < steps && broken === null; seed += 1) {
  const outcome = carryOut(seed, drawSteps(seed, Math.min(length, steps - total.steps)));
  add(outcome);
  if (outcome.breach !== null) broken = { seed, outcome };
  if (performance.now() - toldMs < PROGRESS_MS) continue;
  toldMs = performance.now();
  say(`${total.steps} steps, ${Math.round(total.steps / seconds())} a second, at seed ${seed}`);
}
const failure = broken === null ? null : failureOf(broken.seed, broken.outcome);
const summary = { seed: first, ...total, denials, stops, seconds: Math.round(seconds()), failure };
if (values.json) console.log(JSON.stringify(summary));
else console.log(summary.failure === null ? summary : { ...summary, failure: failure?.breach });
if (failure !== null && !values.json) {
  console.log(
    `seed ${failure.seed}, the smallest sequence that breaks it (--seed ${failure.seed} --length ${length}):`,
  );
  for (const step of failure.sequence) console.log(`  ${JSON.stringify(step)}`);
}
process.exitCode = failure === null ? 0 : 1;

function failureOf(seed: number, { breach }: Outcome) {
  if (breach === null) throw new Error("nothing broke");
  say(`seed ${seed} breaks ${breach.rule} (${breach.numbers}); looking for the smallest sequence`);
  const sequence = smallest(seed, drawSteps(seed, length), breach);
  return { seed, breach: carryOut(seed, sequence).breach, sequence };
}

function add({ steps: done, counts }: Outcome): void {
  total.steps += done;
  total.sequences += 1;
  for (const name of ["events", "orders", "increases", "restarts"] as const) total[name] += counts[name];
  for (const [into, from] of [
    [denials, counts.denials],
    [stops, counts.stops],
  ] as const)
    for (const [name, value] of Object.entries(from)) into[name] = (into[name] ?? 0) + value;
}

function seconds(): number {
  return (performance.now() - startedMs) / 1_000;
}

/** Progress is not the result: it goes beside it. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
