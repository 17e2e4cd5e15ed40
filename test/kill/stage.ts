/**
 * What is copied while the programs are troubled, and how it is judged: two leaders, four followers, and afterwards the
 * exchange's own record and the journal, read by the independent checker.
 */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type JournalView, viewJournalFolder } from "../../src/journal/file.ts";
import { check, describeViolation } from "../checker/checker.ts";
import type { CheckedAllocation, Evidence } from "../checker/evidence.ts";
import { HALF } from "../checker/fixture.ts";
import type { Copier } from "../e2e/copier.ts";
import type { Json } from "../e2e/program.ts";
import type { PositionMode, Venue } from "../e2e/venue.ts";
import { checkedAccount, checkedInstrument } from "../evidence/from-exchange.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import type { SeededChance } from "../simulation/chance.ts";
import { withoutBeliefs } from "./beliefs.ts";
import { type Fates, fatesIn, openIntents } from "./intent-fates.ts";
import { SYMBOLS, TradingLeader } from "./trading-leader.ts";

const LEADERS: Readonly<Record<string, PositionMode>> = { single: "one-way", both: "hedge" };
const FOLLOWERS = [
  { name: "alice", mode: "one-way", leader: "single", multiplier: "1" },
  { name: "bob", mode: "hedge", leader: "single", multiplier: "0.37" },
  { name: "carol", mode: "one-way", leader: "both", multiplier: "0.5" },
  { name: "dave", mode: "hedge", leader: "both", multiplier: "2" },
] as const;

/** No limit is met with it: the judge knows of none, so that it holds whatever is said to be given up for a breach. */
const BALANCE = "100000000";
const STALE_SECONDS = 4;
export const ENGINE = `copy_trading:
  mode: live
engine:
  snapshot_interval_seconds: 1
  leader_stale_after_seconds: ${STALE_SECONDS}
  follower_stale_after_seconds: ${STALE_SECONDS}
  order_window_ms: 1500
`;
/** Staleness, the life of a request, and a row of lives that ended before they could copy anything. */
const SLACK_MS = STALE_SECONDS * 1_000 + 1_500 + 6_500;
export const PARITY_MAX_MS = 30_000;
const SETTLED_MS = 500;

/** `onBreach` gets what the checker read, and the journal's folder before it is removed. */
export type OnBreach = (evidence: Evidence, journalFolder: string) => void;

export interface Judgement {
  readonly fates: Fates;
  readonly evidence: Evidence;
  /** In words; empty when nothing was wrong. */
  readonly breaches: readonly string[];
}

/** `reachedBy` goes into the account files: where the copier finds the exchange. */
export async function prepare(venue: Venue, copier: Copier, reachedBy = venue.rest): Promise<void> {
  for (const { symbol, price } of SYMBOLS) await venue.price(symbol, price);
  for (const [name, positionMode] of Object.entries(LEADERS)) {
    await venue.putAccount(name, { positionMode });
    copier.accountFile(name, "leader", { url: reachedBy });
  }
  for (const { name, mode, leader, multiplier } of FOLLOWERS) {
    await venue.putAccount(name, { positionMode: mode, balance: BALANCE });
    copier.accountFile(name, "follower", {
      url: reachedBy,
      leader,
      copy_multiplier: Number(multiplier),
    });
  }
}

export function tradingLeaders(venue: Venue, chance: SeededChance): TradingLeader[] {
  return Object.entries(LEADERS).map(([name, mode]) => new TradingLeader(venue, name, mode, chance.split()));
}

/** A set for `PUT /control/faults`. */
export function drawFaults(chance: SeededChance): Json {
  return {
    seed: chance.whole(1, 1_000_000),
    requestLost: chance.pick([0, 0, 0.03]),
    responseLost: chance.pick([0, 0.1, 0.3]),
    http5xx: chance.pick([0, 0.05]),
    retCode10016: chance.pick([0, 0.05]),
    partialFills: chance.pick([0, 0.2]),
    latencyMs: chance.pick([
      [0, 0],
      [0, 60],
    ]),
    streamDropped: chance.pick([0, 0.1]),
    streamDuplicated: chance.pick([0, 0.1]),
    streamReordered: chance.pick([0, 0.1]),
  };
}

/** Resolves to the milliseconds until every follower is in sync, and stays so: a leader's last trade may still be on its way. */
export async function untilInSync(copier: Copier, maxMs = PARITY_MAX_MS): Promise<number> {
  const startedMs = performance.now();
  let sinceMs: number | null = null;
  for (;;) {
    const off = await apart(copier);
    const tookMs = performance.now() - startedMs;
    if (off.length === 0) {
      sinceMs ??= tookMs;
      if (tookMs - sinceMs >= SETTLED_MS) return sinceMs;
    } else sinceMs = null;
    if (tookMs > maxMs) throw new Error(`no parity: ${off.join("; ")}`);
    await pause(100);
  }
}

async function apart(copier: Copier): Promise<readonly string[]> {
  const status = await copier.status().catch((error: unknown) => String(error).slice(0, 500));
  if (typeof status === "string") return [status];
  const { followers, engine } = status;
  if (!engine.running || engine.starting === true) return ["the engine is starting"];
  return followers.flatMap(({ nickname, state, reason }) =>
    state === "in-sync" ? [] : [`${nickname} ${state}: ${reason}`],
  );
}

export interface JudgePlan {
  readonly onBreach: OnBreach;
  readonly slackMs?: number;
  /** Breaches that were seen while it ran. */
  readonly already: readonly string[];
}

/** Read once the copier has ended. */
export async function judge(
  venue: Venue,
  copier: Copier,
  { onBreach, slackMs = SLACK_MS, already }: JudgePlan,
): Promise<Judgement> {
  const folder = join(copier.data, "journal");
  const journal = viewJournalFolder(folder);
  const evidence = await evidenceIn(venue, journal, slackMs);
  const fates = fatesIn(journal);
  const breaches = [
    ...already,
    ...check(evidence).map(describeViolation),
    ...openIntents(fates, evidence),
    ...(await leftOpen(venue)),
  ];
  if (breaches.length > 0) onBreach(evidence, folder);
  return { fates, evidence, breaches };
}

async function leftOpen(venue: Venue): Promise<readonly string[]> {
  const accounts = await Promise.all(FOLLOWERS.map(({ name }) => venue.account(name)));
  return accounts.flatMap(({ openOrders }, at) =>
    openOrders.length === 0 ? [] : [`${FOLLOWERS[at]?.name}: ${openOrders.length} orders still rest`],
  );
}

async function evidenceIn(venue: Venue, journal: JournalView, slackMs: number): Promise<Evidence> {
  const account = async (name: string, mode: PositionMode) =>
    checkedAccount(name, mode, await venue.account(name));
  const instruments = await Promise.all(
    SYMBOLS.map(async ({ symbol }) => checkedInstrument(await venue.instrument(symbol))),
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
    slackMs,
  };
}

function allocationOf({ name, leader, multiplier }: (typeof FOLLOWERS)[number]): CheckedAllocation {
  return { ...HALF, leader, follower: name, multiplier };
}
