/**
 * The thread of checkpointer.ts: for each message one passive checkpoint, which waits for nobody, and a message back.
 */
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";

const connection = new Database(String(workerData.path), { timeout: 1000 });

parentPort?.on("message", () => {
  connection.pragma("wal_checkpoint(PASSIVE)");
  parentPort?.postMessage("done");
});
