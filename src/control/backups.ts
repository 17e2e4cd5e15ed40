/**
 * The facade of backups, for command line, API and bot: one is made beside a running engine or on a stopped one's folder, looked
 * into, restored. Keys and passphrases come from the configuration's environment and are never told.
 */
import { resolve } from "node:path";
import { BackupError } from "../backup/backup-error.ts";
import { backupsIn, type KeptBackup, removeOldBackups } from "../backup/kept-backups.ts";
import { type BackupProgress, type MadeBackup, makeBackup } from "../backup/make-backup.ts";
import { type BackupContents, inspectBackup, restoreBackup } from "../backup/restore-backup.ts";
import { backupSecrets, describeProblem, loadBackup } from "../config.ts";
import type { BackupSecret } from "../security/backup-key.ts";

export type { BackupContents, KeptBackup, MadeBackup };

interface Folders {
  readonly configDir: string;
  readonly dataDir: string;
}

interface Options extends Folders {
  /** Besides what the environment holds, and before it. */
  readonly passphrase?: BackupSecret;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stop?: AbortSignal;
}

export interface BackUp extends Options {
  /** A file that is not there; a name with the time in the folder of the configuration without it. */
  readonly to?: string;
  /** Also what can be had again; as the configuration says without it. */
  readonly everything?: boolean;
  /** Removes the oldest in that folder beyond the number to keep, once the new one is proved. */
  readonly retention?: boolean;
  readonly version: string;
  readonly progress?: (progress: BackupProgress) => void;
}

export interface BackedUp extends MadeBackup {
  /** Absolute; what retention took away. */
  readonly removed: readonly string[];
}

/** Throws a BackupError, or what is wrong with journal or database. */
export async function backUp(options: BackUp): Promise<BackedUp> {
  const { to, retention = false, version, dataDir, configDir, progress, stop } = options;
  const { keep, folder, everything } = valuesOf(options);
  const [secret] = secretsOf(options);
  if (secret === undefined) throw new BackupError("no-key", NO_KEY);
  const nowMs = Date.now();
  const made = await makeBackup({
    dataDir,
    configDir,
    to: to === undefined ? { folder: folder.value } : { file: to },
    secret,
    everything: options.everything ?? everything.value,
    version,
    nowMs,
    ...(progress === undefined ? {} : { progress }),
    ...(stop === undefined ? {} : { stop }),
  });
  const removed = retention && to === undefined ? removeOldBackups(folder.value, keep.value, nowMs) : [];
  return { ...made, removed };
}

const NO_KEY =
  "there is nothing to encrypt it with: set COPYTRADER_BACKUP_PASSPHRASE, or make a key with copytrader keys new";

/** Those in the configured folder, newest first, with that folder. */
export function listBackups(folders: Folders): {
  readonly folder: string;
  readonly backups: readonly KeptBackup[];
} {
  const folder = valuesOf(folders).folder.value;
  return { folder, backups: backupsIn(folder) };
}

export interface ReadOptions extends Options {
  readonly file: string;
  readonly progress?: (progress: { readonly bytes: number; readonly of: number }) => void;
}

/** What is in it: all of it is read and proved, and nothing is written. Throws a BackupError. */
export async function lookIntoBackup(options: ReadOptions): Promise<BackupContents> {
  return inspectBackup(readParts(options));
}

export interface Restore extends ReadOptions {
  /** The configuration folder is left as it is. */
  readonly dataOnly?: boolean;
}

/** Into folders that hold nothing. Throws a BackupError, and leaves them as they were. */
export async function restore(options: Restore): Promise<BackupContents> {
  const { dataDir, configDir, dataOnly = false } = options;
  const folders = { dataDir: resolve(dataDir), configDir: dataOnly ? null : resolve(configDir) };
  return restoreBackup({ ...readParts(options), ...folders, nowMs: Date.now() });
}

function readParts({ file, progress, stop, ...options }: ReadOptions) {
  return {
    file,
    secrets: secretsOf(options),
    ...(progress === undefined ? {} : { progress }),
    ...(stop === undefined ? {} : { stop }),
  };
}

function secretsOf({ configDir, env, passphrase }: Options): readonly BackupSecret[] {
  const found = backupSecrets(configDir, env);
  if (!found.ok) throw new BackupError("no-key", found.problems.map(describeProblem).join("; "));
  return [...(passphrase === undefined ? [] : [passphrase]), ...found.secrets];
}

function valuesOf(folders: Folders) {
  const loaded = loadBackup(folders);
  if (!loaded.ok) throw new BackupError("unusable", loaded.problems.map(describeProblem).join("; "));
  return loaded.backup;
}
