/** What was ever tried is counted, whatever happens to the file. */
import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LedgerTrial, noteTrial, trialsOn } from "./trial-ledger.ts";

const DAY_MS = 86_400_000;
const made = (trial: string, fromDay: number, toDay: number, traders: string | null = null): LedgerTrial => ({
  trial,
  atMs: 1,
  strategy: "portfolio_copying",
  options: { max_traders: 3, correlation_limit: null },
  fromMs: fromDay * DAY_MS,
  toMs: toDay * DAY_MS,
  traders,
  sharpePerDay: 0.1,
});

describe("the ledger of trials", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trials-"));
    path = join(folder, "new", "strategy-trials.jsonl");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const counted = (fromDay: number, toDay: number, traders: string | null = null) => [
    ...trialsOn(path, { fromMs: fromDay * DAY_MS, toMs: toDay * DAY_MS, traders }).keys(),
  ];

  it("has nothing at first, and keeps what is noted for its owner's eyes", () => {
    expect(counted(0, 10)).toEqual([]);
    noteTrial(path, made("a", 0, 10));
    expect(trialsOn(path, { fromMs: 0, toMs: DAY_MS, traders: null }).get("a")).toEqual(made("a", 0, 10));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("counts those of the same traders whose time has days in common, each once", () => {
    for (const one of [
      made("a", 0, 10),
      made("b", 9, 20),
      made("c", 10, 20),
      made("d", 0, 10, "/x"),
      made("a", 0, 10),
    ])
      noteTrial(path, one);
    expect(counted(0, 10)).toEqual(["a", "b"]);
    expect(counted(10, 20)).toEqual(["b", "c"]);
    expect(counted(0, 30, "/x")).toEqual(["d"]);
  });

  it("counts what cannot be read, and loses nothing behind it", () => {
    noteTrial(path, made("a", 0, 10));
    appendFileSync(path, '{"trial":"torn","fro');
    noteTrial(path, made("b", 0, 10));
    appendFileSync(path, "[1]\n");
    expect(counted(0, 10)).toEqual(["a", "line 2", "b", "line 4"]);
  });
});
