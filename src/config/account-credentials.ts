/**
 * Finds each account's key and secret: environment, then `.env`, then the account file. The names are NICKNAME_API_KEY and
 * NICKNAME_API_SECRET, and MASTER_ or SLAVE_ for the only leader or the only follower. An example's placeholder gives
 * way to anything real. What lies there encrypted is decrypted here, and only if it is the one that counts.
 */
import { Credentials, isKeyText } from "../security/secrets.ts";
import { looksEncrypted } from "../security/vault.ts";
import type { AccountSource } from "./account-files.ts";
import type { ValueSource } from "./effective.ts";
import { type EncryptionKeys, KEY_VARIABLE } from "./encryption-keys.ts";
import { type Environment, isPlaceholder, variablePrefix } from "./environment.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./problems.ts";

export interface FoundCredentials {
  readonly credentials: Credentials | null;
  readonly source: ValueSource | null;
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationWarning[];
}

type Half = "api_key" | "api_secret";

interface Candidate {
  readonly value: string;
  readonly source: ValueSource;
}

interface Search {
  readonly account: AccountSource;
  readonly all: readonly AccountSource[];
  readonly environment: Environment;
  readonly keys: EncryptionKeys;
}

export function findCredentials(search: Search): FoundCredentials {
  const key = bestOf(search, "api_key");
  const secret = bestOf(search, "api_secret");
  if (key === undefined || secret === undefined) {
    const missing: Half[] = [
      ...(key === undefined ? (["api_key"] as const) : []),
      ...(secret === undefined ? (["api_secret"] as const) : []),
    ];
    return { ...empty, problems: missing.map((half) => missingHalf(search, half)) };
  }
  const openKey = opened(search, "api_key", key);
  const openSecret = opened(search, "api_secret", secret);
  if (!openKey.ok || !openSecret.ok)
    return { ...empty, problems: [openKey, openSecret].flatMap((half) => (half.ok ? [] : half.problems)) };
  const source = key.source === secret.source ? key.source : `${key.source} and ${secret.source}`;
  const warnings = [...placeholder(search, "api_key", key), ...placeholder(search, "api_secret", secret)];
  const credentials = new Credentials(openKey.bytes.toString("latin1"), openSecret.bytes);
  return { credentials, source, problems: [], warnings };
}

const empty = { credentials: null, source: null, problems: [], warnings: [] } as const;

function bestOf(search: Search, half: Half): Candidate | undefined {
  const { account, environment } = search;
  const fromFile = account.content[half];
  const candidates = [
    ...environment.findAll(variableNames(search, half)),
    ...(fromFile === undefined ? [] : [{ value: fromFile, source: account.source }]),
  ];
  return candidates.find(({ value }) => !isPlaceholder(value)) ?? candidates[0];
}

function variableNames({ account, all }: Search, half: Half): readonly string[] {
  const own = variablePrefix(account.nickname);
  const others = all.filter((other) => other !== account);
  const isOnlyOne = others.every(({ role }) => role !== account.role);
  const byRole = account.role === "leader" ? "MASTER" : "SLAVE";
  const isTaken = others.some(({ nickname }) => variablePrefix(nickname) === byRole);
  const prefixes = isOnlyOne && !isTaken && own !== byRole ? [own, byRole] : [own];
  return prefixes.map((prefix) => `${prefix}_${half.toUpperCase()}`);
}

function missingHalf(search: Search, half: Half): ConfigurationProblem {
  const names = variableNames(search, half).join(" or ");
  return search.account.problem(
    half,
    `is missing; write it into the file, or set ${names} in the environment or .env`,
  );
}

type Opened =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

function opened(search: Search, half: Half, { value, source }: Candidate): Opened {
  const { account, keys } = search;
  const bytes = looksEncrypted(value)
    ? "vault" in keys
      ? keys.vault.decrypt(value)
      : null
    : Buffer.from(value, "utf8");
  if (bytes === null) {
    // What is wrong with the key itself is told once, not for every account.
    const problems = keys.kind === "wrong" ? [] : [account.problem(half, unreadable(source, keys))];
    return { ok: false, problems };
  }
  if (isKeyText(bytes)) return { ok: true, bytes };
  const message = `from ${source} must be 1 to 256 letters, digits or signs, without blanks`;
  return { ok: false, problems: [account.problem(half, message)] };
}

function unreadable(source: ValueSource, keys: Exclude<EncryptionKeys, { readonly kind: "wrong" }>): string {
  if (keys.kind === "absent") {
    const orFile = keys.file === null ? "" : `, or put the key file back at ${keys.file}`;
    return `from ${source} is encrypted, and there is no key to read it: set ${KEY_VARIABLE}${orFile}`;
  }
  const where = keys.file === null ? `${KEY_VARIABLE}=NEWEST,OLDER` : `a line of ${keys.file}`;
  return `from ${source} cannot be decrypted with ${keys.source}: it was encrypted under another key, or is damaged; add that key (${where}), or write the plain value again`;
}

function placeholder(search: Search, half: Half, found: Candidate): readonly ConfigurationWarning[] {
  if (!isPlaceholder(found.value)) return [];
  return [search.account.problem(half, `from ${found.source} is still the placeholder of an example`)];
}

/** Two nicknames that give the same variable names would silently share a key; only wrong when such a variable is set. */
export function sharedVariables(
  all: readonly AccountSource[],
  environment: Environment,
): readonly ConfigurationProblem[] {
  const first = new Map<string, AccountSource>();
  return all.flatMap((account) => {
    const prefix = variablePrefix(account.nickname);
    const other = first.get(prefix);
    if (other === undefined) first.set(prefix, account);
    const set = environment.find([`${prefix}_API_KEY`, `${prefix}_API_SECRET`]);
    if (other === undefined || set === undefined) return [];
    const message = `and "${other.nickname}" would both read ${set.name}; rename one of them`;
    return [account.problem("nickname", message)];
  });
}
