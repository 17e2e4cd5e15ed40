/**
 * Settings that were changed while running, of followers' accounts, for all of them and of alerts; they come before every file. Kept in one file of
 * the data folder, so that they hold from start to start, and can be read and removed by their owner. It holds no secrets.
 */
import { join } from "node:path";
import { z } from "zod";
import type { AlertSettings } from "./alert-keys.ts";
import {
  type AccountSettings,
  checkAccount,
  checkAlerts,
  checkPortfolio,
  type PortfolioSettings,
  placeOf,
  type SettingsScope,
  type ToldSettings,
  toldByPath,
} from "./changeable-keys.ts";
import { checkForm } from "./check-form.ts";
import { nickname } from "./forms.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./problems.ts";
import { readJson } from "./read-json.ts";
import { writeJson } from "./write-json.ts";

export interface RunTimeSettings {
  /** In the order in which they were first changed. */
  readonly accounts: readonly { readonly follower: string; readonly values: ToldSettings }[];
  /** Options of strategies by their whole path: `strategies.kelly.fraction`. */
  readonly portfolio: ToldSettings;
  /** By their path without `alerts.`: `email.least_severity`. */
  readonly alerts: ToldSettings;
}

export const NO_RUN_TIME_SETTINGS: RunTimeSettings = { accounts: [], portfolio: {}, alerts: {} };

const ACCOUNTS_MAX = 10_000;

const fileSchema = z.strictObject({
  version: z.literal(1, { error: "must be 1: another version of copytrader wrote it" }),
  accounts: z
    .array(z.strictObject({ follower: nickname(), values: z.record(z.string(), z.unknown()) }))
    .max(ACCOUNTS_MAX),
  portfolio: z.record(z.string(), z.unknown()),
  alerts: z.record(z.string(), z.unknown()).optional(),
});

export function runTimeSettingsFile(dataDir: string): string {
  return join(dataDir, "run-time-settings.json");
}

export function readRunTimeSettings(dataDir: string): {
  readonly settings: RunTimeSettings;
  readonly problems: readonly ConfigurationProblem[];
} {
  const file = readJson(runTimeSettingsFile(dataDir));
  if (file.kind === "absent") return { settings: NO_RUN_TIME_SETTINGS, problems: [] };
  if (file.kind === "broken") return { settings: NO_RUN_TIME_SETTINGS, problems: file.problems };
  const form = checkForm(fileSchema, file.content, { placeOf: file.placeOf, quotesValues: true });
  if (!form.ok) return { settings: NO_RUN_TIME_SETTINGS, problems: form.problems };
  const { accounts, portfolio, alerts = {} } = form.value;
  return { settings: { accounts, portfolio, alerts }, problems: [] };
}

/** Durable on return, whole or not at all; throws an Error that names the file when it cannot be written. */
export function writeRunTimeSettings(
  dataDir: string,
  { accounts, portfolio, alerts }: RunTimeSettings,
): void {
  const told = Object.keys(alerts).length === 0 ? {} : { alerts };
  writeJson(runTimeSettingsFile(dataDir), { version: 1, accounts, portfolio, ...told });
}

/** What is decided once `values` are told; null takes a value back, so that the files decide it again. */
export function withSettings(
  known: RunTimeSettings,
  scope: SettingsScope,
  values: ToldSettings,
): RunTimeSettings {
  if (scope.kind === "portfolio") return { ...known, portfolio: merged(known.portfolio, values) };
  if (scope.kind === "alerts") return { ...known, alerts: merged(known.alerts, values) };
  const { follower } = scope;
  const before = known.accounts.find((one) => one.follower === follower);
  const after = { follower, values: merged(before?.values ?? {}, values) };
  const isAny = Object.keys(after.values).length > 0;
  const kept = known.accounts.filter((one) => one !== before);
  const at = before === undefined ? kept.length : known.accounts.indexOf(before);
  return { ...known, accounts: isAny ? kept.toSpliced(at, 0, after) : kept };
}

function merged(known: ToldSettings, told: ToldSettings): ToldSettings {
  const all = Object.entries({ ...known, ...toldByPath(told) });
  return Object.fromEntries(all.filter(([, value]) => value !== null));
}

/** In their form. */
export interface DecidedSettings {
  readonly accounts: ReadonlyMap<string, AccountSettings>;
  readonly portfolio: PortfolioSettings;
  readonly alerts: AlertSettings;
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationWarning[];
}

export const NOTHING_DECIDED: DecidedSettings = {
  accounts: new Map(),
  portfolio: {},
  alerts: {},
  problems: [],
  warnings: [],
};

/** An account may have gone since: what was decided for it waits for its return. */
export function decidedSettings(
  { accounts, portfolio, alerts }: RunTimeSettings,
  followers: readonly string[],
): DecidedSettings {
  const checked = accounts.map(({ follower, values }) => ({ follower, ...checkAccount(follower, values) }));
  const forAll = checkPortfolio(portfolio);
  const ofAlerts = checkAlerts(alerts);
  const gone = accounts.filter(({ follower }) => !followers.includes(follower));
  return {
    accounts: new Map(checked.map(({ follower, values }) => [follower, values])),
    portfolio: forAll.values,
    alerts: ofAlerts.values,
    problems: [...checked.flatMap(({ problems }) => problems), ...forAll.problems, ...ofAlerts.problems],
    warnings: gone.map(({ follower }) => ({
      file: placeOf({ kind: "follower", follower }).file,
      keyPath: "",
      message: `there is no follower "${follower}" any more; what was set at run time has no effect`,
    })),
  };
}
