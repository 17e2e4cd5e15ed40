/**
 * Finds each account's key and secret: environment, then `.env`, then the account file. The names are NICKNAME_API_KEY and
 * NICKNAME_API_SECRET, and MASTER_ or SLAVE_ for the only leader or the only follower. An example's placeholder gives
 * way to anything real.
 */
import { Credentials, isKeyText } from "../security/secrets.ts";
import type { AccountSource } from "./account-files.ts";
import type { ValueSource } from "./effective.ts";
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
  const problems = [...wrongText(search, "api_key", key), ...wrongText(search, "api_secret", secret)];
  if (problems.length > 0) return { ...empty, problems };
  const source = key.source === secret.source ? key.source : `${key.source} and ${secret.source}`;
  const warnings = [...placeholder(search, "api_key", key), ...placeholder(search, "api_secret", secret)];
  return { credentials: new Credentials(key.value, secret.value), source, problems: [], warnings };
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

function wrongText(search: Search, half: Half, found: Candidate): readonly ConfigurationProblem[] {
  if (isKeyText(found.value)) return [];
  const message = `from ${found.source} must be 1 to 256 letters, digits or signs, without blanks`;
  return [search.account.problem(half, message)];
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
