/**
 * What is wrong with a configuration, as data: where (file, line, key path or nickname), what, and what would be right.
 * Texts never hold a value from an account file or the environment, because secrets live there.
 */

export interface ConfigurationProblem {
  /** The file as the user would open it, or `environment`, `run-time`, `command line`. */
  readonly file: string;
  readonly line?: number;
  /** Dotted, for example `copy_trading.copying.max_traders`; empty when the whole file is meant. */
  readonly keyPath: string;
  /** The account concerned, when it is known. */
  readonly nickname?: string;
  /** What is wrong and what would be right; without the place and without the nearest choice. */
  readonly message: string;
  /** The valid key or choice that was probably meant. */
  readonly nearest?: string;
}

/** A remark that stops nothing; told at start and by `doctor`. */
export type ConfigurationWarning = Omit<ConfigurationProblem, "nearest">;

/** One line for people: `config/x.yaml:3: copy_trading.mode: must be one of ..., got "papr"; did you mean "paper"?` */
export function describeProblem(problem: ConfigurationProblem): string {
  const line = problem.line === undefined ? "" : `:${problem.line}`;
  const account = problem.nickname === undefined ? "" : ` account "${problem.nickname}":`;
  const key = problem.keyPath === "" ? "" : ` ${problem.keyPath}:`;
  const nearest = problem.nearest === undefined ? "" : `; did you mean "${problem.nearest}"?`;
  return `${problem.file}${line}:${account}${key} ${problem.message}${nearest}`;
}
