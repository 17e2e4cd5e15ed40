/**
 * The thread of checkpointer.ts: at each word one passive checkpoint, which waits for nobody, and a message back; at another it ends.
 */
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";

const connection = new Database(String(workerData.path), { timeout: 1000 });

parentPort?.on("message", (told: "checkpoint" | "stop") => {
  if (told === "stop") {
    connection.close();
    parentPort?.close();
    return;
  }
  connection.pragma("wal_checkpoint(PASSIVE)");
  parentPort?.postMessage("done");
});
