/** The thresholds of the watchdogs in force, those that other groups of keys hold among them, and what `start` says of them. */
import type { AlertValues } from "./alert-values.ts";
import { defaults } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import type { EngineValues } from "./engine-values.ts";
import type { ConfigurationProblem } from "./problems.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export type WatchdogValues = { readonly [Name in keyof typeof defaults.watchdogs]: Effective<number> };

/** The key of each within `watchdogs:`. */
const KEYS = {
  streamLateSeconds: "stream_late_seconds",
  pricesLateSeconds: "prices_late_seconds",
  pollSeconds: "poll_seconds",
  clockSharePercent: "clock_share_percent",
  diskWarningMegabytes: "disk_warning_megabytes",
  diskStopMegabytes: "disk_stop_megabytes",
  journalSyncSeconds: "journal_sync_seconds",
  databaseBehindSeconds: "database_behind_seconds",
  loopDelayMs: "loop_delay_ms",
} as const satisfies Readonly<Record<keyof WatchdogValues, string>>;

const NAMES = Object.keys(KEYS) as (keyof WatchdogValues)[];

export function watchdogValues(
  { watchdogs }: YamlConfiguration,
  sourceOf: (topLevelKey: string) => ValueSource,
): WatchdogValues {
  const value = (name: keyof WatchdogValues): Effective<number> => {
    const own = { value: watchdogs?.[KEYS[name]], source: () => sourceOf("watchdogs") };
    return pick<number>([own], defaults.watchdogs[name]);
  };
  return {
    streamLateSeconds: value("streamLateSeconds"),
    pricesLateSeconds: value("pricesLateSeconds"),
    pollSeconds: value("pollSeconds"),
    clockSharePercent: value("clockSharePercent"),
    diskWarningMegabytes: value("diskWarningMegabytes"),
    diskStopMegabytes: value("diskStopMegabytes"),
    journalSyncSeconds: value("journalSyncSeconds"),
    databaseBehindSeconds: value("databaseBehindSeconds"),
    loopDelayMs: value("loopDelayMs"),
  };
}

export function listOfWatchdogs(
  values: WatchdogValues,
): readonly (Effective<number> & { keyPath: string })[] {
  return NAMES.map((name) => ({ keyPath: `watchdogs.${KEYS[name]}`, ...values[name] }));
}

/** A bound that stops openings has to come after the one that warns of it. */
export function watchdogProblems(
  { diskWarningMegabytes: warning, diskStopMegabytes: stop }: WatchdogValues,
  placeOf: (path: readonly string[]) => { readonly file: string; readonly line: number | undefined },
): readonly ConfigurationProblem[] {
  if (stop.value < warning.value) return [];
  const path = ["watchdogs", KEYS.diskStopMegabytes];
  const { file, line } = placeOf(path);
  const message = `is ${stop.value}, but must be less than watchdogs.disk_warning_megabytes (${warning.value})`;
  return [{ file, ...(line === undefined ? {} : { line }), keyPath: path.join("."), message }];
}

/** A stamp may be wrong by so much: of the window, but not less than what ordinary trips cost. */
const CLOCK_ERROR_MS_MIN = 500;

export function clockErrorMsMax(
  { clockSharePercent }: Pick<WatchdogValues, "clockSharePercent">,
  orderWindowMs: number,
): number {
  return Math.max(CLOCK_ERROR_MS_MIN, Math.round((orderWindowMs * clockSharePercent.value) / 100));
}

/** One line for each, with what is done. */
export function describeWatchdogs(
  own: WatchdogValues,
  engine: EngineValues,
  alerts: AlertValues,
): readonly string[] {
  const clockMs = clockErrorMsMax(own, engine.orderWindowMs.value);
  const seconds = ({ value, source }: Effective<number>) => `${value} s (${source})`;
  const megabytes = ({ value, source }: Effective<number>) => `${value} MB (${source})`;
  return [
    `a stream tells nothing of a change for ${seconds(own.streamLateSeconds)}: reconnect, and poll every ${seconds(own.pollSeconds)}`,
    `prices that a venue shows are missing from its stream for ${seconds(own.pricesLateSeconds)}: reconnect, and read them every ${own.pollSeconds.value} s`,
    `a connection is down for ${seconds(alerts.connectionDownAfterSeconds)}: told; a leader is polled meanwhile`,
    `a leader is unconfirmed for ${seconds(engine.leaderStaleAfterSeconds)}, a follower for ${seconds(engine.followerStaleAfterSeconds)}: nothing is opened`,
    `a follower is apart from its target for ${seconds(alerts.parityAfterSeconds)}: it is read again, and told`,
    `a venue's clock is off by ${clockMs} ms, ${own.clockSharePercent.value} % of a request's window (${own.clockSharePercent.source}): asked anew; nothing is opened while it cannot be confirmed`,
    `the disk has less than ${megabytes(own.diskWarningMegabytes)}: told; less than ${megabytes(own.diskStopMegabytes)}: nothing is opened`,
    `the journal waits for the disk for ${seconds(own.journalSyncSeconds)}, the database is behind by ${seconds(own.databaseBehindSeconds)}, the process was kept waiting for ${own.loopDelayMs.value} ms (${own.loopDelayMs.source}): told`,
  ];
}
