/** Every watchdog crosses in, acts and crosses out, second by second under a virtual clock. */
import { describe, expect, test } from "vitest";
import { loaded, pair } from "../../test/configuration/folder.ts";
import { FOLLOWER, LEADER, onlyOrder, Story, VENUE } from "../../test/core/story.ts";
import type { AlertReport } from "../alerts/alert.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import { clockIsUnsteady, DISK_IS_LOW } from "../engine/halts.ts";
import type { AccountConnection, PriceHealth } from "../exchange/exchange.ts";
import type { StreamHealth } from "../exchange/stream-health.ts";
import { silentLog } from "../log.ts";
import type { VenueClock } from "../watch/sources.ts";
import type { WatchdogName } from "../watch/watchdog.ts";
import { Watching } from "./watching.ts";

const SOUND: StreamHealth = { state: "sound", sinceMs: 0, missed: 0 };
const AGREES: Omit<VenueClock, "venue"> = {
  offsetMs: 3,
  errorMs: 0,
  doubtedSinceMs: null,
  jumps: 0,
  jumpedAtMs: null,
};

/** A run in which all is well; a test makes something go wrong, and sees what is told and done. */
function watched() {
  const story = new Story();
  const { watchdogs, alerts, settings } = loaded(pair);
  const clock = new VirtualClock(story.nowMs);
  const told: string[] = [];
  const done: string[] = [];
  const world = {
    stream: { [LEADER]: SOUND, [FOLLOWER]: SOUND } as Record<AccountId, StreamHealth>,
    clock: AGREES,
    prices: { ...SOUND, downSinceMs: null } as PriceHealth,
    free: 50_000,
    delayMs: 1,
    errors: 0,
    written: 10,
    synced: 10,
    database: 10,
    unconfirmed: [] as AccountId[],
    holds: "0",
  };
  const raise = ({ kind, leader, follower, numbers }: AlertReport) => {
    const figures = Object.entries(numbers ?? {}).map(([name, value]) => `${name} ${value}`);
    told.push([kind, leader ?? follower ?? "", ...figures].filter((word) => word !== "").join(" "));
  };
  const watching = new Watching({
    configuration: { watchdogs, alerts, settings },
    clock,
    log: silentLog,
    raise,
    machine: {
      folder: "data",
      freeMegabytes: (answer) => answer(world.free),
      delayMs: () => world.delayMs,
      close: () => {},
    },
  });
  const connectionOf = (account: AccountId) => ({
    account,
    venue: VENUE,
    get streamHealth() {
      return world.stream[account] ?? SOUND;
    },
  });
  for (const account of [LEADER, FOLLOWER])
    story.feed({ kind: "connection-changed", account, state: "up", cause: "", atMs: story.nowMs });
  watching.start({
    engine: {
      state: story.state,
      running: true,
      haltOpenings: (cause, concerns) => {
        const halted = [...story.state.followers.keys()].filter(concerns);
        done.push(`halt ${halted.join(", ")}: ${cause}`);
      },
      releaseHalts: (cause) => done.push(`release: ${cause}`),
      readAgain: (account) => done.push(`read ${account}`),
    },
    // Only what the watchdogs look at.
    connections: new Map(
      [LEADER, FOLLOWER].map((account) => [account, connectionOf(account) as AccountConnection]),
    ),
    clocks: () => [{ venue: VENUE, ...world.clock }],
    feeds: () => [{ venue: VENUE, priceHealth: world.prices }],
    journal: {
      get lastSequence() {
        return world.written;
      },
      get syncedSequence() {
        return world.synced;
      },
    },
    databaseSequence: () => world.database,
    apiErrors: () => [{ host: "api.example.com", errors: world.errors }],
  });
  const rows = (quantity: string) => (quantity === "0" ? [] : [story.row(quantity)]);
  /** So many seconds pass, with a snapshot of each account every 15 s. */
  const seconds = (count: number) => {
    for (let second = 0; second < count; second += 1) {
      story.nowMs = clock.nowMs() + 1_000;
      if (second % 15 === 0 && !world.unconfirmed.includes(LEADER)) story.leaderSnapshot(rows(world.holds));
      if (second % 15 === 0 && !world.unconfirmed.includes(FOLLOWER)) story.followerSnapshot([]);
      story.nowMs = clock.nowMs() + 1_000;
      clock.runUntil(story.nowMs);
    }
  };
  const row = (name: WatchdogName) => {
    const found = watching.report().find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} is not watched`);
    const { subject, state, value, threshold, action, since } = found;
    const sinceSeconds = since === null ? "" : ` since ${Math.round((clock.nowMs() - since) / 1_000)} s`;
    return `${subject} ${state} ${value}/${threshold}${sinceSeconds}: ${action.join(", ")}`;
  };
  const take = (list: string[]) => list.splice(0);
  return { story, clock, world, watching, seconds, row, told: () => take(told), done: () => take(done) };
}

test("while all is well nothing is told or done, and each shows its figure and its threshold", () => {
  const { seconds, watching, told, done } = watched();
  seconds(300);
  expect([told(), done()]).toEqual([[], []]);
  expect(
    watching.report().map(({ name, state, threshold, unit }) => `${name} ${state} ${threshold} ${unit}`),
  ).toEqual([
    "stream ok 3000 ms",
    "prices ok 3000 ms",
    "connection ok 30000 ms",
    "leader ok 60000 ms",
    "follower ok 60000 ms",
    "drift ok 60000 ms",
    "margin ok 80 %",
    "api ok 20 count",
    "clock ok 1000 ms",
    "disk ok 1000 MB",
    "journal ok 5000 ms",
    "database ok 60000 ms",
    "event-loop ok 250 ms",
  ]);
});

test("a silent stream: late, then reconnected and polled, then heard (pain 10)", () => {
  const { seconds, world, clock, row, told } = watched();
  const sinceMs = clock.nowMs();
  world.stream[LEADER] = { state: "late", sinceMs, missed: 1 };
  seconds(2);
  expect(row("stream")).toBe(`${LEADER} warning 2000/3000 since 2 s: `);
  expect(told()).toEqual([]);
  world.stream[LEADER] = { state: "silent", sinceMs, missed: 1 };
  seconds(2);
  expect(row("stream")).toBe(`${LEADER} acting 4000/3000 since 4 s: reconnect, poll`);
  expect(told()).toEqual([`stream-silent ${LEADER} seconds 3 lateMs 3000 limit 3000`]);
  world.stream[LEADER] = SOUND;
  seconds(1);
  expect(told()).toEqual([`stream-heard ${LEADER} seconds 5`]);
});

test("prices that the stream does not tell: late, then reconnected and read by REST, then heard (pain 10)", () => {
  const { seconds, world, clock, row, told } = watched();
  const sinceMs = clock.nowMs();
  world.prices = { state: "late", sinceMs, missed: 1, downSinceMs: null };
  seconds(2);
  expect(row("prices")).toBe(`${VENUE} warning 2000/3000 since 2 s: `);
  expect(told()).toEqual([]);
  world.prices = { state: "silent", sinceMs, missed: 2, downSinceMs: null };
  seconds(2);
  expect(row("prices")).toBe(`${VENUE} acting 4000/3000 since 4 s: reconnect, poll`);
  expect(told()).toEqual(["prices-silent seconds 3 lateMs 3000 limit 3000"]);
  world.prices = { ...SOUND, downSinceMs: null };
  seconds(1);
  expect(told()).toEqual(["prices-heard seconds 5"]);
});

test("a price stream that is down is told as late as any connection, and as long as none stands", () => {
  const { seconds, world, clock, row, told } = watched();
  world.prices = { ...SOUND, downSinceMs: clock.nowMs() };
  seconds(15);
  expect(row("prices")).toBe(`${VENUE} ok 15000/30000: `);
  seconds(15);
  expect(row("prices")).toBe(`${VENUE} warning 30000/30000 since 30 s: `);
  expect(told()).toEqual([]);
  seconds(1);
  expect(row("prices")).toBe(`${VENUE} acting 31000/30000 since 31 s: reconnect, poll`);
  expect(told()).toEqual(["prices-silent seconds 31 lateMs 31000 limit 30000"]);
  world.prices = { ...SOUND, downSinceMs: null };
  seconds(1);
  expect(told()).toEqual(["prices-heard seconds 32"]);
});

test("a leader that nobody confirms: nothing is opened after it, until it is confirmed (pain 9)", () => {
  const { seconds, world, row, told } = watched();
  world.unconfirmed = [LEADER];
  seconds(31);
  expect(row("leader")).toMatch(/^leader warning 3\d{4}\/60000/);
  expect(told()).toEqual([]);
  seconds(31);
  expect(row("leader")).toMatch(/^leader acting 6\d{4}\/60000 since 6\d s: stop-opening$/);
  expect(told()).toEqual([expect.stringMatching(/^leader-stale leader seconds 6[01]/)]);
  world.unconfirmed = [];
  seconds(2);
  expect(row("leader")).toMatch(/^leader ok/);
  expect(told()).toEqual([expect.stringMatching(/^leader-confirmed leader /)]);
});

test("a follower that does not come to its target is read again, and told", () => {
  const { seconds, story, world, row, told, done } = watched();
  world.holds = "1";
  story.unknown(onlyOrder(story.leaderFill("buy", "1")));
  seconds(40);
  expect(row("drift")).toMatch(/^follower BTCUSDT warning /);
  expect([told(), done()]).toEqual([[], []]);
  seconds(30);
  expect(row("drift")).toMatch(/^follower BTCUSDT acting .*: read-again$/);
  expect(done()).toEqual([`read ${FOLLOWER}`]);
  expect(told()).toEqual([expect.stringMatching(/^parity-missed follower /)]);
});

describe("a venue's clock", () => {
  const cause = clockIsUnsteady(VENUE);

  test("that is far off and known is corrected for, and told", () => {
    const { seconds, world, row, told, done } = watched();
    world.clock = { ...AGREES, offsetMs: -8_000 };
    seconds(3);
    expect(row("clock")).toBe(`${VENUE} warning 8000/1000 since 2 s: correct, tell`);
    expect(told()).toEqual(["clock-off seconds 0 offMs 8000 limit 1000"]);
    world.clock = AGREES;
    seconds(1);
    expect([told(), done()]).toEqual([["clock-agrees seconds 3"], []]);
  });

  test("that moved is asked anew, and openings stop while it cannot be confirmed (pain 23)", () => {
    const { seconds, world, clock, row, told, done } = watched();
    world.clock = { ...AGREES, errorMs: 3_000, doubtedSinceMs: clock.nowMs() };
    seconds(4);
    expect(row("clock")).toBe(`${VENUE} acting 3000/1000 since 3 s: resync`);
    expect(told()).toEqual(["clock-off seconds 0 offMs 3000 limit 1000"]);
    expect(done()).toEqual([]);
    seconds(2);
    expect(row("clock")).toBe(`${VENUE} acting 3000/1000 since 5 s: resync, stop-opening`);
    expect(new Set(done())).toEqual(new Set([`halt ${FOLLOWER}: ${cause}`]));
    world.clock = AGREES;
    seconds(1);
    expect(done()).toEqual([`release: ${cause}`]);
    expect(told()).toEqual(["clock-agrees seconds 6"]);
  });

  test("that moves again and again is not to be relied on", () => {
    const { seconds, world, clock, row, done } = watched();
    world.clock = { ...AGREES, jumps: 3, jumpedAtMs: clock.nowMs() };
    seconds(1);
    expect(done()).toEqual([`halt ${FOLLOWER}: ${cause}`]);
    world.clock = { ...world.clock, jumps: 1 };
    seconds(1);
    expect(done()).toEqual([`release: ${cause}`]);
    expect(row("clock")).toMatch(/ acting .*: resync$/);
    seconds(5);
    expect(row("clock")).toMatch(/ ok 3\/1000/);
  });
});

test("a follower whose margin is used up is told, by the share that is in force", () => {
  const { seconds, watching, story, world, row, told } = watched();
  seconds(1);
  world.unconfirmed = [FOLLOWER];
  const available = (left: string) => {
    const follower = story.state.followers.get(FOLLOWER);
    if (follower === undefined) throw new Error("it is there");
    follower.equity = "1000";
    follower.available = left;
  };
  available("250");
  seconds(1);
  expect(row("margin")).toMatch(`${FOLLOWER} warning 75/80`);
  expect(told()).toEqual([]);
  available("190");
  seconds(1);
  expect(row("margin")).toMatch(`${FOLLOWER} acting 81/80`);
  expect(told()).toEqual([`margin-high ${FOLLOWER} seconds 1 usedPercent 81 limit 80`]);
  const { configuration } = alertsWith("margin_use: 0.9");
  watching.reconfigure(configuration);
  seconds(1);
  expect(told()).toEqual([expect.stringMatching(/^margin-eased follower seconds \d+$/)]);
});

test("a venue that answers with more errors than is allowed is told, and its end", () => {
  const { seconds, world, row, told } = watched();
  world.errors = 20;
  seconds(2);
  expect([row("api"), told()]).toEqual([expect.stringContaining("warning 20/20"), []]);
  world.errors = 21;
  seconds(2);
  expect(row("api")).toBe("api.example.com acting 21/20 since 3 s: tell");
  expect(told()).toEqual(["api-errors seconds 2 errorsPerMinute 21 limit 20"]);
  world.errors = 3;
  seconds(1);
  expect(told()).toEqual(["api-errors-over seconds 4"]);
});

function alertsWith(line: string) {
  return { configuration: loaded({ ...pair, "config/alerts.yaml": `alerts:\n  ${line}\n` }) };
}

test("a halted follower that nobody reads any more is critical in the health, and told by no further alert", () => {
  const { seconds, world, story, told, watching } = watched();
  const health = () =>
    watching.answers
      .health({})
      .checks.filter(({ check }) => check === "follower")
      .map(({ state, value, threshold }) => [state, value > threshold]);
  seconds(20);
  expect(health()).toEqual([["ok", false]]);
  story.feed({ kind: "account-refused", account: FOLLOWER, cause: "key revoked", atMs: story.nowMs });
  world.unconfirmed = [FOLLOWER];
  seconds(50);
  expect(health()).toEqual([["warning", false]]);
  seconds(200);
  expect(health()).toEqual([["critical", true]]);
  expect(told()).toEqual([]);
});

test("a disk that fills up: told, then nothing is opened, then there is room (and a little more) again", () => {
  const { seconds, world, row, told, done } = watched();
  world.free = 999;
  seconds(1);
  expect(row("disk")).toMatch(/^data warning 999\/1000 .*: tell$/);
  expect(told()).toEqual(["disk-low seconds 0 freeMegabytes 999 limit 1000"]);
  expect(done()).toEqual([]);
  world.free = 199;
  seconds(1);
  expect(row("disk")).toMatch(/^data acting 199\/200 .*: stop-opening, tell$/);
  expect(new Set(done())).toEqual(new Set([`halt ${FOLLOWER}: ${DISK_IS_LOW}`]));
  world.free = 210;
  seconds(1);
  expect(row("disk")).toMatch(/^data acting/);
  done();
  world.free = 230;
  seconds(1);
  expect(row("disk")).toMatch(/^data warning 230\/1000/);
  expect(done().at(-1)).toBe(`release: ${DISK_IS_LOW}`);
  expect(told()).toEqual([]);
  world.free = 5_000;
  seconds(1);
  expect(told()).toEqual(["disk-has-room seconds 4"]);
});

test.each([
  ["journal", "synced", 5, "journal-unsynced", "unsyncedMs", "journal-synced"],
  ["database", "database", 60, "database-lags", "behindMs", "database-caught-up"],
] as const)("a %s that is behind, while more is written", (name, done, after, begins, figure, ends) => {
  const { seconds, world, row, told } = watched();
  const write = () => {
    world.written += 5;
    if (done !== "synced") world.synced = world.written;
  };
  write();
  seconds(after + 1);
  expect(told()).toEqual([]);
  write();
  seconds(1);
  const ms = (after + 1) * 1_000;
  expect(told()).toEqual([`${begins} seconds 0 ${figure} ${ms} limit ${after * 1_000}`]);
  expect(row(name)).toBe(`${name} warning ${ms}/${after * 1_000} since 0 s: tell`);
  world[done] = world.written;
  seconds(1);
  expect(told()).toEqual([`${ends} seconds 1`]);
});

test("a journal that is always a little behind, but moves, is none that lags", () => {
  const { seconds, world, told } = watched();
  for (let second = 0; second < 60; second += 1) {
    world.synced = world.written;
    world.database = world.written;
    world.written += 100;
    seconds(1);
  }
  expect(told()).toEqual([]);
});

test("a process that was kept waiting: the figure, and its end ten seconds after", () => {
  const { seconds, world, row, told } = watched();
  world.delayMs = 900;
  seconds(1);
  world.delayMs = 2;
  seconds(9);
  expect(row("event-loop")).toBe("process warning 900/250 since 9 s: tell");
  expect(told()).toEqual(["process-delayed seconds 0 delayMs 900 limit 250"]);
  seconds(1);
  expect(told()).toEqual(["process-prompt seconds 10"]);
  expect(row("event-loop")).toBe("process ok 2/250: ");
});
