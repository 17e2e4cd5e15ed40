/**
 * An account that is about to be added: what can be inferred from the accounts that are there is, and what would be refused
 * at the next start is refused now.
 */
import { join } from "node:path";
import { type AccountFiles, type AccountSource, accountFrom } from "./account-files.ts";
import { type ConfiguredAccount, configureAccounts } from "./configured-accounts.ts";
import { relateAccounts } from "./copy-relations.ts";
import type { EncryptionKeys } from "./encryption-keys.ts";
import { type Environment, variablePrefix } from "./environment.ts";
import type { ConfigurationProblem } from "./problems.ts";
import type { RunTimeAllocation } from "./run-time-allocations.ts";

export interface NewAccount {
  readonly file: string;
  /** Keys of the account file, without its secrets. */
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * What is stated comes before what follows from the others: the role that is missing, the leader if there is only one, and the venue
 * if all share one. The leader is named so that another one can be added later.
 */
export function newAccount(
  dataDir: string,
  files: AccountFiles,
  stated: Readonly<Record<string, unknown>> & { readonly nickname: string },
): NewAccount {
  const [leader, ...others] = files.accounts.filter((one) => one.role === "leader");
  const { nickname, role = leader === undefined ? "leader" : "follower", ...rest } = stated;
  const isMeant = role === "follower" && leader !== undefined && others.length === 0;
  const name = nickname.toLowerCase().replaceAll(/[^\p{L}\p{N}_.-]/gu, "-");
  return {
    file: join(dataDir, "accounts", `${name}.json`),
    content: {
      nickname,
      role,
      ...(isMeant ? { leader: leader.nickname } : {}),
      ...sharedVenue(files, rest),
      ...rest,
    },
  };
}

function sharedVenue(
  { accounts }: AccountFiles,
  stated: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const isElsewhere = stated.venue !== undefined && stated.venue !== "bybit";
  if (isElsewhere || stated.url !== undefined || stated.account_type !== undefined) return {};
  const [first, ...others] = accounts.filter(({ exchange }) => exchange === "bybit");
  const isShared = others.every(
    ({ accountType, address }) => accountType === first?.accountType && address?.url === first?.address?.url,
  );
  if (first?.address === undefined || !isShared) return {};
  return { account_type: first.accountType, url: first.address.url };
}

/** Key and secret from the environment or `.env`, by the account's own names; undefined unless both are there. */
export function secretsFromEnvironment(
  environment: Environment,
  nickname: string,
): { readonly apiKey: string; readonly apiSecret: string } | undefined {
  const prefix = variablePrefix(nickname);
  const key = environment.find([`${prefix}_API_KEY`]);
  const secret = environment.find([`${prefix}_API_SECRET`]);
  if (key === undefined || secret === undefined) return undefined;
  return { apiKey: key.value, apiSecret: secret.value };
}

export interface Secrets {
  readonly api_key?: string;
  readonly api_secret?: string;
}

export type Prospect =
  | {
      readonly kind: "sound";
      readonly account: ConfiguredAccount | undefined;
      readonly source: AccountSource;
    }
  | { readonly kind: "refused"; readonly problems: readonly ConfigurationProblem[] };

/** The account among the others as a live start would have it; only what is wrong with itself counts. */
export function prospectOf(
  { file, content }: NewAccount,
  secrets: Secrets,
  {
    files,
    environment,
    keys,
    allocations,
  }: {
    readonly files: AccountFiles;
    readonly environment: Environment;
    readonly keys: EncryptionKeys;
    readonly allocations: readonly RunTimeAllocation[];
  },
): Prospect {
  const { account: source, problems } = accountFrom(file, { ...content, ...secrets }, () => ({
    file,
    line: undefined,
  }));
  if (source === undefined || problems.length > 0) return { kind: "refused", problems };
  const same = files.accounts.find(
    ({ nickname }) => nickname.toLowerCase() === source.nickname.toLowerCase(),
  );
  if (same !== undefined)
    return {
      kind: "refused",
      problems: [source.problem("nickname", `is also the nickname in ${same.source}`)],
    };
  const all = [...files.accounts, source];
  const { relations, problems: unrelated } = relateAccounts({ ...files, accounts: all }, allocations);
  const hasKey = secrets.api_key !== undefined;
  const configured = configureAccounts({
    mode: "live",
    live: true,
    purpose: hasKey ? "start" : "inspect",
    accounts: all,
    relations,
    environment,
    keys,
  });
  const own = [...unrelated, ...configured.problems].filter(({ nickname }) => nickname === source.nickname);
  if (own.length > 0) return { kind: "refused", problems: own };
  const account = configured.accounts.find(({ account: name }) => name === source.nickname);
  return { kind: "sound", account, source };
}
