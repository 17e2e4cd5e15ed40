/**
 * Reads `accounts/*.json` of the data folder: form, unique nicknames, addresses. What follows from several accounts
 * together (who copies whom) is in copy-relations.ts. No value of a file is ever quoted: secrets live there.
 */
import { basename, join } from "node:path";
import { type AccountFile, accountSchema } from "./account-schema.ts";
import { checkForm, type FormPlace } from "./check-form.ts";
import { type AccountType, type AccountVenue, defaults } from "./defaults.ts";
import { nickname as nicknameForm } from "./forms.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./problems.ts";
import { readJson } from "./read-json.ts";
import { listFiles } from "./read-text.ts";
import {
  type AddressResult,
  parseAddress,
  typeOfHost,
  usualUrl,
  type VenueAddress,
} from "./venue-address.ts";

export interface AccountSource {
  readonly nickname: string;
  readonly role: "leader" | "follower";
  readonly content: AccountFile;
  readonly exchange: AccountVenue;
  /** Whom it follows, in small letters; null for an account with a key. */
  readonly publicAddress: string | null;
  /** Undefined when neither url nor account type says where the account is. */
  readonly accountType: AccountType | undefined;
  readonly address: VenueAddress | undefined;
  readonly streamUrl: string | null;
  /** Short name: `accounts/slave1.json`. */
  readonly source: string;
  readonly problem: (keyPath: string, message: string, nearest?: string) => ConfigurationProblem;
}

export interface AccountFiles {
  /** Enabled accounts, in the order of their file names. */
  readonly accounts: readonly AccountSource[];
  /** Nicknames of accounts left out by `enabled: false`. */
  readonly disabled: ReadonlySet<string>;
  readonly folder: string;
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationWarning[];
}

const FILES_MAX = 10_000;

/** Whether anything was put there that could describe an account; also where it cannot be looked at. */
export function holdsAccounts(dataDir: string): boolean {
  const listed = listFiles(join(dataDir, "accounts"), [".json"]);
  return listed.kind === "failed" || (listed.kind === "read" && listed.value.length > 0);
}

export function readAccountFiles(dataDir: string): AccountFiles {
  const folder = join(dataDir, "accounts");
  const listed = listFiles(folder, [".json"]);
  if (listed.kind === "failed")
    return nothing(folder, [{ file: folder, keyPath: "", message: listed.cause }]);
  const names = listed.kind === "read" ? listed.value : [];
  if (names.length > FILES_MAX) return nothing(folder, [tooMany(folder)]);
  const read = names.map((name) => readAccountFile(join(folder, name)));
  const sources = read.flatMap(({ account }) => (account === undefined ? [] : [account]));
  return {
    accounts: sources.filter(({ content }) => content.enabled !== false),
    disabled: new Set(
      sources.filter(({ content }) => content.enabled === false).map(({ nickname }) => nickname),
    ),
    folder,
    problems: [...read.flatMap(({ problems }) => problems), ...sameNames(sources)],
    warnings: sources.flatMap(hostMismatch),
  };
}

interface ReadAccount {
  readonly account: AccountSource | undefined;
  readonly problems: readonly ConfigurationProblem[];
}

function readAccountFile(file: string): ReadAccount {
  const read = readJson(file);
  if (read.kind === "absent") return { account: undefined, problems: [] };
  if (read.kind === "broken") return { account: undefined, problems: read.problems };
  return accountFrom(file, read.content, read.placeOf);
}

/** The account that a file of this content is; `placeOf` knows the lines. */
export function accountFrom(
  file: string,
  content: unknown,
  placeOf: (path: readonly PropertyKey[]) => FormPlace,
): ReadAccount {
  const nickname = nicknameIn(content);
  const form = checkForm(accountSchema, content, { placeOf, quotesValues: false, nickname });
  if (!form.ok) return { account: undefined, problems: form.problems };
  return located(file, form.value, placeOf);
}

/** Known even when other keys are wrong, so that a problem can name the account. */
function nicknameIn(content: unknown): string | undefined {
  if (typeof content !== "object" || content === null || !("nickname" in content)) return undefined;
  const form = nicknameForm().safeParse(content.nickname);
  return form.success ? form.data : undefined;
}

function located(
  file: string,
  content: AccountFile,
  placeOf: (path: readonly string[]) => FormPlace,
): ReadAccount {
  const problem = problemMaker(file, content.nickname, placeOf);
  const exchange = content.venue ?? defaults.accountVenue;
  const found = addressOf(content, exchange);
  const stream =
    content.stream_url === undefined ? undefined : parseAddress(content.stream_url, "ws", exchange);
  const problems = [
    ...(found?.ok === false ? [problem("url", found.message)] : []),
    ...(stream?.ok === false ? [problem("stream_url", stream.message)] : []),
    ...(exchange === "hyperliquid" ? notFollowable(content, problem) : strayAddress(content, problem)),
  ];
  const address = found?.ok === true ? found.address : undefined;
  if (exchange === "bybit" && stream?.ok === true && isElsewhere(address, stream.address)) {
    problems.push(problem("stream_url", `is no host of Bybit's, but the url is: ${LOG_IN_SHOWN}`));
  }
  const account = {
    nickname: content.nickname,
    role: roleOf(content.role),
    content,
    exchange,
    publicAddress: content.address?.toLowerCase() ?? null,
    accountType:
      content.account_type ??
      (address === undefined ? undefined : typeOfHost(address.hostKind)) ??
      (exchange === "hyperliquid" ? ("live" as const) : undefined),
    address,
    streamUrl: stream?.ok === true ? stream.address.url : null,
    source: `accounts/${basename(file)}`,
    problem,
  };
  return { account, problems };
}

type Problem = (keyPath: string, message: string, nearest?: string) => ConfigurationProblem;

/** A public address is read by everybody and traded on by nobody here. */
function notFollowable(content: AccountFile, problem: Problem): readonly ConfigurationProblem[] {
  const why = "accounts at Hyperliquid are followed by their public address and never traded on";
  const keys = (["api_key", "api_secret"] as const).filter((name) => content[name] !== undefined);
  return [
    ...(roleOf(content.role) === "leader" ? [] : [problem("role", `must be leader: ${why}`)]),
    ...(content.address === undefined
      ? [problem("address", "is missing; write the public address to follow, such as 0x and 40 digits")]
      : []),
    ...keys.map((name) => problem(name, `must be left out: ${why}; never write a private key here`)),
    ...(content.account_type === "demo"
      ? [problem("account_type", "must be live, testnet or simulated: Hyperliquid has no demo environment")]
      : []),
  ];
}

function strayAddress(content: AccountFile, problem: Problem): readonly ConfigurationProblem[] {
  if (content.address === undefined) return [];
  return [problem("address", 'is for venue "hyperliquid"; accounts at Bybit have a key')];
}

const LOG_IN_SHOWN = "a log-in signed for the one would be shown to the other; leave stream_url out";

/** Log-ins to streams are signed by the key of the account: they go where its requests go. */
function isElsewhere(address: VenueAddress | undefined, stream: VenueAddress): boolean {
  return address !== undefined && isBybit(address) && !isBybit(stream);
}

function isBybit({ hostKind }: VenueAddress): boolean {
  return hostKind !== "unknown" && hostKind !== "loopback";
}

function problemMaker(file: string, nickname: string, placeOf: (path: readonly string[]) => FormPlace) {
  return (keyPath: string, message: string, nearest?: string): ConfigurationProblem => {
    const { line } = keyPath === "" ? { line: undefined } : placeOf([keyPath]);
    const found = nearest === undefined ? {} : { nearest };
    return { file, ...(line === undefined ? {} : { line }), keyPath, nickname, message, ...found };
  };
}

function addressOf(content: AccountFile, exchange: AccountVenue): AddressResult | undefined {
  // Who follows a public address mostly means the real one, and risks nothing by it.
  const type = content.account_type ?? (exchange === "hyperliquid" ? "live" : undefined);
  const text = content.url ?? (type === undefined ? undefined : usualUrl(exchange, type));
  return text === undefined ? undefined : parseAddress(text, "http", exchange);
}

function roleOf(role: AccountFile["role"]): "leader" | "follower" {
  return role === "leader" || role === "master" ? "leader" : "follower";
}

/** Case is ignored, because names of variables and files ignore it in places. */
function sameNames(accounts: readonly AccountSource[]): readonly ConfigurationProblem[] {
  const first = new Map<string, AccountSource>();
  return accounts.flatMap((account) => {
    const name = account.nickname.toLowerCase();
    const other = first.get(name);
    if (other !== undefined) return [account.problem("nickname", `is also the nickname in ${other.source}`)];
    first.set(name, account);
    return [];
  });
}

/** A key belongs to one environment only; a type that does not fit the host is probably a slip. */
function hostMismatch(account: AccountSource): readonly ConfigurationWarning[] {
  const { address, accountType, exchange } = account;
  if (exchange === "hyperliquid") return [];
  if (address?.hostKind === "unknown" && accountType === "live") {
    const message = `is "live", but ${address.host} is no known host of Bybit's: make sure that it is the exchange, as what the key signs goes there`;
    return [account.problem("url", message)];
  }
  const fitting = address === undefined ? undefined : typeOfHost(address.hostKind);
  if (address === undefined || fitting === undefined || address.hostKind === "loopback") return [];
  if (accountType === fitting) return [];
  const message = `is "${accountType}", but ${address.host} is Bybit's ${fitting} environment; a key works in one only`;
  return [account.problem("account_type", message)];
}

function tooMany(folder: string): ConfigurationProblem {
  return { file: folder, keyPath: "", message: `has more than ${FILES_MAX} account files` };
}

function nothing(folder: string, problems: readonly ConfigurationProblem[]): AccountFiles {
  return { accounts: [], disabled: new Set(), folder, problems, warnings: [] };
}
