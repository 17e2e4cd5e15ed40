/**
 * What the owner decided about being told, and what follows for one alert and one channel: it goes at once, it waits for the end of
 * what keeps it (and comes in one summary), or it is not for that channel. What is critical waits only where its very kind was
 * muted. Pure: times are arguments.
 */
import type { Alert } from "./alert.ts";
import { type AlertKind, type Severity, severityAtLeast } from "./kinds.ts";
import { isOpenAt, type ZonedWindow } from "./zoned-windows.ts";

export const CHANNEL_FAMILIES = ["terminal", "webhook", "email", "web-push", "telegram"] as const;
export type ChannelFamily = (typeof CHANNEL_FAMILIES)[number];

/** `escalated`: only what nobody acknowledged in time, and tests. */
export type LeastTold = Severity | "escalated";

export interface ChannelRules {
  readonly leastSeverity: LeastTold;
  readonly kindsOff: ReadonlySet<AlertKind>;
  /** Whether quiet hours are quiet here. */
  readonly isQuietAtNight: boolean;
  /** So many that are not critical within an hour; what is more comes in a summary. Null: no limit. */
  readonly hourlyMax: number | null;
}

export interface Escalation {
  /** A critical alert that nobody acknowledged for so long is told again. */
  readonly afterMs: number;
  /** At most so often. */
  readonly times: number;
  /** Where to; null: to every channel. */
  readonly families: ReadonlySet<ChannelFamily> | null;
}

export interface AlertRules {
  /** The same again within this time is counted and told once. */
  readonly quietMs: number;
  /** What could not be delivered for so long is given up. */
  readonly giveUpAfterMs: number;
  /** Told nowhere; only listed. */
  readonly kindsOff: ReadonlySet<AlertKind>;
  readonly quietHours: readonly ZonedWindow[];
  readonly escalation: Escalation | null;
  readonly channels: Readonly<Record<ChannelFamily, ChannelRules>>;
}

/** Silence that somebody asked for: of all kinds, or of one. */
export interface Mute {
  /** Null: of every kind. */
  readonly kind: AlertKind | null;
  readonly untilMs: number;
  readonly atMs: number;
  readonly by: string;
}

export type Way = "send" | "hold" | "off";

export interface Moment {
  readonly nowMs: number;
  readonly mutes: readonly Mute[];
  /** How many that channel was given within the last hour. */
  readonly lastHour: number;
}

export function wayOf(alert: Alert, family: ChannelFamily, rules: AlertRules, moment: Moment): Way {
  const { kind, severity } = alert;
  if (kind === "test") return "send";
  const own = rules.channels[family];
  if (rules.kindsOff.has(kind) || own.kindsOff.has(kind)) return "off";
  if (own.leastSeverity === "escalated" || !severityAtLeast(severity, own.leastSeverity)) return "off";
  // Whoever looks at it sees it anyhow.
  if (family === "terminal") return "send";
  if (isMuted(alert, moment)) return "hold";
  if (severity === "critical") return "send";
  if (own.isQuietAtNight && rules.quietHours.some((window) => isOpenAt(window, moment.nowMs))) return "hold";
  return own.hourlyMax !== null && moment.lastHour >= own.hourlyMax ? "hold" : "send";
}

/** A mute of everything leaves out what is critical. */
export function isMuted(
  { kind, severity }: Alert,
  { mutes, nowMs }: Pick<Moment, "mutes" | "nowMs">,
): boolean {
  return mutes.some(
    (mute) => mute.untilMs > nowMs && (mute.kind === null ? severity !== "critical" : mute.kind === kind),
  );
}

/** Whether somebody who sees only these accounts may be told: what is about no account is for whoever sees all. */
export function isAbout(
  { leader, follower, waited }: Pick<Alert, "leader" | "follower" | "waited">,
  accounts: ReadonlySet<string> | "all",
): boolean {
  if (accounts === "all") return true;
  if (waited !== undefined) return waited.some((one) => isAbout(one, accounts));
  if (follower !== undefined) return accounts.has(follower);
  return leader !== undefined && accounts.has(leader);
}
