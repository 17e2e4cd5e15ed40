/**
 * Has a checkpoint made on a thread of its own, which lives as long as that takes: encoding the state of a thousand
 * followers takes longer than a leader's fill may wait.
 */
import { Worker } from "node:worker_threads";

/** What the thread is told. */
export interface CheckpointOrder {
  readonly folder: string;
  /** First record of the segment before which the state is written down. */
  readonly first: number;
}

/** Resolves once the checkpoint is durable; rejects with what went wrong, and then there is none. */
export function makeCheckpointAside(order: CheckpointOrder): Promise<void> {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const url = new URL(`./checkpoint-worker${extension}`, import.meta.url);
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, { workerData: order, execArgv: [] });
    worker.unref();
    worker.on("error", reject);
    worker.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the checkpoint's thread ended with code ${code}`));
    });
  });
}
