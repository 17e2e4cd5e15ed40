/**
 * Scheduled backups with the source of each value, and what backups are encrypted with: a passphrase from the environment or `.env`
 * where there is one, or else the key under which secrets lie at rest.
 */
import { isAbsolute, join, resolve } from "node:path";
import { dataFolderPaths } from "../data-folder.ts";
import { type BackupSecret, Passphrase } from "../security/backup-key.ts";
import { defaults } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import { readEncryptionKeys } from "./encryption-keys.ts";
import { type Environment, environmentFor, type Variables } from "./environment.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { readYamlFiles } from "./yaml-configuration.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export interface BackupValues {
  /** Null where none are scheduled. */
  readonly everyHours: Effective<number | null>;
  readonly keep: Effective<number>;
  /** Absolute. */
  readonly folder: Effective<string>;
  readonly everything: Effective<boolean>;
}

const KEYS = {
  everyHours: "every_hours",
  keep: "keep",
  folder: "folder",
  everything: "everything",
} as const satisfies Readonly<Record<keyof BackupValues, string>>;

interface Folders {
  readonly configDir: string;
  readonly dataDir: string;
}

export function backupValues(
  { backup }: YamlConfiguration,
  { configDir, dataDir }: Folders,
  sourceOf: (topLevelKey: string) => ValueSource,
): BackupValues {
  const from = <Value>(value: Value | undefined, fallback: Value) =>
    pick<Value>([{ value, source: () => sourceOf("backup") }], fallback);
  const stated = backup?.folder;
  const folder = stated === undefined || isAbsolute(stated) ? stated : resolve(join(configDir, stated));
  return {
    everyHours: from<number | null>(backup?.every_hours, null),
    keep: from<number>(backup?.keep, defaults.backup.keep),
    folder: from<string>(folder, dataFolderPaths(dataDir).backups),
    everything: from<boolean>(backup?.everything, defaults.backup.everything),
  };
}

export function listOfBackup(
  values: BackupValues,
): readonly (Effective<string | number | boolean> & { readonly keyPath: string })[] {
  return [
    {
      keyPath: `backup.${KEYS.everyHours}`,
      value: values.everyHours.value ?? "off",
      source: values.everyHours.source,
    },
    { keyPath: `backup.${KEYS.keep}`, ...values.keep },
    { keyPath: `backup.${KEYS.folder}`, ...values.folder },
    { keyPath: `backup.${KEYS.everything}`, ...values.everything },
  ];
}

/** What `start` says of it. */
export function describeBackup({ everyHours, keep, folder }: BackupValues): readonly string[] {
  if (everyHours.value === null) return ["no backups are scheduled: backup.every_hours is not set"];
  const every = `${everyHours.value} h (${everyHours.source})`;
  return [
    `a backup every ${every}, the newest ${keep.value} kept (${keep.source}), in ${folder.value} (${folder.source})`,
  ];
}

const BACKUP_PASSPHRASE = "COPYTRADER_BACKUP_PASSPHRASE";
/** Whoever has the file may try as many as he likes. */
const PASSPHRASE_LENGTH_MIN = 16;

export type BackupSecrets =
  | { readonly ok: true; readonly secrets: readonly BackupSecret[] }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** What there is to encrypt with, or to open with: the first encrypts. None is no problem here. */
export function backupSecrets(configDir: string, variables?: Variables): BackupSecrets {
  const environment = environmentFor(configDir, variables);
  const passphrase = passphraseIn(environment);
  const keys = readEncryptionKeys(environment);
  const problems = [...passphrase.problems, ...(keys.kind === "wrong" ? [keys.problem] : [])];
  if (problems.length > 0) return { ok: false, problems };
  const known = "keys" in keys ? keys.keys.map((key): BackupSecret => ({ kind: "key", key })) : [];
  return { ok: true, secrets: [...passphrase.secrets, ...known] };
}

function passphraseIn(environment: Environment): {
  readonly secrets: readonly BackupSecret[];
  readonly problems: readonly ConfigurationProblem[];
} {
  const found = environment.find([BACKUP_PASSPHRASE]);
  if (found === undefined) return { secrets: [], problems: [] };
  const message = passphraseObjection(found.value);
  if (message !== null)
    return { secrets: [], problems: [{ file: found.source, keyPath: BACKUP_PASSPHRASE, message }] };
  return { secrets: [{ kind: "passphrase", passphrase: new Passphrase(found.value) }], problems: [] };
}

/** Why a text is no passphrase to trust a backup to, or null. */
export function passphraseObjection(text: string): string | null {
  if (text.length >= PASSPHRASE_LENGTH_MIN) return null;
  return `must have ${PASSPHRASE_LENGTH_MIN} characters or more, such as five random words`;
}

export type LoadedBackup =
  | { readonly ok: true; readonly backup: BackupValues }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** The keys of backups alone: a backup must be possible where the rest of the configuration is not sound. */
export function loadBackup(folders: Folders): LoadedBackup {
  const { folder, yaml, problems } = readYamlFiles(folders.configDir);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, backup: backupValues(yaml, folders, folder.sourceOf) };
}
