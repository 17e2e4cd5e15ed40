/** The settings of alerts that may be changed while running, each value with its source: run time, YAML, default. */
import type { AlertKind } from "../alerts/kinds.ts";
import type { AlertSettings } from "./alert-keys.ts";
import { type AlertChannelKey, type CopiesTold, defaults, type LeastTold } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";

export interface ChannelSettings {
  readonly leastSeverity: Effective<LeastTold>;
  readonly kindsOff: Effective<readonly AlertKind[]>;
  readonly heedQuietHours: Effective<boolean>;
  readonly mostPerHour: Effective<number | "off">;
}

export interface AlertSettingValues {
  readonly quietSeconds: Effective<number>;
  readonly timeZone: Effective<string>;
  /** Windows as they were written. */
  readonly quietHours: Effective<readonly string[]>;
  readonly kindsOff: Effective<readonly AlertKind[]>;
  readonly copies: Effective<CopiesTold>;
  readonly copiesSummaryMinutes: Effective<number>;
  readonly apiErrorsPerMinute: Effective<number>;
  readonly marginUse: Effective<number>;
  readonly escalation: {
    /** 0: off. */
    readonly afterMinutes: Effective<number>;
    readonly times: Effective<number>;
    /** Empty: everywhere. */
    readonly channels: Effective<readonly AlertChannelKey[]>;
  };
  readonly channels: Readonly<Record<AlertChannelKey, ChannelSettings>>;
}

const own = defaults.alerts;

export function alertSettings(
  decided: AlertSettings,
  stated: AlertSettings,
  source: () => ValueSource,
): AlertSettingValues {
  const one = <Value>(value: (from: AlertSettings) => Value | undefined, fallback: Value) =>
    pick<Value>(
      [
        { value: value(decided), source: () => "run-time" },
        { value: value(stated), source },
      ],
      fallback,
    );
  const paced = (name: Exclude<AlertChannelKey, "terminal">): ChannelSettings => ({
    ...told(name),
    heedQuietHours: one<boolean>((from) => from[name]?.heed_quiet_hours, own.heedQuietHours),
    mostPerHour: one<number | "off">((from) => from[name]?.most_per_hour, own.mostPerHour[name]),
  });
  const told = (name: AlertChannelKey) => ({
    leastSeverity: one<LeastTold>((from) => from[name]?.least_severity, own.leastSeverity[name]),
    kindsOff: one<readonly AlertKind[]>((from) => from[name]?.kinds_off, []),
  });
  return {
    quietSeconds: one<number>((from) => from.quiet_seconds, own.quietSeconds),
    timeZone: one<string>((from) => from.time_zone, own.timeZone),
    quietHours: one<readonly string[]>((from) => from.quiet_hours, []),
    kindsOff: one<readonly AlertKind[]>((from) => from.kinds_off, []),
    copies: one<CopiesTold>((from) => from.copies, own.copies),
    copiesSummaryMinutes: one<number>((from) => from.copies_summary_minutes, own.copiesSummaryMinutes),
    apiErrorsPerMinute: one<number>((from) => from.api_errors_per_minute, own.apiErrorsPerMinute),
    marginUse: one<number>((from) => from.margin_use, own.marginUse),
    escalation: {
      afterMinutes: one<number>((from) => from.escalation?.after_minutes, own.escalateAfterMinutes),
      times: one<number>((from) => from.escalation?.times, own.escalateTimes),
      channels: one<readonly AlertChannelKey[]>((from) => from.escalation?.channels, []),
    },
    channels: {
      terminal: {
        ...told("terminal"),
        heedQuietHours: { value: false, source: "default" },
        mostPerHour: { value: "off", source: "default" },
      },
      webhook: paced("webhook"),
      email: paced("email"),
      web_push: paced("web_push"),
      telegram: paced("telegram"),
    },
  };
}

export type SettingRow = Effective<string | number | boolean | readonly string[]>;

/** By key without `alerts.`, in the order of the keys. */
export function alertSettingRows(values: AlertSettingValues): Readonly<Record<string, SettingRow>> {
  const { escalation, channels, ...general } = values;
  const rows: Record<string, SettingRow> = {
    quiet_seconds: general.quietSeconds,
    time_zone: general.timeZone,
    quiet_hours: general.quietHours,
    kinds_off: general.kindsOff,
    copies: general.copies,
    copies_summary_minutes: general.copiesSummaryMinutes,
    api_errors_per_minute: general.apiErrorsPerMinute,
    margin_use: general.marginUse,
    "escalation.after_minutes": escalation.afterMinutes,
    "escalation.times": escalation.times,
    "escalation.channels": escalation.channels,
  };
  for (const [name, { leastSeverity, kindsOff, heedQuietHours, mostPerHour }] of Object.entries(channels)) {
    rows[`${name}.least_severity`] = leastSeverity;
    rows[`${name}.kinds_off`] = kindsOff;
    if (name === "terminal") continue;
    rows[`${name}.heed_quiet_hours`] = heedQuietHours;
    rows[`${name}.most_per_hour`] = mostPerHour;
  }
  return rows;
}
