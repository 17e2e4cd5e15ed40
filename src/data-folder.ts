/**
 * The data folder: its layout, readable by the owner only, and the lock that lets one process at a time use it.
 *
 * The lock is SQLite's exclusive lock on `lock.db`, held for as long as the process runs. Beneath it is a POSIX record lock
 * (fcntl), which the kernel drops when the process dies, however it dies: there is no file to clean up and no process id to
 * be wrong about. Node itself offers no such lock; an abstract socket would do on Linux only, and not between containers
 * that share the folder. Trap: closing any other descriptor of `lock.db` in this process would drop the lock, so nothing
 * else may open that file. On network file systems it is as good as their fcntl locks.
 */
import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import Database from "better-sqlite3";

export type DataFolderFailure = "in-use" | "unusable";

export class DataFolderError extends Error {
  override readonly name = "DataFolderError";
  readonly failure: DataFolderFailure;

  constructor(failure: DataFolderFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Absolute paths. */
export interface DataFolderPaths {
  readonly root: string;
  readonly accounts: string;
  readonly journal: string;
  readonly logs: string;
  readonly database: string;
  /** The outbox of alerts. */
  readonly alerts: string;
  /** Histories of traders whose record is studied. */
  readonly traders: string;
  /** Rows of imported files that were no fills. */
  readonly tradersRejected: string;
  /** Certificates of parity. */
  readonly parity: string;
  /** What venues count of this address when the process is gone. */
  readonly addressRecord: string;
  /** Market history. */
  readonly market: string;
  /** Steps and minima of venues' instruments, for studies. */
  readonly instruments: string;
  /** What monitoring found of leaders at its last look. */
  readonly monitoring: string;
  /** What the strategy in force decided last. */
  readonly rebalancing: string;
  /** Which performance fees were paid. */
  readonly feePayments: string;
  /** What was learned of whom to choose. */
  readonly selectionModel: string;
  /** The owner's own sectors of coins. */
  readonly sectors: string;
  /** What backtests have finished, and what was read of raw files for them. */
  readonly backtests: string;
  /** Reports over a period, and pictures of them. */
  readonly reports: string;
  readonly charts: string;
  /** What was computed in the background for the API. */
  readonly jobs: string;
  /** Every set of options that was ever tried, so that luck can be told. */
  readonly strategyTrials: string;
  /** Users, sessions, API tokens, the audit log. */
  readonly identity: string;
  /** Backups that are made by a schedule, unless the configuration names another place. */
  readonly backups: string;
  /** There only where the folder was restored from a backup and was not reconciled since. */
  readonly restored: string;
  /** Devices that are notified of alerts; encrypted. */
  readonly webPush: string;
  /** What the Telegram bot keeps over restarts. */
  readonly telegram: string;
  /** Socket on which a running engine takes commands. */
  readonly socket: string;
}

export interface DataFolder {
  readonly paths: DataFolderPaths;
  /** Releases the lock; the process's death does it too. Twice is nothing. */
  close(): void;
}

/** Looking at a lock takes it for less than a millisecond; a start that meets that waits this long. */
const WAIT_MS = 200;
const LOCK_NAME = "lock.db";

/** Locks of this process: one that nobody refers to would be collected as garbage, and let go with it. */
const held = new Set<Database.Database>();

export function dataFolderPaths(root: string): DataFolderPaths {
  const absolute = resolve(root);
  return {
    root: absolute,
    accounts: join(absolute, "accounts"),
    journal: join(absolute, "journal"),
    logs: join(absolute, "logs"),
    database: join(absolute, "copytrader.db"),
    alerts: join(absolute, "alerts"),
    webPush: join(absolute, "web-push.json"),
    traders: join(absolute, "traders.db"),
    tradersRejected: join(absolute, "traders-rejected"),
    parity: join(absolute, "parity"),
    addressRecord: join(absolute, "address-record.txt"),
    market: join(absolute, "market"),
    instruments: join(absolute, "instruments"),
    monitoring: join(absolute, "monitoring.json"),
    rebalancing: join(absolute, "rebalancing.json"),
    selectionModel: join(absolute, "selection-model.json"),
    sectors: join(absolute, "sectors.json"),
    backtests: join(absolute, "backtests"),
    reports: join(absolute, "reports"),
    charts: join(absolute, "charts"),
    jobs: join(absolute, "jobs"),
    feePayments: join(absolute, "fee-payments.jsonl"),
    strategyTrials: join(absolute, "strategy-trials.jsonl"),
    identity: join(absolute, "identity.sqlite"),
    backups: join(absolute, "backups"),
    restored: join(absolute, "restored.json"),
    telegram: join(absolute, "telegram.json"),
    socket: join(absolute, "engine.sock"),
  };
}

/** Makes what is missing of the folder and locks it; throws a DataFolderError that names it. */
export function openDataFolder(root: string): DataFolder {
  const paths = dataFolderPaths(root);
  makeFolders(paths);
  const lock = takeLock(paths.root);
  held.add(lock);
  return {
    paths,
    close() {
      held.delete(lock);
      lock.close();
    },
  };
}

/** Whether a running process holds the folder. Never makes anything. */
export function isDataFolderInUse(root: string): boolean {
  const { root: folder } = dataFolderPaths(root);
  if (!existsSync(join(folder, LOCK_NAME))) return false;
  const database = openLockFile(folder, 0);
  try {
    database.exec("begin; select 1 from sqlite_schema; rollback");
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw unusable(folder, error);
  } finally {
    database.close();
  }
}

function makeFolders(paths: DataFolderPaths): void {
  for (const folder of [paths.root, paths.accounts, paths.journal, paths.logs]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // What exists may have been made by hand with wider permissions.
      if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
    } catch (error) {
      throw unusable(folder, error);
    }
  }
}

function takeLock(folder: string): Database.Database {
  const database = openLockFile(folder, WAIT_MS);
  try {
    // In memory, so that no journal file is left behind: nothing is ever written to this database.
    database.pragma("journal_mode = MEMORY");
    database.exec("begin exclusive");
    chmodSync(join(folder, LOCK_NAME), 0o600);
    return database;
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw unusable(folder, error);
    const message = `the data folder ${folder} is in use by another process; copytrader status shows the engine that runs there`;
    throw new DataFolderError("in-use", message, { cause: error });
  }
}

function openLockFile(folder: string, timeout: number): Database.Database {
  try {
    return new Database(join(folder, LOCK_NAME), { timeout });
  } catch (error) {
    throw unusable(folder, error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

function unusable(folder: string, cause: unknown): DataFolderError {
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  const isForeign = code === "EPERM" || code === "EACCES";
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = isForeign ? `${why}; it must belong to the user who runs copytrader` : why;
  return new DataFolderError("unusable", `the data folder ${folder} cannot be used: ${text}`, { cause });
}
