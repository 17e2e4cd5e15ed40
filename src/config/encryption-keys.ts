/**
 * The keys under which secrets lie encrypted: COPYTRADER_ENCRYPTION_KEY, or else a key file that only its owner may open. The
 * file's usual place is outside the data folder, so that a copy of that folder is worth nothing by itself. No key is ever
 * quoted.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { FernetKey } from "../security/fernet.ts";
import { Vault } from "../security/vault.ts";
import { codeOf } from "./disk.ts";
import { type Environment, environmentFor, isPlaceholder, type Variables } from "./environment.ts";
import type { ConfigurationProblem } from "./problems.ts";

export const KEY_VARIABLE = "COPYTRADER_ENCRYPTION_KEY";
export const KEY_FILE_VARIABLE = "COPYTRADER_ENCRYPTION_KEY_FILE";

/** Newest first, at least one. */
export type KeyRing = readonly [FernetKey, ...FernetKey[]];

export type EncryptionKeys =
  | {
      readonly kind: "variable" | "file";
      readonly keys: KeyRing;
      readonly vault: Vault;
      /** For people: the variable with its source, or the file's path. */
      readonly source: string;
      /** Absolute; null where the variable holds the keys. */
      readonly file: string | null;
    }
  /** `file` is where a key file would be made, null when no place is known. */
  | { readonly kind: "absent"; readonly file: string | null }
  | { readonly kind: "wrong"; readonly problem: ConfigurationProblem };

/** More keys than anybody rotates through without letting go of the oldest. */
export const KEYS_MAX = 32;
const FILE_BYTES_MAX = 64 * 1024;
const HOW = "`copytrader keys new` makes one";
const FORM = `must be a Fernet key, 44 characters of base64 that end with =, not a passphrase; ${HOW}`;

export function readEncryptionKeys(environment: Environment): EncryptionKeys {
  const named = environment.findAll([KEY_VARIABLE]).find(({ value }) => !isPlaceholder(value));
  if (named !== undefined) {
    const place = { file: named.source, keyPath: KEY_VARIABLE };
    return ringOf(named.value, place, { kind: "variable", source: `${KEY_VARIABLE} (${named.source})` });
  }
  const chosen = environment.find([KEY_FILE_VARIABLE]);
  if (chosen !== undefined) return readKeyFile(resolve(chosen.value), { isChosen: true });
  const usual = usualKeyFile(environment);
  return usual === null ? { kind: "absent", file: null } : readKeyFile(usual, { isChosen: false });
}

/** The keys as a command sees them. */
export function encryptionKeysFor(configDir: string, variables?: Variables): EncryptionKeys {
  return readEncryptionKeys(environmentFor(configDir, variables));
}

/** `copytrader/encryption.key` below the user's configuration folder. */
function usualKeyFile(environment: Environment): string | null {
  const own = (name: string) => {
    const found = environment.findAll([name]).find(({ source }) => source === "environment");
    return found !== undefined && isAbsolute(found.value) ? found.value : undefined;
  };
  const home = own("HOME");
  const folder = own("XDG_CONFIG_HOME") ?? (home === undefined ? undefined : join(home, ".config"));
  return folder === undefined ? null : join(folder, "copytrader", "encryption.key");
}

function readKeyFile(file: string, { isChosen }: { readonly isChosen: boolean }): EncryptionKeys {
  const place = { file, keyPath: "" };
  const wrong = (message: string): EncryptionKeys => ({ kind: "wrong", problem: { ...place, message } });
  try {
    const { text, mode } = ownText(file);
    if ((mode & 0o077) !== 0) {
      const open = mode.toString(8).padStart(3, "0");
      return wrong(`holds encryption keys and is open to others (mode ${open}): chmod 600 ${file}`);
    }
    return ringOf(text, place, { kind: "file", source: file });
  } catch (error) {
    const code = codeOf(error);
    // A usual place that this user may not even enter is no key file; making one there will say so.
    const isNone = code === "ENOENT" || code === "ENOTDIR" || (code === "EACCES" && !isChosen);
    return isNone ? { kind: "absent", file } : wrong(`cannot be read as a key file (${code})`);
  }
}

/** One descriptor for both answers, so that the mode is that of the text. */
function ownText(file: string): { readonly text: string; readonly mode: number } {
  // What is no file (a pipe, say) must not be waited for.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { mode, size } = fstatSync(descriptor);
    if (size > FILE_BYTES_MAX) return { text: "too long", mode: mode & 0o777 };
    return { text: readFileSync(descriptor, "utf8"), mode: mode & 0o777 };
  } finally {
    closeSync(descriptor);
  }
}

interface Origin {
  readonly kind: "variable" | "file";
  readonly source: string;
}

/** Keys are separated by commas or blanks, in a file by lines. */
function ringOf(
  text: string,
  place: Pick<ConfigurationProblem, "file" | "keyPath">,
  { kind, source }: Origin,
): EncryptionKeys {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const wrong = (message: string): EncryptionKeys => ({ kind: "wrong", problem: { ...place, message } });
  if (words.length > KEYS_MAX) return wrong(`must hold at most ${KEYS_MAX} keys`);
  const keys = words.map((word) => FernetKey.parse(word));
  const bad = keys.indexOf(null);
  const which = words.length === 1 ? "" : `in place ${bad + 1} of ${words.length} `;
  if (bad !== -1) return wrong(`${which}${FORM}`);
  const [newest, ...older] = keys.filter((key) => key !== null);
  if (newest === undefined) return wrong(`holds no key; ${HOW}`);
  const vault = new Vault(newest, ...older);
  return { kind, keys: [newest, ...older], vault, source, file: kind === "file" ? place.file : null };
}
