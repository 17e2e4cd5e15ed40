/**
 * What the state says, for people and programs: status, parity, what a close would close. Pure; the same for the state of a
 * running engine and for one that was folded from the journal of a stopped one.
 */
import type { Configuration } from "../config.ts";
import type { Leg } from "../core/event.ts";
import type { Lots } from "../core/model/amounts.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { Instrument } from "../core/model/instrument.ts";
import { quantityText } from "../core/model/instrument.ts";
import { savedBps, sumOfWorked } from "../core/slicing/worked.ts";
import type { FollowerState, LeaderState, State } from "../core/state.ts";
import type { WatchdogReport } from "../watch/watchdog.ts";
import { capitalNeeds } from "./capital.ts";
import type {
  ClosePreview,
  EngineStatus,
  FollowerStatus,
  LeaderStatus,
  LimitStatus,
  SettingStatus,
  SettingValue,
  StatusReport,
} from "./control.ts";
import { ControlError } from "./control.ts";
import { guardUses } from "./guards-report.ts";
import { instrumentRows, isAtRest, positionIdx, type RowParity, rowParity } from "./instrument-rows.ts";
import { marginOf } from "./margin-report.ts";
import type { CloseRequest } from "./owner-commands.ts";
import type { ParityCounts } from "./parity-certificate.ts";
import { resultsOf } from "./results.ts";
import { accountStop, stopsOf, textOf } from "./stop-report.ts";
import { worldOf } from "./world.ts";

/** What a status says beside the state. */
export interface StatusFacts {
  readonly engine: EngineStatus;
  readonly mode: SettingValue | null;
  readonly limits: readonly LimitStatus[];
  readonly settings: readonly SettingStatus[];
  readonly problems: readonly string[];
  readonly watchdogs: readonly WatchdogReport[];
  /** Null where it cannot be read. */
  readonly configuration: Configuration | null;
  /** Configured accounts, also those that the state does not know yet. */
  readonly followers: readonly string[];
  readonly leaders: readonly string[];
}

export function statusOf(state: State, facts: StatusFacts): StatusReport {
  const { engine, mode, limits, settings, watchdogs, problems } = facts;
  const known = [...state.followers.values()];
  const names = new Set([...facts.followers, ...known.filter(holdsSomething).map(({ account }) => account)]);
  return {
    engine,
    mode,
    world: worldOf(facts.configuration),
    followers: [...names].map((nickname) => {
      const follower = known.find(({ account }) => account === nickname);
      if (follower === undefined) return newFollower(nickname);
      return followerStatus(state, follower, facts);
    }),
    leaders: facts.leaders.map((nickname) => {
      const leader = [...state.leaders.values()].find(({ account }) => account === nickname);
      return leader === undefined ? newLeader(nickname) : leaderStatus(state, leader, engine);
    }),
    limits,
    capital: capitalNeeds(state),
    settings,
    watchdogs,
    problems,
  };
}

/** A follower's condition and rows: what status shows of it, and what parity is judged by. */
export type FollowerParity = Pick<
  FollowerStatus,
  "nickname" | "state" | "reason" | "instruments" | "snapshotAgeMs"
>;

export function followerParity(
  state: State,
  follower: FollowerState,
  engine: EngineStatus,
  isConfigured = true,
): FollowerParity {
  return {
    nickname: follower.account,
    ...(isConfigured
      ? conditionOf(follower, engine)
      : { state: "halted" as const, reason: "no longer configured" }),
    instruments: instrumentRows(state, follower),
    snapshotAgeMs: ageOf(follower.confirmedAtMs, engine.asOf),
  };
}

export function parityOf(followers: readonly FollowerParity[]): ParityCounts {
  return parityCounts(
    followers.map(({ state, instruments }) => ({ state, rows: instruments.map(rowParity) })),
  );
}

interface FollowerRows extends Pick<FollowerStatus, "state"> {
  readonly rows: readonly RowParity[];
}

export function parityCounts(followers: readonly FollowerRows[]): ParityCounts {
  const all = followers.flatMap(({ rows }) => rows);
  const counted = (parity: RowParity) => all.filter((one) => one === parity).length;
  return {
    inSync: followers.every(({ state }) => state === "in-sync"),
    followers: followers.length,
    rows: all.length,
    atTarget: counted("at-target"),
    withinStep: counted("within-step"),
    explained: counted("explained"),
    unexplained: counted("unexplained"),
  };
}

/** Throws a ControlError when the follower does not exist. */
export function closePreviewOf(state: State, { follower: name, symbol }: CloseRequest): ClosePreview {
  const follower = findFollower(state, name);
  const positions = [...follower.markets.values()].flatMap((market) => {
    if (symbol !== undefined && market.instrument.spec.symbol !== symbol) return [];
    return market.legs.flatMap(({ leg, ownedLots }) =>
      ownedLots === 0
        ? []
        : [
            {
              symbol: market.instrument.spec.symbol,
              ...positionIdx(leg),
              held: quantityText(market.instrument, ownedLots),
              value: worthOf(state, market.instrument, ownedLots),
            },
          ],
    );
  });
  return { follower: name, positions };
}

/** Throws a ControlError that names those there are. */
export function findFollower(state: State, name: string): FollowerState {
  const followers = [...state.followers.values()];
  const found = followers.find(({ account }) => account === name);
  if (found !== undefined) return found;
  throw unknownFollower(
    name,
    followers.map(({ account }) => account),
  );
}

export function unknownFollower(name: string, names: readonly string[]): ControlError {
  const known = names.length === 0 ? "none has been started yet" : `there are: ${names.join(", ")}`;
  return new ControlError("unknown-follower", `there is no follower "${name}"; ${known}`);
}

function followerStatus(state: State, follower: FollowerState, facts: StatusFacts): FollowerStatus {
  const { engine } = facts;
  const isConfigured = facts.followers.includes(follower.account);
  const margin = marginOf(state, follower);
  const { snapshotAgeMs, ...parity } = followerParity(state, follower, engine, isConfigured);
  return {
    ...parity,
    connected: isAtWork(engine) && follower.connected,
    paused: follower.paused,
    snapshotAgeMs,
    equity: follower.equity ?? "",
    available: follower.available ?? "",
    ...(follower.foreignOrders === null || follower.foreignOrders === 0
      ? {}
      : { foreignOrders: follower.foreignOrders }),
    ...(margin === null ? {} : { marginMode: margin }),
    ...(follower.stops.length === 0 ? {} : { stops: stopsOf(state, follower) }),
    results: resultsOf(state, follower),
    ...workedBy(follower),
    guards: guardUses(state, follower, facts.configuration),
  };
}

function workedBy({ markets }: FollowerState): Pick<FollowerStatus, "worked"> {
  const sum = sumOfWorked([...markets.values()].map(({ worked }) => worked));
  if (sum.changes === 0) return {};
  const { changes, atTouch, saved, savedToMid, fees } = sum;
  return {
    worked: {
      changes,
      atTouch: atTouch.toString(),
      saved: saved.toString(),
      savedBps: savedBps(saved, atTouch),
      savedToMid: savedToMid.toString(),
      fees: fees.toString(),
    },
  };
}

/** A process that starts up is known by its lock alone: what the journal says of connections is of the run before. */
function isAtWork({ running, starting }: EngineStatus): boolean {
  return running && starting !== true;
}

function conditionOf(
  follower: FollowerState,
  engine: EngineStatus,
): Pick<FollowerStatus, "state" | "reason"> {
  const isRunning = isAtWork(engine);
  if (follower.halted !== null) return { state: "halted", reason: follower.halted };
  if (follower.paused) return { state: "paused", reason: "paused by command: reductions only" };
  const stop = accountStop(follower);
  if (stop !== null) return { state: "paused", reason: textOf(stop) };
  if (follower.confirmedAtMs === 0) {
    return { state: "syncing", reason: isRunning ? "its first snapshot is awaited" : "not confirmed yet" };
  }
  if (engine.starting === true) return { state: "syncing", reason: "the engine starts up" };
  if (isRunning && !follower.connected) return { state: "syncing", reason: "its stream is not connected" };
  for (const market of follower.markets.values()) {
    const rest = isAtRest(market);
    if (!rest.isAtRest)
      return { state: "syncing", reason: `${market.instrument.spec.symbol}: ${rest.reason}` };
  }
  return { state: "in-sync", reason: "" };
}

function leaderStatus(state: State, leader: LeaderState, engine: EngineStatus): LeaderStatus {
  const positions = [...leader.holdings].flatMap(([id, legs]) => {
    const instrument = state.instruments.get(id);
    return [...legs].flatMap(([leg, { lots }]) =>
      instrument === undefined || lots === 0 ? [] : [positionRow(instrument, leg, lots)],
    );
  });
  return {
    nickname: leader.account,
    connected: isAtWork(engine) && leader.connected,
    snapshotAgeMs: ageOf(leader.confirmedAtMs, engine.asOf),
    equity: leader.equity ?? "",
    positions,
  };
}

function positionRow(instrument: Instrument, leg: Leg, lots: Lots) {
  return {
    symbol: instrument.spec.symbol,
    ...positionIdx(leg),
    quantity: quantityText(instrument, lots),
  };
}

export function newFollower(nickname: string): FollowerStatus {
  return {
    nickname,
    state: "syncing",
    reason: "not started yet",
    instruments: [],
    connected: false,
    paused: false,
    snapshotAgeMs: null,
    equity: "",
    available: "",
    results: [],
    guards: [],
  };
}

function newLeader(nickname: string): LeaderStatus {
  return { nickname, connected: false, snapshotAgeMs: null, equity: "", positions: [] };
}

function holdsSomething(follower: FollowerState): boolean {
  return [...follower.markets.values()].some(({ legs }) => legs.some(({ ownedLots }) => ownedLots !== 0));
}

export function ageOf(confirmedAtMs: number, asOf: number): number | null {
  return confirmedAtMs === 0 ? null : Math.max(0, asOf - confirmedAtMs);
}

/** At the last known price, in the settle coin; "" when none is known. */
export function worthOf(state: State, instrument: Instrument, lots: Lots): string {
  const quote = state.quotes.get(instrument.id);
  const ticks = quote?.mark ?? quote?.last ?? quote?.bid ?? null;
  if (ticks === null) return "";
  const size = instrument.lotSize.times(Decimal.of(BigInt(Math.abs(lots)), 0));
  const price = instrument.tickSize.times(Decimal.of(BigInt(ticks), 0));
  return size.times(price).roundedToStep(Decimal.parse("0.01"), "half-even").toString();
}
