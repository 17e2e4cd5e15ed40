/** What earlier processes did counts until the venue has forgotten it, whatever became of the process. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../../test/conformance/scripted-outside.ts";
import { RequestBudget } from "../exchange/bybit/budget.ts";
import { AddressRecord } from "./address-record.ts";

const WINDOW_MS = 5 * 60_000;
const CEILING = 500;

let folder: string;
let clock: VirtualClock;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "address-record-"));
  clock = new VirtualClock();
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process as it starts; it is killed by not being used any more. */
function life(file = join(folder, "address-record.txt")) {
  const record = new AddressRecord({
    file,
    nowMs: () => clock.nowMs(),
    onProblem: (cause) => told.push(cause),
  });
  return { record, budget: new RequestBudget(clock, {}, { group: "venue", memory: record }), file };
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

/** Sends `count` requests as the budget lets them go, each answered after `answerMs`, and says when each arrived. */
function load(
  budget: RequestBudget,
  count: number,
  answerMs: number,
  arrivals: number[],
): { isDead: boolean } {
  const life = { isDead: false };
  const fare = { priority: "open", key: "", endpoint: "/v5/order/create" } as const;
  for (let each = 0; each < count; each += 1)
    budget.enter(fare, {
      priority: fare.priority,
      deadlineMs: Number.POSITIVE_INFINITY,
      go: () => {
        if (life.isDead) return;
        arrivals.push(clock.nowMs() + answerMs / 2);
        clock.setTimer(answerMs, () => life.isDead || budget.answered(fare, null));
      },
      refused: () => {},
    });
  return life;
}

test("requests of processes that follow each other closely never pass the ceiling of the address", () => {
  const lives = fc.record({
    count: fc.integer({ min: 0, max: 1_500 }),
    livesMs: fc.integer({ min: 0, max: 8_000 }),
    goneMs: fc.integer({ min: 0, max: 3_000 }),
    answerMs: fc.integer({ min: 0, max: 1_000 }),
  });
  fc.assert(
    fc.property(fc.array(lives, { minLength: 2, maxLength: 6 }), (story) => {
      clock = new VirtualClock();
      rmSync(join(folder, "address-record.txt"), { force: true });
      const arrivals: number[] = [];
      for (const { count, livesMs, goneMs, answerMs } of story) {
        const { budget } = life();
        const running = load(budget, count, answerMs, arrivals);
        clock.advance(livesMs);
        running.isDead = true;
        clock.advance(goneMs);
      }
      arrivals.sort((one, other) => one - other);
      for (const [index, atMs] of arrivals.entries())
        expect((arrivals[index + 600] ?? Number.POSITIVE_INFINITY) - atMs).toBeGreaterThanOrEqual(5_000);
    }),
    { numRuns: 60 },
  );
});

test("a quiet process leaves the next one nearly all of the ceiling, and all of it after seven seconds", () => {
  const arrivals: number[] = [];
  const { budget } = life();
  load(budget, 1, 10, arrivals);
  load(life().budget, 600, 10, arrivals);
  clock.advance(1);
  expect(arrivals).toHaveLength(1 + 600 - 6 - 30);
  clock.advance(7_000);
  expect(arrivals).toHaveLength(601);
});

test("a clock that was set back makes none younger than now", () => {
  const { file } = life();
  const later = clock.nowMs() + 3_600_000;
  appendFileSync(file, `requests ${later} venue 30\n`.repeat(20));
  appendFileSync(file, `connection ${later} stream.test\n`.repeat(490));
  const { budget } = life();
  const [arrivals, begun]: [number[], number[]] = [[], []];
  load(budget, 1, 10, arrivals);
  budget.connect("stream.test", "first", () => begun.push(clock.nowMs()));
  clock.advance(7_010);
  expect([arrivals.length, begun.length]).toEqual([1, 0]);
  clock.advance(WINDOW_MS + 10_000);
  expect(begun).toHaveLength(1);
});

test("a ban outlives the process, and a clock that was wrong then does not make it longer", () => {
  const { budget, file } = life();
  budget.refusedAddress();
  const arrivals: number[] = [];
  load(life().budget, 1, 10, arrivals);
  clock.advance(10 * 60_000 - 1);
  expect(arrivals).toEqual([]);
  clock.advance(1);
  expect(arrivals).toHaveLength(1);
  appendFileSync(file, `banned ${clock.nowMs() + 3_600_000} venue\n`);
  load(life().budget, 1, 10, arrivals);
  clock.advance(10 * 60_000);
  expect(arrivals).toHaveLength(2);
});

test("each host counts by itself, and a line is on its way to the disk before the connection begins", () => {
  const first = life();
  first.budget.connect("one.test", "first", () => {
    expect(readFileSync(first.file, "utf8")).toBe(`connection ${clock.nowMs()} one.test\n`);
  });
  first.budget.connect("other.test", "first", () => {});
  const { record } = life();
  expect([record.connections("one.test"), record.connections("third.test")]).toEqual([[clock.nowMs()], []]);
  expect(statSync(first.file).mode & 0o777).toBe(0o600);
});

test("what is torn, damaged or old is left out", () => {
  const { file } = life();
  const now = clock.nowMs();
  appendFileSync(
    file,
    `connection ${now - 16 * 60_000} a.test\nnonsense\nconnection ${now + 60_000} a.test\nconnection ${now - 5_000} a.test\nconnection 17000`,
  );
  expect(life().record.connections("a.test")).toEqual([now + 60_000, now - 5_000]);
  expect(readFileSync(file, "utf8")).toBe(
    `connection ${now + 60_000} a.test\nconnection ${now - 5_000} a.test\n`,
  );
  expect(told).toEqual([]);
});

test("the file stays small", () => {
  const { record, file } = life();
  for (let count = 0; count < 20_000; count += 1) {
    clock.advance(1_000);
    record.connectionBegun("a.test", clock.nowMs());
  }
  expect(statSync(file).size).toBeLessThan(5_001 * 40);
  expect(life().record.connections("a.test")).toHaveLength(900);
});

test("where nothing can be written connections begin all the same, and it is told once", () => {
  const { record, budget } = life(join(folder, "missing", "address-record.txt"));
  const begun: string[] = [];
  budget.connect("a.test", "first", () => begun.push("a"));
  budget.connect("a.test", "first", () => begun.push("b"));
  record.close();
  expect(begun).toEqual(["a", "b"]);
  expect(told).toEqual([expect.stringContaining("ENOENT")]);
  expect(existsSync(join(folder, "missing"))).toBe(false);
});
