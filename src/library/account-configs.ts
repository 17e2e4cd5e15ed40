/** Account files, read and written as the program itself does: secrets stay encrypted in the file and are never handed out. */

import { type AccountSource, readAccountFiles } from "../config/account-files.ts";
import { type AccountFile, accountSchema } from "../config/account-schema.ts";
import { describeProblem } from "../config.ts";
import { AccountBook } from "../run/account-book.ts";
import { type Folders, foldersOf, LibraryError } from "./folders.ts";

/** An account file as the program reads it. */
export interface AccountConfig {
  readonly nickname: string;
  readonly role: "leader" | "follower";
  /** Undefined where neither the file nor its address says. */
  readonly accountType: "live" | "testnet" | "demo" | "simulated" | undefined;
  /** Origin of the venue; undefined where it follows from neither url nor account type. */
  readonly url: string | undefined;
  /** Every key of the file but its secrets, by the names of the file: `copy_multiplier`, `symbols_to_copy`, ... */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether the file holds an API key, encrypted or not. */
  readonly hasKey: boolean;
}

/** Enabled accounts, in the order of their files' names. Throws a LibraryError that names every problem of the files. */
export function loadAccountConfigs(folders: Folders = {}): readonly AccountConfig[] {
  const { accounts, problems } = readAccountFiles(foldersOf(folders).dataDir);
  if (problems.length > 0)
    throw new LibraryError("configuration", "the account files have problems", problems.map(describeProblem));
  return accounts.map(configOf);
}

function configOf({ nickname, role, accountType, address, content }: AccountSource): AccountConfig {
  const { api_key, api_secret: _secret, ...settings } = content;
  return { nickname, role, accountType, url: address?.url, settings, hasKey: api_key !== undefined };
}

export interface NewAccountConfig {
  readonly nickname: string;
  readonly role: "leader" | "follower";
  readonly accountType?: "live" | "testnet" | "demo" | "simulated";
  readonly url?: string;
  readonly apiKey?: string;
  readonly apiSecret?: string;
  /** Any other key of an account file, by its own name. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** False keeps the key without a look at it; by default it is looked at, and one that can withdraw is refused. */
  readonly looksAtKey?: boolean;
}

export interface SavedAccount {
  /** The file that was written, with key and secret encrypted. */
  readonly file: string;
  /** The key file, where the first secret made one: keep a copy of it apart from the data folder. */
  readonly madeKeyFile: string | null;
}

/**
 * Writes the file of a new account; it counts from the next start on. Rejects with an AccountError (its `troubles` name the fields) where
 * the name is taken, a key is wrong or may withdraw, or the next start would refuse it.
 */
export async function saveAccountConfig(
  account: NewAccountConfig,
  folders: Folders = {},
): Promise<SavedAccount> {
  const { nickname, role, accountType, url, apiKey, apiSecret, settings, looksAtKey = true } = account;
  const stated = { ...settings, role, account_type: accountType, url };
  const keys = { ...known(stated), nickname };
  const secret = apiKey === undefined || apiSecret === undefined ? undefined : { apiKey, apiSecret };
  if (secret === undefined && (apiKey ?? apiSecret) !== undefined)
    throw new LibraryError("configuration", `${nickname}: apiKey and apiSecret go together`);
  if (settings !== undefined && ("api_key" in settings || "api_secret" in settings))
    throw new LibraryError(
      "configuration",
      `${nickname}: state the key as apiKey and apiSecret, not in settings`,
    );
  const book = new AccountBook(foldersOf(folders));
  const whole = secret === undefined ? { keys } : { keys, secret };
  const made = looksAtKey ? await book.look(whole) : book.prepare(keys);
  return { file: made.file, madeKeyFile: book.write(made, whole) };
}

function known(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** What an account file may hold, as a Zod schema: for forms and checks of your own. */
export { type AccountFile, accountSchema };
