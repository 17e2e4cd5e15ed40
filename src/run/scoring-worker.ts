/**
 * The thread that looks at the leaders' records, or asks a strategy about them: takes on what they did while copied, fetches the public ones, and scores all of them.
 * It shares nothing with the engine but files, and what fails in it is told and tried again at the next look.
 */
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { describeProblem } from "../config.ts";
import { scoreLeaders } from "../control/leader-scores.ts";
import { type FollowerDecision, strategyDecisions } from "../control/strategy-decisions.ts";
import { strategyNamed } from "../control/strategy-question.ts";
import { withTraderStore } from "../control/traders.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openLeaderFills } from "../store/sqlite/sqlite-store.ts";
import type { FillPlace } from "../store/store.ts";
import type { TraderStore } from "../store/trader-store.ts";
import type { TraderFilter } from "../traders/filters/filter.ts";
import { filtersOf } from "../traders/filters/registry.ts";
import { recordLeaders } from "../traders/recorded-leaders.ts";
import { fetchInto } from "./fetch-trader.ts";
import type { AsideWork, DecidingOrder, FetchedTrader, ScoringAnswer, ScoringOrder } from "./score-aside.ts";
import { openTraderExtensions } from "./trader-extensions.ts";
import { openTraderSource } from "./trader-sources.ts";

/** Of the system's scheduler: the engine's thread goes first. */
const NICE = 10;
const REFUSED_TOLD_MAX = 5;

async function look(order: ScoringOrder): Promise<ScoringAnswer> {
  return withTraderStore(order.dataDir, async (store) => {
    const problems: string[] = [];
    const recordedUpTo = await record(store, order, problems);
    for (const one of order.fetched) await fetchOne(store, one, order.nowMs, problems);
    const { subjects, benchmark, minStrategyDiversity, decay, nowMs } = order;
    const filters = [...filtersOf(order.filters), ...(await ownFilters(order, problems))];
    const options = { subjects, filters, benchmark, minStrategyDiversity, decay, nowMs };
    return { scoring: await scoreLeaders(order.dataDir, store, options), recordedUpTo, problems };
  });
}

/** A strategy or a filter of the owner's own that is broken ends it: a start would have refused it. */
async function decide(order: DecidingOrder): Promise<readonly FollowerDecision[]> {
  const { dataDir, configDir, question, strategy: name, options, others } = order;
  const { filters, strategies, problems } = await openTraderExtensions(configDir);
  if (problems.length > 0) throw new Error(problems.map(describeProblem).join("; "));
  const found = strategyNamed(name, { options, others }, strategies);
  if (!found.ok) throw new Error(found.message);
  const asking = { strategy: found.strategy, filters: [...filtersOf(order.filters), ...filters] };
  return withTraderStore(dataDir, (store) => strategyDecisions(dataDir, store, question, asking));
}

/** Broken ones are told; a start would have refused them. */
async function ownFilters({ configDir }: ScoringOrder, problems: string[]): Promise<readonly TraderFilter[]> {
  const { filters, problems: found } = await openTraderExtensions(configDir);
  problems.push(...found.slice(0, REFUSED_TOLD_MAX).map(describeProblem));
  return found.length > 0 ? [] : filters;
}

async function record(
  store: TraderStore,
  { dataDir, recorded, recordedUpTo, nowMs }: ScoringOrder,
  problems: string[],
): Promise<FillPlace | null> {
  try {
    const engine = openLeaderFills(dataFolderPaths(dataDir).database);
    try {
      const keys = new Map(recorded);
      const { after, refused } = await recordLeaders(store, engine, { keys, nowMs, after: recordedUpTo });
      problems.push(...refused.slice(0, REFUSED_TOLD_MAX));
      return after;
    } finally {
      await engine.close();
    }
  } catch (error) {
    problems.push(`what leaders did while copied could not be taken on: ${textOf(error)}`);
    return recordedUpTo;
  }
}

async function fetchOne(
  store: TraderStore,
  { venue, id, url }: FetchedTrader,
  nowMs: number,
  problems: string[],
): Promise<void> {
  try {
    const source = openTraderSource({ venue, id, url, stop: new AbortController().signal });
    try {
      await fetchInto(store, source, { whole: false, nowMs, onProgress: () => {} });
    } finally {
      source.close();
    }
  } catch (error) {
    problems.push(`${venue}:${id} could not be fetched: ${textOf(error)}`);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** On Linux a priority is the thread's own; elsewhere it would be that of the whole process. */
function giveWay(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(NICE);
  } catch {
    // Only a hint: where the system gives no such right, all goes on.
  }
}

if (parentPort === null) throw new Error("this file is a worker thread's");
giveWay();
const order: AsideWork = workerData;
parentPort.postMessage(await (order.work === "score" ? look(order) : decide(order)));
