/** What is told when: least severities, kinds, quiet hours over changes of the clocks, mutes, limits within an hour, recipients. */
import { describe, expect, it, test } from "vitest";
import { rulesFor } from "../../test/alerts/rules.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { MemoryDisk } from "../journal/memory-disk.ts";
import { Redactor, silentLog } from "../log.ts";
import type { Alert } from "./alert.ts";
import { Alerts } from "./alerts.ts";
import type { AlertChannel } from "./channel.ts";
import { viewOutbox } from "./outbox.ts";
import type { AlertRules } from "./rules.ts";
import { isOpenAt } from "./zoned-windows.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A Monday, 20:00 in Berlin. */
const EVENING = Date.UTC(2026, 0, 5, 19);
const one = AccountId("one");
const NIGHT = {
  days: [0, 1, 2, 3, 4, 5, 6],
  fromMinute: 22 * 60,
  toMinute: 7 * 60,
  timeZone: "Europe/Berlin",
};

/** An e-mail to whoever sees everything, one for who sees `two` only, and a terminal; the disk outlives the process. */
class World {
  readonly disk = new MemoryDisk();
  readonly clock = new VirtualClock(EVENING);
  readonly sent = new Map<string, Alert[]>();
  #generation = 0;

  start(rules: AlertRules): Alerts {
    this.#generation += 1;
    const alerts = new Alerts({
      disk: this.disk,
      channels: [
        this.#channel("terminal", {}),
        this.#channel("email:me", {}),
        this.#channel("email:two", { isFor: ({ follower }) => follower === "two" }),
      ],
      clock: this.clock,
      chance: () => 0.5,
      log: silentLog,
      redactor: new Redactor(),
      rules,
    });
    alerts.open();
    return alerts;
  }

  kill(): void {
    this.#generation += 1;
    this.disk.killProcess();
  }

  pass(ms: number): void {
    this.clock.runUntil(this.clock.nowMs() + ms);
  }

  kinds(name = "email:me"): readonly string[] {
    return (this.sent.get(name) ?? []).map(({ kind }) => kind);
  }

  last(name = "email:me"): Alert | undefined {
    return this.sent.get(name)?.at(-1);
  }

  #channel(name: string, more: Pick<AlertChannel, "isFor">): AlertChannel {
    const generation = this.#generation;
    return {
      name,
      family: name === "terminal" ? "terminal" : "email",
      ...more,
      deliver: (alert, done) => {
        this.clock.setTimer(5, () => {
          if (generation !== this.#generation) return;
          this.sent.set(name, [...(this.sent.get(name) ?? []), alert]);
          done({ kind: "delivered", answer: "" });
        });
      },
    };
  }
}

describe("quiet hours", () => {
  it("hold what is not critical, also over a restart, and tell it in one summary at their end", () => {
    const world = new World();
    const rules = rulesFor({ quietHours: [NIGHT] });
    let alerts = world.start(rules);
    world.pass(3 * HOUR_MS);
    for (const follower of ["one", "two", "three"])
      alerts.raise({ kind: "order-rejected", follower: AccountId(follower), cause: "no margin" });
    alerts.raise({ kind: "account-halted", follower: one });
    world.pass(MINUTE_MS);
    expect(world.kinds()).toEqual(["account-halted"]);
    expect(world.kinds("terminal")).toEqual([...Array(3).fill("order-rejected"), "account-halted"]);
    world.kill();
    alerts = world.start(rules);
    world.pass(7 * HOUR_MS + 58 * MINUTE_MS);
    expect(world.kinds()).toEqual(["account-halted"]);
    world.pass(2 * MINUTE_MS);
    expect(world.kinds()).toEqual(["account-halted", "waited"]);
    expect(world.last()).toMatchObject({
      severity: "warning",
      message: expect.stringContaining("4 alerts: 3 order-rejected, engine-died"),
      numbers: { alerts: 4 },
    });
    expect(world.last()?.waited?.map(({ follower }) => follower)).toEqual(["one", "two", "three", undefined]);
    expect(world.last("email:two")?.waited).toMatchObject([{ follower: "two" }]);
    const [entry] = [...viewOutbox(world.disk).entries.values()];
    expect(entry?.channels.get("email:me")).toEqual({ kind: "summed", in: world.last()?.id });
    world.kill();
    world.start(rules);
    world.pass(HOUR_MS);
    expect(world.kinds().filter((kind) => kind === "waited")).toHaveLength(1);
  });

  test.each([
    ["2026-03-28T20:59Z", false],
    ["2026-03-28T21:00Z", true],
    // The clocks went forward: seven in the morning is an hour earlier.
    ["2026-03-29T04:59Z", true],
    ["2026-03-29T05:00Z", false],
    ["2026-10-25T05:59Z", true],
    ["2026-10-25T06:00Z", false],
  ])("at %s in Berlin it is quiet: %s", (time, isQuiet) => {
    expect(isOpenAt(NIGHT, Date.parse(time))).toBe(isQuiet);
  });

  test("of Saturday night end on Sunday", () => {
    const window = { days: [6], fromMinute: 23 * 60, toMinute: 60, timeZone: "UTC" };
    const at = (text: string) => isOpenAt(window, Date.parse(text));
    expect(
      ["2026-01-03T22:59Z", "2026-01-03T23:00Z", "2026-01-04T00:59Z", "2026-01-04T23:30Z"].map(at),
    ).toEqual([false, true, true, false]);
  });
});

describe("a mute", () => {
  it("of everything leaves out what is critical, ends by itself, and survives a restart", () => {
    const world = new World();
    let alerts = world.start(rulesFor());
    const atMs = world.clock.nowMs();
    alerts.mute({ kind: null, untilMs: atMs + HOUR_MS, atMs, by: "me" });
    world.kill();
    alerts = world.start(rulesFor());
    alerts.raise({ kind: "connection-down", follower: one });
    alerts.raise({ kind: "account-stopped", follower: one });
    world.pass(30 * MINUTE_MS);
    expect(world.kinds()).toEqual(["account-stopped"]);
    world.pass(31 * MINUTE_MS);
    expect(world.kinds()).toEqual(["account-stopped", "waited"]);
    alerts.raise({ kind: "connection-restored", follower: one });
    world.pass(1_000);
    expect(world.kinds().at(-1)).toBe("connection-restored");
  });

  it("of one kind holds that kind whatever its severity, and may be taken back", () => {
    const world = new World();
    const alerts = world.start(rulesFor());
    const atMs = world.clock.nowMs();
    alerts.mute({ kind: "account-stopped", untilMs: atMs + HOUR_MS, atMs, by: "me" });
    alerts.raise({ kind: "account-stopped", follower: one });
    alerts.raise({ kind: "connection-down", follower: one });
    world.pass(MINUTE_MS);
    expect(world.kinds()).toEqual(["connection-down"]);
    alerts.mute({ kind: "account-stopped", untilMs: 0, atMs: world.clock.nowMs(), by: "me" });
    world.pass(MINUTE_MS);
    expect(world.kinds()).toEqual(["connection-down", "waited"]);
    expect(world.last()).toMatchObject({ severity: "critical", waited: [{ kind: "account-stopped" }] });
  });
});

describe("a channel", () => {
  it("is told nothing below its least severity, and no kind that is off there or everywhere", () => {
    const world = new World();
    const alerts = world.start(
      rulesFor({
        kindsOff: new Set(["parity-missed"]),
        channels: { email: { leastSeverity: "warning", kindsOff: new Set(["connection-down"]) } },
      }),
    );
    for (const kind of ["parity-missed", "connection-down", "stream-silent", "engine-started"] as const)
      alerts.raise({ kind });
    world.pass(1_000);
    expect(world.kinds()).toEqual(["stream-silent"]);
    expect(world.kinds("terminal")).toEqual(["connection-down", "stream-silent"]);
    expect(viewOutbox(world.disk).entries.size).toBe(4);
  });

  it("is told no more than its limit within an hour, and the rest in a summary when there is room", () => {
    const world = new World();
    const alerts = world.start(rulesFor({ channels: { email: { hourlyMax: 3 } } }));
    for (let number = 0; number < 8; number += 1) {
      alerts.raise({ kind: "not-copied", topic: String(number), follower: one });
      world.pass(MINUTE_MS);
    }
    alerts.raise({ kind: "account-halted", follower: one });
    world.pass(MINUTE_MS);
    expect(world.kinds()).toEqual([...Array(3).fill("not-copied"), "account-halted"]);
    world.pass(HOUR_MS);
    expect(world.kinds().slice(4)).toEqual(["waited"]);
    expect(world.last()?.numbers).toEqual({ alerts: 5 });
  });

  it("for somebody who sees one account is told of that account alone", () => {
    const world = new World();
    const alerts = world.start(rulesFor());
    for (const kind of ["engine-started", "order-rejected"] as const)
      for (const follower of [undefined, "one", "two"])
        alerts.raise({ kind, ...(follower === undefined ? {} : { follower: AccountId(follower) }) });
    world.pass(1_000);
    expect(world.sent.get("email:two")?.map(({ follower }) => follower)).toEqual(["two", "two"]);
    expect(world.kinds()).toHaveLength(6);
  });
});

describe("a critical alert that nobody acknowledges", () => {
  const escalation = { afterMs: 10 * MINUTE_MS, times: 2, families: null };

  it("is told again so often, also after a restart and in quiet hours, and no more once it is acknowledged", () => {
    const world = new World();
    const rules = rulesFor({ escalation, quietHours: [NIGHT] });
    let alerts = world.start(rules);
    world.pass(4 * HOUR_MS);
    alerts.raise({ kind: "account-halted", follower: AccountId("two"), cause: "banned" });
    world.pass(11 * MINUTE_MS);
    world.kill();
    alerts = world.start(rules);
    world.pass(30 * MINUTE_MS);
    const told = (world.sent.get("email:two") ?? []).filter(({ kind }) => kind === "account-halted");
    expect(told).toHaveLength(3);
    expect(new Set(told.map(({ id }) => id)).size).toBe(3);
    expect(told[1]).toMatchObject({
      escalates: told[0]?.id,
      message: expect.stringMatching(/^nobody has acknowledged this for 10 min: .*banned$/),
    });
    alerts.raise({ kind: "account-halted", follower: one });
    world.pass(MINUTE_MS);
    alerts.acknowledge([world.last()?.id ?? ""], "me");
    const before = world.kinds().length;
    world.kill();
    world.start(rules);
    world.pass(HOUR_MS);
    expect(world.kinds()).toHaveLength(before);
    const halted = [...viewOutbox(world.disk).entries.values()].filter(
      ({ acknowledged }) => acknowledged !== null,
    );
    expect(halted).toMatchObject([{ alert: { follower: "one" }, acknowledged: { by: "me" } }]);
  });

  it.each([
    ["everywhere", { kindsOff: new Set(["account-halted"] as const) }, []],
    [
      "in a channel",
      { channels: { email: { kindsOff: new Set(["account-halted"] as const) } } },
      Array(3).fill("account-halted"),
    ],
  ])("is not told again where its kind is off %s", (_, off, printed) => {
    const world = new World();
    const alerts = world.start(rulesFor({ escalation, ...off }));
    alerts.raise({ kind: "account-halted", follower: one });
    world.pass(HOUR_MS);
    expect([world.kinds(), world.kinds("terminal")]).toEqual([[], printed]);
    expect(alerts.view.escalations.size).toBe(printed.length === 0 ? 0 : 1);
  });

  it("goes to the further channel, which hears of nothing else", () => {
    const world = new World();
    const alerts = world.start(
      rulesFor({
        escalation: { ...escalation, families: new Set(["email"]) },
        channels: { email: { leastSeverity: "escalated" } },
      }),
    );
    alerts.raise({ kind: "account-halted", follower: one });
    world.pass(9 * MINUTE_MS);
    expect([world.kinds(), world.kinds("terminal")]).toEqual([[], ["account-halted"]]);
    world.pass(2 * MINUTE_MS);
    expect([world.kinds(), world.kinds("terminal")]).toEqual([["account-halted"], ["account-halted"]]);
  });
});

describe("another process that comes for alerts", () => {
  it("finds what waits since it wanted them, over restarts, until it says what became of it", () => {
    const world = new World();
    let alerts = world.start(rulesFor());
    alerts.raise({ kind: "connection-down" });
    world.pass(1);
    alerts.collect("web-push", true);
    alerts.raise({ kind: "connection-restored" });
    world.pass(1);
    world.kill();
    alerts = world.start(rulesFor());
    world.pass(1_000);
    const waiting = () => alerts.view.waitingFor("web-push").map(({ kind }) => kind);
    expect(waiting()).toEqual(["connection-restored", "engine-died"]);
    alerts.ended(alerts.view.waitingFor("web-push")[0]?.id ?? "", "web-push", {
      kind: "delivered",
      answer: "1 subscription",
    });
    expect(waiting()).toEqual(["engine-died"]);
    world.pass(25 * HOUR_MS);
    expect(waiting()).toEqual([]);
    alerts.collect("web-push", false);
    alerts.raise({ kind: "engine-started" });
    world.pass(1);
    expect(waiting()).toEqual([]);
  });
});

test("what is held, muted and wanted outlives the files that it was written in", () => {
  const world = new World();
  const alerts = world.start(rulesFor({ quietMs: 1, channels: { telegram: { leastSeverity: "critical" } } }));
  const atMs = world.clock.nowMs();
  alerts.mute({ kind: "account-stopped", untilMs: atMs + 100 * HOUR_MS, atMs, by: "me" });
  alerts.collect("telegram", true);
  alerts.raise({ kind: "account-stopped", follower: one });
  const cause = "x".repeat(500);
  for (let number = 0; number < 5_000; number += 1) {
    alerts.raise({ kind: "not-copied", cause, topic: String(number % 10), follower: one });
    world.pass(2);
  }
  const names = world.disk.list();
  expect(names).not.toContain("alerts-00000001.jsonl");
  const view = viewOutbox(world.disk);
  expect([...view.mutes.keys(), ...view.collectors]).toEqual(["account-stopped", "telegram"]);
  expect(view.lastRun).toBe("started");
  const held = [...view.entries.values()].find(({ alert }) => alert.kind === "account-stopped");
  expect(held?.channels.get("email:me")).toEqual({ kind: "held" });
});
