/** The thread that moves the write-ahead log: it does, and it ends with the database, however young it is. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { Checkpointer } from "./checkpointer.ts";

const root = mkdtempSync(join(tmpdir(), "checkpointer-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Writes that a checkpoint is made after. */
const WRITES = 20;

function opened(name: string) {
  const path = join(root, name);
  const connection = new Database(path);
  connection.pragma("journal_mode = WAL");
  connection.exec("CREATE TABLE rows (at INTEGER)");
  return { path, connection, checkpointer: new Checkpointer(connection) };
}

async function write({ connection, checkpointer }: ReturnType<typeof opened>): Promise<void> {
  for (let at = 0; at < WRITES; at += 1) {
    connection.prepare("INSERT INTO rows VALUES (?)").run(at);
    await checkpointer.written();
  }
}

test("what was written comes into the file of the database", async () => {
  const one = opened("written.db");
  const empty = statSync(one.path).size;
  await write(one);
  await expect.poll(() => statSync(one.path).size, { timeout: 30_000 }).toBeGreaterThan(empty);
  await one.checkpointer.stop();
  one.connection.close();
});

test("a thread that has just begun ends with its database, and takes nobody along", async () => {
  for (let round = 0; round < 10; round += 1) {
    const one = opened(`young-${round}.db`);
    await write(one);
    await one.checkpointer.stop();
    one.connection.close();
  }
});
