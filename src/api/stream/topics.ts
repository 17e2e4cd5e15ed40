/** What each topic tells: which reading it is made of, who may have it, and what of it somebody sees. Pure. */
import type { ToldAlert } from "../../control/alerts-report.ts";
import type { FollowerStatus, JournalReport, StatusReport } from "../../control/control.ts";
import type { AllocationsReport } from "../../control/owner-commands.ts";
import { parityOf } from "../../control/queries.ts";
import type { Principal } from "../../identity/identity.ts";
import { maySee, type Permission } from "../../identity/permissions.ts";
import { may, seen } from "../access.ts";
import { STREAM_TOPICS, type StreamTopic } from "../contract/stream.ts";
import type { JobRecord } from "../jobs/job-store.ts";
import { seesEverybodys, seesJob, viewOf as viewOfJob } from "../jobs/jobs.ts";
import { accountCounts, positionsOf, seenAllocations, seenStatus } from "../seen-status.ts";

const JOBS_MAX = 50;

/** What is read for everybody. */
export interface Readings {
  readonly status: StatusReport;
  readonly allocations: AllocationsReport;
  /** Newest first. */
  readonly alerts: readonly ToldAlert[];
  readonly journal: JournalReport;
  /** Oldest first. */
  readonly jobs: readonly JobRecord[];
}

export type Reading = keyof Readings;

export const READING_OF: Readonly<Record<StreamTopic, Reading>> = {
  status: "status",
  positions: "status",
  copies: "allocations",
  parity: "status",
  health: "status",
  alerts: "alerts",
  journal: "journal",
  jobs: "jobs",
};

/** As the routes that answer the same. */
const NEEDS: Readonly<Record<StreamTopic, Permission>> = {
  status: "view_sync",
  positions: "view_positions",
  copies: "view_sync",
  parity: "view_sync",
  health: "view_sync",
  alerts: "view_sync",
  journal: "view_positions",
  jobs: "view_reports",
};

export function needOf(topic: StreamTopic): Permission {
  return NEEDS[topic];
}

export function topicsFor(principal: Principal): readonly StreamTopic[] {
  return STREAM_TOPICS.filter((topic) => may(principal, NEEDS[topic]));
}

/** Who have the same see the same: they share the documents. */
export function viewOf(principal: Principal): string {
  const { accounts } = principal;
  return JSON.stringify([
    accounts === "all" ? accounts : [...accounts].sort(),
    may(principal, "view_balance"),
    may(principal, "view_positions"),
    topicsFor(principal),
    seesEverybodys(principal) ? null : principal.userId,
  ]);
}

/** What somebody sees of a topic; undefined while its reading is not known. */
export function documentOf(topic: StreamTopic, principal: Principal, known: Partial<Readings>): unknown {
  const { status, allocations, alerts, journal, jobs } = known;
  switch (topic) {
    case "status":
      return status && seenStatus(principal, status);
    case "positions":
      return status && positionsDocument(seenStatus(principal, status));
    case "parity":
      return status && parityDocument(principal, status);
    case "health":
      return status && healthDocument(principal, status);
    case "copies":
      return allocations && seenAllocations(principal, allocations);
    case "alerts":
      return alerts && { items: alerts.filter((alert) => isSeenAlert(principal, alert)) };
    case "journal":
      return journal && journalDocument(principal, journal);
    case "jobs":
      return jobs && jobsDocument(principal, jobs);
  }
}

function positionsDocument({ engine, followers }: StatusReport) {
  return { engine, positions: positionsOf(followers) };
}

function parityDocument(principal: Principal, { engine, followers }: StatusReport) {
  const own = seen(principal, followers, ({ nickname }) => nickname);
  return {
    engine,
    counts: parityOf(own),
    followers: own.map((one: FollowerStatus) => {
      const { nickname, state, reason, connected, snapshotAgeMs } = one;
      return { nickname, state, reason, connected, snapshotAgeMs, counts: parityOf([one]) };
    }),
  };
}

function healthDocument(principal: Principal, status: StatusReport) {
  const { engine, followers, leaders, watchdogs } = seenStatus(principal, status);
  const count = (state: string) => watchdogs.filter((one) => one.state === state).length;
  return {
    engine,
    ...accountCounts({ followers, leaders }),
    watchdogs: { ok: count("ok"), warning: count("warning"), acting: count("acting") },
  };
}

/** What is about no account is about the whole, and that concerns who sees the whole. */
export function isSeenAlert({ accounts }: Principal, { leader, follower }: ToldAlert): boolean {
  if (accounts === "all") return true;
  const about = follower ?? leader;
  return about !== undefined && maySee(accounts, about);
}

function journalDocument(principal: Principal, { entries }: JournalReport) {
  const own = seen(principal, entries, ({ follower }) => follower);
  return {
    entries: Object.fromEntries(
      own.map((entry) => {
        const { change, follower, symbol, leg } = entry;
        return [[change, follower, symbol, leg].join("/"), entry];
      }),
    ),
  };
}

function jobsDocument(principal: Principal, jobs: readonly JobRecord[]) {
  const own = jobs.filter((one) => seesJob(principal, one)).slice(-JOBS_MAX);
  return { jobs: Object.fromEntries(own.map((one) => [one.id, viewOfJob(principal, one)])) };
}
