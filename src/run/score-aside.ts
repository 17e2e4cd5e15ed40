/** Has the leaders' records looked at, and a strategy asked about them, on a thread of its own, which lives as long as that takes. */
import { Worker } from "node:worker_threads";
import type { ScoredSubject, Scoring } from "../control/leader-scores.ts";
import type { FollowerDecision, StrategyQuestion } from "../control/strategy-decisions.ts";
import type { FillPlace } from "../store/store.ts";
import type { TraderKey } from "../store/trader-store.ts";
import type { OptionsByStrategy } from "../strategies/kind.ts";
import type { FilterBounds } from "../traders/filters/registry.ts";
import type { TraderVenue } from "./trader-venues.ts";

/** What the thread is told. */
export interface ScoringOrder {
  readonly dataDir: string;
  /** Its filters of the owner's own count as well. */
  readonly configDir: string;
  readonly nowMs: number;
  readonly subjects: readonly ScoredSubject[];
  /** Leaders whose fills the engine's database has, by account. */
  readonly recorded: readonly (readonly [account: string, key: TraderKey])[];
  readonly recordedUpTo: FillPlace | null;
  /** Public traders who are fetched before. */
  readonly fetched: readonly FetchedTrader[];
  readonly filters: FilterBounds;
  readonly benchmark: string;
  readonly minStrategyDiversity: number | null;
  readonly decay: { readonly windowDays: number; readonly falseAlarms: number };
}

export interface FetchedTrader {
  readonly venue: TraderVenue;
  readonly id: string;
  /** Null: the venue's own. */
  readonly url: string | null;
}

export interface ScoringAnswer {
  readonly scoring: Scoring;
  readonly recordedUpTo: FillPlace | null;
  readonly problems: readonly string[];
}

/** What the thread is told where a strategy is asked, about the records as the last look left them. */
export interface DecidingOrder {
  readonly dataDir: string;
  /** Its strategies and filters of the owner's own count as well. */
  readonly configDir: string;
  readonly strategy: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of every strategy, for one that asks others. */
  readonly others: OptionsByStrategy;
  readonly question: StrategyQuestion;
  readonly filters: FilterBounds;
}

/** What the thread gets. */
export type AsideWork =
  | ({ readonly work: "score" } & ScoringOrder)
  | ({ readonly work: "decide" } & DecidingOrder);

/** As many hours as one look may take. */
const LONGEST_MS = 3_600_000;

/** Rejects with what went wrong, also when `stop` is aborted: the thread is ended then. */
export function scoreAside(order: ScoringOrder, stop: AbortSignal): Promise<ScoringAnswer> {
  return aside({ work: "score", ...order }, stop);
}

/** The same of a strategy's decisions. */
export function decideAside(order: DecidingOrder, stop: AbortSignal): Promise<readonly FollowerDecision[]> {
  return aside({ work: "decide", ...order }, stop);
}

function aside<Answer>(order: AsideWork, stop: AbortSignal): Promise<Answer> {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const url = new URL(`./scoring-worker${extension}`, import.meta.url);
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, { workerData: order, execArgv: [] });
    worker.unref();
    const end = (cause: string): void => {
      reject(new Error(cause));
      void worker.terminate();
    };
    const timer = setTimeout(() => end("looking at the leaders took too long"), LONGEST_MS).unref();
    const stopped = (): void => end("stopped");
    stop.addEventListener("abort", stopped, { once: true });
    worker.on("message", (answer: Answer) => resolve(answer));
    worker.on("error", reject);
    worker.on("exit", (code) => {
      clearTimeout(timer);
      stop.removeEventListener("abort", stopped);
      reject(new Error(`the thread that looks at the leaders ended with code ${code}`));
    });
  });
}
