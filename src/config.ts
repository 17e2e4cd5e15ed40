/**
 * Reads the whole configuration: YAML folder, account files, environment, run-time allocations. It is the only reader of the
 * environment. Either everything is sound and in domain types, every value with its source; or there is a list of all
 * problems, each naming file and key path, and nothing may be sent.
 */
import { join } from "node:path";
import { type AccountFiles, readAccountFiles } from "./config/account-files.ts";
import { telegramAuthSchema } from "./config/account-schema.ts";
import { type AlertValues, alertValues, listOfAlerts, settingsOfAlerts } from "./config/alert-values.ts";
import {
  type ConfiguredAllocation,
  type ConfiguredAllocations,
  configureAllocations,
} from "./config/allocations.ts";
import { type ApiOverrides, type ApiValues, apiValues, describeApi, listOfApi } from "./config/api-values.ts";
import { type BackupValues, backupValues, describeBackup, listOfBackup } from "./config/backup-values.ts";
import { type ConfiguredFee, configureFees, feeProblems } from "./config/bookkeeping.ts";
import { checkForm } from "./config/check-form.ts";
import { type ConfiguredAccount, configureAccounts } from "./config/configured-accounts.ts";
import { type CopyRelations, relateAccounts } from "./config/copy-relations.ts";
import { settingsOf } from "./config/core-settings.ts";
import { defaults } from "./config/defaults.ts";
import type { Effective } from "./config/effective.ts";
import { type EncryptionKeys, readEncryptionKeys } from "./config/encryption-keys.ts";
import { type EngineValues, engineValues, listOfEngine } from "./config/engine-values.ts";
import { type Environment, logLevelFrom, readEnvironment, type Variables } from "./config/environment.ts";
import { describeFilters, type FilterValues, filterValues, listOfFilters } from "./config/filter-values.ts";
import { placeAmong, type SettingsForAll, settingsForAll } from "./config/for-all.ts";
import { type ConfiguredGuards, configureGuards, yamlGuards } from "./config/guards.ts";
import {
  type LoggingValues,
  listOfLogging,
  loggingProblems,
  loggingValues,
} from "./config/logging-values.ts";
import {
  listOfMonitoring,
  type MonitoringValues,
  monitoringProblems,
  monitoringValues,
} from "./config/monitoring-values.ts";
import { type NotInForce, notInForceInAccount, notInForceInYaml } from "./config/not-in-force.ts";
import {
  describePortfolio,
  listOfPortfolio,
  managedProblems,
  type PortfolioValues,
  portfolioProblems,
  portfolioValues,
} from "./config/portfolio-values.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./config/problems.ts";
import { readJson } from "./config/read-json.ts";
import type { YamlFolder } from "./config/read-yaml.ts";
import { unknownReplacements } from "./config/replacements.ts";
import { listOfReports, type ReportValues, reportProblems, reportValues } from "./config/report-values.ts";
import { type ConfiguredLimits, configureLimits, yamlLimits } from "./config/risk-limits.ts";
import { type RunTime, readRunTime } from "./config/run-time.ts";
import { type DecidedSettings, decidedSettings } from "./config/run-time-settings.ts";
import { type StartInput, startRefusals, startWarnings, tooManyLeaders } from "./config/start-refusals.ts";
import {
  describeTelegram,
  listOfTelegram,
  type TelegramValues,
  telegramValues,
} from "./config/telegram-values.ts";
import {
  describeWatchdogs,
  listOfWatchdogs,
  type WatchdogValues,
  watchdogProblems,
  watchdogValues,
} from "./config/watchdog-values.ts";
import { readYamlFiles } from "./config/yaml-configuration.ts";
import { yamlLayers } from "./config/yaml-layers.ts";
import type { YamlConfiguration } from "./config/yaml-schema.ts";
import type { Settings } from "./core/settings.ts";

export { holdsAccounts } from "./config/account-files.ts";
export { alertSettingRows } from "./config/alert-settings.ts";
export { WEBHOOK_SECRET } from "./config/alert-values.ts";
export type { ConfiguredAllocation } from "./config/allocations.ts";
export { type ApiOverrides, type ApiValues, inUrl } from "./config/api-values.ts";
export {
  type BacktestGuards,
  type BacktestTerms,
  type DecayTerms,
  type GuardTerms,
  loadBacktestTerms,
  underGuards,
} from "./config/backtest-terms.ts";
export {
  type BackupValues,
  backupSecrets,
  loadBackup,
  passphraseObjection,
} from "./config/backup-values.ts";
export { describeFees } from "./config/bookkeeping.ts";
export {
  changeableKeys,
  type SettingsScope,
  settingsProblems,
  type ToldSettings,
} from "./config/changeable-keys.ts";
export type { ConfiguredAccount } from "./config/configured-accounts.ts";
export { type CopyTerms, loadCopyTerms } from "./config/copy-terms.ts";
export type { FindingAction, LogLevel } from "./config/defaults.ts";
export { describeStart, describeStartLimits } from "./config/describe-start.ts";
export type { Effective } from "./config/effective.ts";
export type { FilterValues } from "./config/filter-values.ts";
export type { GuardKey } from "./config/guard-keys.ts";
export { describeGuard, RELATION_GUARD_KEYS } from "./config/guards.ts";
export { loadApi, loadFilters, loadPortfolio, loadTelegram } from "./config/load-parts.ts";
export { describeLogging, type LoggingValues } from "./config/logging-values.ts";
export { describeMonitoring, type MonitoringValues } from "./config/monitoring-values.ts";
export { meantText, nearest } from "./config/nearest.ts";
export {
  allOptionTexts,
  hoursForOwn,
  managedFollowers,
  optionTexts,
  type PortfolioValues,
  sizingBesideEquity,
} from "./config/portfolio-values.ts";
export { type ConfigurationProblem, type ConfigurationWarning, describeProblem } from "./config/problems.ts";
export { describeReports, type ReportValues } from "./config/report-values.ts";
export { type ConfiguredLimits, describeLimit, RISK_KEYS } from "./config/risk-limits.ts";
export {
  NO_RUN_TIME,
  type RunTime,
  readRunTime,
  withoutSettings,
  writeRunTime,
} from "./config/run-time.ts";
export { type RunTimeAllocation, type RunTimeChange, withChange } from "./config/run-time-allocations.ts";
export { withSettings } from "./config/run-time-settings.ts";
export { parseSetting } from "./config/run-time-values.ts";
export {
  hasBot,
  TELEGRAM_TOKEN,
  type TelegramValues,
} from "./config/telegram-values.ts";
export { clockErrorMsMax } from "./config/watchdog-values.ts";

export interface LoadOptions {
  /** Folder of YAML files; may be absent, then defaults apply. */
  readonly configDir: string;
  /** Folder with `accounts/*.json`. */
  readonly dataDir: string;
  /** Whether `--live` was given. */
  readonly live: boolean;
  /** The environment; that of the process when left out. */
  readonly env?: Variables;
  /** What was decided while running, before every file; as the data folder holds it when left out. */
  readonly runTime?: RunTime;
  /** Of the command line: where the API listens. */
  readonly api?: ApiOverrides;
  /** `inspect` loads also what could not be started (missing key, no --live, mode backtest). Default `start`. */
  readonly purpose?: "start" | "inspect";
}

/** One value in force, for lists. */
export interface ConfiguredValue extends Effective<string | number | boolean> {
  readonly keyPath: string;
}

export interface Configuration {
  /** `mode.source === "default"` means that nobody chose it. With purpose start never `backtest`. */
  readonly mode: EngineValues["mode"];
  readonly live: boolean;
  /** For the core. */
  readonly settings: Settings;
  readonly accounts: readonly ConfiguredAccount[];
  /** For secrets at rest. With purpose start never `wrong`. */
  readonly encryption: EncryptionKeys;
  /** Keys and secrets of accounts that cannot be had; with purpose start there are none. */
  readonly keyProblems: readonly ConfigurationProblem[];
  readonly allocations: readonly ConfiguredAllocation[];
  /** Of each follower's account. */
  readonly limits: readonly ConfiguredLimits[];
  readonly guards: readonly ConfiguredGuards[];
  /** Of each leader. */
  readonly fees: readonly ConfiguredFee[];
  readonly paper: { readonly balance: EngineValues["paperBalance"] };
  readonly journal: {
    readonly keepDays: EngineValues["journalKeepDays"];
    readonly maxMegabytes: EngineValues["journalMaxMegabytes"];
  };
  readonly logging: LoggingValues;
  readonly alerts: AlertValues;
  readonly watchdogs: WatchdogValues;
  /** What `start` says of them. */
  readonly watchdogNotes: readonly string[];
  readonly api: ApiValues;
  /** What `start` says of it. */
  readonly apiNotes: readonly string[];
  readonly backup: BackupValues;
  readonly backupNotes: readonly string[];
  readonly telegram: TelegramValues;
  readonly telegramNotes: readonly string[];
  readonly reports: ReportValues;
  /** What a trader's record must show. */
  readonly filters: FilterValues;
  /** What `start` says of those that are set. */
  readonly filterNotes: readonly string[];
  readonly monitoring: MonitoringValues;
  readonly portfolio: PortfolioValues;
  /** What is for all followers where nothing says otherwise of one, as it is changed while running. */
  readonly forAll: SettingsForAll;
  /** What `start` says of the strategy in force. */
  readonly portfolioNotes: readonly string[];
  /** Values that belong to no account, with their sources. */
  readonly values: readonly ConfiguredValue[];
  readonly notInForce: readonly NotInForce[];
  readonly warnings: readonly ConfigurationWarning[];
  /** The same files and accounts with something else decided at run time. */
  readonly reconfigure: (runTime: RunTime) => LoadResult;
}

export type LoadResult =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

export function loadConfiguration(options: LoadOptions): LoadResult {
  const environment = readEnvironment(options.env ?? process.env, options.configDir);
  const sources = readSources(options, environment);
  const assembled = assemble(options, environment, sources);
  const problems = [...sources.problems, ...assembled.problems];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, configuration: assembled.configuration };
}

interface Sources {
  readonly folder: YamlFolder;
  readonly yaml: YamlConfiguration;
  readonly files: AccountFiles;
  readonly logging: LoggingValues;
  readonly alerts: AlertValues;
  readonly watchdogs: WatchdogValues;
  readonly api: ApiValues;
  readonly backup: BackupValues;
  readonly telegram: TelegramValues;
  readonly reports: ReportValues;
  readonly filters: FilterValues;
  readonly monitoring: MonitoringValues;
  readonly notInForce: readonly NotInForce[];
  readonly runTime: RunTime;
  readonly problems: readonly ConfigurationProblem[];
}

function readSources(
  { configDir, dataDir, purpose = "start", runTime: given, api: overrides = {} }: LoadOptions,
  environment: Environment,
): Sources {
  const { folder, yaml, problems } = readYamlFiles(configDir);
  const files = readAccountFiles(dataDir);
  const telegramUsers = readTelegramAuth(join(configDir, "telegram_auth.json"));
  const level = logLevelFrom(environment);
  const { sourceOf, placeOf } = folder;
  const { problems: unread, ...runTime } =
    given === undefined ? readRunTime(dataDir) : { ...given, problems: [] };
  const keys = () => readEncryptionKeys(environment);
  const decided = decidedSettings(runTime.settings, named(files, "follower"));
  const alerts = alertValues({ yaml, sourceOf, placeOf, environment, keys, purpose }, decided.alerts);
  const api = apiValues({ yaml, configDir, sourceOf, placeOf, environment, overrides });
  const telegram = telegramValues({ yaml, sourceOf, placeOf, environment });
  const watchdogs = watchdogValues(yaml, sourceOf);
  const logging = loggingValues(yaml, sourceOf, level);
  const monitoring = monitoringValues(yaml, sourceOf);
  const reports = reportValues(yaml, sourceOf);
  return {
    folder,
    yaml,
    files,
    logging,
    alerts: alerts.values,
    watchdogs,
    api: api.values,
    backup: backupValues(yaml, { configDir, dataDir }, sourceOf),
    telegram: telegram.values,
    reports,
    filters: filterValues(yaml, sourceOf),
    monitoring,
    notInForce: [...notInForceInYaml(yaml, folder.sourceOf), ...files.accounts.flatMap(notInForceInAccount)],
    runTime,
    problems: [
      ...unread,
      ...problems,
      ...files.problems,
      ...telegramUsers,
      ...environment.problems,
      ...alerts.problems,
      ...api.problems,
      ...telegram.problems,
      ...watchdogProblems(watchdogs, placeOf),
      ...loggingProblems(logging, placeOf),
      ...monitoringProblems(monitoring, named(files, "leader"), placeOf),
      ...reportProblems(reports, named(files, "follower"), placeOf),
      ...feeProblems(files.accounts),
      ...(level.kind === "bad" ? [level.problem] : []),
    ],
  };
}

function named({ accounts }: AccountFiles, wanted: "leader" | "follower"): readonly string[] {
  return accounts.filter(({ role }) => role === wanted).map(({ nickname }) => nickname);
}

function readTelegramAuth(file: string): readonly ConfigurationProblem[] {
  const read = readJson(file);
  if (read.kind !== "read") return read.kind === "broken" ? read.problems : [];
  const form = checkForm(telegramAuthSchema, read.content, { placeOf: read.placeOf, quotesValues: false });
  return form.ok ? [] : form.problems;
}

interface Assembled {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
}

function assemble(options: LoadOptions, environment: Environment, sources: Sources): Assembled {
  const { live, purpose = "start" } = options;
  const {
    folder,
    files,
    alerts,
    watchdogs,
    filters,
    monitoring,
    notInForce,
    runTime,
    api,
    telegram,
    backup,
  } = sources;
  const decided = decide(sources, runTime);
  const { values, related, allocations } = decided;
  const { accounts: sourced } = files;
  const keys = readEncryptionKeys(environment);
  const wrongKey = keys.kind === "wrong" ? [keys.problem] : [];
  const mode = values.mode.value;
  const accounts = configureAccounts({
    mode,
    live,
    purpose,
    accounts: sourced,
    relations: related.everRelated,
    environment,
    keys,
  });
  const fees = configureFees(sourced, sources.yaml, folder.sourceOf);
  const start: StartInput = { live, folder, values, accounts: sourced };
  const refusals = purpose === "start" ? [...wrongKey, ...startRefusals(start)] : [];
  const warnings = [files, related, accounts, allocations, decided.settings].flatMap((part) => part.warnings);
  const configuration: Configuration = {
    mode: values.mode,
    live,
    accounts: accounts.accounts,
    encryption: keys,
    keyProblems: [...wrongKey, ...accounts.keyProblems],
    fees,
    paper: { balance: values.paperBalance },
    journal: { keepDays: values.journalKeepDays, maxMegabytes: values.journalMaxMegabytes },
    logging: sources.logging,
    watchdogs,
    watchdogNotes: describeWatchdogs(watchdogs, values, alerts),
    api,
    apiNotes: describeApi(api),
    backup,
    backupNotes: describeBackup(backup),
    telegram,
    telegramNotes: describeTelegram(telegram),
    reports: sources.reports,
    filters,
    filterNotes: describeFilters(filters),
    monitoring,
    notInForce,
    warnings: [...startWarnings(start), ...warnings],
    ...inForce(sources, decided, { accounts: accounts.accounts, fees }),
    reconfigure: (next) => reconfigured(configuration, sources, next),
  };
  return { configuration, problems: [...decided.problems, ...accounts.problems, ...refusals] };
}

/** What run time may change. */
interface Decided {
  readonly settings: DecidedSettings;
  readonly values: EngineValues;
  readonly portfolio: PortfolioValues;
  readonly related: CopyRelations;
  readonly allocations: ConfiguredAllocations;
  readonly problems: readonly ConfigurationProblem[];
}

function decide({ folder, yaml, files }: Sources, runTime: RunTime): Decided {
  const followers = named(files, "follower");
  const settings = decidedSettings(runTime.settings, followers);
  const portfolio = portfolioValues(yaml, folder.sourceOf, settings.portfolio);
  const related = relateAccounts(files, runTime.allocations);
  const allocations = configureAllocations(
    related.relations,
    yamlLayers({ yaml, folder }),
    runTime.allocations,
    settings,
  );
  const placeOf = placeAmong(settings.portfolio, folder.placeOf);
  return {
    settings,
    values: engineValues(yaml, folder.sourceOf, settings.portfolio),
    portfolio,
    related,
    allocations,
    problems: [
      ...settings.problems,
      ...portfolioProblems(portfolio, followers, placeOf),
      ...related.problems,
      ...allocations.problems,
      ...unknownReplacements(files.accounts, allocations.allocations),
      ...managedProblems(portfolio, files.accounts, allocations.allocations),
    ],
  };
}

function inForce(
  sources: Sources,
  { settings, values, portfolio, allocations }: Decided,
  { accounts, fees }: Pick<Configuration, "accounts" | "fees">,
) {
  const { watchdogs, filters, monitoring, api, backup, logging, telegram, yaml, folder } = sources;
  const { sourceOf } = folder;
  const alerts = { ...sources.alerts, settings: settingsOfAlerts({ yaml, sourceOf }, settings.alerts) };
  const limits = limitsOf(sources, settings);
  const guards = guardsOf(sources, settings);
  return {
    settings: settingsOf(values, accounts, allocations, { limits, guards, fees, portfolio }),
    alerts,
    limits,
    guards,
    allocations: allocations.allocations,
    portfolio,
    forAll: settingsForAll(sources, settings.portfolio, { ...values, portfolio }),
    portfolioNotes: describePortfolio(portfolio),
    values: [
      ...listOfEngine(values),
      ...listOfAlerts(alerts),
      ...listOfWatchdogs(watchdogs),
      ...listOfApi(api),
      ...listOfBackup(backup),
      ...listOfReports(sources.reports),
      ...listOfLogging(logging),
      ...listOfTelegram(telegram),
      ...listOfFilters(filters),
      ...listOfMonitoring(monitoring),
      ...listOfPortfolio(portfolio),
    ],
  };
}

function reconfigured(before: Configuration, sources: Sources, runTime: RunTime): LoadResult {
  const decided = decide(sources, runTime);
  const { values, settings } = decided;
  const { folder, files } = sources;
  const tooMany =
    settings.portfolio.max_traders === undefined
      ? []
      : tooManyLeaders({ values, folder, accounts: files.accounts });
  const problems = [...decided.problems, ...tooMany];
  if (problems.length > 0) return { ok: false, problems };
  const configuration: Configuration = {
    ...before,
    ...inForce(sources, decided, before),
    reconfigure: (next) => reconfigured(configuration, sources, next),
  };
  return { ok: true, configuration };
}

function limitsOf({ yaml, folder, files }: Sources, settings: DecidedSettings): readonly ConfiguredLimits[] {
  const { evidence_max_age_days: stated } = yaml.copy_trading?.copying ?? {};
  const evidence = stated ?? defaults.allocation.evidence_max_age_days;
  const layer = yamlLimits(yaml, folder.sourceOf);
  const sourceOf = () => "run-time";
  const { correlation_limit } = settings.portfolio;
  return files.accounts
    .filter(({ role }) => role === "follower")
    .map((account) => {
      const own = settings.accounts.get(account.nickname) ?? {};
      const age = account.content.evidence_max_age_days ?? evidence;
      const decided = [own, { correlation_limit }].map((one) => ({ values: one, sourceOf }));
      return configureLimits(account, layer, age, decided);
    });
}

function guardsOf({ yaml, folder, files }: Sources, settings: DecidedSettings): readonly ConfiguredGuards[] {
  const layer = yamlGuards(yaml, folder.sourceOf);
  return files.accounts
    .filter(({ role }) => role === "follower")
    .map((account) => configureGuards(account, layer, {}, settings.accounts.get(account.nickname)));
}
