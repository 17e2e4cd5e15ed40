/** `copytrader accounts add`: looks at a key before it is kept, shows what it would write, and writes it encrypted. */
import type { Command } from "commander";
import { told } from "../account-refusal.ts";
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
import { type Output, usage } from "../output.ts";
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
  const { AccountBook } = await import("../../run/account-book.ts");
  const book = new AccountBook({ configDir: options.config, dataDir: options.data });
  const keys = statedKeys(nickname, options);
  const look = await told(async () => {
    const { content } = book.prepare(keys);
    const secret = options.key && content.venue !== "hyperliquid" ? await secretOf(nickname, options) : null;
    const stated = { keys, ...(secret === null ? {} : { secret }) };
    return { ...(await book.look(stated)), stated };
  });
  const { file, checks, steps, stated } = look;
  if (checks !== null) output.note(describeChecks(checks));
  for (const step of steps) output.note(`would ${step}`);
  await confirm(output, {
    isSure: options.yes === true,
    question: "Add this account?",
    declined: "no account was added",
    problems: steps.map((step) => ({ message: `would ${step}` })),
  });
  const madeKeyFile = await told(async () => book.write(look, stated));
  output.result({ added: nickname, file, madeKeyFile, checks }, () => {
    const key =
      madeKeyFile === null ? "" : `\nA new encryption key lies in ${madeKeyFile}; keep a copy of it.`;
    return `written ${file}; it counts from the next start on${key}`;
  });
  return undefined;
}

async function secretOf(nickname: string, { config }: AddOptions): Promise<SecretPair> {
  const { environmentFor } = await import("../../config/environment.ts");
  const { secretsFromEnvironment } = await import("../../config/new-account.ts");
  return secretsFromEnvironment(environmentFor(config), nickname) ?? (await readSecretPair());
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
