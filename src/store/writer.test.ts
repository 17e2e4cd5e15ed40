/** The database's thread: rows appear after a notice, are complete after closing, and trouble is told, not thrown. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Move, playInto } from "../../test/journal-fixture.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openJournalFolder } from "../journal/file.ts";
import type { Journal } from "../journal/journal.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import { type StoreWriter, type StoreWriterOptions, startStoreWriter } from "./writer.ts";

const MOVES: readonly Move[] = [{ kind: "trade", symbol: 0, side: "buy", quantity: 10 }, { kind: "settle" }];

let dataDir = "";
let journal: Journal;
const writers: StoreWriter[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "writer-"));
  journal = openJournalFolder(dataFolderPaths(dataDir).journal, { reserveBytes: 0 }).journal;
});
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.close();
  journal.close();
  rmSync(dataDir, { recursive: true });
});

function start(options: Partial<StoreWriterOptions> = {}): StoreWriter {
  const writer = startStoreWriter({ dataDir, ...options });
  writers.push(writer);
  return writer;
}

/** Resolves when the writer says that it has reached a sequence. */
function reaching(sequence: () => number): {
  readonly reached: Promise<void>;
  readonly onProgress: (at: number) => void;
} {
  let onProgress: (at: number) => void = () => {};
  const reached = new Promise<void>((resolve) => {
    onProgress = (at) => {
      if (at >= sequence()) resolve();
    };
  });
  return { reached, onProgress };
}

test("rows follow the journal after a notice, and questions are answered from them", async () => {
  const { reached, onProgress } = reaching(() => Math.max(1, journal.lastSequence - 1));
  const writer = start({ onProgress });
  playInto(journal, MOVES);
  writer.wake();
  await reached;
  const outcomes = await writer.outcomes({ follower: "first", limit: 10 });
  expect(outcomes).toMatchObject([{ symbol: "BTCUSDT", changedBy: "0.01", reason: "" }]);
  expect(outcomes[0]?.orders).toHaveLength(1);
  expect(await writer.positions({ account: "first" })).toMatchObject([{ ownedQuantity: "0.005" }]);
});

test("closing writes what the journal has; the next thread goes on from there", async () => {
  const writer = start();
  playInto(journal, MOVES);
  await writer.close();
  const store = await openSqliteStore({ path: dataFolderPaths(dataDir).database });
  expect((await store.orders({ limit: 10 })).map(({ status }) => status)).toEqual(["filled", "filled"]);
  await store.close();
  const next = start({ journalSequence: journal.lastSequence });
  expect(await next.fills({ account: "lead", limit: 10 })).toHaveLength(1);
});

test("accounts are kept through a rebuild, which makes the same rows", async () => {
  playInto(journal, MOVES);
  const writer = start();
  const account = {
    account: "first",
    venue: "sim",
    role: "follower",
    accountType: "simulated",
    verifiedAtMs: 7,
  } as const;
  await writer.saveAccounts([account]);
  const before = await writer.orders({ limit: 10 });
  expect(await writer.rebuild()).toBeGreaterThan(0);
  expect(await writer.orders({ limit: 10 })).toEqual(before);
  expect(await writer.accounts()).toEqual([account]);
});

test("a database that cannot be opened is told, and questions are refused", async () => {
  mkdirSync(dataFolderPaths(dataDir).database);
  let tell: (cause: string) => void = () => {};
  const told = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const writer = start({ onProblem: (cause) => tell(cause) });
  const refused = expect(writer.accounts()).rejects.toThrow();
  expect(await told).not.toBe("");
  await refused;
});
