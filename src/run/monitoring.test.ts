/** The schedule of monitoring, what it tells and does, and that a death in between neither repeats nor loses it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { follower, leader, loaded } from "../../test/configuration/folder.ts";
import type { AlertReport } from "../alerts/alert.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import type { LeaderScore } from "../control/leader-scores.ts";
import { readMonitoring } from "../control/monitoring-record.ts";
import { monitoringReport } from "../control/monitoring-report.ts";
import type { CopyStop } from "../control/running.ts";
import type { LeaderEvidence } from "../core/evidence.ts";
import { ALL, NOTHING, type Stop } from "../core/guard/stop.ts";
import { AccountId, InstrumentId, VenueId } from "../core/model/identifiers.ts";
import { emptyState } from "../core/state.ts";
import { silentLog } from "../log.ts";
import { FILTER_NAMES, type FilterBounds } from "../traders/filters/registry.ts";
import type { Reading } from "../traders/monitoring/finding.ts";
import { Monitoring } from "./monitoring.ts";
import { monitoringSubjects } from "./monitoring-subjects.ts";
import type { ScoringAnswer, ScoringOrder } from "./score-aside.ts";

const HOUR_MS = 3_600_000;
const BOUNDS = Object.fromEntries(FILTER_NAMES.map((name) => [name, null])) as unknown as FilterBounds;

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "monitoring-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function score(name: string, over: Partial<LeaderScore> = {}): LeaderScore {
  return {
    name,
    trader: { venue: "bybit", trader: name },
    role: "leader",
    followers: ["follower"],
    days: 100,
    trips: 50,
    lastFillMs: 1,
    verdict: "judgeable",
    reasons: [],
    sharpe: 1,
    score: 0.5,
    annualVolatility: 0.4,
    style: { label: "scalping", confidence: "high", probability: 0.9 },
    filters: { passes: true, results: [] },
    decay: { kind: "no-variation" },
    ...over,
  };
}

function reading(state: Reading["state"], basis: number): Reading {
  return {
    rule: "decay",
    leader: "leader",
    topic: "",
    state,
    basis: String(basis),
    value: "8.1",
    limit: "6.2",
    text: "its days are worse",
    numbers: { sinceDay: "2026-01-02" },
  };
}

/** A process that monitors, with these answers of its looks; each new one goes on with the folder of the last. */
class World {
  readonly clock = new VirtualClock(1_800_000_000_000);
  readonly told: AlertReport[] = [];
  readonly stops: CopyStop[] = [];
  readonly evidence: (readonly [string, LeaderEvidence])[] = [];
  readonly orders: ScoringOrder[] = [];
  /** The next look's; an Error fails it. */
  answer: Pick<ScoringAnswer["scoring"], "readings"> & { readonly leaders?: readonly LeaderScore[] } = {
    readings: [],
  };
  correlations: ScoringAnswer["scoring"]["correlations"] = [];
  risks: ScoringAnswer["scoring"]["risks"] = [];
  failure: Error | null = null;
  /** Called before a stop is given: throws where the process dies there. */
  beforeStop: () => void = () => {};
  #monitoring: Monitoring | null = null;

  constructor(yaml: string) {
    this.yaml = yaml;
  }
  readonly yaml: string;

  begin(): void {
    this.#monitoring?.stop();
    const bob = { ...leader, nickname: "bob", api_key: "b", api_secret: "bb" };
    const configuration = loaded({
      "config/traders.yaml": `traders:\n  monitoring:\n${this.yaml}`,
      "data/accounts/leader.json": leader,
      "data/accounts/bob.json": bob,
      "data/accounts/follower.json": { ...follower, leader: "leader" },
    });
    const state = { ...emptyState(), settings: configuration.settings };
    this.#monitoring = new Monitoring({
      configuration,
      filters: { bounds: BOUNDS, benchmark: "BTCUSDT", minStrategyDiversity: 2 },
      dataDir,
      configDir: dataDir,
      clock: this.clock,
      log: silentLog,
      engine: {
        running: true,
        state,
        noteEvidence: (account, evidence) => void this.evidence.push([account, evidence]),
      },
      raise: (report) => void this.told.push(report),
      stopCopies: (stop) => {
        this.beforeStop();
        this.stops.push(stop);
      },
      score: async (order) => {
        this.orders.push(order);
        if (this.failure !== null) throw this.failure;
        const { readings, leaders = [score("leader"), score("bob")] } = this.answer;
        return {
          scoring: { leaders, pairs: [], correlations: this.correlations, risks: this.risks, readings },
          recordedUpTo: null,
          problems: [],
        };
      },
    });
    this.#monitoring.start();
  }

  async wait(ms: number): Promise<void> {
    const untilMs = this.clock.nowMs() + ms;
    while (this.clock.step(untilMs)) for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }

  get kinds(): readonly string[] {
    return this.told.map(({ kind }) => kind);
  }
}

it("looks a minute after the start and every interval from then on, restarts included; 0 never looks", async () => {
  const world = new World("    interval_hours: 2\n");
  world.begin();
  await world.wait(59_000);
  expect(world.orders).toHaveLength(0);
  await world.wait(1_000);
  expect(world.orders).toHaveLength(1);
  expect(world.orders[0]?.subjects.map(({ name, followers }) => [name, followers.length])).toEqual([
    ["bob", 0],
    ["leader", 1],
  ]);
  await world.wait(HOUR_MS);
  world.begin();
  await world.wait(HOUR_MS - 1_000);
  expect(world.orders).toHaveLength(1);
  await world.wait(1_000);
  expect(world.orders).toHaveLength(2);
  const never = new World("    interval_hours: 0\n");
  never.begin();
  await never.wait(100 * HOUR_MS);
  expect(never.orders).toHaveLength(0);
});

it("tells the engine what was measured, and leaves out what a record cannot carry", async () => {
  const world = new World("    interval_hours: 2\n");
  const unsure = { confidence: "low", label: "scalping", probability: 0.3 } as const;
  world.answer = {
    readings: [],
    leaders: [score("leader"), score("bob", { score: null, annualVolatility: null, style: unsure })],
  };
  world.correlations = [{ one: "bob", other: "leader", value: 0.25 }];
  const risk = { dayReturns: [-2_000], beta: "1.5" };
  world.risks = [{ name: "bob", risk }];
  world.begin();
  await world.wait(60_000);
  const measuredAtMs = world.clock.nowMs();
  const measured = { measuredAtMs, annualVolatility: "0.400000", score: "0.500000", style: "scalping" };
  expect(world.evidence).toEqual([
    ["leader", { ...measured, correlations: { bob: "0.250000" } }],
    ["bob", { measuredAtMs, correlations: { leader: "0.250000" }, risk }],
  ]);
});

it("tells a finding once, acts once on who copies the leader, and tells its end; a restart repeats nothing", async () => {
  const world = new World("    interval_hours: 1\n    on_decay: pause\n");
  world.answer = { readings: [reading("raised", 1)] };
  world.begin();
  await world.wait(60_000);
  expect(world.kinds).toEqual(["leader-finding"]);
  expect(world.told[0]).toMatchObject({ leader: "leader", cause: "its days are worse; pause" });
  const detail = { finding: "decay", value: "8.1", limit: "6.2", sinceDay: "2026-01-02" };
  expect(world.stops).toEqual([
    { kind: "stop", account: "follower", leader: "leader", action: "pause", detail },
  ]);
  world.answer = { readings: [reading("raised", 2)] };
  world.begin();
  await world.wait(HOUR_MS);
  expect([world.told.length, world.stops.length, world.orders.length]).toEqual([1, 1, 2]);
  world.answer = { readings: [reading("clear", 3)] };
  await world.wait(HOUR_MS);
  expect(world.kinds).toEqual(["leader-finding", "leader-finding-over"]);
  expect(world.stops).toHaveLength(1);
  expect(readMonitoring(dataDir)?.watched).toEqual([]);
});

it("only warns unless the owner said more", async () => {
  const world = new World("    interval_hours: 1\n");
  world.answer = { readings: [reading("raised", 1)] };
  world.begin();
  await world.wait(60_000);
  expect([world.kinds, world.stops]).toEqual([["leader-finding"], []]);
});

it("only warns of the styles that a follower copies together, whatever is done about filters", async () => {
  const world = new World("    interval_hours: 1\n    on_failed_filter: close\n");
  const set = {
    rule: "failed-filter",
    leader: "",
    follower: "follower",
    topic: "min_strategy_diversity",
  } as const;
  world.answer = { readings: [{ ...reading("raised", 1), ...set, text: "styles: 1" }] };
  world.begin();
  await world.wait(60_000);
  expect(world.told).toMatchObject([
    {
      kind: "leader-finding",
      follower: "follower",
      cause: "styles: 1; warn",
      numbers: { finding: "failed-filter" },
    },
  ]);
  expect(world.told[0]).not.toHaveProperty("leader");
  expect(world.stops).toEqual([]);
  expect(world.orders[0]?.minStrategyDiversity).toBe(2);
  expect(monitoringReport(dataDir)?.findings).toMatchObject([
    { finding: "failed-filter", leader: null, follower: "follower", actedOn: [] },
  ]);
  for (const basis of [2, 3, 4]) {
    world.answer = { readings: [{ ...reading("clear", basis), ...set, text: "styles: 2" }] };
    await world.wait(HOUR_MS);
  }
  expect(world.told[1]).toMatchObject({
    kind: "leader-finding-over",
    follower: "follower",
    cause: "styles: 2",
  });
  expect(world.told).toHaveLength(2);
});

it("counts a relation as copied unless a stop leaves nothing of it", () => {
  const { accounts, settings, monitoring } = loaded({
    "data/accounts/leader.json": leader,
    "data/accounts/follower.json": { ...follower, leader: "leader" },
  });
  const isClosedBy = (stop: Pick<Stop, "keeps" | "leader" | "instrument">) => {
    const followers = new Map([[AccountId("follower"), { stops: [stop] }]]);
    const { subjects } = monitoringSubjects(accounts, { settings, followers }, monitoring);
    return subjects.flatMap((one) => one.followers.map(({ isClosed }) => isClosed));
  };
  const [own, other, btc] = [
    AccountId("leader"),
    AccountId("bob"),
    InstrumentId("BTCUSDT", VenueId("bybit")),
  ];
  expect(isClosedBy({ keeps: NOTHING, leader: own, instrument: null })).toEqual([true]);
  expect(isClosedBy({ keeps: NOTHING, leader: null, instrument: null })).toEqual([true]);
  expect(isClosedBy({ keeps: ALL, leader: own, instrument: null })).toEqual([false]);
  expect(isClosedBy({ keeps: NOTHING, leader: other, instrument: null })).toEqual([false]);
  expect(isClosedBy({ keeps: NOTHING, leader: own, instrument: btc })).toEqual([false]);
});

it("only warns of a leader whom nobody copies", async () => {
  const world = new World("    interval_hours: 1\n    on_decay: close\n");
  world.answer = { readings: [{ ...reading("raised", 1), leader: "bob" }] };
  world.begin();
  await world.wait(60_000);
  expect(world.told).toMatchObject([{ leader: "bob", cause: "its days are worse; warn" }]);
  expect(world.stops).toEqual([]);
});

it("does after a death what it had told and not yet done", async () => {
  const world = new World("    interval_hours: 1\n    on_decay: close\n");
  world.answer = { readings: [reading("raised", 1)] };
  world.beforeStop = () => {
    throw new Error("dead");
  };
  world.begin();
  await world.wait(60_000);
  expect(world.stops).toEqual([]);
  world.beforeStop = () => {};
  world.told.length = 0;
  world.begin();
  expect(world.stops.map(({ action }) => action)).toEqual(["close"]);
  expect(world.told).toEqual([]);
});

it("hands on who may take the place: of those named whoever passes the filters and has no finding", async () => {
  const world = new World("    interval_hours: 1\n    on_decay: replace\n    replacements: [leader, bob]\n");
  world.answer = { readings: [reading("raised", 1)] };
  world.begin();
  await world.wait(60_000);
  expect(world.stops).toMatchObject([{ action: "replace", replacements: ["bob"] }]);
  const failing = new World(
    "    interval_hours: 1\n    on_decay: replace\n    replacements: [leader, bob]\n",
  );
  failing.answer = {
    readings: [{ ...reading("raised", 1), leader: "leader", rule: "decay", topic: "again" }],
    leaders: [score("leader"), score("bob", { filters: { passes: false, results: [] } })],
  };
  rmSync(join(dataDir, "monitoring.json"));
  failing.begin();
  await failing.wait(60_000);
  expect(failing.stops).toMatchObject([{ action: "replace", replacements: [] }]);
});

it("says once that looking fails, and goes on", async () => {
  const world = new World("    interval_hours: 1\n");
  world.failure = new Error("traders.db is damaged");
  world.begin();
  await world.wait(60_000);
  await world.wait(HOUR_MS);
  expect(world.told).toEqual([{ kind: "scoring-failed", cause: "traders.db is damaged" }]);
  world.failure = null;
  await world.wait(HOUR_MS);
  expect(readMonitoring(dataDir)?.scoredAtMs).toBe(world.clock.nowMs());
});
