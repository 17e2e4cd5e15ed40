/**
 * A long run of real programs: random leaders trade, troubles come one after the other, and after each round all must be in
 * sync again. The independent checker reads the exchange's own record at the end. What the engine holds is measured on the way.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Copier } from "../e2e/copier.ts";
import { type Json, killPrograms } from "../e2e/program.ts";
import { startVenue } from "../e2e/venue.ts";
import { ENGINE, judge, type OnBreach, prepare, tradingLeaders, untilInSync } from "../kill/stage.ts";
import type { TradingLeader } from "../kill/trading-leader.ts";
import { SeededChance } from "../simulation/chance.ts";
import { Meter, type MeterLine } from "./meter.ts";
import { mostWithin, TcpProxy } from "./tcp-proxy.ts";
import { mountSmall, type SmallDisk, whyNoMount } from "./tmpfs.ts";
import { befall, LONG_ASIDE_MS, TROUBLES, type Trouble, type Troubled } from "./troubles.ts";

const TROUBLES_PER_ROUND = 4;
const PARITY_MAX_MS = 60_000;
/** The longest time aside, staleness, a request's life and a slow start. */
const SLACK_MS = 60_000;
const DISK_MB = 2_048;
const CALM_MS = 1_500;
const MEGABYTE = 1_000_000;
/** What the engine may take more in the last quarter of the rounds than in the second, by so many rounds at least. */
const RSS_MORE_MB = 96;
const DESCRIPTORS_MORE = 16;
const ROUNDS_TO_TELL = 8;
/** The venue's ceilings: in five seconds, and in five minutes. A killed engine's connections count on. */
const REQUESTS_MAX = 600;
const CONNECTIONS_MAX = 500;
/** Processor time of one stretch without a turn of the event loop, from ready on. */
const BUSY_MAX_MS = 1_000;
/** Where leaders trade without pause and every account is read every second. */
const JOURNAL_MB_PER_HOUR = 600;

export interface EndureRound {
  readonly round: number;
  readonly troubles: readonly (readonly [Trouble, Json])[];
  readonly parityMs: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly descriptors: number;
  /** Wall clock, in the calm after the round: on a busy machine this has the machine's part in it. */
  readonly stallMs: number;
  /** Longest for which the engine itself kept its event loop, from ready on: processor time. */
  readonly busyMs: number;
  readonly journalMb: number;
}

export interface Endured {
  readonly seed: number;
  readonly minutes: number;
  readonly rounds: readonly EndureRound[];
  readonly leaderOrders: number;
  readonly followerOrders: number;
  readonly unknownOutcomes: number;
  readonly changes: number;
  readonly journalMbPerHour: number;
  readonly busyMs: number;
  /** How often the program was set aside for 30 s. */
  readonly longAside: { readonly engine: number; readonly exchange: number };
  /** As counted on the wire. */
  readonly connectionsIn5Minutes: number;
  readonly requestsIn5Seconds: number;
  readonly refusals: number;
  /** Why the disk was never full; null when it was. */
  readonly noDisk: string | null;
  readonly breaches: readonly string[];
}

export interface EndurePlan {
  readonly seed: number;
  readonly minutes: number;
  readonly onRound: (round: EndureRound) => void;
  readonly onBreach: OnBreach;
  /** Rejects with its reason once it is aborted; nothing is left behind. */
  readonly stop: AbortSignal;
}

export async function endure(plan: EndurePlan): Promise<Endured> {
  const folder = mkdtempSync(join(tmpdir(), "copytrader-endure-"));
  const files = { clock: join(folder, "clock"), meter: join(folder, "meter") };
  writeFileSync(files.clock, "0");
  const venue = await startVenue(["--limits", "real"]);
  const proxy = await TcpProxy.open(venue.rest);
  const copier = new Copier(venue, ENGINE, {
    NODE_OPTIONS: ["stepped-clock", "meter"].map((name) => `--import=${preload(name)}`).join(" "),
    STEPPED_CLOCK_FILE: files.clock,
    METER_FILE: files.meter,
  });
  const noDisk = whyNoMount();
  const disk = noDisk === null ? mountSmall(copier.data, DISK_MB) : null;
  copier.writeAccountFilesAgain();
  try {
    await prepare(venue, copier, proxy.url);
    const engine = await copier.started();
    const chance = new SeededChance(plan.seed);
    const troubled = { venue, copier, proxy, chance, clockFile: files.clock, disk, engine };
    return await Promise.race([
      new Endurance(plan, troubled, new Meter(files.meter), noDisk).run(),
      rejectedBy(plan.stop),
    ]);
  } finally {
    await killPrograms();
    await proxy.close();
    removeAll(copier, disk, folder);
  }
}

function rejectedBy(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (stop.aborted) reject(stop.reason);
    else stop.addEventListener("abort", () => reject(stop.reason), { once: true });
  });
}

function removeAll(copier: Copier, disk: SmallDisk | null, folder: string): void {
  disk?.remove();
  copier.close();
  rmSync(folder, { recursive: true, force: true });
}

class Endurance {
  readonly #plan: EndurePlan;
  readonly #at: Troubled;
  readonly #meter: Meter;
  readonly #noDisk: string | null;
  readonly #rounds: EndureRound[] = [];
  readonly #breaches: string[] = [];
  #leaderOrders = 0;

  constructor(plan: EndurePlan, at: Troubled, meter: Meter, noDisk: string | null) {
    this.#plan = plan;
    this.#at = at;
    this.#meter = meter;
    meter.passOver();
    this.#noDisk = noDisk;
  }

  async run(): Promise<Endured> {
    const startedMs = performance.now();
    const lasts = this.#plan.minutes * 60_000;
    while (performance.now() - startedMs < lasts && this.#breaches.length === 0) await this.#round();
    const hours = (performance.now() - startedMs) / 3_600_000;
    const { engine, venue, copier, proxy } = this.#at;
    engine.kill("SIGTERM");
    const { code } = await engine.exit;
    if (code !== 0) this.#breaches.push(`the engine ended with ${code}`);
    const journalMb = this.#rounds.at(-1)?.journalMb ?? 0;
    const counted = {
      journalMbPerHour: rounded(journalMb / hours),
      busyMs: Math.max(0, ...this.#rounds.map(({ busyMs }) => busyMs)),
      connectionsIn5Minutes: mostWithin(proxy.streamsAtMs, 300_000),
      requestsIn5Seconds: mostWithin(proxy.requestsAtMs, 5_000),
      refusals: proxy.refusals,
    };
    this.#judgeCounts(counted);
    this.#judgeGrowth();
    const plan = { onBreach: this.#plan.onBreach, slackMs: SLACK_MS, already: this.#breaches };
    const { fates, evidence, breaches } = await judge(venue, copier, plan);
    return {
      seed: this.#plan.seed,
      minutes: rounded(hours * 60),
      rounds: this.#rounds,
      leaderOrders: this.#leaderOrders,
      followerOrders: evidence.followers.reduce((sum, { requests }) => sum + requests.length, 0),
      unknownOutcomes: fates.unknown.size,
      changes: evidence.outcomes.length,
      longAside: { engine: this.#longAside("engine"), exchange: this.#longAside("exchange") },
      ...counted,
      noDisk: this.#noDisk,
      breaches,
    };
  }

  async #round(): Promise<void> {
    const { venue, chance, copier } = this.#at;
    const leaders = tradingLeaders(venue, chance.split());
    for (const leader of leaders) leader.start();
    const troubles: [Trouble, Json][] = [];
    const metered: MeterLine[] = [];
    for (let count = 0; count < TROUBLES_PER_ROUND; count += 1) {
      await pause(chance.whole(500, 3_000));
      const trouble = chance.pick(TROUBLES);
      metered.push(...this.#meter.take());
      troubles.push([trouble, await befall(trouble, this.#at)]);
      if (trouble === "engine-killed") this.#meter.passOver();
      this.#stillRuns(trouble);
    }
    await Promise.all(leaders.map((leader) => leader.stop()));
    this.#leaderOrders += ordersOf(leaders);
    const parityMs = await untilInSync(copier, PARITY_MAX_MS).catch((error: unknown) => {
      this.#breaches.push(`after ${troubles.map(([name]) => name).join(", ")}: ${String(error)}`);
      return PARITY_MAX_MS;
    });
    await pause(CALM_MS);
    const round = {
      round: this.#rounds.length + 1,
      troubles,
      parityMs: Math.round(parityMs),
      ...this.#look([...metered, ...this.#meter.take()]),
    };
    this.#rounds.push(round);
    this.#plan.onRound(round);
  }

  #stillRuns(trouble: Trouble): void {
    const { engine, venue } = this.#at;
    if (!engine.isOver && !venue.program.isOver) return;
    const [name, { stdout, stderr }] = engine.isOver ? ["engine", engine] : ["exchange", venue.program];
    throw new Error(
      `seed ${this.#plan.seed}: the ${name} ended by itself in ${trouble}:\n${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}`,
    );
  }

  #look(metered: readonly MeterLine[]): Omit<EndureRound, "round" | "troubles" | "parityMs"> {
    const { rss, heapUsed, descriptors, stallMs } = metered.at(-1) ?? NOTHING_METERED;
    return {
      rssMb: rounded(rss / MEGABYTE),
      heapMb: rounded(heapUsed / MEGABYTE),
      descriptors,
      stallMs: Math.round(stallMs),
      busyMs: Math.round(Math.max(0, ...metered.map(({ busyMs }) => busyMs))),
      journalMb: rounded(bytesIn(join(this.#at.copier.data, "journal")) / MEGABYTE),
    };
  }

  #longAside(program: "engine" | "exchange"): number {
    const all = this.#rounds.flatMap(({ troubles }) => troubles);
    return all.filter(([name, { lastsMs }]) => name === `${program}-set-aside` && lastsMs === LONG_ASIDE_MS)
      .length;
  }

  #judgeCounts(counted: Counted): void {
    const { refusals, requestsIn5Seconds, connectionsIn5Minutes, busyMs, journalMbPerHour } = counted;
    const over = (value: number, most: number, what: string) => {
      if (value > most) this.#breaches.push(`${what}: ${value}, at most ${most}`);
    };
    over(refusals, 0, "refusals of the address by the exchange");
    over(requestsIn5Seconds, REQUESTS_MAX, "requests in 5 s");
    over(connectionsIn5Minutes, CONNECTIONS_MAX, "new connections in 5 minutes");
    over(busyMs, BUSY_MAX_MS, "ms of processor time without a turn of the event loop");
    over(journalMbPerHour, JOURNAL_MB_PER_HOUR, "MB of journal in an hour");
  }

  /** The least that was held in a quarter of the rounds: after a storm there is more for a while. */
  #judgeGrowth(): void {
    const quarter = Math.floor(this.#rounds.length / 4);
    if (this.#rounds.length < ROUNDS_TO_TELL) return;
    const [early, late] = [this.#rounds.slice(quarter, 2 * quarter), this.#rounds.slice(-quarter)];
    const least = (of: readonly EndureRound[], field: "rssMb" | "descriptors") =>
      Math.min(...of.map((round) => round[field]));
    for (const [field, more] of [["rssMb", RSS_MORE_MB] as const, ["descriptors", DESCRIPTORS_MORE] as const])
      if (least(late, field) > least(early, field) + more)
        this.#breaches.push(`${field} grew from ${least(early, field)} to ${least(late, field)}`);
  }
}

type Counted = Pick<
  Endured,
  "journalMbPerHour" | "busyMs" | "connectionsIn5Minutes" | "requestsIn5Seconds" | "refusals"
>;

const NOTHING_METERED: MeterLine = { rss: 0, heapUsed: 0, descriptors: 0, stallMs: 0, busyMs: 0 };

function ordersOf(leaders: readonly TradingLeader[]): number {
  return leaders.reduce((sum, { orders }) => sum + orders, 0);
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function preload(name: string): string {
  return fileURLToPath(new URL(`${name}-preload.ts`, import.meta.url));
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
