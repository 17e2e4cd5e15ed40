/**
 * Runs seeded histories of faults against the copier: `npm run simulate -- --seed 1 --schedules 10000 --events 500`. Each seed
 * stands for a whole history, its kind too; one that breaks an invariant is made small and told, with the command that shows it
 * again.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Explained } from "../test/simulation/explain.ts";
import { invariantOf } from "../test/simulation/invariant-name.ts";
import { type Mode, modeOf } from "../test/simulation/modes.ts";
import type { Recording } from "../test/simulation/recording.ts";
import type { Outcome } from "../test/simulation/simulate.ts";
import type { WireRecording } from "../test/simulation/simulate-wire.ts";
import type { Task } from "../test/simulation/simulation-child.ts";
import { storyOf } from "../test/simulation/story.ts";
import { wireStoryOf } from "../test/simulation/wire-story.ts";
import { countOf, readArguments, refuse } from "./arguments.ts";
import { Pool } from "./simulate/pool.ts";
import { Progress } from "./simulate/progress.ts";
import { branchLines, countsText, neverText, Totals } from "./simulate/totals.ts";

const HELP = `Runs seeded histories of faults against the copier.

  npm run simulate -- [--seed N] [--schedules N] [--events N] [--json]

  --seed N        the first seed; each schedule takes the next (default 1)
  --schedules N   how many histories (default 200)
  --events N      how many things happen in each (default 300)
                  ("events" of the report counts decisions, and over the wire steps of the scheduler)
  --workers N     threads (default: as many as the machine runs at once); the result does not depend on it
  --tries N       histories that may be run to make a failing one smaller (default 400; 0: not at all)
  --until-broken  end with the first that breaks an invariant
  --save DIR      write each small failing history as a file into this folder
  --replay FILE   tell such a file's history, and nothing else
  --json          one JSON object on standard output

What a seed stands for is a mix; these have all of one kind:
  --one-leader    each follower copies one leader
  --several       followers copy two and three leaders each
  --by-hand       and their owners approve most of what is added
  --pending       with orders of leaders that wait to open, and are copied as they wait
  --ruled         with every rule, limit and guard, at a venue that keeps money and under prices that run
  --guarded       the same, and owners change the guards of their accounts as it runs
  --broad         as --ruled, with measured leaders, margin modes that are followed, and risk tiers
  --wire          through the venue's real protocol and the production connector

Exit code 0 when every invariant held, 1 when one broke, 2 when asked for wrongly, 130 when interrupted (what was done is printed).`;

const PINS = {
  "one-leader": "one-leader",
  several: "several-leaders",
  "by-hand": "by-hand",
  pending: "pending",
  ruled: "ruled",
  guarded: "guarded",
  broad: "broad",
  wire: "wire",
} as const satisfies Readonly<Record<string, Mode>>;
type Pin = keyof typeof PINS;

/** More are told without being made smaller. */
const EXPLAINED_MAX = 5;
const BREACHES_SHOWN = 4;

interface Violation {
  readonly seed: number;
  readonly mode: Mode;
  readonly breaches: readonly string[];
  explained: Explained | null;
}

const values = readArguments(HELP, {
  seed: { type: "string", default: "1" },
  schedules: { type: "string", default: "200" },
  events: { type: "string", default: "300" },
  workers: { type: "string", default: String(availableParallelism()) },
  tries: { type: "string", default: "400" },
  save: { type: "string" },
  replay: { type: "string" },
  json: { type: "boolean", default: false },
  "one-leader": { type: "boolean", default: false },
  several: { type: "boolean", default: false },
  "by-hand": { type: "boolean", default: false },
  pending: { type: "boolean", default: false },
  ruled: { type: "boolean", default: false },
  guarded: { type: "boolean", default: false },
  broad: { type: "boolean", default: false },
  wire: { type: "boolean", default: false },
  "until-broken": { type: "boolean", default: false },
});

if (values.replay !== undefined) process.exitCode = await tellFile(values.replay);
else await main();

async function main(): Promise<void> {
  const first = countOf("seed", values.seed);
  const schedules = countOf("schedules", values.schedules);
  const events = countOf("events", values.events);
  const workers = Math.min(countOf("workers", values.workers), schedules);
  const triesMax = values.tries === "0" ? 0 : countOf("tries", values.tries);
  const pin = pinOf();
  if (values.save !== undefined) mkdirSync(values.save, { recursive: true });

  const pool = new Pool(workers);
  let isInterrupted = false;
  process.once("SIGINT", () => {
    isInterrupted = true;
    void pool.close();
  });
  if (!values.json)
    print(`seed ${first}, ${schedules} schedules of ${events} events${pin === null ? "" : `, --${pin}`}`);
  const startedMs = performance.now();
  const totals = new Totals();
  const violations: Violation[] = [];
  const progress = new Progress(schedules);
  let given = first;
  let isOver = false;
  /** What is done ahead of its turn. */
  const ahead = new Map<number, { readonly mode: Mode; readonly outcome: Outcome }>();
  let turn = first;
  const add = (seed: number, mode: Mode, outcome: Outcome): void => {
    totals.add(mode, outcome);
    const { breaches } = outcome;
    if (breaches.length === 0) return;
    violations.push({ seed, mode, breaches, explained: null });
    progress.say(`seed ${seed} (${mode}) broke: ${breaches[0]}`);
    isOver ||= values["until-broken"];
  };
  const next = (): Task | null => {
    if (isOver || given >= first + schedules) return null;
    const seed = given;
    given += 1;
    return { seed, mode: pin === null ? modeOf(seed) : PINS[pin], events, triesMax: null };
  };
  await pool.work("ran", next, ({ seed, mode }, { outcome }) => {
    ahead.set(seed, { mode, outcome });
    for (let done = ahead.get(turn); done !== undefined && !isOver; done = ahead.get(turn)) {
      add(turn, done.mode, done.outcome);
      ahead.delete(turn);
      turn += 1;
    }
    progress.show(totals.schedules, totals.events, violations.length);
  });
  if (isInterrupted)
    for (const [seed, { mode, outcome }] of [...ahead].sort(([a], [b]) => a - b)) add(seed, mode, outcome);
  const seconds = (performance.now() - startedMs) / 1_000;
  await explainThem(pool, violations, triesMax, events, progress);
  progress.end();
  await pool.close();
  report({ first, events, pin, totals, violations, seconds, isInterrupted });
  process.exitCode = violations.length > 0 ? 1 : isInterrupted ? 130 : 0;
}

async function explainThem(
  pool: Pool,
  violations: readonly Violation[],
  triesMax: number,
  events: number,
  progress: Progress,
): Promise<void> {
  if (triesMax === 0) return;
  const waiting = violations.slice(0, EXPLAINED_MAX);
  const tasks = waiting.map(({ seed, mode }) => ({ seed, mode, events, triesMax }));
  await pool.work(
    "explained",
    () => {
      const task = tasks.shift() ?? null;
      if (task !== null) progress.say(`seed ${task.seed} broke; looking for the smallest history that does`);
      return task;
    },
    ({ seed }, { explained }) => {
      const violation = waiting.find((one) => one.seed === seed);
      if (violation !== undefined) violation.explained = explained;
    },
  );
}

interface Report {
  readonly first: number;
  readonly events: number;
  readonly pin: Pin | null;
  readonly totals: Totals;
  readonly violations: readonly Violation[];
  readonly seconds: number;
  readonly isInterrupted: boolean;
}

function report({ first, events, pin, totals, violations, seconds, isInterrupted }: Report): void {
  const eventsPerSecond = Math.round(totals.events / Math.max(seconds, 0.001));
  const told = violations.map((violation) => ({
    seed: violation.seed,
    invariant: violation.explained?.invariant ?? invariantOf(violation.breaches[0] ?? ""),
    story: [...storyLines(violation), ...againLines(violation, { events, pin })].join("\n"),
  }));
  const passed = totals.schedules - violations.length;
  const [faults, branches] = [totals.faults.counts(), totals.branches.counts()];
  const never = totals.never();
  if (values.json) {
    const { schedules, orders, denials, fills, virtualSeconds } = totals;
    const counts = { events: totals.events, orders, denials, fills, virtualSeconds };
    const [modes, rules] = [totals.modes.counts(), totals.rules.counts()];
    const body = {
      seed: first,
      schedules,
      passed,
      violations: told,
      faults,
      branches,
      never,
      eventsPerSecond,
    };
    return print(
      JSON.stringify({ ...body, seconds: Math.round(seconds), ...counts, modes, rules, isInterrupted }),
    );
  }
  for (const { seed, invariant, story } of told) print(`\nseed ${seed} broke: ${invariant}\n${story}`);
  print(
    `\n${isInterrupted ? "interrupted: " : ""}${passed} of ${totals.schedules} schedules held every invariant, in ${Math.round(seconds)} s`,
    `${totals.events} events (${eventsPerSecond} a second), ${totals.orders} orders, ${totals.denials} denials, ${totals.fills} fills, ${Math.round(totals.virtualSeconds / 3_600)} hours of virtual time`,
    `modes: ${countsText(totals.modes.counts())}`,
    `faults that struck: ${countsText(faults)}${neverText(never.fault)}`,
    `rules drawn: ${countsText(totals.rules.counts())}`,
    "branches taken:",
    ...branchLines(branches, never),
  );
}

function storyLines({ explained, breaches }: Violation): readonly string[] {
  return explained?.story ?? breaches.slice(0, BREACHES_SHOWN).map((breach) => `BROKEN  ${breach}`);
}

function againLines(
  { seed, mode, explained }: Violation,
  { events, pin }: Pick<Report, "events" | "pin">,
): readonly string[] {
  const pinned = pin === null ? "" : ` --${pin}`;
  const again = `again: npm run simulate -- --seed ${seed} --schedules 1 --events ${events}${pinned}   (${mode})`;
  if (values.save === undefined || explained === null) return [again];
  const file = join(values.save, `${seed}.json`);
  writeFileSync(file, `${JSON.stringify(explained.recording)}\n`);
  return [again, `or: npm run simulate -- --replay ${file}`];
}

async function tellFile(file: string): Promise<number> {
  let recording: Partial<Recording & WireRecording>;
  try {
    recording = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return refuse(`--replay: ${error instanceof Error ? error.message : String(error)}`);
  }
  const story = isRecording(recording)
    ? storyOf(recording)
    : isWireRecording(recording)
      ? await wireStoryOf(recording)
      : refuse(`--replay: ${file} is not a recorded history (--save writes them)`);
  print(...story);
  return story.some((line) => line.includes("BROKEN")) ? 1 : 0;
}

function isRecording(known: Partial<Recording> | null): known is Recording {
  return Array.isArray(known?.happenings) && Array.isArray(known.setting?.accounts);
}

function isWireRecording(known: Partial<WireRecording> | null): known is WireRecording {
  const isDrawn = Number.isInteger(known?.seed) && Number.isInteger(known?.events);
  return isDrawn && Array.isArray(known?.excerpt?.beats) && Array.isArray(known.excerpt.kept);
}

function pinOf(): Pin | null {
  const pins = (Object.keys(PINS) as Pin[]).filter((name) => values[name]);
  if (pins.length > 1) return refuse(`--${pins.join(" and --")}: at most one kind of history`);
  return pins[0] ?? null;
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
