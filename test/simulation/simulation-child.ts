/** A thread of `npm run simulate`: runs the histories that it is told, one at a time, and answers each with its outcome. */
import { parentPort } from "node:worker_threads";
import { type Explained, explain } from "./explain.ts";
import { type Mode, simulateIn } from "./modes.ts";
import type { Outcome } from "./simulate.ts";

export interface Task {
  readonly seed: number;
  readonly mode: Mode;
  readonly events: number;
  /** Null: run it; otherwise make it smaller with at most so many tries. */
  readonly triesMax: number | null;
}

export type Answer =
  | { readonly kind: "ran"; readonly outcome: Outcome }
  | { readonly kind: "explained"; readonly explained: Explained };

parentPort?.on("message", async (task: Task) => {
  const { seed, mode, events, triesMax } = task;
  const answer: Answer =
    triesMax === null
      ? { kind: "ran", outcome: await simulateIn(mode, seed, events) }
      : { kind: "explained", explained: await explain({ seed, mode, events }, triesMax) };
  parentPort?.postMessage(answer);
});
