/** `copytrader accounts add`: looks at a key before it is kept, shows what it would write, and writes it encrypted. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import type { ConfiguredAccount } from "../../config/configured-accounts.ts";
import type { NewAccount, Secrets } from "../../config/new-account.ts";
import type { ConfigurationProblem } from "../../config.ts";
import type { AccountChecks } from "../../control/account-checks.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { confirm } from "../confirm.ts";
import { describeChecks } from "../findings.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { readSecretPair, type SecretPair } from "../secret-input.ts";

interface AddOptions extends Folders, CommonOptions {
  readonly role?: string;
  readonly type?: string;
  readonly url?: string;
  readonly address?: string;
  readonly leader?: string;
  readonly set: readonly string[];
  /** False with --no-key. */
  readonly key: boolean;
  readonly yes?: boolean;
}

const ORDER_WINDOW_MS = 5_000;
const SECRET_HELP = `
Key and secret are taken from NICKNAME_API_KEY and NICKNAME_API_SECRET (environment or .env), or else
from stdin: typed without being shown, or as two lines or JSON. They are never arguments.`;

export function accountsAddCommand(finish: Finish): Command {
  const examples = [
    "accounts add alice --type live --role leader",
    "accounts add slave1 --type demo --set copy_multiplier=0.5 --yes < key-and-secret.txt",
    "accounts add paper1 --role follower --no-key",
    "accounts add whale --address 0x5e9ee1089755c3435139848e47e6635505d5a13a",
  ];
  const summary = "look at a key, and write a new account file with it encrypted";
  return withFolders(command("add", summary, examples))
    .argument("<nickname>", "name of the account")
    .option("--role <role>", "leader or follower; by default leader if there is none yet")
    .option("--type <type>", "live, testnet, demo or simulated; by default as the url or the others say")
    .option("--url <url>", "address of the venue; by default as the type or the others say")
    .option("--address <address>", "follow this public address at Hyperliquid, without a key")
    .option("--leader <nickname>", "whom a follower copies, when there are several leaders")
    .option("--set <key=value>", "any other key of an account file; can be repeated", collected, [])
    .option("--no-key", "without key and secret: a paper follower, or keys that stay in the environment")
    .option("--yes", "do it without asking")
    .addHelpText("after", SECRET_HELP)
    .action((nickname: string, options: AddOptions) =>
      runAction(options, finish, (output) => add(nickname, options, output)),
    );
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function add(nickname: string, options: AddOptions, output: Output): Promise<undefined> {
  const { readAccountFiles } = await import("../../config/account-files.ts");
  const { encryptionKeysFor } = await import("../../config/encryption-keys.ts");
  const { environmentFor } = await import("../../config/environment.ts");
  const { newAccount, prospectOf, secretsFromEnvironment } = await import("../../config/new-account.ts");
  const environment = environmentFor(options.config);
  const keys = encryptionKeysFor(options.config);
  const files = readAccountFiles(options.data);
  if (files.problems.length > 0) throw await refusal("the account files have problems", files.problems);
  if (keys.kind === "wrong") throw await refusal("the encryption key cannot be used", [keys.problem]);
  const made = newAccount(options.data, files, statedKeys(nickname, options));
  if (existsSync(made.file)) throw usage(`${made.file} is there already`);
  // What is wrong without a key is told before one is asked for.
  const context = { files, environment, keys };
  const bare = prospectOf(made, {}, context);
  if (bare.kind === "refused") throw await refusal("the account cannot be added", bare.problems);
  const isPublic = made.content.venue === "hyperliquid";
  const given =
    options.key && !isPublic
      ? (secretsFromEnvironment(environment, nickname) ?? (await readSecretPair()))
      : undefined;
  const secrets = given === undefined ? {} : { api_key: given.apiKey, api_secret: given.apiSecret };
  const prospect = prospectOf(made, secrets, context);
  if (prospect.kind === "refused") throw await refusal("the account cannot be added", prospect.problems);
  const checks = given === undefined && !isPublic ? null : await inspected(prospect.account, given);
  if (checks !== null) output.note(describeChecks(checks));
  const steps = await plannedSteps(made, options, given !== undefined);
  for (const step of steps) output.note(`would ${step}`);
  await confirm(output, {
    isSure: options.yes === true,
    question: "Add this account?",
    declined: "no account was added",
    problems: steps.map((step) => ({ message: `would ${step}` })),
  });
  const madeKeyFile = await written(made, secrets, options);
  output.result({ added: nickname, file: made.file, madeKeyFile, checks }, () => {
    const key =
      madeKeyFile === null ? "" : `\nA new encryption key lies in ${madeKeyFile}; keep a copy of it.`;
    return `written ${made.file}; it counts from the next start on${key}`;
  });
  return undefined;
}

const NOT_BY_ARGUMENT = new Set(["api_key", "api_secret", "nickname"]);

function statedKeys(nickname: string, { role, type, url, address, leader, set }: AddOptions) {
  const more = set.map((text): readonly [string, unknown] => {
    const [name = "", ...rest] = text.split("=");
    if (rest.length === 0 || name === "") throw usage("--set must be of the form key=value");
    if (NOT_BY_ARGUMENT.has(name)) throw usage(`--set takes no ${name}; see copytrader accounts add --help`);
    return [name, writtenValue(rest.join("="))];
  });
  const followed = address === undefined ? {} : { role: role ?? "leader", venue: "hyperliquid", address };
  const stated = { role, ...followed, account_type: type, url, leader, ...Object.fromEntries(more) };
  const known = Object.entries(stated).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), nickname };
}

/** Numbers, lists and truth values as in the file; everything else is a text. */
function writtenValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function refusal(message: string, problems: readonly ConfigurationProblem[]): Promise<CliError> {
  const { describeProblem } = await import("../../config.ts");
  return new CliError("configuration", message, {
    exitCode: EXIT.usage,
    problems: problems.map((problem) => ({ ...problem })),
    lines: problems.map(describeProblem),
  });
}

/** A key that can withdraw, is wrong or lacks a right is refused before it is kept. */
async function inspected(
  account: ConfiguredAccount | undefined,
  key: SecretPair | undefined,
): Promise<AccountChecks> {
  const { Credentials } = await import("../../security/secrets.ts");
  const { probeAccounts } = await import("../../run/account-probe.ts");
  const { checkAccount } = await import("../../control/account-checks.ts");
  // What is about to be kept is looked at, even where the environment has another key for this account.
  const credentials = key === undefined ? null : new Credentials(key.apiKey, key.apiSecret);
  const asked = account === undefined ? [] : [{ ...account, credentials }];
  const [probe] = await probeAccounts(asked, ORDER_WINDOW_MS);
  if (probe === undefined) throw usage("the venue is not known; give --type or --url");
  const checks = checkAccount(probe, Date.now());
  const failed = checks.checks.filter(({ result }) => result === "fail");
  if (failed.length === 0) return checks;
  const what = key === undefined ? "address" : "key";
  throw new CliError("refused", `the ${what} is refused, and nothing was written`, {
    problems: failed.map((check) => ({ ...check })),
    lines: failed.map(({ check, message }) => `${check}: ${message}`),
  });
}

async function plannedSteps(
  { file, content }: NewAccount,
  { config }: AddOptions,
  hasKey: boolean,
): Promise<readonly string[]> {
  const { encryptionKeysFor } = await import("../../config/encryption-keys.ts");
  const keys = encryptionKeysFor(config);
  const written = Object.entries(content).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const secrets = hasKey ? ", api_key and api_secret encrypted" : "";
  const keyFile =
    hasKey && keys.kind === "absent" && keys.file !== null ? [`make the key file ${keys.file}`] : [];
  return [...keyFile, `write ${file}: ${written.join(", ")}${secrets}`];
}

/** The key file, when it was made now. */
async function written(
  made: NewAccount,
  secrets: Secrets,
  { config, data }: AddOptions,
): Promise<string | null> {
  const { encryptionKeysFor } = await import("../../config/encryption-keys.ts");
  const { addAccount } = await import("../../config/vault-work.ts");
  const added = addAccount({
    dataDir: data,
    keys: encryptionKeysFor(config),
    reread: () => encryptionKeysFor(config),
    file: made.file,
    content: { ...made.content, ...secrets },
    hasSecrets: secrets.api_key !== undefined,
  });
  if (added.trouble === null) return added.madeKeyFile;
  throw new CliError("cannot-write", `${made.file} was not written: ${added.trouble}`);
}
