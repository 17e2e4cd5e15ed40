/** Connections that earlier processes began count until the venue has forgotten them, whatever became of the process. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../../test/conformance/scripted-outside.ts";
import { RequestBudget } from "../exchange/bybit/budget.ts";
import { ConnectionStarts } from "./connection-starts.ts";

const WINDOW_MS = 5 * 60_000;
const CEILING = 500;

let folder: string;
let clock: VirtualClock;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "connection-starts-"));
  clock = new VirtualClock();
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process as it starts; it is killed by not being used any more. */
function life(file = join(folder, "connections.txt")) {
  const starts = new ConnectionStarts({
    file,
    nowMs: () => clock.nowMs(),
    onProblem: (cause) => told.push(cause),
  });
  return { starts, budget: new RequestBudget(clock, {}, starts), file };
}

test("an engine that is started again and again keeps within the venue's ceiling, and can still reconnect", () => {
  const begunAt: number[] = [];
  const note = () => begunAt.push(clock.nowMs());
  for (let start = 0; start < 60; start += 1) {
    const { budget } = life();
    const wish = (attempt: "first" | "again") => budget.connect("stream.test", attempt, note);
    const firsts = Array.from({ length: 130 }, () => wish("first"));
    clock.advance(7_000);
    const agains = Array.from({ length: 5 }, () => wish("again"));
    clock.advance(1_000);
    for (const dies of [...firsts, ...agains]) dies();
  }
  const most = Math.max(
    ...begunAt.map((atMs) => begunAt.filter((one) => one >= atMs && one < atMs + WINDOW_MS).length),
  );
  expect(most).toBeLessThanOrEqual(CEILING);
  expect(most).toBeGreaterThan(400);
  // Nothing is held back for longer than the venue counts it.
  clock.advance(WINDOW_MS + 10_000);
  const before = begunAt.length;
  const { budget } = life();
  for (let count = 0; count < 130; count += 1) budget.connect("stream.test", "first", note);
  expect(begunAt.length - before).toBe(130);
});

test("each host counts by itself, and a line is on its way to the disk before the connection begins", () => {
  const first = life();
  first.budget.connect("one.test", "first", () => {
    expect(readFileSync(first.file, "utf8")).toBe(`${clock.nowMs()} one.test\n`);
  });
  first.budget.connect("other.test", "first", () => {});
  const { starts } = life();
  expect([starts.earlier("one.test"), starts.earlier("third.test")]).toEqual([[clock.nowMs()], []]);
  expect(statSync(first.file).mode & 0o777).toBe(0o600);
});

test("what is torn, damaged or old is left out, and a clock that was set back makes none younger than now", () => {
  const { file } = life();
  const now = clock.nowMs();
  appendFileSync(
    file,
    `${now - 16 * 60_000} a.test\nnonsense\n${now + 60_000} a.test\n${now - 5_000} a.test\n17000`,
  );
  expect(life().starts.earlier("a.test")).toEqual([now - 5_000, now]);
  expect(readFileSync(file, "utf8")).toBe(`${now + 60_000} a.test\n${now - 5_000} a.test\n`);
  expect(told).toEqual([]);
});

test("the file stays small", () => {
  const { starts, file } = life();
  for (let count = 0; count < 20_000; count += 1) {
    clock.advance(1_000);
    starts.begun("a.test", clock.nowMs());
  }
  expect(statSync(file).size).toBeLessThan(5_001 * 30);
  expect(life().starts.earlier("a.test")).toHaveLength(900);
});

test("where nothing can be written connections begin all the same, and it is told once", () => {
  const { starts, budget } = life(join(folder, "missing", "connections.txt"));
  const begun: string[] = [];
  budget.connect("a.test", "first", () => begun.push("a"));
  budget.connect("a.test", "first", () => begun.push("b"));
  starts.close();
  expect(begun).toEqual(["a", "b"]);
  expect(told).toEqual([expect.stringContaining("ENOENT")]);
  expect(existsSync(join(folder, "missing"))).toBe(false);
});
