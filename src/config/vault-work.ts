/**
 * What is done with account files and keys together: everything that lies open is encrypted (at the first start, and on
 * request), and everything is encrypted anew under a new key. Every step leaves all files readable, wherever the process
 * dies: a key is on the disk before anything is encrypted under it, and is let go only when nothing needs it.
 */
import { accessSync, constants } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FernetKey } from "../security/fernet.ts";
import { Vault } from "../security/vault.ts";
import {
  encryptAccountFile,
  type SecretsOfFile,
  secretNames,
  secretsOfAccounts,
  writeAccountFile,
} from "./account-encryption.ts";
import type { SecretState } from "./account-secrets.ts";
import { type Disk, realDisk, removeUnfinished } from "./disk.ts";
import {
  type EncryptionKeys,
  KEY_FILE_VARIABLE,
  KEY_VARIABLE,
  KEYS_MAX,
  type KeyRing,
} from "./encryption-keys.ts";
import type { Variables } from "./environment.ts";
import { makeKeyFile, replaceKeys, whileLocked } from "./key-file.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { resealFile, sealedPlaces } from "./sealed-places.ts";

export interface VaultReport {
  /** Short names of the files whose secrets were encrypted now. */
  readonly encrypted: readonly string[];
  /** The key file, when it was made now. */
  readonly madeKeyFile: string | null;
  /** What could not be done, file by file; each of them is as it was. */
  readonly problems: readonly ConfigurationProblem[];
}

const NOTHING: VaultReport = { encrypted: [], madeKeyFile: null, problems: [] };

export interface EncryptOptions {
  readonly dataDir: string;
  /** As they are now. */
  readonly keys: EncryptionKeys;
  /** The keys once more, after a key file was made. */
  readonly reread: () => EncryptionKeys;
  /** Only these files, by short name; all when left out. */
  readonly only?: readonly string[];
}

/** Encrypts every secret that lies open. Where there is no key yet, a key file is made first, but only when something needs it. */
export function encryptAccounts({ dataDir, keys, reread, only }: EncryptOptions): VaultReport {
  const folder = join(dataDir, "accounts");
  removeUnfinished(folder);
  const open = openFiles(dataDir, keys, only);
  if (open.length === 0) return NOTHING;
  const stayOpen = (message: string) =>
    open.map(({ file }) => ({ file, keyPath: "", message: `keeps its secrets in plain text: ${message}` }));
  // No key is made for files that cannot be replaced.
  if (!isWritable(folder)) return { ...NOTHING, problems: stayOpen(`${folder} cannot be written`) };
  const ready = readyVault(dataDir, keys, reread);
  if (typeof ready === "string") return { ...NOTHING, problems: stayOpen(ready) };
  const outcomes = open.map(({ file, source }) => ({
    file,
    source,
    trouble: encryptAccountFile(file, ready.vault),
  }));
  return {
    encrypted: outcomes.flatMap(({ source, trouble }) => (trouble === null ? [source] : [])),
    madeKeyFile: ready.made,
    problems: outcomes.flatMap(({ file, trouble }) =>
      trouble === null ? [] : [{ file, keyPath: "", message: `keeps its secrets in plain text: ${trouble}` }],
    ),
  };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Files with secrets in plain text; of these, where given, by short name. */
export function openFiles(
  dataDir: string,
  keys: EncryptionKeys,
  only?: readonly string[],
): readonly SecretsOfFile[] {
  return secretsOfAccounts(dataDir, "vault" in keys ? keys.vault : null).filter(
    (file) => secretNames(file, ["plain"]).length > 0 && (only?.includes(file.source) ?? true),
  );
}

export interface AddedAccount extends Pick<EncryptOptions, "dataDir" | "keys" | "reread"> {
  /** Must not be there. */
  readonly file: string;
  /** The account file's keys, secrets in plain text among them. */
  readonly content: object;
  readonly hasSecrets: boolean;
}

/** Writes a new account file with its secrets encrypted; `trouble` says why it was not. */
export function addAccount({ dataDir, keys, reread, file, content, hasSecrets }: AddedAccount): {
  readonly trouble: string | null;
  readonly madeKeyFile: string | null;
} {
  if (!hasSecrets) return { trouble: writeAccountFile(file, content, null), madeKeyFile: null };
  const ready = readyVault(dataDir, keys, reread);
  if (typeof ready === "string") return { trouble: ready, madeKeyFile: null };
  return { trouble: writeAccountFile(file, content, ready.vault), madeKeyFile: ready.made };
}

/** The vault to encrypt with, made where there was none; or why there is none. */
export function readyVault(
  dataDir: string,
  keys: EncryptionKeys,
  reread: () => EncryptionKeys,
): { readonly vault: Vault; readonly made: string | null } | string {
  if (keys.kind === "wrong") return `the encryption key ${keys.problem.message}`;
  if (keys.kind !== "absent") return { vault: keys.vault, made: null };
  const { file } = keys;
  const choice = `set ${KEY_VARIABLE} (\`copytrader keys new\` prints a key) or ${KEY_FILE_VARIABLE}`;
  if (secretsOfAccounts(dataDir, null).some((found) => secretNames(found, ["unreadable"]).length > 0)) {
    const where = file === null ? "" : `, or put the key file back at ${file}`;
    return `other account files are encrypted under a key that is not there; set ${KEY_VARIABLE} to it${where}`;
  }
  if (file === null)
    return `there is no place for a key file (neither HOME nor XDG_CONFIG_HOME is set); ${choice}`;
  const trouble = makeKeyFile(file);
  if (trouble !== null) return `the key file ${file} ${trouble}; ${choice}`;
  const made = reread();
  return "vault" in made
    ? { vault: made.vault, made: file }
    : `the key file ${file} cannot be used; ${choice}`;
}

export type Rotation =
  | { readonly kind: "done"; readonly encrypted: readonly string[]; readonly keys: readonly string[] }
  | { readonly kind: "failed"; readonly problems: readonly ConfigurationProblem[] };

export interface RotateOptions {
  readonly configDir: string;
  readonly dataDir: string;
  readonly keys: Extract<EncryptionKeys, { readonly vault: Vault }>;
  /** Lets older keys of the key file go once nothing here needs them. */
  readonly forget: boolean;
  /** Renews what else in the data folder lies under a key, before any is let go. Throws where it cannot. */
  readonly alsoRenew?: (vault: Vault) => void;
  /** Of the process when left out; what is sealed in one of them cannot be renewed. */
  readonly variables?: Variables;
  readonly disk?: Disk;
}

/**
 * Encrypts every account file anew, and what was sealed in YAML files and `.env`: under a new key that is put before the others of the
 * key file, or under the first of the variable, which only its owner can change.
 */
export function rotateKeys(options: RotateOptions): Rotation {
  const { dataDir, keys, disk = realDisk } = options;
  const doubtful = [...doubtfulFiles(dataDir, keys.vault), ...(options.forget ? doubtfulSeals(options) : [])];
  if (doubtful.length > 0) return { kind: "failed", problems: doubtful };
  const { file } = keys;
  if (file === null) return encryptedAnew(options, keys.keys);
  const rotation = whileLocked(file, () => withNewKey(file, options), disk);
  return typeof rotation === "string" ? failed(file, rotation) : rotation;
}

/** Short names of the files that a rotation would encrypt anew. */
export function toRenew({
  configDir,
  dataDir,
  keys: { vault, file },
  variables,
}: Pick<RotateOptions, "configDir" | "dataDir" | "keys" | "variables">): readonly string[] {
  const states: readonly SecretState[] = file === null ? ["plain", "older"] : ["plain", "older", "encrypted"];
  const files = secretsOfAccounts(dataDir, vault).filter((found) => secretNames(found, states).length > 0);
  const seals = sealedPlaces(configDir, vault, variables).filter(
    (place) => place.file !== null && states.some((state) => place.states.has(state)),
  );
  return [...files, ...seals].map(({ source }) => source);
}

function withNewKey(file: string, options: RotateOptions): Rotation {
  const { configDir, dataDir, keys, forget, disk = realDisk } = options;
  removeUnfinished(join(dataDir, "accounts"));
  for (const folder of [configDir, dirname(resolve(configDir))]) removeUnfinished(folder);
  removeUnfinished(dirname(file));
  const ring: KeyRing = [FernetKey.generate(), ...keys.keys];
  if (ring.length > KEYS_MAX) return failed(file, `holds ${KEYS_MAX} keys; let the older ones go (--forget)`);
  const added = replaceKeys(file, { from: keys.keys, to: ring }, disk);
  if (added !== null) return failed(file, added);
  const rotation = encryptedAnew(options, ring);
  if (rotation.kind === "failed" || !forget) return rotation;
  const forgotten = replaceKeys(file, { from: ring, to: [ring[0]] }, disk);
  return forgotten === null ? { ...rotation, keys: [ring[0].name] } : failed(file, forgotten);
}

function failed(file: string, message: string): Rotation {
  return { kind: "failed", problems: [{ file, keyPath: "", message }] };
}

function encryptedAnew(options: RotateOptions, ring: KeyRing): Rotation {
  const { configDir, dataDir, alsoRenew, variables, disk = realDisk } = options;
  const [newest, ...older] = ring;
  const vault = new Vault(newest, ...older);
  const files = secretsOfAccounts(dataDir, vault).filter(
    (file) => secretNames(file, ["plain", "older"]).length > 0,
  );
  const outcomes = files.map(({ file, source }) => ({
    file,
    source,
    trouble: encryptAccountFile(file, vault, disk),
  }));
  const resealed = sealedPlaces(configDir, vault, variables).flatMap(({ file, source, states }) =>
    file === null || !states.has("older") ? [] : [{ file, source, trouble: resealFile(file, vault, disk) }],
  );
  const problems = [...outcomes, ...resealed].flatMap(({ file, trouble }) =>
    trouble === null ? [] : [{ file, keyPath: "", message: `is still under the older key: ${trouble}` }],
  );
  if (problems.length > 0) return { kind: "failed", problems };
  alsoRenew?.(vault);
  const encrypted = [...outcomes, ...resealed].map(({ source }) => source);
  return { kind: "done", encrypted, keys: vault.keyNames };
}

/** What cannot be renewed here may need a key that is about to go. */
function doubtfulSeals({ configDir, keys, variables }: RotateOptions): readonly ConfigurationProblem[] {
  return sealedPlaces(configDir, keys.vault, variables).flatMap(({ file, variable, states }) => {
    const untouched = "so nothing was changed";
    if (file === null) {
      const message = `is sealed, and only its owner can renew it, ${untouched}; rotate without --forget, seal it again (copytrader keys seal), then forget`;
      return states.has("unreadable") ? [] : [{ file: "environment", keyPath: variable, message }];
    }
    const message = `holds a sealed value that no key at hand opens, ${untouched}; add its key, seal it again, or take it out`;
    return states.has("unreadable") ? [{ file, keyPath: "", message }] : [];
  });
}

/** A file whose secrets cannot be read now might need a key that is about to go. */
function doubtfulFiles(dataDir: string, vault: Vault): readonly ConfigurationProblem[] {
  const untouched = "so nothing was changed";
  return secretsOfAccounts(dataDir, vault).flatMap((found) => {
    const { file } = found;
    if (found.secrets === null)
      return [{ file, keyPath: "", message: `cannot be read as JSON, ${untouched}` }];
    const message = `cannot be decrypted with any key that is there, ${untouched}; add the key it needs, or write the plain value again`;
    return secretNames(found, ["unreadable"]).map((keyPath) => ({ file, keyPath, message }));
  });
}
