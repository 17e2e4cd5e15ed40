/**
 * The account files of a data folder, added and removed for command line and API alike: what is about to be kept is looked at where it
 * would be used, and what the next start would refuse is refused now. Nothing here ever quotes a secret.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type AccountFiles, type AccountSource, readAccountFiles } from "../config/account-files.ts";
import type { ConfiguredAccount } from "../config/configured-accounts.ts";
import { relateAccounts } from "../config/copy-relations.ts";
import { realDisk, TAKEN } from "../config/disk.ts";
import { type EncryptionKeys, encryptionKeysFor } from "../config/encryption-keys.ts";
import { type Environment, environmentFor, type Variables } from "../config/environment.ts";
import { type NewAccount, newAccount, prospectOf, secretsFromEnvironment } from "../config/new-account.ts";
import type { ConfigurationProblem } from "../config/problems.ts";
import { readRunTime } from "../config/run-time.ts";
import type { RunTimeAllocation } from "../config/run-time-allocations.ts";
import { addAccount } from "../config/vault-work.ts";
import { type AccountChecks, type Check, checkAccount } from "../control/account-checks.ts";
import {
  type AccountAdded,
  AccountError,
  type AccountFileView,
  type AccountLook,
  type AccountRemoval,
  type Accounts,
  reasonsToKeep,
  type StatedAccount,
} from "../control/accounts.ts";
import type { StatusReport } from "../control/control.ts";
import { Credentials } from "../security/secrets.ts";
import { looksEncrypted } from "../security/vault.ts";
import { probeAccounts } from "./account-probe.ts";

const ORDER_WINDOW_MS = 5_000;

export interface AccountBookParts {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Variables;
  readonly probe?: typeof probeAccounts;
  readonly nowMs?: () => number;
}

/** As they lie there at one moment. */
interface Context {
  readonly files: AccountFiles;
  readonly environment: Environment;
  readonly keys: EncryptionKeys;
  readonly allocations: readonly RunTimeAllocation[];
}

interface Prospected {
  readonly made: NewAccount;
  readonly account: ConfiguredAccount | undefined;
  readonly role: "leader" | "follower";
}

export class AccountBook implements Accounts {
  readonly #parts: AccountBookParts;

  constructor(parts: AccountBookParts) {
    this.#parts = parts;
  }

  list(): readonly AccountFileView[] {
    const { configDir, dataDir, env } = this.#parts;
    const environment = environmentFor(configDir, env);
    return readAccountFiles(dataDir).accounts.map((source) => viewOf(source, environment));
  }

  /** Tells what is wrong without a key, before one is asked for. */
  prepare(keys: StatedAccount["keys"]): NewAccount {
    return this.#prospect({ keys }, this.#context()).made;
  }

  async look(stated: StatedAccount): Promise<AccountLook> {
    const context = this.#context();
    const { made, account, role } = this.#prospect(stated, context);
    const isPublic = made.content.venue === "hyperliquid";
    const checks = stated.secret === undefined && !isPublic ? null : await this.#checks(account, stated);
    return { ...made, role, checks, steps: stepsOf(made, context.keys, stated.secret !== undefined) };
  }

  async add(stated: StatedAccount): Promise<AccountAdded> {
    const look = await this.look(stated);
    return { ...look, madeKeyFile: this.write(look, stated) };
  }

  /**
   * What was looked at just now; the key file, where it was made now. Throws an AccountError where what would be written is another by
   * now: the venue, and perhaps a person, was asked meanwhile.
   */
  write({ file, content }: NewAccount, stated: StatedAccount): string | null {
    const { made: now } = this.#prospect(stated, this.#context());
    if (!isDeepStrictEqual(now.content, content))
      throw new AccountError("bad-settings", "the accounts were changed meanwhile; look again");
    const { secret } = stated;
    const { configDir, dataDir, env } = this.#parts;
    const secrets = secret === undefined ? {} : { api_key: secret.apiKey, api_secret: secret.apiSecret };
    const added = addAccount({
      dataDir,
      keys: encryptionKeysFor(configDir, env),
      reread: () => encryptionKeysFor(configDir, env),
      file,
      content: { ...content, ...secrets },
      hasSecrets: secret !== undefined,
    });
    if (added.trouble === null) return added.madeKeyFile;
    if (added.trouble === TAKEN) throw new AccountError("name-taken", `${file} ${TAKEN}`);
    throw new AccountError("cannot-write", `${file} was not written: ${added.trouble}`);
  }

  removal(nickname: string, status: StatusReport): AccountRemoval {
    const files = soundFiles(this.#parts.dataDir);
    const source = files.accounts.find((one) => one.nickname === nickname);
    if (source === undefined) throw unknown(nickname, files);
    const reasons = [...reasonsToKeep(status, nickname), ...this.#left(files, source)];
    if (reasons.length > 0)
      throw new AccountError("in-use", `${nickname} cannot be removed: ${reasons.join("; ")}`, {
        troubles: reasons.map((message) => ({ field: "", message })),
      });
    const file = join(this.#parts.dataDir, source.source);
    const steps = [
      `remove ${file}, with the key that it holds: not undoable`,
      "leave everything at the venue as it is; what was decided for it while running waits for its return",
    ];
    return { nickname, role: source.role, file, steps };
  }

  remove(nickname: string, status: StatusReport): AccountRemoval {
    const removal = this.removal(nickname, status);
    try {
      realDisk.remove(removal.file);
      realDisk.syncFolder(join(this.#parts.dataDir, "accounts"));
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new AccountError("cannot-write", `${removal.file} was not removed: ${cause}`);
    }
    return removal;
  }

  #context(): Context {
    const { configDir, dataDir, env } = this.#parts;
    const keys = encryptionKeysFor(configDir, env);
    const files = soundFiles(dataDir);
    if (keys.kind === "wrong")
      throw new AccountError("configuration", "the encryption key cannot be used", {
        problems: [keys.problem],
      });
    const { allocations } = readRunTime(dataDir);
    return { files, environment: environmentFor(configDir, env), keys, allocations };
  }

  #prospect({ keys: stated, secret }: StatedAccount, context: Context): Prospected {
    const made = newAccount(this.#parts.dataDir, context.files, stated);
    if (existsSync(made.file)) throw new AccountError("name-taken", `${made.file} is there already`);
    const secrets = secret === undefined ? {} : { api_key: secret.apiKey, api_secret: secret.apiSecret };
    const prospect = prospectOf(made, secrets, context);
    if (prospect.kind === "refused")
      throw new AccountError("bad-settings", "the account cannot be added", { problems: prospect.problems });
    const { files, allocations } = context;
    const problems = newProblems(files, [...files.accounts, prospect.source], allocations);
    if (problems.length > 0)
      throw new AccountError("bad-settings", "the next start would be refused with it", {
        problems,
        // They are in the files of others.
        troubles: problems.map((problem) => ({ field: "", message: sentenceOf(problem) })),
      });
    return { made, account: prospect.account, role: prospect.source.role };
  }

  /** A key that can withdraw, is wrong or lacks a right is refused before it is kept. */
  async #checks(account: ConfiguredAccount | undefined, { secret }: StatedAccount): Promise<AccountChecks> {
    const { probe = probeAccounts, nowMs = Date.now } = this.#parts;
    // What is about to be kept is looked at, even where the environment has another key for this account.
    const credentials = secret === undefined ? null : new Credentials(secret.apiKey, secret.apiSecret);
    const [found] = account === undefined ? [] : await probe([{ ...account, credentials }], ORDER_WINDOW_MS);
    if (found === undefined) {
      const message = "is missing: the venue is not known; say account_type or url";
      throw new AccountError("bad-settings", `account_type ${message}`, {
        troubles: [{ field: "account_type", message }],
      });
    }
    const checks = checkAccount(found, nowMs());
    const failed = checks.checks.filter(({ result }) => result === "fail");
    if (failed.length === 0) return checks;
    const what = secret === undefined ? "address" : "key";
    throw new AccountError("key-refused", `the ${what} is refused, and nothing was written`, {
      checks,
      troubles: failed.map((check) => ({ field: FIELD_OF[check.check], message: check.message })),
    });
  }

  /** What the next start would refuse without it, and copies that would end or begin by that though nobody ordered it. */
  #left(files: AccountFiles, source: AccountSource): readonly string[] {
    const { allocations } = readRunTime(this.#parts.dataDir);
    const accounts = files.accounts.filter((one) => one !== source);
    const before = relateAccounts(files, allocations).relations;
    const after = relateAccounts({ ...files, accounts }, allocations).relations;
    const copies = before.filter(({ leader }) => leader === source);
    const begun = after.filter(
      ({ leader, follower }) =>
        !before.some((known) => known.leader === leader && known.follower === follower),
    );
    return [
      ...newProblems(files, accounts, allocations).map(
        (problem) => `the next start would be refused: ${sentenceOf(problem)}`,
      ),
      ...copies.map(({ follower }) => `${follower.nickname} copies it: uncopy first`),
      ...begun.map(
        ({ leader, follower }) =>
          `${follower.nickname} would begin to copy ${leader.nickname}: name its leader first`,
      ),
    ];
  }
}

/** The key of an account file that a check is about. */
const FIELD_OF: Readonly<Record<Check["check"], string>> = {
  venue: "url",
  key: "api_key",
  address: "address",
  withdrawal: "api_key",
  permissions: "api_key",
  expiry: "api_key",
  clock: "url",
  mode: "api_key",
  balance: "api_key",
  stream: "stream_url",
};

function soundFiles(dataDir: string): AccountFiles {
  const files = readAccountFiles(dataDir);
  if (files.problems.length === 0) return files;
  throw new AccountError("configuration", "the account files have problems", { problems: files.problems });
}

/** What the next start would refuse with these accounts, and not with those that are there. */
function newProblems(
  files: AccountFiles,
  accounts: readonly AccountSource[],
  allocations: readonly RunTimeAllocation[],
): readonly ConfigurationProblem[] {
  const before = new Set(relateAccounts(files, allocations).problems.map(sentenceOf));
  const { problems } = relateAccounts({ ...files, accounts }, allocations);
  return problems.filter((problem) => !before.has(sentenceOf(problem)));
}

function sentenceOf({ nickname = "", keyPath, message }: ConfigurationProblem): string {
  return [nickname, keyPath, message].filter((one) => one !== "").join(" ");
}

function unknown(nickname: string, { accounts }: AccountFiles): AccountError {
  const names = accounts.map((one) => one.nickname).join(", ") || "none";
  const message = `there is no account "${nickname}"; there are: ${names}`;
  return new AccountError("unknown-account", message);
}

function viewOf(source: AccountSource, environment: Environment): AccountFileView {
  const { nickname, role, exchange, accountType = null } = source;
  return { nickname, role, venue: exchange, accountType, key: keyOf(source, environment) };
}

function keyOf({ nickname, content, publicAddress }: AccountSource, environment: Environment) {
  if (publicAddress !== null) return "public";
  if (secretsFromEnvironment(environment, nickname) !== undefined) return "environment";
  if (content.api_key === undefined) return "none";
  return looksEncrypted(content.api_key) ? "encrypted" : "plain";
}

function stepsOf({ file, content }: NewAccount, keys: EncryptionKeys, hasKey: boolean): readonly string[] {
  const written = Object.entries(content).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const secrets = hasKey ? ", api_key and api_secret encrypted" : "";
  const keyFile =
    hasKey && keys.kind === "absent" && keys.file !== null ? [`make the key file ${keys.file}`] : [];
  const lack =
    hasKey || content.venue === "hyperliquid"
      ? []
      : [
          "leave it without a key: a live start is refused until there is one, in its file or in the environment",
        ];
  return [...keyFile, `write ${file}: ${written.join(", ")}${secrets}`, ...lack];
}
