/** What monitoring found, for people and programs: times in UTC milliseconds. */
import type { Reading } from "../traders/monitoring/finding.ts";
import { isFinding, type Watched } from "../traders/monitoring/standing.ts";
import type { LeaderScore, PairScore } from "./leader-scores.ts";
import { readMonitoring } from "./monitoring-record.ts";

export interface MonitoringReport {
  readonly scoredAt: number;
  readonly tookMs: number;
  /** When the next look is due while copytrader start runs. */
  readonly nextAt: number | null;
  readonly leaders: readonly LeaderScore[];
  readonly pairs: readonly PairScore[];
  /** What stands, the oldest first. */
  readonly findings: readonly FindingReport[];
  /** What was raised and does not stand yet: it takes more looks. */
  readonly pending: readonly FindingReport[];
  readonly problems: readonly string[];
}

export interface FindingReport extends Pick<Reading, "topic" | "value" | "limit" | "text" | "numbers"> {
  /** Null where all leaders together are meant that `follower` copies. */
  readonly leader: string | null;
  readonly follower: string | null;
  readonly finding: Reading["rule"];
  /** Null where it does not stand yet. */
  readonly since: number | null;
  /** Followers on which something was done about it. */
  readonly actedOn: readonly string[];
}

/** Null before the first look. */
export function monitoringReport(dataDir: string): MonitoringReport | null {
  const record = readMonitoring(dataDir);
  if (record === null || record.scoredAtMs === null) return null;
  const { scoredAtMs, nextAtMs, tookMs, leaders, pairs, watched, problems } = record;
  const findings = watched
    .filter(isFinding)
    .toSorted((one, other) => (one.sinceMs ?? 0) - (other.sinceMs ?? 0));
  return {
    scoredAt: scoredAtMs,
    tookMs,
    nextAt: nextAtMs,
    leaders,
    pairs,
    findings: findings.map(reportOf),
    pending: watched.filter((one) => !isFinding(one)).map(reportOf),
    problems,
  };
}

function reportOf({ reading, sinceMs, actedOn }: Watched): FindingReport {
  const { rule, leader, follower, topic, value, limit, text, numbers } = reading;
  return {
    finding: rule,
    leader: follower === undefined ? leader : null,
    follower: follower ?? null,
    topic,
    since: sinceMs,
    value,
    limit,
    text,
    numbers,
    actedOn: actedOn ?? [],
  };
}
