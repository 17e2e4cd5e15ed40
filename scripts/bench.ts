/**
 * `npm run bench`: how long a leader's trade takes to reach its followers, beside the floor of this language and beside what a
 * user would otherwise run, in one run and in turns. See docs/performance.md for the method and the goals.
 */
import { cpus } from "node:os";
import { readArguments } from "./arguments.ts";
import { measureBacktest } from "./bench/backtest.ts";
import { measureBudget } from "./bench/budget.ts";
import { measureCopier } from "./bench/copier.ts";
import { type FanOutRun, measureFanOut } from "./bench/fan-out.ts";
import { measureMemoryTls } from "./bench/memory.ts";
import type { Path } from "./bench/parameters.ts";
import { describeReport, type Report } from "./bench/report.ts";
import { measureSizing } from "./bench/sizing.ts";
import { measureSoak } from "./bench/soak.ts";
import { rounded } from "./bench/statistics.ts";
import { measureThroughput } from "./bench/throughput.ts";

const HELP = `Measures a leader's trade on its way to the followers, beside the floor and an SDK-based copier.

  npm run bench -- [--followers N,N] [--paths ws,rest] [--rounds N] [--quick] [--latency-only] [--soak SECONDS]
                   [--profile DIR] [--json]

  --followers N,N  how many followers (default 1,10,100,1000)
  --paths LIST     orders over WebSocket (ws), REST (rest) or both (default ws,rest)
  --rounds N       how often each is measured, in turns (default 3)
  --quick          less of everything, for a first look
  --latency-only   no throughput, memory or sizing
  --soak SECONDS   at the largest number of followers (default 0: not at all)
  --profile DIR    where CPU profiles of the engine go
  --json           one JSON object on standard output`;

const values = readArguments(HELP, {
  json: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  followers: { type: "string", default: "1,10,100,1000" },
  paths: { type: "string", default: "ws,rest" },
  rounds: { type: "string", default: "3" },
  soak: { type: "string", default: "0" },
  "latency-only": { type: "boolean", default: false },
  profile: { type: "string" },
});

const rounds = wholeNumber("rounds", values.rounds);
const followers = values.followers.split(",").map((text) => wholeNumber("followers", text));
const soakSeconds = wholeNumber("soak", values.soak);
const paths = values.paths.split(",").map(pathOf);

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name}: a whole number is expected, got ${text}\n`);
  process.exit(2);
}

function pathOf(text: string): Path {
  if (text === "ws" || text === "rest") return text;
  process.stderr.write(`--paths: ws and rest are expected, got ${text}\n`);
  process.exit(2);
}

/** Pairs of trades a round, so that each round takes about as long. */
function triggersFor(number: number): number {
  const usual = number >= 1_000 ? 6 : number >= 100 ? 20 : number >= 10 ? 50 : 100;
  return values.quick ? Math.max(3, Math.floor(usual / 5)) : usual;
}

function warmUpFor(number: number): number {
  const usual = number >= 1_000 ? 10 : number >= 100 ? 40 : 200;
  return values.quick ? Math.max(3, Math.floor(usual / 4)) : usual;
}

function note(text: string): void {
  if (!values.json) process.stderr.write(`${text}\n`);
}

/** Between the two largest numbers of followers, so that what the engine takes by itself is left out. */
function memoryKiBPerFollower(runs: readonly FanOutRun[]): number {
  const streams = runs
    .filter(({ path }) => path === "ws")
    .sort((one, other) => other.followers - one.followers);
  const [most, fewer] = streams;
  if (most === undefined) return Number.NaN;
  const baseKiB = fewer?.memoryKiB.resident ?? 0;
  return rounded((most.memoryKiB.resident - baseKiB) / (most.followers - (fewer?.followers ?? 0)), 1);
}

async function measure(): Promise<Report> {
  const runs: FanOutRun[] = [];
  for (const path of paths) {
    for (const number of followers) {
      note(`${number} followers by ${path}`);
      const profile = values.profile === undefined ? {} : { profileDir: values.profile };
      const [triggers, warmUp] = [triggersFor(number), warmUpFor(number)];
      runs.push(await measureFanOut({ followers: number, path, rounds, triggers, warmUp, ...profile }));
    }
  }
  const machine = { processors: cpus().length, node: process.version };
  const base = { runs, memoryKiBPerFollower: memoryKiBPerFollower(runs), machine };
  const soak = soakSeconds > 0 ? { soak: await soakOf(soakSeconds) } : {};
  if (values["latency-only"]) return { ...base, ...soak };
  note("the copier");
  const copier = await measureCopier(values.quick ? 1 : rounds);
  note("the exchange's throughput");
  const exchange = await measureThroughput(rounds, values.quick ? 16_000 : 64_000);
  note("the request budget");
  const budget = await measureBudget(values.quick ? 11 : 20);
  note("sizing");
  const sizing = measureSizing(values.quick ? 100_000 : 1_000_000);
  note("the backtest");
  const backtest = await measureBacktest(values.quick ? 1 : rounds, values.quick ? 5 : 20);
  note("memory with TLS");
  const memoryPlan = { followers: Math.max(...followers), rounds: values.quick ? 1 : rounds };
  const memoryKiBPerFollowerTls = await measureMemoryTls(memoryPlan);
  return { ...base, copier, exchange, budget, sizing, backtest, memoryKiBPerFollowerTls, ...soak };
}

function soakOf(seconds: number): ReturnType<typeof measureSoak> {
  note(`a soak of ${seconds} s`);
  return measureSoak({ followers: Math.max(...followers), seconds });
}

const report = await measure();
process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : describeReport(report));
