/**
 * Runs every world that can come about, breadth first, so that the first breach found is one of the shortest. What was seen is
 * known by its hash, the way to it by its parent and the place of the move; a path is told by going it again.
 */

import { alone, type Crew, type Layer, threads } from "./crew.ts";
import { forgetRun, type KeptRun, keepRun, readRun } from "./kept-run.ts";
import { type Breach, type Counts, Search, type Space } from "./search.ts";
import { stuck } from "./stuck.ts";
import { Table } from "./table.ts";

export interface Scope extends Space {
  /** 0: in this thread. */
  readonly threads: number;
  /** Room for so many worlds, rounded up to a power of two. */
  readonly statesMax: number;
  /** Ends without having seen everything; null: when everything is seen. */
  readonly minutesMax: number | null;
  /** Keeps there what was not seen to its end, and goes on from it; null: begins anew. */
  readonly folder: string | null;
}

export interface Violation {
  readonly breach: string;
  /** What happened, from the beginning. */
  readonly story: readonly string[];
}

export interface Exploration extends Counts {
  readonly states: number;
  /** Moves of the longest shortest path. */
  readonly depth: number;
  readonly seconds: number;
  readonly statesPerSecond: number;
  readonly megabytes: number;
  readonly exhausted: boolean;
  /** Why not everything was seen; null when it was. */
  readonly ended: "minutes" | "stopped" | "full" | "violation" | null;
  readonly violation: Violation | null;
}

export interface Progress {
  readonly states: number;
  /** To be gone on from: of the layer that was found last. */
  readonly waiting: number;
  readonly depth: number;
}

const PROGRESS_EVERY_MS = 10_000;
/** By so much of the mean a thread may have more to do than others. */
const UNEVEN = 0.03;
/** Part of the table that is left free. */
const FREE = 0.3;

export interface Watcher {
  /** Called with a function that ends the run. */
  onStart?(stop: () => void): void;
  onProgress?(progress: Progress): void;
}

export async function explore(scope: Scope, watcher: Watcher = {}): Promise<Exploration> {
  const kept = scope.folder === null ? null : readRun(scope.folder, scope);
  const table = kept?.table ?? Table.of(2 ** Math.ceil(Math.log2(scope.statesMax / (1 - FREE))));
  const crew = scope.threads === 0 ? alone(scope, table) : threads(scope, table, scope.threads);
  watcher.onStart?.(() => table.stop());
  try {
    return await run(scope, { table, crew, kept }, watcher);
  } finally {
    await crew.end();
  }
}

interface Parts {
  readonly table: Table;
  readonly crew: Crew;
  readonly kept: KeptRun | null;
}

async function run(scope: Scope, { table, crew, kept }: Parts, watcher: Watcher): Promise<Exploration> {
  const startedMs = Date.now();
  const { minutesMax } = scope;
  const untilMs = minutesMax === null ? Number.POSITIVE_INFINITY : startedMs + minutesMax * 60_000;
  let told: Progress = { states: table.size, waiting: 1, depth: kept?.depth ?? 0 };
  const timer = setInterval(() => watcher.onProgress?.({ ...told, states: table.size }), PROGRESS_EVERY_MS);
  timer.unref();
  if (kept === null) await crew.begin();
  else await crew.take(kept.edge);
  let layers: Layer[] = [];
  let breach: Breach | null = null;
  const isOver = () => breach !== null || table.isEnding || Date.now() >= untilMs;
  while (told.waiting > 0 && !isOver()) {
    layers = await crew.work(untilMs);
    breach = layers.find((layer) => layer.breach !== null)?.breach ?? null;
    const waiting = layers.reduce((sum, { found }) => sum + found, 0);
    told = { states: table.size, waiting, depth: told.depth + (isOver() ? 0 : 1) };
    await spread(crew, layers);
  }
  clearInterval(timer);
  const exhausted = told.waiting === 0 && !isOver();
  const search = new Search(scope, table);
  const states = table.size;
  if (exhausted) breach = stuck(table, search);
  const seconds = (Date.now() - startedMs) / 1_000 + (kept?.seconds ?? 0);
  const counts = summed([...layers.map((layer) => layer.counts), ...(kept === null ? [] : [kept.counts])]);
  const { folder } = scope;
  if (folder !== null && !exhausted && breach === null)
    keepRun(folder, scope, { table, edge: await crew.giveAll(), depth: told.depth, seconds, counts });
  if (folder !== null && exhausted) forgetRun(folder);
  const { rss } = process.memoryUsage();
  return {
    states,
    ...counts,
    depth: told.depth,
    seconds: Math.round(seconds * 10) / 10,
    statesPerSecond: Math.round(states / seconds),
    megabytes: Math.round(rss / 1e6),
    exhausted,
    ended: exhausted ? null : endedBy(table, breach),
    violation: breach === null ? null : { breach: breach.breach, story: search.story(breach) },
  };
}

function endedBy(table: Table, breach: Breach | null): NonNullable<Exploration["ended"]> {
  if (breach !== null) return "violation";
  if (table.isFull) return "full";
  return table.isStopped ? "stopped" : "minutes";
}

function summed(all: readonly Counts[]): Counts {
  const sum: Counts = { transitions: 0, coreStates: 0, coreSteps: 0, ends: 0, endsMark: 0 };
  for (const { transitions, coreStates, coreSteps, ends, endsMark } of all) {
    sum.transitions += transitions;
    sum.coreStates += coreStates;
    sum.coreSteps += coreSteps;
    sum.ends += ends;
    sum.endsMark ^= endsMark;
  }
  return sum;
}

/** Evens out what the threads have to do. */
async function spread(crew: Crew, layers: readonly Layer[]): Promise<void> {
  const mean = layers.reduce((sum, { found }) => sum + found, 0) / crew.size;
  const over = layers.map(({ found }) => Math.floor(found - mean));
  for (const from of over.keys()) {
    for (const to of over.keys()) {
      const [given, had] = [over[from] ?? 0, over[to] ?? 0];
      const count = Math.min(given, -had);
      if (count <= mean * UNEVEN) continue;
      await crew.move(from, to, count);
      over[from] = given - count;
      over[to] = had + count;
    }
  }
}
