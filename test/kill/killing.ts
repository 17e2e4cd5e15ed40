/**
 * One round of kills on real processes: an exchange full of faults, two leaders who trade all the time, four followers, and
 * an engine that is killed (SIGKILL) at random moments, start-up included, and started again at once. When the kills are over
 * the faults end, and what is left must be right: found out from the exchange's own record and from the journal.
 */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { viewJournalFolder } from "../../src/journal/file.ts";
import { check, describeViolation } from "../checker/checker.ts";
import type { CheckedAllocation, Evidence } from "../checker/evidence.ts";
import { Copier } from "../e2e/copier.ts";
import { type Json, killPrograms, type Program } from "../e2e/program.ts";
import { type PositionMode, startVenue, type Venue } from "../e2e/venue.ts";
import { checkedAccount, checkedInstrument } from "../evidence/from-exchange.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import { SeededChance } from "../simulation/chance.ts";
import { withoutBeliefs } from "./beliefs.ts";
import { fatesIn, openIntents } from "./intent-fates.ts";
import { SYMBOLS, TradingLeader } from "./trading-leader.ts";

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
  /** From the start until ready, of those that came so far. */
  readonly startMs: { readonly median: number; readonly most: number };
  /** What was wrong; empty when nothing was. */
  readonly breaches: readonly string[];
}

const LEADERS: Readonly<Record<string, PositionMode>> = { single: "one-way", both: "hedge" };
const FOLLOWERS = [
  { name: "alice", mode: "one-way", leader: "single", multiplier: "1" },
  { name: "bob", mode: "hedge", leader: "single", multiplier: "0.37" },
  { name: "carol", mode: "one-way", leader: "both", multiplier: "0.5" },
  { name: "dave", mode: "hedge", leader: "both", multiplier: "2" },
] as const;

const STALE_SECONDS = 4;
const ENGINE = `copy_trading:
  mode: live
engine:
  snapshot_interval_seconds: 1
  leader_stale_after_seconds: ${STALE_SECONDS}
  follower_stale_after_seconds: ${STALE_SECONDS}
  order_window_ms: 1500
`;
/** Staleness, the life of a request, and a row of lives that ended before they could copy anything. */
const SLACK_MS = STALE_SECONDS * 1_000 + 1_500 + 6_500;
const PARITY_MAX_MS = 30_000;
const START_MAX_MS = 700;
const ACTIVE_MS = 1_500;
/** While orders of the lives before are looked up, ready takes seconds even in peace. */
const READY_MAX_MS = 8_000;
const RUN_MAX_MS = 900;
/** Shares of the lives that end while starting, and that are calm and last until they are ready. */
const SHARE_DURING_START = 0.3;
const SHARE_UNTIL_READY = 0.12;

/** `onBreach` gets what the checker read, and the journal's folder before it is removed. */
export type OnBreach = (evidence: Evidence, journalFolder: string) => void;

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

async function prepare(venue: Venue, copier: Copier): Promise<void> {
  for (const { symbol, price } of SYMBOLS) await venue.price(symbol, price);
  for (const [name, positionMode] of Object.entries(LEADERS)) {
    await venue.putAccount(name, { positionMode });
    copier.accountFile(name, "leader");
  }
  for (const { name, mode, leader, multiplier } of FOLLOWERS) {
    await venue.putAccount(name, { positionMode: mode });
    copier.accountFile(name, "follower", { leader, copy_multiplier: Number(multiplier) });
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
    const leaders = Object.entries(LEADERS).map(
      ([name, mode]) => new TradingLeader(this.#venue, name, mode, this.#chance.split()),
    );
    for (const leader of leaders) leader.start();
    await this.#venue.faults(this.#faults());
    let life: Life = { engine: first, until: "active" };
    for (let kill = 0; kill < kills; kill += 1) life = await this.#kill(life);
    const { engine } = life;
    await Promise.all(leaders.map((leader) => leader.stop()));
    await this.#venue.faults({});
    const parityMs = await this.#untilInSync();
    engine.kill("SIGTERM");
    const { code } = await engine.exit;
    const found = await this.#judge(parityMs);
    const orders = leaders.reduce((sum, leader) => sum + leader.orders, 0);
    const breaches = code === 0 ? found.breaches : [...found.breaches, `the last engine ended with ${code}`];
    return { ...found, kills, leaderOrders: orders, breaches };
  }

  /** Kills at a random moment and starts again; each life has faults of its own. */
  async #kill({ engine, until }: Life): Promise<Life> {
    if (until === "starting") await pause(this.#chance.between(0, START_MAX_MS));
    else {
      await this.#untilReady(engine, until === "ready" ? READY_MAX_MS : ACTIVE_MS);
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
    const untilReady = this.#chance.hits(SHARE_UNTIL_READY);
    const next = this.#chance.hits(SHARE_DURING_START) ? "starting" : "active";
    await this.#venue.faults(untilReady ? {} : this.#faults());
    return { engine: this.#copier.start(), until: untilReady ? "ready" : next };
  }

  /** An engine that takes longer is killed all the same. */
  async #untilReady(engine: Program, maxMs: number): Promise<void> {
    const startedMs = performance.now();
    while (!engine.isOver && performance.now() - startedMs < maxMs) {
      if (engine.lines.some(({ ready }) => ready === true)) {
        this.#startsMs.push(performance.now() - startedMs);
        return;
      }
      await pause(5);
    }
  }

  #faults(): Json {
    return {
      seed: this.#chance.whole(1, 1_000_000),
      requestLost: this.#chance.pick([0, 0, 0.03]),
      responseLost: this.#chance.pick([0, 0.1, 0.3]),
      http5xx: this.#chance.pick([0, 0.05]),
      retCode10016: this.#chance.pick([0, 0.05]),
      partialFills: this.#chance.pick([0, 0.2]),
      latencyMs: this.#chance.pick([
        [0, 0],
        [0, 60],
      ]),
      streamDropped: this.#chance.pick([0, 0.1]),
      streamDuplicated: this.#chance.pick([0, 0.1]),
      streamReordered: this.#chance.pick([0, 0.1]),
    };
  }

  async #untilInSync(): Promise<number> {
    const startedMs = performance.now();
    for (;;) {
      const apart = await this.#apart();
      const tookMs = performance.now() - startedMs;
      if (apart.length === 0) return tookMs;
      if (tookMs > PARITY_MAX_MS) throw new Error(`seed ${this.#seed}: no parity: ${apart.join("; ")}`);
      await pause(100);
    }
  }

  async #apart(): Promise<readonly string[]> {
    const { stdout, code } = await this.#copier.run(["status", "--json"]);
    if (code !== 0) return [stdout.slice(0, 500)];
    const { followers, engine } = JSON.parse(stdout);
    if (engine.running !== true || engine.starting === true) return ["the engine is starting"];
    return followers.flatMap((follower: Json) =>
      follower.state === "in-sync" ? [] : [`${follower.nickname} ${follower.state}: ${follower.reason}`],
    );
  }

  async #judge(parityMs: number): Promise<Omit<KillRound, "kills" | "leaderOrders">> {
    const evidence = await this.#evidence();
    const journal = viewJournalFolder(join(this.#copier.data, "journal"));
    const fates = fatesIn(journal);
    const breaches = [
      ...check(evidence).map(describeViolation),
      ...openIntents(fates, evidence),
      ...(await this.#leftOpen()),
    ];
    if (breaches.length > 0) this.#onBreach(evidence, join(this.#copier.data, "journal"));
    const starts = this.#startsMs.toSorted((left, right) => left - right);
    return {
      seed: this.#seed,
      beforeReady: this.#beforeReady,
      followerOrders: evidence.followers.reduce((sum, { requests }) => sum + requests.length, 0),
      unknownOutcomes: fates.unknown.size,
      changes: evidence.outcomes.length,
      parityMs: Math.round(parityMs),
      startMs: {
        median: Math.round(starts[starts.length >> 1] ?? 0),
        most: Math.round(starts.at(-1) ?? 0),
      },
      breaches,
    };
  }

  async #leftOpen(): Promise<readonly string[]> {
    const accounts = await Promise.all(FOLLOWERS.map(({ name }) => this.#venue.account(name)));
    return accounts.flatMap(({ openOrders }, at) =>
      openOrders.length === 0 ? [] : [`${FOLLOWERS[at]?.name}: ${openOrders.length} orders still rest`],
    );
  }

  async #evidence(): Promise<Evidence> {
    const journal = viewJournalFolder(join(this.#copier.data, "journal"));
    const account = async (name: string, mode: PositionMode) =>
      checkedAccount(name, mode, await this.#venue.account(name));
    const instruments = await Promise.all(
      SYMBOLS.map(async ({ symbol }) => checkedInstrument(await this.#venue.instrument(symbol))),
    );
    const written = writtenIn(journal);
    return {
      instruments,
      allocations: FOLLOWERS.map(allocationOf),
      leaders: await Promise.all(Object.entries(LEADERS).map(([name, mode]) => account(name, mode))),
      followers: await Promise.all(FOLLOWERS.map(({ name, mode }) => account(name, mode))),
      ...written,
      outcomes: withoutBeliefs(written.outcomes, FOLLOWERS, instruments),
      commands: [],
      prices: SYMBOLS.map(({ symbol, price }) => ({ symbol, price, atMs: 0 })),
      outages: true,
      slackMs: SLACK_MS,
    };
  }
}

function allocationOf({ name, leader, multiplier }: (typeof FOLLOWERS)[number]): CheckedAllocation {
  return {
    leader,
    follower: name,
    sizing: "multiplier",
    multiplier,
    scaling: "1",
    minimumPolicy: "accumulate",
    excessMax: "0",
    symbols: null,
    copyExisting: true,
    constant: true,
  };
}
