/** Where a program's Copytrader lives: the folders that the command line knows as --config and --data. */
import { resolve } from "node:path";

export interface Folders {
  /** Folder of the YAML files; `./config` when left out. It need not be there: all is as by default, then. */
  readonly configDir?: string;
  /** Data folder: accounts, journal, database; `./data` when left out. */
  readonly dataDir?: string;
  /** In place of the environment of the process: API keys, encryption key. `.env` beside the configuration folder is read in any case. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface ResolvedFolders {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export function foldersOf({ configDir = "./config", dataDir = "./data", env }: Folders): ResolvedFolders {
  const paths = { configDir: resolve(configDir), dataDir: resolve(dataDir) };
  return env === undefined ? paths : { ...paths, env };
}

export type LibraryFailure =
  /** The configuration or the account files have problems; `problems` names them. */
  | "configuration"
  | "unknown-account"
  /** The start was refused, or ended; `problems` says why. */
  | "refused"
  | "not-started"
  /** A deliberate word is missing. */
  | "not-allowed"
  | "bad-order"
  | "timeout"
  /** The exchange refused, or could not be asked. */
  | "exchange";

export class LibraryError extends Error {
  override readonly name = "LibraryError";
  readonly failure: LibraryFailure;
  readonly problems: readonly string[];

  constructor(
    failure: LibraryFailure,
    message: string,
    problems: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super([message, ...problems].join("\n  "), options);
    this.failure = failure;
    this.problems = problems;
  }
}
