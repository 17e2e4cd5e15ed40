/**
 * A long life under the virtual clock: the production connector, engine and file journal copy a leader who trades by a seed,
 * through faults that come and go, for as many virtual hours as asked. What grows or stands still is measured on the way;
 * afterwards the independent checker reads the exchange's record, and the engine starts anew from its journal.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { type Allocation, plainAllocation } from "../../src/core/settings.ts";
import { makeCheckpointAside } from "../../src/journal/checkpoint-thread.ts";
import { type FileJournal, openJournalFolder } from "../../src/journal/file.ts";
import { SeededChance } from "./chance.ts";
import { Invariants } from "./invariants.ts";
import {
  breachesOf,
  drawFaults,
  filledSteps,
  LEADER,
  leaderTrades,
  MARKETS,
  movePrice,
} from "./soak-history.ts";
import { type WireAccount, WireWorld } from "./soak-world.ts";

const MINUTE_MS = 60_000;
const TRADE_PAUSE_MS_MAX = 40_000;
/** Shares of the minutes in which faults come, go, and all streams are refused. */
const SHARE_FAULTS = 0.06;
const SHARE_PEACE = 0.3;
const SHARE_CUT = 0.01;
const SHARE_SKEW = 0.01;
const SETTLE_MS = 120_000;
/** The exchange ends the connections of a process that is gone after ten minutes without a ping. */
const FORGOTTEN_MS = 20 * MINUTE_MS;
const MEGABYTE = 1_000_000;

export const SOAK_LIMITS = {
  /** Processor time of one event of the connector or the engine, carried out whole. */
  stallMs: 500,
  /** What a start from the same journal does without. */
  accumulatedMb: 16,
  /** The state of the core at the end against the first quarter: what is held may change, history must not add up. */
  stateGrowth: 1.5,
  descriptorsMore: 8,
} as const;

export interface SoakHour {
  readonly hour: number;
  readonly heapMb: number;
  readonly rssMb: number;
  /** The state of the core, written as a checkpoint. */
  readonly stateKb: number;
  readonly journalMb: number;
  readonly descriptors: number;
  readonly streamsOpened: number;
  readonly trades: number;
  readonly stallMs: number;
}

export interface VirtualSoak {
  readonly seed: number;
  readonly virtualHours: number;
  readonly events: number;
  readonly orders: number;
  readonly trades: number;
  readonly hours: readonly SoakHour[];
  /** MB of heap, after a collection, for each virtual hour: least squares over the last three quarters. The exchange's history is in it. */
  readonly heapMbPerHour: number;
  /** MB of heap that the long life held beyond what a fresh start from its journal holds. */
  readonly accumulatedMb: number;
  readonly seconds: number;
  readonly breaches: readonly string[];
}

export interface SoakPlan {
  readonly seed: number;
  readonly virtualHours: number;
  /** Told after each virtual hour. */
  readonly onHour: (hour: SoakHour) => void;
  /** Ends it early, with what was until then. */
  readonly stop: AbortSignal;
}

export async function soakVirtually(plan: SoakPlan): Promise<VirtualSoak> {
  const folder = mkdtempSync(join(tmpdir(), "copytrader-soak-"));
  const { journal } = openJournalFolder(folder);
  try {
    return await new Soak(plan, folder, journal).run();
  } finally {
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Soak {
  readonly #plan: SoakPlan;
  readonly #folder: string;
  readonly #journal: FileJournal;
  readonly #chance: SeededChance;
  readonly #invariants: Invariants;
  readonly #world: WireWorld;
  readonly #hours: SoakHour[] = [];
  #trades = 0;
  #stallMs = 0;

  constructor(plan: SoakPlan, folder: string, journal: FileJournal) {
    this.#plan = plan;
    this.#folder = folder;
    this.#journal = journal;
    this.#chance = new SeededChance(plan.seed);
    this.#invariants = new Invariants((account, id) => filledSteps(this.#world, account, id));
    const { seed } = plan;
    const watch = this.#invariants.afterDecision;
    this.#world = new WireWorld({ seed, accounts: ACCOUNTS, allocations: ALLOCATIONS, watch, journal });
  }

  async run(): Promise<VirtualSoak> {
    const startedMs = performance.now();
    for (const { symbol, price } of MARKETS) this.#world.exchange.movePrice(symbol, price);
    this.#world.start();
    await this.#runFor(3_000);
    for (let hour = 1; hour <= this.#plan.virtualHours && !this.#plan.stop.aborted; hour += 1) {
      await this.#hour();
      this.#measure(hour);
    }
    this.#world.exchange.putFaults({});
    await this.#runFor(SETTLE_MS);
    const accumulatedMb = await this.#accumulated();
    for (const breach of breachesOf(this.#world, ACCOUNTS, ALLOCATIONS)) this.#invariants.breach(breach);
    this.#world.protocol.stop();
    this.#judge(accumulatedMb);
    const { events, orders, breaches } = this.#invariants;
    return {
      seed: this.#plan.seed,
      virtualHours: this.#hours.length,
      events,
      orders,
      trades: this.#trades,
      hours: this.#hours,
      heapMbPerHour: slope(this.#hours),
      accumulatedMb,
      seconds: Math.round((performance.now() - startedMs) / 1_000),
      breaches,
    };
  }

  async #hour(): Promise<void> {
    for (let minute = 0; minute < 60 && !this.#plan.stop.aborted; minute += 1) {
      this.#weather();
      await this.#minute();
      await this.#keepJournal();
    }
  }

  async #minute(): Promise<void> {
    const { clock } = this.#world;
    const endMs = clock.nowMs() + MINUTE_MS;
    for (;;) {
      const pauseMs = this.#chance.whole(0, TRADE_PAUSE_MS_MAX);
      if (clock.nowMs() + pauseMs >= endMs) break;
      await this.#runFor(pauseMs);
      leaderTrades(this.#world, this.#chance, ACCOUNTS);
      this.#trades += 1;
      if (this.#chance.hits(0.2)) movePrice(this.#world, this.#chance);
    }
    await this.#runFor(endMs - clock.nowMs());
  }

  #weather(): void {
    const { exchange } = this.#world;
    const dice = this.#chance.next();
    if (dice < SHARE_CUT) exchange.putFaults({ streamDisconnect: true });
    else if (dice < SHARE_CUT + SHARE_SKEW)
      exchange.putFaults({ clockSkewMs: this.#chance.pick([-8_000, 8_000]) });
    else if (dice < SHARE_CUT + SHARE_SKEW + SHARE_FAULTS) exchange.putFaults(drawFaults(this.#chance));
    else if (this.#chance.hits(SHARE_PEACE)) exchange.putFaults({});
  }

  /** Timer by timer, each with the time that it cost; the real event loop turns once for the journal. */
  async #runFor(ms: number): Promise<void> {
    const { clock } = this.#world;
    const untilMs = clock.nowMs() + ms;
    for (let isDue = true; isDue; ) {
      const beganMs = ownMs();
      isDue = clock.step(untilMs);
      this.#stallMs = Math.max(this.#stallMs, ownMs() - beganMs);
    }
    await turn();
  }

  async #keepJournal(): Promise<void> {
    const first = this.#journal.checkpointDue;
    if (first === null) return;
    await makeCheckpointAside({ folder: this.#folder, first });
    this.#journal.noteCheckpoint(first);
  }

  #measure(hour: number): void {
    const { engine } = this.#world;
    const row = {
      hour,
      heapMb: heapMb(),
      rssMb: rounded(process.memoryUsage().rss / MEGABYTE),
      stateKb: engine === null ? 0 : Math.round(encodeCheckpoint(engine.state).length / 1_000),
      journalMb: rounded(this.#journal.keptBytes / MEGABYTE),
      descriptors: openDescriptors(),
      streamsOpened: this.#world.streamsOpened,
      trades: this.#trades,
      stallMs: rounded(this.#stallMs),
    };
    this.#hours.push(row);
    this.#stallMs = 0;
    this.#plan.onHour(row);
  }

  async #accumulated(): Promise<number> {
    const before = heapMb();
    this.#world.kill();
    this.#world.start();
    await this.#runFor(FORGOTTEN_MS);
    return rounded(before - heapMb());
  }

  #judge(accumulatedMb: number): void {
    const hours = this.#hours;
    const last = hours.at(-1);
    const quarter = hours[Math.floor(hours.length / 4)];
    const stallMs = Math.max(0, ...hours.map((hour) => hour.stallMs));
    const say = (text: string) => this.#invariants.breach(text);
    if (stallMs > SOAK_LIMITS.stallMs) say(`the event loop stood still for ${stallMs} ms`);
    if (accumulatedMb > SOAK_LIMITS.accumulatedMb)
      say(`${accumulatedMb} MB were held that a fresh start does without`);
    if (last === undefined || quarter === undefined) return;
    if (last.stateKb > quarter.stateKb * SOAK_LIMITS.stateGrowth)
      say(`the state grew from ${quarter.stateKb} kB in hour ${quarter.hour} to ${last.stateKb} kB`);
    if (last.descriptors > quarter.descriptors + SOAK_LIMITS.descriptorsMore)
      say(`${quarter.descriptors} descriptors in hour ${quarter.hour}, ${last.descriptors} at the end`);
  }
}

const ACCOUNTS: readonly WireAccount[] = [
  { name: LEADER, role: "leader", mode: "one-way", balance: "10000000" },
  { name: "follower1", role: "follower", mode: "one-way", balance: "10000000" },
  { name: "follower2", role: "follower", mode: "hedge", balance: "10000000" },
  { name: "follower3", role: "follower", mode: "one-way", balance: "10000000" },
];
const MULTIPLIERS = ["1", "0.5", "0.1"];
const ALLOCATIONS: readonly Allocation[] = ACCOUNTS.slice(1).map(({ name }, at) => ({
  ...plainAllocation(LEADER, AccountId(name)),
  sizing: { kind: "multiplier", multiplier: MULTIPLIERS[at] ?? "1" },
}));

/** Without what nobody holds any more. */
function heapMb(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return rounded(process.memoryUsage().heapUsed / MEGABYTE);
}

/** Processor time of this thread, so that a machine that is busy with others is not taken for a stall. */
function ownMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

function slope(hours: readonly SoakHour[]): number {
  const late = hours.slice(Math.floor(hours.length / 4));
  const meanHour = late.reduce((sum, { hour }) => sum + hour, 0) / late.length;
  const meanHeap = late.reduce((sum, { heapMb: heap }) => sum + heap, 0) / late.length;
  const along = late.reduce((sum, { hour }) => sum + (hour - meanHour) ** 2, 0);
  const both = late.reduce((sum, row) => sum + (row.hour - meanHour) * (row.heapMb - meanHeap), 0);
  return along === 0 ? 0 : rounded(both / along);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
