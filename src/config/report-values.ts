/** Reports that `start` makes by itself, with the source of each value. */
import { defaults } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import type { ConfigurationProblem } from "./problems.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

type Formats = NonNullable<NonNullable<YamlConfiguration["reports"]>["formats"]>;

export interface ReportValues {
  readonly daily: Effective<boolean>;
  readonly weekly: Effective<boolean>;
  readonly monthly: Effective<boolean>;
  /** `07:00`, by the clock of the time zone. */
  readonly time: Effective<string>;
  readonly timeZone: Effective<string>;
  readonly accounts: Effective<readonly string[]>;
  readonly formats: Effective<Formats>;
  readonly keepDays: Effective<number>;
}

export function reportValues(
  { reports }: YamlConfiguration,
  sourceOf: (topLevelKey: string) => ValueSource,
): ReportValues {
  const own = defaults.reports;
  const from = <Value>(value: Value | undefined, fallback: Value) =>
    pick<Value>([{ value, source: () => sourceOf("reports") }], fallback);
  return {
    daily: from<boolean>(reports?.daily, own.daily),
    weekly: from<boolean>(reports?.weekly, own.weekly),
    monthly: from<boolean>(reports?.monthly, own.monthly),
    time: from<string>(reports?.time, own.time),
    timeZone: from<string>(reports?.time_zone, own.timeZone),
    accounts: from<readonly string[]>(reports?.accounts, []),
    formats: from<Formats>(reports?.formats, [...own.formats]),
    keepDays: from<number>(reports?.keep_days, own.keepDays),
  };
}

type PlaceOf = (path: readonly string[]) => { readonly file: string; readonly line: number | undefined };

/** Accounts that are no followers. */
export function reportProblems(
  { accounts }: ReportValues,
  followers: readonly string[],
  placeOf: PlaceOf,
): readonly ConfigurationProblem[] {
  return accounts.value
    .filter((name) => !followers.includes(name))
    .map((name) => {
      const { file, line } = placeOf(["reports", "accounts"]);
      const known = followers.length === 0 ? "there is none yet" : `there are: ${followers.join(", ")}`;
      const message = `"${name}" must be the nickname of a follower; ${known}`;
      return { file, ...(line === undefined ? {} : { line }), keyPath: "reports.accounts", message };
    });
}

export function listOfReports(
  values: ReportValues,
): readonly (Effective<string | number | boolean> & { readonly keyPath: string })[] {
  const { accounts, formats } = values;
  const listed = ({ value, source }: Effective<readonly string[]>) => ({
    value: value.length === 0 ? "none" : value.join(", "),
    source,
  });
  return [
    { keyPath: "reports.daily", ...values.daily },
    { keyPath: "reports.weekly", ...values.weekly },
    { keyPath: "reports.monthly", ...values.monthly },
    { keyPath: "reports.time", ...values.time },
    { keyPath: "reports.time_zone", ...values.timeZone },
    { keyPath: "reports.accounts", ...listed(accounts) },
    { keyPath: "reports.formats", ...listed(formats) },
    { keyPath: "reports.keep_days", ...values.keepDays },
  ];
}

/** What `start` says of them. */
export function describeReports(values: ReportValues): readonly string[] {
  const { time, timeZone, accounts, formats, keepDays } = values;
  const kinds = (["daily", "weekly", "monthly"] as const).filter((kind) => values[kind].value);
  if (kinds.length === 0) return ["no reports are scheduled: reports.daily, weekly and monthly are off"];
  const whose = ["all accounts", ...accounts.value].join(", ");
  return [
    `${kinds.join(", ")} reports at ${time.value} (${time.source}) in ${timeZone.value} (${timeZone.source}), of ${whose}, as ${formats.value.join(", ")}, kept for ${keepDays.value} days`,
  ];
}
