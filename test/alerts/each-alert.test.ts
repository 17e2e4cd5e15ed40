/**
 * Each alert that a person is promised: the thing itself causes it (the core's decision, a watchdog's look, the counting transport, the
 * schedule of reports), and a channel gets it exactly once, whether the run dies before it was taken, or after.
 */
import { expect, test, vi } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import type { AlertKind } from "../../src/alerts/kinds.ts";
import { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import { decide } from "../../src/core/decide.ts";
import { NO_OWN_CODE } from "../../src/core/own-code.ts";
import { emptyState } from "../../src/core/state.ts";
import type { AccountConnection } from "../../src/exchange/exchange.ts";
import type { StreamHealth } from "../../src/exchange/stream-health.ts";
import type { HttpTransport } from "../../src/exchange/transport.ts";
import { MemoryDisk } from "../../src/journal/memory-disk.ts";
import { silentLog } from "../../src/log.ts";
import { Alerting } from "../../src/run/alerting.ts";
import { ApiErrors } from "../../src/run/api-errors.ts";
import { Printer } from "../../src/run/printer.ts";
import { ReportSchedule } from "../../src/run/report-schedule.ts";
import { Watching } from "../../src/run/watching.ts";
import { loaded, pair } from "../configuration/folder.ts";
import { guarded, held, marked, TIERS } from "../core/guarded.ts";
import { FOLLOWER, LEADER, onlyOrder, Story, VENUE } from "../core/story.ts";

const SOUND: StreamHealth = { state: "sound", sinceMs: 0, missed: 0 };
const DAILY = { limit: { kind: "share", value: "0.05" }, action: "pause", coolOffMs: null } as const;
const NEAR = { distance: "0.1", nearerThanLeader: "0.5", action: "warn", coolOffMs: null } as const;
const NIGHT_SECONDS = 400;

/** A follower, its owner's phone, and one life of the program after the other over the same outbox. */
class World {
  readonly story: Story;
  readonly got: Alert[] = [];
  readonly #disk = new MemoryDisk();
  readonly #configuration: ReturnType<typeof loaded>;
  clock: VirtualClock;
  isPhoneOn = true;
  stream: StreamHealth = SOUND;
  free = 50_000;
  holds = { leader: "0", follower: "0" };
  errors = new ApiErrors(() => this.clock.nowMs());
  alerting: Alerting;

  constructor(story: Story, settings: string) {
    this.story = story;
    this.#configuration = loaded({
      ...pair,
      "config/alerts.yaml": `alerts:\n  parity_after_seconds: 60\n${settings}`,
    });
    this.clock = new VirtualClock(story.nowMs);
    const feed = story.feed.bind(story);
    story.feed = (event) => {
      const decision = feed(event);
      this.#observer.decided?.(event, decision, story.state);
      return decision;
    };
    this.alerting = this.#live(false);
    for (const account of [LEADER, FOLLOWER])
      story.feed({ kind: "connection-changed", account, state: "up", cause: "", atMs: story.nowMs });
  }

  #observer: ReturnType<Alerting["beside"]> = {};

  /** Dies and is started again: what was journaled is read once more. */
  restart(): void {
    this.#disk.killProcess();
    this.clock = new VirtualClock(this.clock.nowMs());
    this.errors = new ApiErrors(() => this.clock.nowMs());
    this.alerting = this.#live(true);
  }

  #live(isAgain: boolean): Alerting {
    const { clock, story } = this;
    const configuration = this.#configuration;
    const alerting = new Alerting({
      ...{ configuration, dataDir: "", log: silentLog, clock, chance: () => 0.5, printer: new Printer(true) },
      outbox: this.#disk,
      channels: [
        {
          name: "phone",
          family: "webhook",
          deliver: (alert, done) => {
            if (!this.isPhoneOn) return;
            this.got.push(alert);
            clock.setTimer(5, () => done({ kind: "delivered", answer: "" }));
          },
        },
      ],
    });
    const { onStep } = alerting.recoveryHooks;
    const state = emptyState();
    if (isAgain)
      for (const [sequence, event] of story.events.entries())
        onStep?.({ sequence, event, decision: decide(state, event, NO_OWN_CODE) }, state);
    alerting.open();
    const watching = new Watching({
      ...{ configuration, clock, log: silentLog },
      raise: (report) => alerting.raise(report),
      machine: {
        folder: "data",
        freeMegabytes: (done) => done(this.free),
        delayMs: () => 0,
        close: () => {},
      },
    });
    this.#observer = alerting.beside(
      {
        decided: () => {},
        failed: () => {},
        stumbled: (error) => {
          throw error;
        },
      },
      (event, now) => watching.note(event, now),
    );
    const healthOf = () => this.stream;
    watching.start({
      engine: {
        state: story.state,
        running: true,
        haltOpenings: () => {},
        releaseHalts: () => {},
        readAgain: () => {},
      },
      connections: new Map(
        [LEADER, FOLLOWER].map((account) => [
          account,
          // Only what the watchdogs look at.
          {
            account,
            venue: VENUE,
            get streamHealth() {
              return account === LEADER ? healthOf() : SOUND;
            },
          } as AccountConnection,
        ]),
      ),
      clocks: () => [],
      feeds: () => [],
      journal: { lastSequence: 1, syncedSequence: 1 },
      databaseSequence: () => 1,
      apiErrors: () => this.errors.lastMinute(),
    });
    return alerting;
  }

  /** So many seconds pass, with a snapshot of each account every 15 s. */
  seconds(count: number): void {
    const { story } = this;
    const rows = (quantity: string) => (quantity === "0" ? [] : [story.row(quantity)]);
    for (let second = 1; second <= count; second += 1) {
      story.nowMs = Math.max(story.nowMs, this.clock.nowMs() + 999);
      if (second % 15 === 0) {
        story.leaderSnapshot(rows(this.holds.leader));
        story.followerSnapshot(rows(this.holds.follower));
      }
      this.clock.runUntil(this.clock.nowMs() + 1_000);
    }
  }
}

interface Row {
  readonly what: string;
  readonly kind: AlertKind;
  readonly settings?: string;
  readonly story?: () => Story;
  readonly cause: (world: World) => void;
  /** Afterwards, until it is told. */
  readonly seconds?: number;
  /** It holds for as long as the cause does: a run that finds it counts it, and does not tell it as new. */
  readonly lasts?: true;
}

const copied = (world: World) => {
  world.story.trade(world.story.leaderFill("buy", "1"), { quantity: "0.5", price: "60000", fee: "0" });
};

const atLoss = (world: World) => {
  held(world.story, "1");
  world.holds = { leader: "1", follower: "0.5" };
  marked(world.story, "60000");
  marked(world.story, "53900");
};

const refusing: HttpTransport = {
  send: (_request, done) => done({ kind: "answered", status: 500, body: "", headers: {} }),
};

const ROWS: readonly Row[] = [
  { what: "each executed copy", kind: "copies-executed", settings: "  copies: each\n", cause: copied },
  {
    what: "a summary of executed copies",
    kind: "copies-executed",
    settings: "  copies: summary\n  copies_summary_minutes: 1\n",
    cause: copied,
    seconds: 62,
  },
  { what: "a stop tier", kind: "account-stopped", story: () => guarded({ tiers: TIERS }), cause: atLoss },
  { what: "a limit", kind: "account-stopped", story: () => guarded({ dailyLoss: DAILY }), cause: atLoss },
  {
    what: "drift",
    kind: "parity-missed",
    cause: (world) => {
      world.story.unknown(onlyOrder(world.story.leaderFill("buy", "1")));
      world.holds.leader = "1";
    },
    seconds: 70,
    lasts: true,
  },
  {
    what: "a stale stream",
    kind: "stream-silent",
    cause: (world) => {
      world.stream = { state: "silent", sinceMs: world.clock.nowMs(), missed: 2 };
    },
    seconds: 5,
    lasts: true,
  },
  {
    what: "a refused key",
    kind: "account-halted",
    cause: ({ story }) =>
      story.feed({ kind: "account-refused", account: FOLLOWER, cause: "invalid api key", atMs: story.nowMs }),
  },
  {
    what: "API errors above a rate",
    kind: "api-errors",
    cause: (world) => {
      const request = { method: "GET", url: "https://api.example.com/v5", headers: {}, body: "" } as const;
      const http = world.errors.counting(refusing);
      for (let at = 0; at < 21; at += 1) http.send({ ...request, timeoutMs: 1 }, () => {});
    },
    lasts: true,
  },
  {
    what: "margin",
    kind: "margin-high",
    cause: ({ story }) => {
      const told = { equity: "1000", available: "150", atMs: story.nowMs };
      story.feed({ kind: "equity-reported", account: FOLLOWER, ...told });
    },
    lasts: true,
  },
  {
    what: "liquidation distance",
    kind: "liquidation-near",
    story: () => guarded({ liquidation: NEAR }),
    cause: (world) => {
      const { story } = world;
      held(story, "1");
      world.holds = { leader: "1", follower: "0.5" };
      story.nowMs += 1;
      const position = { ...story.row("0.5"), liquidationPrice: "54000" };
      const receivedAtMs = story.nowMs;
      story.feed({ kind: "follower-position-reported", account: FOLLOWER, position, receivedAtMs });
      marked(story, "57000");
    },
  },
  {
    what: "a disk that fills up",
    kind: "disk-low",
    cause: (world) => {
      world.free = 900;
    },
    seconds: 8,
    lasts: true,
  },
  {
    what: "a daily report",
    kind: "report-ready",
    cause: (world) => {
      const report = {
        of: "account",
        name: "follower",
        kind: "daily",
        period: "2026-11-20",
        files: ["reports/x.pdf"],
      };
      const schedule = new ReportSchedule({
        ...{ configDir: "config", dataDir: "/nonexistent", log: silentLog },
        reports: loaded({ ...pair, "config/reports.yaml": "reports:\n  daily: true\n" }).reports,
        raise: (one) => world.alerting.raise(one),
        run: (_asked, ended) => {
          ended({ kind: "answered", answer: { ready: [report] } });
          return { stop: () => {} };
        },
      });
      vi.useFakeTimers();
      schedule.start();
      schedule.stop();
      vi.useRealTimers();
    },
  },
];

const told = ({ got }: World, kind: AlertKind) => got.filter((one) => one.kind === kind);

test.each(ROWS)("$what is told once, also by a run that begins after it", (row) => {
  const { kind, settings = "", story = () => new Story(), cause, seconds = 4, lasts } = row;
  const world = new World(story(), settings);
  world.seconds(20);
  expect(told(world, kind)).toEqual([]);
  cause(world);
  world.seconds(seconds);
  expect(told(world, kind)).toMatchObject([{ kind }]);
  world.restart();
  world.seconds(NIGHT_SECONDS);
  // The same again within its quiet period is a number, not an alert of its own.
  const [first, ...more] = told(world, kind);
  expect(first?.repeats).toBeUndefined();
  expect(more.filter(({ repeats }) => repeats === undefined)).toEqual([]);
  if (lasts === undefined) expect(more).toEqual([]);
  else expect(more.length).toBeLessThanOrEqual(1);
});

test.each(ROWS)("$what that no channel took before the run died is told once by the next", (row) => {
  const { kind, settings = "", story = () => new Story(), cause, seconds = 4 } = row;
  const world = new World(story(), settings);
  world.seconds(20);
  world.isPhoneOn = false;
  cause(world);
  world.seconds(seconds);
  expect(told(world, kind)).toEqual([]);
  world.isPhoneOn = true;
  world.restart();
  world.seconds(30);
  expect(told(world, kind)).toMatchObject([{ kind }]);
  expect(told(world, "engine-died")).toHaveLength(1);
});
