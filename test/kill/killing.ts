/**
 * One round of kills on real processes: an exchange full of faults, two leaders who trade all the time, four followers, and
 * an engine that is killed (SIGKILL) at random moments, start-up included, and started again at once. When the kills are over
 * the faults end, and what is left must be right: found out from the exchange's own record and from the journal.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Copier } from "../e2e/copier.ts";
import { killPrograms, type Program } from "../e2e/program.ts";
import { startVenue, type Venue } from "../e2e/venue.ts";
import { SeededChance } from "../simulation/chance.ts";
import {
  drawFaults,
  ENGINE,
  judge,
  type OnBreach,
  PARITY_MAX_MS,
  prepare,
  tradingLeaders,
  untilInSync,
} from "./stage.ts";

export interface KillRound {
  readonly kills: number;
  /** How many of them met an engine that had not said yet that it is ready. */
  readonly beforeReady: number;
  readonly seed: number;
  readonly leaderOrders: number;
  readonly followerOrders: number;
  readonly unknownOutcomes: number;
  readonly changes: number;
  /** From the end of the faults until every follower was in sync. */
  readonly parityMs: number;
  /** From the start of the process until ready, shortest first: of the lives that were left in peace until then. */
  readonly startsMs: readonly number[];
  /** How many of those were not ready in 8 s, and killed all the same. */
  readonly startsLate: number;
  /** What was wrong; empty when nothing was. */
  readonly breaches: readonly string[];
}

const START_MAX_MS = 700;
const ACTIVE_MS = 1_500;
/** While orders of the lives before are looked up, ready takes seconds even in peace. */
const READY_MAX_MS = 8_000;
const RUN_MAX_MS = 900;
/** Shares of the lives that end while starting, and that are calm and last until they are ready. */
const SHARE_DURING_START = 0.3;
const SHARE_UNTIL_READY = 0.12;

export async function killRound(
  kills: number,
  seed: number,
  onBreach: OnBreach = () => {},
): Promise<KillRound> {
  const venue = await startVenue();
  const copier = new Copier(venue, ENGINE);
  try {
    await prepare(venue, copier);
    return await new Round(venue, copier, seed, onBreach).run(kills);
  } finally {
    await killPrograms();
    copier.close();
  }
}

interface Life {
  readonly engine: Program;
  readonly until: "starting" | "active" | "ready";
}

class Round {
  readonly #venue: Venue;
  readonly #copier: Copier;
  readonly #seed: number;
  readonly #chance: SeededChance;
  readonly #startsMs: number[] = [];
  readonly #onBreach: OnBreach;
  #beforeReady = 0;
  #startsLate = 0;

  constructor(venue: Venue, copier: Copier, seed: number, onBreach: OnBreach) {
    this.#venue = venue;
    this.#copier = copier;
    this.#seed = seed;
    this.#onBreach = onBreach;
    this.#chance = new SeededChance(seed);
  }

  async run(kills: number): Promise<KillRound> {
    // Keys are verified once in peace: a start that never saw a key work is entitled to stop.
    const first = await this.#copier.started();
    const leaders = tradingLeaders(this.#venue, this.#chance);
    for (const leader of leaders) leader.start();
    await this.#venue.faults(drawFaults(this.#chance));
    let life: Life = { engine: first, until: "active" };
    for (let kill = 0; kill < kills; kill += 1) life = await this.#kill(life);
    const { engine } = life;
    await Promise.all(leaders.map((leader) => leader.stop()));
    await this.#venue.faults({});
    const seen: string[] = [];
    const parityMs = await untilInSync(this.#copier).catch((error: unknown) => {
      seen.push(String(error));
      return PARITY_MAX_MS;
    });
    engine.kill("SIGTERM");
    const { code } = await engine.exit;
    if (code !== 0) seen.push(`the last engine ended with ${code}`);
    const found = await this.#judge(parityMs, seen);
    const orders = leaders.reduce((sum, leader) => sum + leader.orders, 0);
    return { ...found, kills, leaderOrders: orders };
  }

  /** Kills at a random moment and starts again; each life has faults of its own. */
  async #kill({ engine, until }: Life): Promise<Life> {
    if (until === "starting") await pause(this.#chance.between(0, START_MAX_MS));
    else {
      const tookMs = await untilReady(engine, until === "ready" ? READY_MAX_MS : ACTIVE_MS);
      if (until === "ready") this.#started(tookMs);
      await pause(this.#chance.between(0, RUN_MAX_MS));
    }
    if (!engine.lines.some(({ ready }) => ready === true)) this.#beforeReady += 1;
    if (engine.isOver) {
      const { code, stdout, stderr } = await engine.exit;
      throw new Error(
        `seed ${this.#seed}: the engine ended by itself with ${code}\n${stdout}\n${stderr.slice(-2_000)}`,
      );
    }
    engine.kill("SIGKILL");
    await engine.exit;
    const inPeace = this.#chance.hits(SHARE_UNTIL_READY);
    const next = this.#chance.hits(SHARE_DURING_START) ? "starting" : "active";
    await this.#venue.faults(inPeace ? {} : drawFaults(this.#chance));
    return { engine: this.#copier.start(), until: inPeace ? "ready" : next };
  }

  #started(tookMs: number | null): void {
    if (tookMs === null) this.#startsLate += 1;
    else this.#startsMs.push(Math.round(tookMs));
  }

  async #judge(
    parityMs: number,
    already: readonly string[],
  ): Promise<Omit<KillRound, "kills" | "leaderOrders">> {
    const plan = { onBreach: this.#onBreach, already };
    const { fates, evidence, breaches } = await judge(this.#venue, this.#copier, plan);
    return {
      seed: this.#seed,
      beforeReady: this.#beforeReady,
      followerOrders: evidence.followers.reduce((sum, { requests }) => sum + requests.length, 0),
      unknownOutcomes: fates.unknown.size,
      changes: evidence.outcomes.length,
      parityMs: Math.round(parityMs),
      startsMs: this.#startsMs.toSorted((left, right) => left - right),
      startsLate: this.#startsLate,
      breaches,
    };
  }
}

/** The milliseconds that it took, or null: an engine that takes longer is killed all the same. */
async function untilReady(engine: Program, maxMs: number): Promise<number | null> {
  const startedMs = performance.now();
  while (!engine.isOver && performance.now() - startedMs < maxMs) {
    if (engine.lines.some(({ ready }) => ready === true)) return performance.now() - startedMs;
    await pause(5);
  }
  return null;
}
