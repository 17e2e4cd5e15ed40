import { describe, expect, it } from "vitest";
import { rulesFor } from "../../test/alerts/rules.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { MemoryDisk } from "../journal/memory-disk.ts";
import { type Log, Redactor, silentLog } from "../log.ts";
import type { Alert, AlertReport } from "./alert.ts";
import { Alerts } from "./alerts.ts";
import type { AlertChannel, ChannelOutcome } from "./channel.ts";

const QUIET_MS = 60_000;
const one = AccountId("one");

/** What survives a process: the disk, the receiver, the time. */
class World {
  readonly disk = new MemoryDisk();
  readonly clock = new VirtualClock(1_000_000);
  /** What the webhook took, and what the terminal printed. */
  readonly taken: Alert[] = [];
  readonly printed: Alert[] = [];
  isReceiverUp = true;
  #generation = 0;

  start(): Alerts {
    this.#generation += 1;
    return new Alerts({
      disk: this.disk,
      channels: [this.#channel("webhook", this.taken), this.#channel("terminal", this.printed)],
      clock: this.clock,
      chance: () => 0.5,
      log: this.log,
      redactor: this.redactor,
      rules: rulesFor({ quietMs: QUIET_MS }),
    });
  }

  readonly redactor = new Redactor();
  readonly logged: unknown[] = [];
  readonly log: Log = {
    ...silentLog,
    info: (...line) => this.logged.push(["info", ...line]),
    warn: (...line) => this.logged.push(["warn", ...line]),
  };

  /** Nothing of the process that dies comes back. */
  kill(): void {
    this.#generation += 1;
    this.disk.killProcess();
  }

  pass(ms: number): void {
    this.clock.runUntil(this.clock.nowMs() + ms);
  }

  #channel(name: "webhook" | "terminal", into: Alert[]): AlertChannel {
    const generation = this.#generation;
    return {
      name,
      family: name,
      deliver: (alert, done) => {
        this.clock.setTimer(5, () => {
          if (generation !== this.#generation) return;
          const outcome: ChannelOutcome = this.isReceiverUp
            ? { kind: "delivered", answer: "" }
            : { kind: "failed", cause: "down", isRefusal: false };
          if (this.isReceiverUp) into.push(alert);
          done(outcome);
        });
      },
    };
  }
}

const kinds = (alerts: readonly Alert[]) => alerts.map(({ kind }) => kind);

describe("alerts", () => {
  it("are lines of the log, once each, with whom they are about", () => {
    const world = new World();
    const alerts = world.start();
    alerts.open();
    alerts.raise({ kind: "engine-started" });
    for (const code of [1, 2])
      alerts.raise({ kind: "order-rejected", follower: one, numbers: { code }, atMs: 999_000 });
    world.pass(100);
    expect(world.logged).toEqual([
      [
        "info",
        "alert",
        { severity: "info", alert: "engine-started", text: "copying has started" },
        1_000_000,
      ],
      [
        "warn",
        "alert",
        {
          severity: "warning",
          alert: "order-rejected",
          follower: "one",
          text: "one: the venue rejected an order (code 1)",
        },
        999_000,
      ],
    ]);
  });

  it("go to every channel that wants their severity, not before the event is done with", () => {
    const world = new World();
    const alerts = world.start();
    alerts.open();
    alerts.raise({ kind: "engine-started" });
    alerts.raise({ kind: "order-rejected", follower: one });
    const before = world.disk.usedBytes();
    world.pass(0);
    expect(world.disk.usedBytes()).toBeGreaterThan(before);
    world.pass(100);
    expect(kinds(world.taken)).toEqual(["engine-started", "order-rejected"]);
    expect(kinds(world.printed)).toEqual(["order-rejected"]);
  });

  it("that were accepted arrive after a kill, once, and the death is told", () => {
    const world = new World();
    const first = world.start();
    first.open();
    world.isReceiverUp = false;
    first.raise({ kind: "account-halted", follower: one });
    world.pass(1);
    world.kill();
    world.isReceiverUp = true;
    world.start().open();
    world.pass(10_000);
    expect(kinds(world.taken)).toEqual(["account-halted", "engine-died"]);
    world.kill();
    world.start();
    world.pass(10_000);
    expect(world.taken).toHaveLength(2);
  });

  it("that died between the journal and the outbox are told from the journal, with the same id; told ones are not", () => {
    const world = new World();
    const reports = [10, 11, 12, 13].map(
      (event): AlertReport => ({
        kind: "order-rejected",
        follower: AccountId(event % 2 === 0 ? "one" : "two"),
        atMs: world.clock.nowMs() + event,
        event,
      }),
    );
    const first = world.start();
    first.open();
    const [a, b, c, d] = reports;
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error("four");
    first.raise(a);
    world.pass(1_000);
    // Taken in, and dead before it was written.
    first.raise(b);
    first.raise(c);
    world.kill();
    const second = world.start();
    for (const report of reports) second.raiseAgain(report);
    second.open();
    world.pass(10_000);
    expect(kinds(world.taken)).toEqual(["order-rejected", "order-rejected", "engine-died"]);
    expect(world.taken.map(({ follower }) => follower).slice(0, 2)).toEqual(["one", "two"]);
    world.kill();
    const third = world.start();
    for (const report of reports) third.raiseAgain(report);
    third.open();
    world.pass(QUIET_MS);
    expect(
      world.taken.slice(3).map(({ kind, follower, repeats }) => [kind, follower, repeats?.count]),
    ).toEqual([
      ["order-rejected", "one", 1],
      ["order-rejected", "two", 1],
      ["engine-died", undefined, 1],
    ]);
  });

  it("are not made of a journal that is older than they are", () => {
    const world = new World();
    const alerts = world.start();
    alerts.raiseAgain({ kind: "order-rejected", follower: one, event: 1 });
    alerts.open();
    world.pass(1_000);
    expect(world.taken).toEqual([]);
  });

  it("keep quiet over a restart too", () => {
    const world = new World();
    for (let life = 0; life < 5; life += 1) {
      const alerts = world.start();
      alerts.open();
      alerts.raise({ kind: "connection-down", follower: one });
      world.pass(1_000);
      world.kill();
    }
    expect(kinds(world.taken)).toEqual(["connection-down", "engine-died"]);
  });

  it("sum up what flaps", () => {
    const world = new World();
    const alerts = world.start();
    alerts.open();
    for (let second = 0; second < QUIET_MS / 1_000 + 5; second += 1) {
      world.pass(1_000);
      alerts.raise({ kind: "connection-unstable", leader: one });
    }
    expect(kinds(world.taken)).toEqual(["connection-unstable", "connection-unstable"]);
    expect(world.taken[1]?.repeats?.count).toBeGreaterThan(50);
  });

  it("arrive although the disk takes nothing", () => {
    const world = new World();
    const alerts = world.start();
    alerts.open();
    world.disk.bytesMax = world.disk.usedBytes();
    alerts.raise({ kind: "disk-full" });
    world.pass(100);
    expect(kinds(world.taken)).toEqual(["disk-full"]);
  });

  it("show no secret that a venue repeats, and no control characters", () => {
    const world = new World();
    world.redactor.register("Sw9RtY4uSECRET");
    const alerts = world.start();
    alerts.open();
    const cause = "bad sign Sw9RtY4uSECRET\u001b[31m\nnext";
    alerts.raise({ kind: "order-rejected", follower: one, cause, numbers: { text: "Sw9RtY4uSECRET" } });
    world.pass(100);
    const text = JSON.stringify(world.taken);
    expect(text).not.toContain('SECRET"');
    expect(text).not.toContain("Sw9RtY4u");
    expect(world.taken[0]?.cause).toBe("bad sign [redacted] [31m next");
  });

  it("are delivered while closing, and the stop is no death", async () => {
    const world = new World();
    const alerts = world.start();
    alerts.open();
    alerts.raise({ kind: "engine-stopped" });
    const closed = alerts.close();
    for (let step = 0; step < 10; step += 1) {
      world.pass(10);
      await Promise.resolve();
    }
    await closed;
    world.start().open();
    world.pass(1_000);
    expect(kinds(world.taken)).toEqual(["engine-stopped"]);
  });
});
