/** Which lines of the log somebody wants, and whether one is among them. */
import { LOG_LEVELS, type LogFileName, type LogLevel } from "./channels.ts";

export interface LogQuery {
  /** Without it: all channels, each line once. */
  readonly channel?: LogFileName;
  /** This important or more. */
  readonly level?: LogLevel;
  /** UTC milliseconds. */
  readonly sinceMs?: number;
  /** A nickname that the line names as account, leader or follower. */
  readonly account?: string;
  /** As in `c18234`. */
  readonly correlation?: string;
  /** The newest so many. */
  readonly limit: number;
}

/** One line: its own four fields, and what else it says. */
export interface LogRecord {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  readonly channel: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Null where it is no line of ours, or only a part of one. */
export function recordOf(line: string): LogRecord | null {
  const record = parsed(line);
  if (record === null) return null;
  const { time, channel, message } = record;
  const level = LOG_LEVELS.find((one) => one === record.level);
  if (typeof time !== "string" || typeof channel !== "string" || typeof message !== "string") return null;
  return level === undefined || Number.isNaN(Date.parse(time))
    ? null
    : { ...record, time, level, channel, message };
}

export function isWanted(record: LogRecord, { level, sinceMs, account, correlation }: LogQuery): boolean {
  if (level !== undefined && LOG_LEVELS.indexOf(record.level) < LOG_LEVELS.indexOf(level)) return false;
  if (sinceMs !== undefined && Date.parse(record.time) < sinceMs) return false;
  if (account !== undefined && !namesOf(record).includes(account)) return false;
  return (
    correlation === undefined ||
    String(record.correlation ?? "")
      .split(",")
      .includes(correlation)
  );
}

/** Whether the text of a line can be wanted at all: spares reading most of them. */
export function mayBeWanted(line: string, { account, correlation }: LogQuery): boolean {
  const isThere = (text: string | undefined) =>
    text === undefined || line.includes(JSON.stringify(text).slice(1, -1));
  return isThere(account) && isThere(correlation);
}

function namesOf({ account, leader, follower }: LogRecord): readonly unknown[] {
  return [account, leader, follower];
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
