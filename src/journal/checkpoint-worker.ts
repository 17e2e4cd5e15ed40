/** The thread that makes one checkpoint and ends; see checkpoint-thread.ts for who starts it. */
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { workerData } from "node:worker_threads";
import type { CheckpointOrder } from "./checkpoint-thread.ts";
import { makeCheckpoint } from "./make-checkpoint.ts";
import { RealDisk } from "./real-disk.ts";

const NICENESS = 10;

/** Only where the system can: the engine's thread comes before this one. */
function standBack(): void {
  try {
    setPriority(Number(readlinkSync("/proc/thread-self").split("/").at(-1)), NICENESS);
  } catch {
    // Elsewhere both are served alike.
  }
}

const { folder, first }: CheckpointOrder = workerData;
standBack();
makeCheckpoint(new RealDisk(folder), first);
