/**
 * Account files on the disk and their secrets: what lies open, what is encrypted under which key, and the swap of a file for
 * one with everything encrypted under the newest key. No copy in plain text is ever made, and a file that cannot be
 * replaced stays as it was.
 */
import { basename, join } from "node:path";
import type { Vault } from "../security/vault.ts";
import {
  encryptedText,
  holdsTheSame,
  type SecretKey,
  type SecretState,
  secretsIn,
  stateOf,
} from "./account-secrets.ts";
import { type Disk, placeFile, realDisk, swapFile } from "./disk.ts";
import { listFiles, TEXT_BYTES_MAX } from "./read-text.ts";

export interface SecretsOfFile {
  /** Path as the user would open it. */
  readonly file: string;
  /** Short name: `accounts/slave1.json`. */
  readonly source: string;
  /** Null when the file cannot be read as JSON. */
  readonly secrets: readonly { readonly name: SecretKey; readonly state: SecretState }[] | null;
}

/** Every account file, sorted by name, with the state of its secrets; files that hold none too. */
export function secretsOfAccounts(dataDir: string, vault: Vault | null): readonly SecretsOfFile[] {
  const folder = join(dataDir, "accounts");
  const listed = listFiles(folder, [".json"]);
  const names = listed.kind === "read" ? listed.value : [];
  return names.map((name) => {
    const file = join(folder, name);
    const text = accountText(realDisk, file);
    const found = text === null ? null : secretsIn(text.text);
    const secrets = found?.map((secret) => ({ name: secret.name, state: stateOf(secret, vault) }));
    return { file, source: `accounts/${basename(file)}`, secrets: secrets ?? null };
  });
}

/** Names of the secrets of a file that are in one of the states. */
export function secretNames(file: SecretsOfFile, states: readonly SecretState[]): readonly SecretKey[] {
  const secrets = file.secrets ?? [];
  return secrets.filter(({ state }) => states.includes(state)).map(({ name }) => name);
}

/** Null when the file's secrets are all encrypted under the newest key; otherwise why not, and the file is as it was. */
export function encryptAccountFile(file: string, vault: Vault, disk: Disk = realDisk): string | null {
  const read = accountText(disk, file);
  const secrets = read === null ? null : secretsIn(read.text);
  if (read === null || secrets === null) return "cannot be read as JSON";
  const text = encryptedText(read.text, secrets, vault);
  if (text === read.text) return null;
  return swapFile(disk, {
    file,
    from: read.bytes,
    to: Buffer.from(text, "utf8"),
    isSound: (readBack) => holdsTheSame(read.text, readBack.toString("utf8"), vault),
  });
}

/** Makes the file of a new account, whose secrets the vault encrypts; null when done, otherwise why not. */
export function writeAccountFile(file: string, content: object, vault: Vault | null): string | null {
  const plain = `${JSON.stringify(content, null, 2)}\n`;
  const text = vault === null ? plain : encryptedText(plain, secretsIn(plain) ?? [], vault);
  const isSound = (readBack: Buffer) => {
    const read = readBack.toString("utf8");
    return vault === null ? read === plain : holdsTheSame(plain, read, vault);
  };
  return placeFile(realDisk, { file, bytes: Buffer.from(text, "utf8"), isSound });
}

/** Null when the file cannot be read, is too long, or is not UTF-8, which could not be written again as it was. */
function accountText(disk: Disk, file: string): { readonly bytes: Buffer; readonly text: string } | null {
  try {
    const bytes = disk.read(file);
    const text = bytes.toString("utf8");
    const isWhole = bytes.length <= TEXT_BYTES_MAX && Buffer.from(text, "utf8").equals(bytes);
    return isWhole ? { bytes, text } : null;
  } catch {
    return null;
  }
}
