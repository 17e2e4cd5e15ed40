/**
 * The accounts as the engine gets them: where each is, how its orders are filled, and with which key. Which of them need
 * `--live`, a key or an address depends on the mode; that is decided here and nowhere else.
 */
import { AccountId, VenueId } from "../core/model/identifiers.ts";
import type { Credentials } from "../security/secrets.ts";
import { findCredentials, sharedVariables } from "./account-credentials.ts";
import type { AccountSource } from "./account-files.ts";
import type { CopyRelation } from "./copy-relations.ts";
import type { AccountType, AccountVenue, Mode } from "./defaults.ts";
import type { ValueSource } from "./effective.ts";
import type { EncryptionKeys } from "./encryption-keys.ts";
import type { Environment } from "./environment.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./problems.ts";
import { parseAddress, usualUrl, type VenueAddress } from "./venue-address.ts";

export interface ConfiguredAccount {
  readonly account: AccountId;
  readonly role: "leader" | "follower";
  /** Leaders are only read; followers trade at their venue, or inside on its public prices. */
  readonly execution: "read-only" | "venue" | "paper";
  readonly accountType: AccountType;
  readonly exchange: AccountVenue;
  /** Whom it follows, in small letters; null for an account with a key. */
  readonly publicAddress: string | null;
  /** Host (and port) of the url; for a paper follower that of its leaders. */
  readonly venue: VenueId;
  /** Origin of the venue's REST interface, without a slash at its end. */
  readonly url: string;
  /** Origin of its streams when the account file states one; null means: the one that belongs to the url. */
  readonly streamUrl: string | null;
  /** Null for paper followers and public addresses, which need none; and where it is missing, when the purpose is only to inspect. */
  readonly credentials: Credentials | null;
  readonly credentialsSource: ValueSource | null;
  readonly telegramId: string | null;
  /** Short name of its file: `accounts/slave1.json`. */
  readonly source: ValueSource;
}

export interface AccountsInput {
  readonly mode: Mode;
  /** Whether the deliberate word `--live` was given. */
  readonly live: boolean;
  /** To inspect (status, journal) nothing has to be startable. */
  readonly purpose: "start" | "inspect";
  readonly accounts: readonly AccountSource[];
  readonly relations: readonly CopyRelation[];
  readonly environment: Environment;
  /** For what lies encrypted. */
  readonly keys: EncryptionKeys;
}

export interface ConfiguredAccounts {
  readonly accounts: readonly ConfiguredAccount[];
  /** Keys and secrets that are missing, wrong or cannot be decrypted; with purpose start they are problems, too. */
  readonly keyProblems: readonly ConfigurationProblem[];
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationWarning[];
}

export function configureAccounts(input: AccountsInput): ConfiguredAccounts {
  const built = input.accounts.map((source) => configureAccount(source, input));
  const accounts = built.flatMap(({ account }) => (account === undefined ? [] : [{ ...account }]));
  return {
    accounts,
    keyProblems: built.flatMap(({ keyProblems }) => keyProblems),
    problems: [
      ...built.flatMap(({ problems }) => problems),
      ...sharedVariables(input.accounts, input.environment),
      ...sameKeys(accounts, input.accounts),
    ],
    warnings: built.flatMap(({ warnings }) => warnings),
  };
}

interface Built {
  readonly account: ConfiguredAccount | undefined;
  readonly keyProblems: readonly ConfigurationProblem[];
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationWarning[];
}

function configureAccount(source: AccountSource, input: AccountsInput): Built {
  const execution = executionOf(source, input.mode);
  if (execution === "paper") return paperFollower(source, input);
  const { address, accountType } = source;
  const place = placeProblems(source, input);
  if (address === undefined || accountType === undefined)
    return { account: undefined, keyProblems: [], problems: place, warnings: [] };
  const { accounts: all, environment, keys } = input;
  const found =
    source.exchange === "hyperliquid" ? NO_KEY : findCredentials({ account: source, all, environment, keys });
  const problems = input.purpose === "inspect" ? place : [...place, ...found.problems];
  const account = {
    ...base(source, address),
    execution,
    accountType,
    credentials: found.credentials,
    credentialsSource: found.source,
  };
  return { account, keyProblems: found.problems, problems, warnings: found.warnings };
}

const NO_KEY = { credentials: null, source: null, problems: [], warnings: [] } as const;

function executionOf({ role }: AccountSource, mode: Mode): ConfiguredAccount["execution"] {
  if (role === "leader") return "read-only";
  return mode === "live" ? "venue" : "paper";
}

function base(source: AccountSource, address: VenueAddress) {
  const { telegram_id: telegramId } = source.content;
  return {
    account: AccountId(source.nickname),
    role: source.role,
    exchange: source.exchange,
    publicAddress: source.publicAddress,
    venue: VenueId(address.host),
    url: address.url,
    streamUrl: source.streamUrl,
    telegramId: telegramId === undefined ? null : String(telegramId),
    source: source.source,
  };
}

/** It stands where its leaders stand, whatever its own url says, because it is filled at the prices they trade at. */
function paperFollower(source: AccountSource, { relations }: AccountsInput): Built {
  const leaders = relations.filter(({ follower }) => follower === source).map(({ leader }) => leader);
  const [first, ...others] = leaders.filter(({ exchange }) => exchange === "bybit");
  if (first === undefined && leaders.length > 0) return paperAtItsOwn(source);
  if (first?.address === undefined)
    return { account: undefined, keyProblems: [], problems: [], warnings: [] };
  const { address, streamUrl } = first;
  const elsewhere = others.find(
    (leader) => leader.address !== undefined && leader.address.host !== address.host,
  );
  const problems = elsewhere === undefined ? [] : [severalVenues(source, first, elsewhere)];
  const account = {
    ...base(source, address),
    streamUrl,
    execution: "paper" as const,
    accountType: source.accountType ?? ("simulated" as const),
    credentials: null,
    credentialsSource: null,
  };
  return { account, keyProblems: [], problems, warnings: [] };
}

/** Its leaders trade elsewhere: it is filled at the prices of its own venue, or of Bybit's usual one. */
function paperAtItsOwn(source: AccountSource): Built {
  const usual = parseAddress(usualUrl("bybit", "live") ?? "", "http");
  const address = source.address ?? (usual.ok ? usual.address : undefined);
  if (address === undefined) return { account: undefined, keyProblems: [], problems: [], warnings: [] };
  const account = {
    ...base(source, address),
    execution: "paper" as const,
    accountType: source.accountType ?? ("simulated" as const),
    credentials: null,
    credentialsSource: null,
  };
  return { account, keyProblems: [], problems: [], warnings: [] };
}

function severalVenues(
  source: AccountSource,
  first: AccountSource,
  other: AccountSource,
): ConfigurationProblem {
  const message = `names leaders at different venues ("${first.nickname}", "${other.nickname}"); in paper mode a follower's leaders must share one`;
  return source.problem("leader", message);
}

function placeProblems(source: AccountSource, input: AccountsInput): readonly ConfigurationProblem[] {
  const { address, accountType, content } = source;
  if (address === undefined) return content.url === undefined ? [missingUrl(source)] : [];
  if (accountType === undefined) {
    return [
      source.problem(
        "account_type",
        "is missing, and the host does not tell; it must be one of live, testnet, demo, simulated",
      ),
    ];
  }
  if (source.role === "leader" || input.purpose === "inspect") return [];
  if (accountType === "live" && !input.live) {
    return [
      source.problem("account_type", "is live: it trades real money, which needs the deliberate word --live"),
    ];
  }
  if (accountType !== "live" && address.hostKind === "live") return [realMoney(source, accountType)];
  return [];
}

function missingUrl(source: AccountSource): ConfigurationProblem {
  return source.problem(
    "url",
    "is missing, and the account type does not tell; write the venue's address, such as https://api-demo.bybit.com",
  );
}

/** The type alone decides about --live, so it must not say less than the host. */
function realMoney(source: AccountSource, type: AccountType): ConfigurationProblem {
  const message = `is "${type}", but ${source.address?.host} trades real money; it must be "live", or the url that of the ${type} environment`;
  return source.problem("account_type", message, "live");
}

/** One account behind two names would copy itself, or be written by two hands. */
function sameKeys(
  accounts: readonly ConfiguredAccount[],
  sources: readonly AccountSource[],
): readonly ConfigurationProblem[] {
  const first = new Map<string, ConfiguredAccount>();
  return accounts.flatMap((account) => {
    const { venue, credentials, publicAddress } = account;
    if (credentials === null && publicAddress === null) return [];
    const name = `${venue} ${publicAddress ?? credentials?.keyFingerprint()}`;
    const other = first.get(name);
    if (other === undefined) first.set(name, account);
    const source = sources.find(({ nickname }) => nickname === account.account);
    if (other === undefined || source === undefined) return [];
    if (publicAddress !== null)
      return [source.problem("address", `is followed as "${other.account}" already`)];
    return [source.problem("api_key", `is also the key of "${other.account}"; every account needs its own`)];
  });
}
