/** Every check crosses its threshold and back, its last hours are kept by the minute, and all of it is bounded. */
import { describe, expect, it } from "vitest";
import { FOLLOWER, LEADER, onlyOrder, Story } from "../../test/core/story.ts";
import { ERROR_WINDOW_MS, ErrorRates } from "./error-rates.ts";
import { HEALTH_CHECKS, type HealthReading, worstOf } from "./health.ts";
import { HealthBoard } from "./health-board.ts";
import { accountReadings, fromWatchdogs, limitReading, processReadings } from "./health-readings.ts";
import { WATCHDOGS } from "./watchdog.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.parse("2026-11-21T12:00:00Z");

const delay = (value: number, more: Partial<HealthReading> = {}): HealthReading => ({
  ...{
    check: "event-loop",
    subject: "process",
    value,
    threshold: 250,
    state: value > 250 ? "warning" : "ok",
  },
  ...more,
});

describe("the board", () => {
  it("says since when, what changed, and what is worst", () => {
    const board = new HealthBoard();
    board.take([delay(5)], START_MS);
    board.take(
      [delay(300, { cause: "busy" }), delay(0, { check: "disk", subject: "/data", state: "critical" })],
      START_MS + 1_000,
    );
    board.take([delay(400, { cause: "busy" })], START_MS + 2_000);
    expect(board.report()).toEqual({
      state: "critical",
      checks: [
        {
          check: "disk",
          subject: "/data",
          state: "critical",
          value: 0,
          threshold: 250,
          unit: "MB",
          since: START_MS + 1_000,
        },
        {
          ...{
            check: "event-loop",
            subject: "process",
            state: "warning",
            value: 400,
            threshold: 250,
            unit: "ms",
          },
          ...{ since: START_MS + 1_000, cause: "busy" },
        },
      ],
      changes: [
        { at: START_MS + 1_000, check: "disk", subject: "/data", from: "ok", to: "critical" },
        {
          at: START_MS + 1_000,
          check: "event-loop",
          subject: "process",
          from: "ok",
          to: "warning",
          cause: "busy",
        },
      ],
    });
    board.take([delay(3), delay(5_000, { check: "disk", subject: "/data", state: "ok" })], START_MS + 3_000);
    expect(board.report()).toMatchObject({ state: "ok", checks: [{ since: null }, { since: null }] });
    expect(board.report().changes).toHaveLength(4);
  });

  it("keeps the worst of each minute for six hours, of what is no account's", () => {
    const board = new HealthBoard();
    for (let minute = 0; minute < 400; minute += 1)
      for (const value of [minute, minute + 0.26, 1])
        board.take([delay(value)], START_MS + minute * MINUTE_MS + value);
    board.take([delay(1, { check: "connection", subject: "slave1", account: "slave1" })], START_MS);
    for (const value of [900, 700, 800])
      board.take([delay(value, { check: "disk", subject: "/" })], START_MS);
    const rows = board.report({ history: true }).checks;
    const historyOf = (check: string) => rows.find((row) => row.check === check)?.history;
    expect(historyOf("event-loop")).toHaveLength(360);
    expect(historyOf("event-loop")?.at(-1)).toEqual({ at: START_MS + 399 * MINUTE_MS, value: 399.3 });
    expect(historyOf("disk")).toEqual([{ at: START_MS, value: 700 }]);
    expect(historyOf("connection")).toBeUndefined();
    expect(board.report().checks[0]?.history).toBeUndefined();
  });

  it("is bounded, and forgets what nobody reads", () => {
    const board = new HealthBoard();
    for (let count = 0; count < 2_000; count += 1)
      board.take([delay(count % 2 === 0 ? 0 : 300, { subject: `part ${count % 500}` })], START_MS + count);
    const { checks, changes } = board.report({ history: true });
    expect(changes.length).toBeLessThanOrEqual(500);
    expect(checks.filter(({ history }) => history !== undefined)).toHaveLength(100);
    board.take([delay(1)], START_MS + 3_600_000);
    expect(board.report({ history: true }).checks).toHaveLength(1);
  });
});

describe("error rates", () => {
  it("count by kind what happened within five minutes and in all, each with its threshold", () => {
    const story = new Story();
    const rates = new ErrorRates();
    const order = onlyOrder(story.leaderFill("buy", "2"));
    story.reject(order, "try-again");
    story.unknown(order);
    story.feed({
      kind: "connection-changed",
      account: LEADER,
      state: "down",
      cause: "reset",
      atMs: story.nowMs,
    });
    story.feed({ kind: "connection-changed", account: LEADER, state: "up", cause: "", atMs: story.nowMs });
    for (const [index, event] of story.events.entries())
      rates.note(event, story.decisions[index] ?? { refusal: null }, START_MS);
    rates.add("logged", START_MS, 11);
    const told = (atMs: number) =>
      Object.fromEntries(
        rates.readings(atMs).map(({ subject, value, total, state }) => [subject, [value, total, state]]),
      );
    expect(told(START_MS + 1_000)).toEqual({
      "order-rejected": [1, 1, "ok"],
      "outcome-unknown": [1, 1, "ok"],
      "question-failed": [0, 0, "ok"],
      "change-refused": [0, 0, "ok"],
      "connection-lost": [1, 1, "ok"],
      "statement-refused": [0, 0, "ok"],
      logged: [11, 11, "warning"],
    });
    rates.add("logged", START_MS + ERROR_WINDOW_MS - 10_000, 2);
    expect(told(START_MS + ERROR_WINDOW_MS - 10_000)).toMatchObject({ logged: [13, 13, "warning"] });
    expect(told(START_MS + ERROR_WINDOW_MS)).toMatchObject({
      logged: [2, 13, "ok"],
      "order-rejected": [0, 1, "ok"],
    });
    rates.add("outcome-unknown", START_MS, 26);
    expect(told(START_MS)["outcome-unknown"]).toEqual([27, 27, "critical"]);
  });
});

describe("readings", () => {
  it("take every watchdog but the one of positions, as it is", () => {
    for (const name of Object.keys(WATCHDOGS)) expect(name in HEALTH_CHECKS).toBe(name !== "drift");
    const watchdog = {
      name: "connection",
      subject: "slave1",
      state: "acting",
      value: 31_000,
      threshold: 30_000,
    } as const;
    const who = { follower: FOLLOWER };
    expect(fromWatchdogs([{ ...watchdog, actions: ["reconnect"], who, sinceMs: 5, cause: "reset" }])).toEqual(
      [
        {
          ...{ check: "connection", subject: "slave1", state: "critical", value: 31_000, threshold: 30_000 },
          ...{ account: "follower", sinceMs: 5, cause: "reset" },
        },
      ],
    );
    expect(fromWatchdogs([{ ...watchdog, actions: ["reconnect"], isMoot: true }])).toMatchObject([
      { state: "critical" },
    ]);
    expect(fromWatchdogs([{ ...watchdog, name: "clock", actions: ["resync"] }])).toMatchObject([
      { state: "warning" },
    ]);
    expect(fromWatchdogs([{ ...watchdog, name: "drift", actions: [] }])).toEqual([]);
  });

  it("tell whom a venue has lost, and who may not open and why", () => {
    const story = new Story();
    const told = () =>
      accountReadings(story.state).map(({ check, subject, state, cause }) => [check, subject, state, cause]);
    const connection = (account: typeof LEADER, state: "up" | "down") =>
      story.feed({ kind: "connection-changed", account, state, cause: "", atMs: story.nowMs });
    connection(LEADER, "up");
    connection(FOLLOWER, "up");
    expect(told()).toEqual([
      ["venue", "sim", "ok", undefined],
      ["restriction", "leader", "ok", undefined],
      ["restriction", "follower", "ok", undefined],
    ]);
    connection(FOLLOWER, "down");
    story.command({ kind: "pause" });
    expect(told()).toEqual([
      ["venue", "sim", "warning", "1 of 2 accounts are not connected"],
      ["restriction", "leader", "ok", undefined],
      ["restriction", "follower", "ok", "paused by its owner"],
    ]);
    connection(LEADER, "down");
    story.feed({
      kind: "account-refused",
      account: FOLLOWER,
      cause: "the key was revoked",
      atMs: story.nowMs,
    });
    expect(told()[0]).toEqual(["venue", "sim", "critical", "2 of 2 accounts are not connected"]);
    expect(told()[2]).toEqual(["restriction", "follower", "critical", "halted: the key was revoked"]);
  });

  it("tell how much of a limit is used, and of a venue that refuses everything", () => {
    const use = { subject: "bybit", used: 300, most: 600, waiting: 0, restUntilMs: 0 };
    expect(limitReading(use, START_MS)).toMatchObject({ state: "ok", value: 50, threshold: 80 });
    expect(limitReading({ ...use, used: 500, waiting: 3 }, START_MS)).toMatchObject({
      state: "warning",
      cause: "3 request(s) wait for their turn",
    });
    expect(limitReading({ ...use, restUntilMs: START_MS + 1 }, START_MS)).toMatchObject({
      state: "critical",
      cause: "the venue refused this address: nothing is asked until 2026-11-21T12:00:00.001Z",
    });
  });

  it("tell of processor and memory", () => {
    const at = (percent: number) =>
      processReadings({
        processorPercent: percent,
        machineProcessorPercent: percent,
        heapPercent: percent,
        machineMemoryPercent: percent,
      }).map(({ state }) => state);
    expect(at(50)).toEqual(["ok", "ok", "ok", "ok"]);
    expect(at(90)).toEqual(["warning", "ok", "warning", "ok"]);
    expect(at(97)).toEqual(["warning", "ok", "critical", "warning"]);
    expect(
      worstOf(
        processReadings({
          processorPercent: 0,
          machineProcessorPercent: 201,
          heapPercent: 0,
          machineMemoryPercent: 0,
        }),
      ),
    ).toBe("warning");
  });
});
