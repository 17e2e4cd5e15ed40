/**
 * The main measurement: one leader's trade to all followers' orders, of the engine and of the floor in turns, so that both
 * see the same noise of the machine. Three processes work, the exchange takes the times.
 */
import type { EngineFunctions, EngineSetup } from "./engine-process.ts";
import type { ExchangeFunctions } from "./exchange-process.ts";
import type { FloorFunctions } from "./floor-process.ts";
import type { Readings } from "./meter.ts";
import { type Contender, GROUPS, LEADER_QUANTITY, LEADERS, type Path } from "./parameters.ts";
import { Remote } from "./remote.ts";
import { median, quantile, rounded } from "./statistics.ts";
import type { FrontFiles } from "./tls-front.ts";

export interface FanOutPlan {
  readonly followers: number;
  readonly path: Path;
  readonly rounds: number;
  readonly triggers: number;
  readonly warmUp: number;
  /** Folder for CPU profiles of the engine; none when absent. */
  readonly profileDir?: string;
}

/** One row of the report. Times of the floor are those of the prebuilt WebSocket frames, also beside REST. */
export interface FanOutRun {
  readonly followers: number;
  readonly path: Path;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly lastOrderMs: number;
  readonly cpuUsPerOrder: number;
  readonly floorP50Us: number;
  readonly floorLastOrderMs: number;
  /** Last order against the floor's last order. */
  readonly ratio: number;
  readonly p50Ratio: number;
  readonly p99Ratio: number;
  readonly floorP99Us: number;
  readonly floorCpuUsPerOrder: number;
  readonly cpuRatio: number;
  /** The shortest pass through the engine, from the leader's frame to the last send, on the clock and per order. */
  readonly passUsMinPerOrder: number;
  readonly floorPassUsMinPerOrder: number;
  readonly cycleCpuUsPerOrder: number;
  readonly floorCycleCpuUsPerOrder: number;
  readonly cycleCpuRatio: number;
  readonly processCpuUsPerOrder: number;
  readonly appendShare: number;
  readonly appendsBeforeLastSend: number;
  readonly stallMaxMs: number;
  readonly floorStallMaxMs: number;
  /** On the REST path: undici's pool with createHmac, and ours against it. */
  readonly undiciP50Us?: number;
  readonly undiciLastOrderMs?: number;
  readonly undiciP50Ratio?: number;
  readonly undiciLastRatio?: number;
  /** What connecting and following took in all, the fixed part of the engine with it. */
  readonly memoryKiB: { readonly resident: number; readonly heap: number };
}

interface Round {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly lastMs: number;
  readonly readings: Readings;
}

interface Competitor {
  readonly name: Contender;
  readonly path: Path;
  prepare(side: "Buy" | "Sell"): Promise<void>;
  settle(): Promise<void>;
  read(): Promise<Readings>;
  watch(): Promise<void>;
}

/** Sockets on the exchange's side of a REST fan-out, for undici as for us. */
const UNDICI_CONNECTIONS = 256;

/** Between two competitors. */
const REST_MS = 500;

/** From so many followers on the database's thread has so much to do that its work is waited for. */
const DATABASE_AWAITED_FROM = 500;

export class World {
  readonly exchange = new Remote<ExchangeFunctions>("./exchange-process.ts");
  readonly engine: Remote<EngineFunctions>;
  readonly #others: Remote<FloorFunctions>[] = [];
  readonly competitors: Competitor[] = [];
  #where = { rest: "", stream: "" };
  readonly #plan: Pick<FanOutPlan, "followers" | "path">;
  readonly #tls: FrontFiles | undefined;

  constructor(plan: Pick<FanOutPlan, "followers" | "path" | "profileDir"> & { readonly tls?: FrontFiles }) {
    this.#plan = plan;
    this.#tls = plan.tls;
    const profile =
      plan.profileDir === undefined
        ? []
        : ["--cpu-prof", "--cpu-prof-interval=200", `--cpu-prof-dir=${plan.profileDir}`];
    const flags = ["--expose-gc", ...(process.env.NODEFLAGS ?? "").split(" ").filter(Boolean), ...profile];
    const trust = plan.tls === undefined ? {} : { NODE_EXTRA_CA_CERTS: plan.tls.certificate };
    this.engine = new Remote<EngineFunctions>("./engine-process.ts", flags, trust);
  }

  get rest(): string {
    return this.#where.rest;
  }

  get stream(): string {
    return this.#where.stream;
  }

  async start(setup: Partial<EngineSetup> = {}, limits: "off" | "real" = "off"): Promise<void> {
    const { followers, path } = this.#plan;
    const { key, certificate } = this.#tls ?? {};
    const tls = key === undefined || certificate === undefined ? {} : { tls: { key, certificate } };
    this.#where = await this.exchange.call("start", { limits, ...tls });
    for (const prefix of Object.values(LEADERS)) await this.exchange.call("accounts", { prefix, number: 1 });
    await this.exchange.call("accounts", { prefix: GROUPS.engine, number: followers });
    await this.engine.call("start", {
      ...this.#where,
      path,
      leader: LEADERS.engine,
      group: GROUPS.engine,
      followers,
      limits: "lifted",
      snapshotIntervalMs: snapshotIntervalMs(followers),
      ...setup,
    });
    this.competitors.push({
      name: "engine",
      path,
      prepare: async () => {},
      settle: () => this.engine.call("settle", { database: followers >= DATABASE_AWAITED_FROM }),
      read: () => this.engine.call("read", null),
      watch: () => this.engine.call("watch", null),
    });
  }

  async addFloor(name: "floor" | "undici"): Promise<void> {
    const { followers } = this.#plan;
    const remote = new Remote<FloorFunctions>("./floor-process.ts");
    this.#others.push(remote);
    const path: Path = name === "floor" ? "ws" : "rest";
    await this.exchange.call("accounts", { prefix: GROUPS[name], number: followers });
    const { rest } = this.#where;
    const connections = UNDICI_CONNECTIONS;
    await remote.call("start", {
      rest,
      path,
      leader: LEADERS[name],
      group: GROUPS[name],
      followers,
      connections,
    });
    this.competitors.push({
      name,
      path,
      prepare: (side) => remote.call("prepare", { side }),
      settle: () => remote.call("settle", null),
      read: () => remote.call("read", null),
      watch: () => remote.call("watch", null),
    });
  }

  /** One trade of a competitor's leader; the latencies of its followers' orders. */
  async trigger(competitor: Competitor, side: "Buy" | "Sell"): Promise<number[]> {
    await competitor.prepare(side);
    const latenciesUs = await this.exchange.call("trade", {
      leader: LEADERS[competitor.name],
      side,
      quantity: LEADER_QUANTITY,
      answeredBy: GROUPS[competitor.name],
      orders: this.#plan.followers,
      path: competitor.path === "ws" ? "/v5/trade" : "/v5/order/create",
      timeoutMs: 30_000,
    });
    await competitor.settle();
    return latenciesUs;
  }

  async end(): Promise<void> {
    await this.engine.end();
    for (const other of this.#others) await other.end();
    await this.exchange.end();
  }
}

/** As the request limits of a real exchange stretch it: reads have two fifths of 120 requests a second, a snapshot is four. */
function snapshotIntervalMs(followers: number): number {
  return Math.max(15_000, (followers * 4 * 1_000) / 48);
}

/**
 * How long the exchange takes to answer, half of it before it looks at an order: long enough that it matches nothing while
 * the orders of one trade still come in by order entry. By REST 5 ms, as connections are waited for.
 */
function answerMs(followers: number, path: Path): number {
  return path === "rest" ? 5 : 2 + followers * 0.12;
}

export async function measureFanOut(plan: FanOutPlan): Promise<FanOutRun> {
  const { followers, path } = plan;
  const world = new World(plan);
  try {
    await world.start();
    await world.addFloor("floor");
    if (path === "rest") await world.addFloor("undici");
    await world.exchange.call("answerAfter", { delayMs: answerMs(followers, path) });
    await playRound(world, plan.warmUp);
    for (const competitor of world.competitors) await competitor.watch();
    const rounds: Map<Contender, Round>[] = [];
    for (let round = 0; round < plan.rounds; round += 1) rounds.push(await playRound(world, plan.triggers));
    return runOf(plan, rounds, await world.engine.call("memory", null));
  } finally {
    await world.end();
  }
}

/**
 * Trades of one competitor after another, even in number, so that everybody ends flat. Between two of them is a rest that is
 * longer than the engine stays awake after a trade: it must neither hinder nor help the others.
 */
async function playRound(world: World, triggers: number): Promise<Map<Contender, Round>> {
  const latencies = new Map<Contender, number[][]>(world.competitors.map(({ name }) => [name, []]));
  for (const competitor of world.competitors) {
    for (let trigger = 0; trigger < triggers * 2; trigger += 1) {
      const side = trigger % 2 === 0 ? "Buy" : "Sell";
      latencies.get(competitor.name)?.push(await world.trigger(competitor, side));
    }
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  const round = new Map<Contender, Round>();
  for (const competitor of world.competitors) {
    const of = latencies.get(competitor.name) ?? [];
    const all = of.flat();
    round.set(competitor.name, {
      p50Us: median(all),
      p99Us: quantile(all, 0.99),
      lastMs: median(of.map((each) => Math.max(...each))) / 1_000,
      readings: await competitor.read(),
    });
  }
  return round;
}

function runOf(
  plan: FanOutPlan,
  rounds: readonly Map<Contender, Round>[],
  memory: FanOutRun["memoryKiB"],
): FanOutRun {
  const over = (name: Contender, value: (round: Round) => number): number =>
    median(rounds.flatMap((round) => [round.get(name)].filter((one) => one !== undefined).map(value)));
  const ratio = (value: (round: Round) => number, to: Contender = "floor"): number =>
    rounded(
      median(
        rounds.map((round) => {
          const [ours, theirs] = [round.get("engine"), round.get(to)];
          return ours === undefined || theirs === undefined ? Number.NaN : value(ours) / value(theirs);
        }),
      ),
    );
  const both = (value: (round: Round) => number): [number, number] => [
    rounded(over("engine", value)),
    rounded(over("floor", value)),
  ];
  const [p50Us, floorP50Us] = both((round) => round.p50Us);
  const [p99Us, floorP99Us] = both((round) => round.p99Us);
  const [lastOrderMs, floorLastOrderMs] = both((round) => round.lastMs);
  const [cpuUsPerOrder, floorCpuUsPerOrder] = both((round) => round.readings.cpuUsPerOrder);
  const [cycleCpuUsPerOrder, floorCycleCpuUsPerOrder] = both((round) => round.readings.cycleCpuUsPerOrder);
  const [stallMaxMs, floorStallMaxMs] = both((round) => round.readings.stallMaxMs);
  const shortest = (name: Contender): number =>
    Math.min(...rounds.map((round) => round.get(name)?.readings.passUsMin ?? Number.POSITIVE_INFINITY));
  return {
    followers: plan.followers,
    path: plan.path,
    p50Us,
    p99Us,
    lastOrderMs,
    cpuUsPerOrder,
    floorP50Us,
    floorLastOrderMs,
    ratio: ratio((round) => round.lastMs),
    p50Ratio: ratio((round) => round.p50Us),
    p99Ratio: ratio((round) => round.p99Us),
    floorP99Us,
    floorCpuUsPerOrder,
    cpuRatio: ratio((round) => round.readings.cpuUsPerOrder),
    passUsMinPerOrder: rounded(shortest("engine") / plan.followers),
    floorPassUsMinPerOrder: rounded(shortest("floor") / plan.followers),
    cycleCpuUsPerOrder,
    floorCycleCpuUsPerOrder,
    cycleCpuRatio: ratio((round) => round.readings.cycleCpuUsPerOrder),
    processCpuUsPerOrder: rounded(over("engine", (round) => round.readings.processCpuUsPerOrder)),
    appendShare: rounded(
      over("engine", (round) => round.readings.appendShare),
      4,
    ),
    appendsBeforeLastSend: over("engine", (round) => round.readings.appendsMax),
    stallMaxMs,
    floorStallMaxMs,
    ...(plan.path === "rest"
      ? {
          undiciP50Us: rounded(over("undici", (round) => round.p50Us)),
          undiciLastOrderMs: rounded(over("undici", (round) => round.lastMs)),
          undiciP50Ratio: ratio((round) => round.p50Us, "undici"),
          undiciLastRatio: ratio((round) => round.lastMs, "undici"),
        }
      : {}),
    memoryKiB: { resident: rounded(memory.resident, 0), heap: rounded(memory.heap, 0) },
  };
}
