/**
 * A certificate of parity: for each follower and position what it should hold, what it holds, what is under way, and by how many
 * steps they differ, or the recorded reason; how old the data is; and which record of the journal this was the state after. Pure.
 * The rows and their judgement are those of status (instrument-rows.ts).
 */
import { AccountId } from "../core/model/identifiers.ts";
import type { State } from "../core/state.ts";
import type { JournalHead } from "../journal/journal.ts";
import type { EngineStatus, FollowerStatus, InstrumentStatus } from "./control.ts";
import { type RowParity, rowParity } from "./instrument-rows.ts";
import { ageOf, followerParity, newFollower, parityCounts } from "./queries.ts";

export interface ParityCounts {
  /** Every follower is at rest at its targets. */
  readonly inSync: boolean;
  readonly followers: number;
  /** Rows (instrument and leg) that are looked at, and of them at their target. */
  readonly rows: number;
  readonly atTarget: number;
  /** One step away, which rounding may leave, without a reason. */
  readonly withinStep: number;
  /** Away from the target with a recorded reason. */
  readonly explained: number;
  readonly unexplained: number;
}

export type CertificateCause = "start" | "reconnect" | "asked";

export interface ParityStatement {
  readonly version: 1;
  readonly cause: CertificateCause;
  /** UTC milliseconds; ages are measured from then. */
  readonly atMs: number;
  /** Of what it is the state after; null where there is no journal. */
  readonly journal: JournalHead | null;
  readonly engineRunning: boolean;
  /** No difference beyond a step without a recorded reason, and no data older than the bound. */
  readonly inParity: boolean;
  readonly counts: ParityCounts;
  readonly bounds: { readonly leaderStaleAfterMs: number; readonly followerStaleAfterMs: number };
  readonly leaders: readonly CertifiedLeader[];
  readonly followers: readonly CertifiedFollower[];
}

/** As recorded: each carries the hash of the one before, "" for the first. */
export interface ParityCertificate extends ParityStatement {
  /** 1, 2, 3, ... */
  readonly number: number;
  readonly previous: string;
  /** SHA-256, in hex, of the text of all other members. */
  readonly hash: string;
}

/** Age of what was last confirmed by a whole snapshot; null when nothing was in this run. */
interface DataAge {
  readonly ageMs: number | null;
  readonly stale: boolean;
}

export interface CertifiedLeader extends DataAge {
  readonly nickname: string;
}

export interface CertifiedFollower extends DataAge, Pick<FollowerStatus, "nickname" | "state" | "reason"> {
  readonly rows: readonly CertifiedRow[];
}

export interface CertifiedRow
  extends Pick<
    InstrumentStatus,
    "symbol" | "positionIdx" | "target" | "held" | "inFlight" | "steps" | "reason"
  > {
  readonly parity: RowParity;
  /** Of the leader that was confirmed longest ago among those that the follower copies. */
  readonly leaderAgeMs: number | null;
}

export interface ParityReport {
  readonly certificate: ParityStatement | ParityCertificate;
  /** Why it is not recorded in the chain; "" when it is. */
  readonly unrecorded: string;
}

export interface StatementFacts {
  readonly cause: CertificateCause;
  readonly atMs: number;
  readonly engine: EngineStatus;
  readonly journal: JournalHead | null;
}

/** Of the followers that are configured, and the leaders that are copied. */
export function parityStatement(
  state: State,
  { cause, atMs, engine, journal }: StatementFacts,
): ParityStatement {
  const { accounts, allocations, leaderStaleAfterMs, followerStaleAfterMs } = state.settings;
  const copied = [...new Set(allocations.map(({ leader }) => leader))];
  const leaders = copied.map((leader) => ({
    nickname: leader,
    ...dataAge(state.leaders.get(leader)?.confirmedAtMs ?? 0, atMs, leaderStaleAfterMs),
  }));
  const configured = accounts.filter(({ role }) => role === "follower");
  const statuses = configured.map(({ account }) => {
    const follower = state.followers.get(account);
    return follower === undefined ? newFollower(account) : followerParity(state, follower, engine);
  });
  const leaderConfirmedMs = oldestConfirmations(state);
  const followers = statuses.map(({ nickname, state: condition, reason, instruments }) => {
    const account = AccountId(nickname);
    const leaderAgeMs = ageOf(leaderConfirmedMs.get(account) ?? 0, atMs);
    return {
      nickname,
      state: condition,
      reason,
      ...dataAge(state.followers.get(account)?.confirmedAtMs ?? 0, atMs, followerStaleAfterMs),
      rows: instruments.map((row) => certifiedRow(row, leaderAgeMs)),
    };
  });
  return {
    version: 1,
    cause,
    atMs,
    journal,
    engineRunning: engine.running,
    ...verdictOf({ leaders, followers }),
    bounds: { leaderStaleAfterMs, followerStaleAfterMs },
    leaders,
    followers,
  };
}

/** Of these accounts alone: of all that there are, or of those that somebody sees. */
export function verdictOf({
  leaders,
  followers,
}: Pick<ParityStatement, "leaders" | "followers">): Pick<ParityStatement, "inParity" | "counts"> {
  const counts = parityCounts(
    followers.map(({ state, rows }) => ({ state, rows: rows.map(({ parity }) => parity) })),
  );
  const isFresh = [...leaders, ...followers].every(({ stale }) => !stale);
  return { inParity: counts.unexplained === 0 && isFresh, counts };
}

function certifiedRow(row: InstrumentStatus, leaderAgeMs: number | null): CertifiedRow {
  const { symbol, positionIdx, target, held, inFlight, steps, reason } = row;
  const leg = positionIdx === undefined ? {} : { positionIdx };
  return { symbol, ...leg, target, held, inFlight, steps, reason, parity: rowParity(row), leaderAgeMs };
}

/** For each follower, when the leader of its that was confirmed longest ago was; 0 where one was not in this run. */
function oldestConfirmations({ settings, leaders }: State): ReadonlyMap<AccountId, number> {
  const oldest = new Map<AccountId, number>();
  for (const { leader, follower } of settings.allocations) {
    const confirmedAtMs = leaders.get(leader)?.confirmedAtMs ?? 0;
    oldest.set(follower, Math.min(confirmedAtMs, oldest.get(follower) ?? confirmedAtMs));
  }
  return oldest;
}

function dataAge(confirmedAtMs: number, atMs: number, boundMs: number): DataAge {
  const ageMs = ageOf(confirmedAtMs, atMs);
  return { ageMs, stale: ageMs === null || ageMs > boundMs };
}
