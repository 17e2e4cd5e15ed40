/**
 * Runs seeded histories of faults against the copier: `npm run simulate -- --seed 1 --schedules 200 --events 300
 * [--wire] [--several|--by-hand|--ruled] [--json]`; `--wire` goes through the venue's real protocol and the production connector.
 * Exit code 1 when an invariant broke; the seed printed is the way to see it again.
 */

import type { Copying } from "../test/simulation/draws.ts";
import { type Outcome, simulate } from "../test/simulation/simulate.ts";
import { simulateWire } from "../test/simulation/simulate-wire.ts";
import { countOf, readArguments } from "./arguments.ts";

const HELP = `Runs seeded histories of faults against the copier.

  npm run simulate -- [--seed N] [--schedules N] [--events N] [--wire] [--several|--by-hand|--ruled] [--until-broken] [--json]

  --seed N        the first seed; each schedule takes the next (default 1)
  --schedules N   how many histories (default 200)
  --events N      how long each is (default 300)
  --wire          through the venue's real protocol and the production connector
  --several       followers that copy two and three leaders each
  --by-hand       and their owners approve most of what is added
  --ruled         with every rule, limit and guard, at a venue that keeps money and under prices that run
  --until-broken  end with the first that breaks an invariant
  --json          one JSON object on standard output

Exit code 1 when an invariant broke; its seed shows it again.`;

const values = readArguments(HELP, {
  seed: { type: "string", default: "1" },
  schedules: { type: "string", default: "200" },
  events: { type: "string", default: "300" },
  json: { type: "boolean", default: false },
  wire: { type: "boolean", default: false },
  several: { type: "boolean", default: false },
  "by-hand": { type: "boolean", default: false },
  ruled: { type: "boolean", default: false },
  "until-broken": { type: "boolean", default: false },
});

const startedMs = performance.now();
const first = countOf("seed", values.seed);
const schedules = countOf("schedules", values.schedules);
const events = countOf("events", values.events);
const copying = copyingOf();
const outcomes: Outcome[] = [];
for (let seed = first; seed < first + schedules; seed += 1) {
  const outcome = values.wire ? simulateWire(seed, events) : simulate(seed, events, copying);
  outcomes.push(outcome);
  if (outcome.breaches.length > 0 && !values.json) {
    console.log(`seed ${seed}:\n  ${outcome.breaches.slice(0, 4).join("\n  ")}`);
  }
  if (outcome.breaches.length > 0 && values["until-broken"]) break;
}
const broken = outcomes.filter(({ breaches }) => breaches.length > 0);
const summary = {
  schedules: outcomes.length,
  events: total("events"),
  orders: total("orders"),
  denials: total("denials"),
  fills: total("fills"),
  virtualSeconds: total("virtualSeconds"),
  seconds: Math.round((performance.now() - startedMs) / 1_000),
  rules: counted(({ rules }) => rules),
  branches: counted(({ branches }) => branches),
  faults: counted(({ faults }) => faults),
  broken: broken.map(({ seed, breaches }) => ({ seed, breaches })),
};
console.log(values.json ? JSON.stringify(summary) : { ...summary, broken: broken.map(({ seed }) => seed) });
process.exitCode = broken.length > 0 ? 1 : 0;

/** Summed over all histories. */
function counted(of: (outcome: Outcome) => Readonly<Record<string, number>>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const outcome of outcomes) {
    for (const [name, count] of Object.entries(of(outcome))) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

function copyingOf(): Copying {
  if (values.ruled) return "ruled";
  if (values["by-hand"]) return "by-hand";
  return values.several ? "several-leaders" : "one-leader";
}

function total(field: "events" | "orders" | "denials" | "fills" | "virtualSeconds"): number {
  return outcomes.reduce((sum, outcome) => sum + outcome[field], 0);
}
