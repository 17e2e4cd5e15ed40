/** The schedule of a strategy, what becomes of its decisions, and that a death in between neither repeats nor loses one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { follower, loaded, pair } from "../../test/configuration/folder.ts";
import type { AlertReport } from "../alerts/alert.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import type { RebalanceRequest } from "../control/owner-commands.ts";
import { readRebalancing } from "../control/rebalancing-record.ts";
import type { FollowerDecision } from "../control/strategy-decisions.ts";
import { emptyState } from "../core/state.ts";
import { silentLog } from "../log.ts";
import type { Strategy } from "../strategies/strategy.ts";
import { FILTER_NAMES, type FilterBounds } from "../traders/filters/registry.ts";
import { Rebalancing } from "./rebalancing.ts";
import type { DecidingOrder } from "./score-aside.ts";

const HOUR_MS = 3_600_000;
const BOUNDS = Object.fromEntries(FILTER_NAMES.map((name) => [name, null])) as unknown as FilterBounds;

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "rebalancing-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** That the leader gets this part. */
function decision(weight: number): FollowerDecision {
  return {
    follower: "follower",
    equity: 1_000,
    problem: null,
    decision: {
      asOfMs: 0,
      strategy: "selective_copying",
      allocations: weight === 0 ? [] : [{ trader: "leader", weight, scale: 1 }],
      verdicts: [
        {
          trader: "leader",
          isIn: weight > 0,
          reason: weight > 0 ? "kept" : "risk-too-high",
          numbers: {},
          from: 1,
          wanted: weight,
          weight,
        },
      ],
      turnover: 1 - weight,
      cost: 0,
      gain: 0,
      part: 1,
      notes: [],
    },
  };
}

const UNDECIDED: FollowerDecision = {
  follower: "follower",
  equity: 0,
  decision: null,
  problem: "nothing is known",
};

const WEEKLY: Strategy = { name: "weekly", rebalancingHours: 168, choose: () => ({ wishes: [] }) };

/** A process that rebalances, with these answers of its strategy; each new one goes on with the folder of the last. */
class World {
  readonly clock = new VirtualClock(1_800_000_000_000);
  readonly told: AlertReport[] = [];
  readonly given: RebalanceRequest[] = [];
  readonly orders: DecidingOrder[] = [];
  answer: readonly FollowerDecision[] | Error = [];
  refusal: Error | null = null;
  #rebalancing: Rebalancing | null = null;

  begin(portfolio: object): void {
    this.#rebalancing?.stop();
    const configuration = loaded({
      ...pair,
      "data/accounts/follower.json": { ...follower, leader: "leader", sizing: "equity-proportional" },
      "config/a.yaml": JSON.stringify({ portfolio: { strategy: "selective", ...portfolio } }),
    });
    const state = { ...emptyState(), settings: configuration.settings };
    this.#rebalancing = new Rebalancing({
      configuration,
      filters: BOUNDS,
      strategies: [WEEKLY],
      dataDir,
      configDir: "config",
      clock: this.clock,
      log: silentLog,
      engine: { running: true, state },
      raise: (report) => void this.told.push(report),
      rebalance: (request) => {
        if (this.refusal !== null) throw this.refusal;
        this.given.push(request);
      },
      decide: async (order) => {
        this.orders.push(order);
        if (this.answer instanceof Error) throw this.answer;
        return this.answer;
      },
    });
    this.#rebalancing.start();
  }

  async pass(ms: number): Promise<void> {
    this.clock.runUntil(this.clock.nowMs() + ms);
    await new Promise((resolve) => setImmediate(resolve));
  }

  get kinds(): readonly string[] {
    return this.told.map(({ kind }) => kind);
  }
}

const shares = (factor: string) => [{ leader: "leader", factor }];

it("asks two minutes after the start and then on its schedule, about who is copied with which part", async () => {
  const world = new World();
  world.begin({ rebalancing_frequency: 6, lookback_days: 90 });
  await world.pass(119_000);
  expect(world.orders).toEqual([]);
  await world.pass(1_000);
  expect(world.orders).toMatchObject([
    {
      strategy: "selective_copying",
      options: { min_trades: 100, auto_rebalancing: true },
      question: {
        lookbackDays: 90,
        leaders: [{ name: "leader" }],
        followers: [{ follower: "follower", leaders: ["leader"], copied: { leader: 1 } }],
      },
    },
  ]);
  await world.pass(6 * HOUR_MS);
  expect(world.orders).toHaveLength(2);
});

it("proposes and gives no command without the word", async () => {
  const world = new World();
  world.answer = [decision(0.25)];
  world.begin({});
  await world.pass(120_000);
  expect(world.told).toMatchObject([
    { kind: "rebalancing-proposed", follower: "follower", cause: "leader 0.25" },
  ]);
  expect(world.given).toEqual([]);
  expect(readRebalancing(dataDir)?.followers).toMatchObject([
    { outcome: "proposed", shares: shares("0.25") },
  ]);
});

it("carries out with the word, and lets go whose part is nothing", async () => {
  const world = new World();
  world.answer = [decision(0)];
  world.begin({ rebalancing: "automatic" });
  await world.pass(120_000);
  expect(world.given).toEqual([{ follower: "follower", shares: shares("0") }]);
  expect(world.told).toMatchObject([{ kind: "rebalanced", cause: "leader ends" }]);
  expect(readRebalancing(dataDir)?.followers).toMatchObject([{ outcome: "carried-out" }]);
});

it("is silent where nothing is to be moved, and tells what cannot be decided or carried out", async () => {
  const world = new World();
  world.answer = [decision(1)];
  world.begin({ rebalancing: "automatic" });
  await world.pass(120_000);
  expect([world.kinds, world.given]).toEqual([[], []]);
  world.answer = [UNDECIDED];
  await world.pass(24 * HOUR_MS);
  world.answer = [decision(0.5)];
  world.refusal = new Error("there is no such leader");
  await world.pass(24 * HOUR_MS);
  world.answer = new Error("the strategy mine.ts failed");
  await world.pass(24 * HOUR_MS);
  expect(world.told.map(({ kind, cause }) => [kind, cause])).toEqual([
    ["rebalancing-failed", "nothing is known"],
    ["rebalancing-failed", "there is no such leader"],
    ["rebalancing-failed", "the strategy mine.ts failed"],
  ]);
  expect(readRebalancing(dataDir)?.followers).toMatchObject([{ outcome: "failed" }]);
  world.refusal = null;
  world.answer = [decision(0.5)];
  await world.pass(24 * HOUR_MS);
  expect(world.given).toHaveLength(1);
});

it("waits for its time over a restart, but not where another strategy is in force", async () => {
  const world = new World();
  world.begin({});
  await world.pass(120_000);
  world.begin({});
  await world.pass(12 * HOUR_MS);
  expect(world.orders).toHaveLength(1);
  await world.pass(12 * HOUR_MS);
  expect(world.orders).toHaveLength(2);
  world.begin({ strategy: "dynamic" });
  await world.pass(120_000);
  expect(world.orders.at(-1)?.strategy).toBe("dynamic_copying");
});

it.each([
  ["its own where the configuration states none", {}, 168],
  ["those of the configuration", { rebalancing_frequency: 6 }, 6],
])("asks a strategy of the owner's every so many hours: %s", async (_, portfolio, hours) => {
  const world = new World();
  world.begin({ strategy: "weekly", ...portfolio });
  await world.pass(120_000);
  await world.pass(hours * HOUR_MS - 1);
  expect(world.orders).toHaveLength(1);
  await world.pass(1);
  expect(world.orders).toHaveLength(2);
});

it.each([
  { strategy: undefined },
  { rebalancing_frequency: 0 },
  { strategy: "weekly", rebalancing_frequency: 0 },
])("asks nobody with %j", async (portfolio) => {
  const world = new World();
  world.begin(portfolio);
  await world.pass(1_000 * HOUR_MS);
  expect(world.orders).toEqual([]);
});
