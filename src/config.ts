/**
 * Reads the whole configuration: YAML folder, account files, environment, run-time allocations. It is the only reader of the
 * environment. Either everything is sound and in domain types, every value with its source; or there is a list of all
 * problems, each naming file and key path, and nothing may be sent.
 */
import { join } from "node:path";
import { type AccountFiles, readAccountFiles } from "./config/account-files.ts";
import { telegramAuthSchema } from "./config/account-schema.ts";
import { type AlertValues, alertKeyPaths, alertValues } from "./config/alert-values.ts";
import {
  allocationForCore,
  type ConfiguredAllocation,
  type ConfiguredAllocations,
  configureAllocations,
} from "./config/allocations.ts";
import { bookkeepingOf, type ConfiguredFee, configureFees, feeProblems } from "./config/bookkeeping.ts";
import { checkForm } from "./config/check-form.ts";
import { type ConfiguredAccount, configureAccounts } from "./config/configured-accounts.ts";
import { type CopyRelations, relateAccounts } from "./config/copy-relations.ts";
import { defaults } from "./config/defaults.ts";
import type { Effective } from "./config/effective.ts";
import { type EncryptionKeys, readEncryptionKeys } from "./config/encryption-keys.ts";
import { type EngineValues, engineKeyPaths, engineValues } from "./config/engine-values.ts";
import { type Environment, logLevelFrom, readEnvironment, type Variables } from "./config/environment.ts";
import { describeFilters, type FilterValues, filterValues, listOfFilters } from "./config/filter-values.ts";
import { type ConfiguredGuards, configureGuards, describeGuards, yamlGuards } from "./config/guards.ts";
import { describeLimits, explainContradictions } from "./config/limit-notes.ts";
import {
  listOfMonitoring,
  type MonitoringValues,
  monitoringProblems,
  monitoringValues,
} from "./config/monitoring-values.ts";
import {
  type NotInForce,
  notInForceInAccount,
  notInForceInEnvironment,
  notInForceInTelegramAuth,
  notInForceInYaml,
} from "./config/not-in-force.ts";
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
import { type ConfiguredLimits, configureLimits, yamlLimits } from "./config/risk-limits.ts";
import { type RunTimeAllocation, readRunTime } from "./config/run-time-allocations.ts";
import { type StartInput, startRefusals, startWarnings } from "./config/start-refusals.ts";
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
import { marginFollowed } from "./core/margin-mode.ts";
import type { AccountId } from "./core/model/identifiers.ts";
import type { Settings } from "./core/settings.ts";

export { holdsAccounts } from "./config/account-files.ts";
export { WEBHOOK_SECRET } from "./config/alert-values.ts";
export type { ConfiguredAllocation } from "./config/allocations.ts";
export {
  type BacktestGuards,
  type BacktestTerms,
  type DecayTerms,
  type GuardTerms,
  loadBacktestTerms,
  underGuards,
} from "./config/backtest-terms.ts";
export { describeFees } from "./config/bookkeeping.ts";
export type { ConfiguredAccount } from "./config/configured-accounts.ts";
export { type CopyTerms, loadCopyTerms } from "./config/copy-terms.ts";
export type { FindingAction, LogLevel } from "./config/defaults.ts";
export type { Effective } from "./config/effective.ts";
export type { FilterValues } from "./config/filter-values.ts";
export type { GuardKey } from "./config/guard-keys.ts";
export { describeGuard, RELATION_GUARD_KEYS } from "./config/guards.ts";
export { loadFilters, loadPortfolio } from "./config/load-parts.ts";
export { describeMonitoring, type MonitoringValues } from "./config/monitoring-values.ts";
export { nearest } from "./config/nearest.ts";
export {
  allOptionTexts,
  managedFollowers,
  optionTexts,
  type PortfolioValues,
} from "./config/portfolio-values.ts";
export { type ConfigurationProblem, type ConfigurationWarning, describeProblem } from "./config/problems.ts";
export { type ConfiguredLimits, describeLimit, RISK_KEYS } from "./config/risk-limits.ts";
export {
  type RunTimeAllocation,
  type RunTimeChange,
  readRunTime,
  withChange,
  writeRunTime,
} from "./config/run-time-allocations.ts";
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
  readonly runTime?: readonly RunTimeAllocation[];
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
  readonly logging: { readonly level: EngineValues["logLevel"] };
  readonly alerts: AlertValues;
  readonly watchdogs: WatchdogValues;
  /** What `start` says of them. */
  readonly watchdogNotes: readonly string[];
  /** What a trader's record must show. */
  readonly filters: FilterValues;
  /** What `start` says of those that are set. */
  readonly filterNotes: readonly string[];
  readonly monitoring: MonitoringValues;
  readonly portfolio: PortfolioValues;
  /** What `start` says of the strategy in force. */
  readonly portfolioNotes: readonly string[];
  /** Values that belong to no account, with their sources. */
  readonly values: readonly ConfiguredValue[];
  readonly notInForce: readonly NotInForce[];
  readonly warnings: readonly ConfigurationWarning[];
  /** The same files and accounts with something else decided at run time. */
  readonly reconfigure: (runTime: readonly RunTimeAllocation[]) => LoadResult;
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
  readonly values: EngineValues;
  readonly alerts: AlertValues;
  readonly watchdogs: WatchdogValues;
  readonly filters: FilterValues;
  readonly monitoring: MonitoringValues;
  readonly portfolio: PortfolioValues;
  readonly notInForce: readonly NotInForce[];
  readonly runTime: readonly RunTimeAllocation[];
  readonly problems: readonly ConfigurationProblem[];
}

function readSources(
  { configDir, dataDir, purpose = "start", runTime: given }: LoadOptions,
  environment: Environment,
): Sources {
  const { folder, yaml, problems } = readYamlFiles(configDir);
  const files = readAccountFiles(dataDir);
  const telegram = readTelegramAuth(join(configDir, "telegram_auth.json"));
  const level = logLevelFrom(environment);
  const { sourceOf, placeOf } = folder;
  const runTime = given === undefined ? readRunTime(dataDir) : { allocations: given, problems: [] };
  const alerts = alertValues({ yaml, sourceOf, placeOf, environment, purpose });
  const watchdogs = watchdogValues(yaml, sourceOf);
  const monitoring = monitoringValues(yaml, sourceOf);
  const portfolio = portfolioValues(yaml, sourceOf);
  const named = (wanted: "leader" | "follower") =>
    files.accounts.filter(({ role }) => role === wanted).map(({ nickname }) => nickname);
  return {
    folder,
    yaml,
    files,
    values: engineValues(yaml, folder.sourceOf, level),
    alerts: alerts.values,
    watchdogs,
    filters: filterValues(yaml, sourceOf),
    monitoring,
    portfolio,
    notInForce: [
      ...notInForceInYaml(yaml, folder.sourceOf),
      ...files.accounts.flatMap(notInForceInAccount),
      ...telegram.notInForce,
      ...notInForceInEnvironment(environment),
    ],
    runTime: runTime.allocations,
    problems: [
      ...runTime.problems,
      ...problems,
      ...files.problems,
      ...telegram.problems,
      ...environment.problems,
      ...alerts.problems,
      ...watchdogProblems(watchdogs, placeOf),
      ...monitoringProblems(monitoring, named("leader"), placeOf),
      ...portfolioProblems(portfolio, named("follower"), placeOf),
      ...feeProblems(files.accounts),
      ...(level.kind === "bad" ? [level.problem] : []),
    ],
  };
}

function readTelegramAuth(file: string): Pick<Sources, "notInForce" | "problems"> {
  const read = readJson(file);
  if (read.kind === "absent") return { notInForce: [], problems: [] };
  if (read.kind === "broken") return { notInForce: [], problems: read.problems };
  const form = checkForm(telegramAuthSchema, read.content, { placeOf: read.placeOf, quotesValues: false });
  if (!form.ok) return { notInForce: [], problems: form.problems };
  return { notInForce: notInForceInTelegramAuth(form.value), problems: [] };
}

interface Assembled {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
}

function assemble(options: LoadOptions, environment: Environment, sources: Sources): Assembled {
  const { live, purpose = "start" } = options;
  const { folder, files, values, alerts, watchdogs, filters, monitoring, notInForce, runTime } = sources;
  const { portfolio } = sources;
  const { related, allocations } = allocate(sources, runTime);
  const { accounts: named } = files;
  const keys = readEncryptionKeys(environment);
  const wrongKey = keys.kind === "wrong" ? [keys.problem] : [];
  const mode = values.mode.value;
  const accounts = configureAccounts({
    mode,
    live,
    purpose,
    accounts: named,
    relations: related.everRelated,
    environment,
    keys,
  });
  const limits = limitsOf(sources);
  const guards = guardsOf(sources);
  const fees = configureFees(named, sources.yaml, folder.sourceOf);
  const start: StartInput = { live, folder, values, accounts: named };
  const refusals = purpose === "start" ? [...wrongKey, ...startRefusals(start)] : [];
  const warnings = [files, related, accounts, allocations].flatMap((part) => part.warnings);
  const configuration: Configuration = {
    mode: values.mode,
    live,
    settings: settingsOf(values, accounts.accounts, allocations, { limits, guards, fees, portfolio }),
    limits,
    guards,
    accounts: accounts.accounts,
    encryption: keys,
    keyProblems: [...wrongKey, ...accounts.keyProblems],
    allocations: allocations.allocations,
    fees,
    paper: { balance: values.paperBalance },
    journal: { keepDays: values.journalKeepDays, maxMegabytes: values.journalMaxMegabytes },
    logging: { level: values.logLevel },
    alerts,
    watchdogs,
    watchdogNotes: describeWatchdogs(watchdogs, values, alerts),
    filters,
    filterNotes: describeFilters(filters),
    monitoring,
    portfolio,
    portfolioNotes: describePortfolio(portfolio),
    values: [
      ...listOf(values),
      ...listOfAlerts(alerts),
      ...listOfWatchdogs(watchdogs),
      ...listOfFilters(filters),
      ...listOfMonitoring(monitoring),
      ...listOfPortfolio(portfolio),
    ],
    notInForce,
    warnings: [...startWarnings(start), ...warnings],
    reconfigure: (decided) => reconfigured(configuration, sources, decided),
  };
  const problems = [related, accounts, allocations].flatMap((part) => part.problems);
  return { configuration, problems: [...problems, ...refusals] };
}

function allocate(
  sources: Sources,
  runTime: readonly RunTimeAllocation[],
): { readonly related: CopyRelations; readonly allocations: ConfiguredAllocations } {
  const related = relateAccounts(sources.files, runTime);
  const allocations = configureAllocations(related.relations, yamlLayers(sources), runTime);
  const { accounts } = sources.files;
  const problems = [
    ...unknownReplacements(accounts, allocations.allocations),
    ...managedProblems(sources.portfolio, accounts, allocations.allocations),
  ];
  return { related, allocations: { ...allocations, problems: [...allocations.problems, ...problems] } };
}

function reconfigured(
  before: Configuration,
  sources: Sources,
  runTime: readonly RunTimeAllocation[],
): LoadResult {
  const { related, allocations } = allocate(sources, runTime);
  const problems = [...related.problems, ...allocations.problems];
  if (problems.length > 0) return { ok: false, problems };
  const settings = settingsOf(sources.values, before.accounts, allocations, before);
  const configuration: Configuration = {
    ...before,
    settings,
    allocations: allocations.allocations,
    reconfigure: (decided) => reconfigured(configuration, sources, decided),
  };
  return { ok: true, configuration };
}

function limitsOf({ yaml, folder, files }: Sources): readonly ConfiguredLimits[] {
  const { evidence_max_age_days: stated } = yaml.copy_trading?.copying ?? {};
  const evidence = stated ?? defaults.allocation.evidence_max_age_days;
  const layer = yamlLimits(yaml, folder.sourceOf);
  return files.accounts
    .filter(({ role }) => role === "follower")
    .map((account) => configureLimits(account, layer, account.content.evidence_max_age_days ?? evidence));
}

function settingsOf(
  values: EngineValues,
  accounts: readonly ConfiguredAccount[],
  { allocations }: ConfiguredAllocations,
  { limits, guards, fees, portfolio }: Pick<Configuration, "limits" | "guards" | "fees" | "portfolio">,
): Settings {
  const limitsFor = (account: AccountId) => {
    const found = limits.find(({ follower }) => follower === account);
    return found === undefined ? {} : { limits: found.limits };
  };
  const guardsFor = (account: AccountId) => guards.find(({ follower }) => follower === account);
  const settings = accounts.map(({ account, venue, role, execution }) => ({
    account,
    venue,
    role,
    ...(execution === "paper" ? { paper: true as const } : {}),
    ...limitsFor(account),
    ...accountGuards(guardsFor(account)),
  }));
  return {
    accounts: settings,
    allocations: allocations.map(allocationForCore),
    leaderStaleAfterMs: Math.round(values.leaderStaleAfterSeconds.value * 1_000),
    followerStaleAfterMs: Math.round(values.followerStaleAfterSeconds.value * 1_000),
    snapshotIntervalMs: Math.round(values.snapshotIntervalSeconds.value * 1_000),
    orderWindowMs: values.orderWindowMs.value,
    ...bookkeepingOf(portfolio, fees, settings),
  };
}

function accountGuards(found: ConfiguredGuards | undefined) {
  return found === undefined ? {} : { guards: found.account };
}

function guardsOf({ yaml, folder, files }: Sources): readonly ConfiguredGuards[] {
  const layer = yamlGuards(yaml, folder.sourceOf);
  return files.accounts
    .filter(({ role }) => role === "follower")
    .map((account) => configureGuards(account, layer));
}

function listOf(values: EngineValues): readonly ConfiguredValue[] {
  return [
    { keyPath: engineKeyPaths.mode, ...values.mode },
    { keyPath: engineKeyPaths.maxTraders, ...values.maxTraders },
    { keyPath: engineKeyPaths.paperBalance, ...values.paperBalance },
    { keyPath: engineKeyPaths.snapshotIntervalSeconds, ...values.snapshotIntervalSeconds },
    { keyPath: engineKeyPaths.leaderStaleAfterSeconds, ...values.leaderStaleAfterSeconds },
    { keyPath: engineKeyPaths.followerStaleAfterSeconds, ...values.followerStaleAfterSeconds },
    { keyPath: engineKeyPaths.orderWindowMs, ...values.orderWindowMs },
    { keyPath: engineKeyPaths.journalKeepDays, ...values.journalKeepDays },
    { keyPath: engineKeyPaths.journalMaxMegabytes, ...values.journalMaxMegabytes },
    { keyPath: engineKeyPaths.logLevel, ...values.logLevel },
  ];
}

function listOfAlerts(values: AlertValues): readonly ConfiguredValue[] {
  return [
    { keyPath: alertKeyPaths.quietSeconds, ...values.quietSeconds },
    { keyPath: alertKeyPaths.connectionDownAfterSeconds, ...values.connectionDownAfterSeconds },
    { keyPath: alertKeyPaths.parityAfterSeconds, ...values.parityAfterSeconds },
    { keyPath: alertKeyPaths.giveUpAfterHours, ...values.giveUpAfterHours },
    { keyPath: alertKeyPaths.webhookOrigin, ...values.webhookOrigin },
    { keyPath: alertKeyPaths.leastSeverity, ...values.leastSeverity },
  ];
}

/** What `start` says first: the mode, and why. */
export function describeStart({
  mode,
  accounts,
  paper,
  settings,
  allocations,
}: Configuration): readonly string[] {
  const why = mode.source === "default" ? "no copy_trading.mode is set" : mode.source;
  const followers = accounts.filter(({ role }) => role === "follower");
  const isLive = mode.value === "live";
  const filled = isLive
    ? "orders go to each follower's venue"
    : "followers are filled inside on public prices; nothing is sent";
  return [
    `mode ${mode.value} (${why}): ${filled}`,
    ...(isLive ? [] : [`every follower begins with ${paper.balance.value} USDT (${paper.balance.source})`]),
    `${accounts.length - followers.length} leader(s), ${followers.length} follower(s)`,
    ...describeMarginModes(settings, allocations),
  ];
}

/** An account's margin mode is never changed in silence. */
function describeMarginModes(
  settings: Settings,
  allocations: readonly ConfiguredAllocation[],
): readonly string[] {
  return allocations.flatMap(({ leader, follower, values: { margin_mode: mode } }) => {
    if (mode.value !== "follow") return [];
    const isFollowed = marginFollowed(settings, follower).includes(leader);
    const text = isFollowed
      ? `the account gets that of "${leader}" while it holds nothing and nothing of it rests`
      : "has no effect, a paper account has no margin mode";
    return [`margin_mode follow (${mode.source}) for "${follower}": ${text}`];
  });
}

/** Every limit in force with its source, those that are off, and which binds first where they contradict each other. */
export function describeStartLimits({ limits, guards, allocations }: Configuration): readonly string[] {
  return [
    ...describeLimits(limits, allocations),
    ...describeGuards(guards, allocations),
    ...explainContradictions(limits, allocations),
  ];
}
