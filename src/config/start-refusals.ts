/**
 * What stops `start` although each file is sound by itself: a mode that start does not run, more leaders than allowed, times that
 * contradict each other.
 */
import type { AccountSource } from "./account-files.ts";
import { placeOf } from "./changeable-keys.ts";
import type { EngineValues } from "./engine-values.ts";
import { openFiles } from "./open-files.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./problems.ts";
import type { YamlFolder } from "./read-yaml.ts";

export interface StartInput {
  readonly live: boolean;
  readonly folder: YamlFolder;
  readonly values: EngineValues;
  readonly accounts: readonly AccountSource[];
}

export function startRefusals(input: StartInput): readonly ConfigurationProblem[] {
  return [
    ...backtestMode(input),
    ...tooManyLeaders(input),
    ...alwaysStale(input, "leader_stale_after_seconds", input.values.leaderStaleAfterSeconds.value),
    ...alwaysStale(input, "follower_stale_after_seconds", input.values.followerStaleAfterSeconds.value),
  ];
}

export function startWarnings({ live, values, folder }: StartInput): readonly ConfigurationWarning[] {
  const { value: mode } = values.mode;
  const idleWord = `has no effect: the mode is ${mode}, and nothing is sent to a venue`;
  return [
    ...(live && mode === "paper" ? [{ file: "command line", keyPath: "--live", message: idleWord }] : []),
    ...(folder.exists ? openFiles(folder.placeOf([]).file) : [missingFolder(folder)]),
  ];
}

function missingFolder(folder: YamlFolder): ConfigurationWarning {
  const { file } = folder.placeOf([]);
  return { file, keyPath: "", message: "is not there; defaults apply. `copytrader init` writes it" };
}

function backtestMode({ values, folder }: StartInput): readonly ConfigurationProblem[] {
  if (values.mode.value !== "backtest") return [];
  const message =
    "is backtest, which start does not run: the command for it is `copytrader backtest`; here it must be paper or live";
  return [at(folder, ["copy_trading", "mode"], message)];
}

/** Also where fewer are to be allowed while running. */
export function tooManyLeaders({
  values,
  accounts,
  folder,
}: Pick<StartInput, "values" | "accounts" | "folder">): readonly ConfigurationProblem[] {
  const leaders = accounts.filter(({ role }) => role === "leader");
  const { value: most, source } = values.maxTraders;
  if (leaders.length <= most) return [];
  const names = leaders.map(({ nickname }) => `"${nickname}"`).join(", ");
  const message = `is ${most}, but ${leaders.length} leaders are enabled (${names}); raise it, or set enabled: false in an account file`;
  if (source === "run-time")
    return [{ file: placeOf({ kind: "portfolio" }).file, keyPath: "max_traders", message }];
  return [at(folder, ["copy_trading", "copying", "max_traders"], message)];
}

/** Data confirmed every N seconds can never be fresher than that when nothing happens in between. */
function alwaysStale(
  { values, folder }: StartInput,
  name: string,
  seconds: number,
): readonly ConfigurationProblem[] {
  const { value: interval } = values.snapshotIntervalSeconds;
  if (seconds > interval) return [];
  const message = `is ${seconds}, but must be longer than engine.snapshot_interval_seconds (${interval})`;
  return [at(folder, ["engine", name], message)];
}

function at(folder: YamlFolder, path: readonly string[], message: string): ConfigurationProblem {
  const { file, line } = folder.placeOf(path);
  return { file, ...(line === undefined ? {} : { line }), keyPath: path.join("."), message };
}
