/** `copytrader accounts encrypt`: encrypts what lies open in account files, as the next start would. */
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { confirm } from "../confirm.ts";
import { CliError, type Output, usage } from "../output.ts";

interface EncryptOptions extends Folders, CommonOptions {
  readonly yes?: boolean;
}

export function accountsEncryptCommand(finish: Finish): Command {
  const examples = ["accounts encrypt", "accounts encrypt slave1 --yes"];
  return withFolders(command("encrypt", "encrypt keys and secrets that lie open in account files", examples))
    .argument("[nickname]", "only this account")
    .option("--yes", "do it without asking")
    .action((nickname: string | undefined, options: EncryptOptions) =>
      runAction(options, finish, (output) => encrypt(nickname, options, output)),
    );
}

async function encrypt(
  nickname: string | undefined,
  { config, data, yes }: EncryptOptions,
  output: Output,
): Promise<undefined> {
  const { encryptionKeysFor } = await import("../../config/encryption-keys.ts");
  const { encryptAccounts, openFiles } = await import("../../config/vault-work.ts");
  const { describeProblem } = await import("../../config.ts");
  const only = nickname === undefined ? undefined : [await fileOf(nickname, data)];
  const keys = encryptionKeysFor(config);
  const open = openFiles(data, keys, only);
  if (open.length > 0) {
    const makes = keys.kind === "absent" && keys.file !== null ? [`make the key file ${keys.file}`] : [];
    const steps = [...makes, ...open.map(({ source }) => `encrypt api_key and api_secret in ${source}`)];
    for (const step of steps) output.note(`would ${step}`);
    await confirm(output, {
      isSure: yes === true,
      question: "Encrypt these?",
      declined: "nothing was encrypted",
      problems: steps.map((step) => ({ message: `would ${step}` })),
    });
  }
  const reread = () => encryptionKeysFor(config);
  const report = encryptAccounts({ dataDir: data, keys, reread, ...(only === undefined ? {} : { only }) });
  if (report.problems.length > 0) {
    throw new CliError("not-encrypted", "not everything could be encrypted", {
      problems: report.problems.map((problem) => ({ ...problem })),
      lines: report.problems.map(describeProblem),
    });
  }
  output.result({ encrypted: report.encrypted, madeKeyFile: report.madeKeyFile }, () => {
    if (report.encrypted.length === 0) return "nothing lies open";
    const key = report.madeKeyFile;
    const made = key === null ? "" : `\nA new encryption key lies in ${key}; keep a copy of it.`;
    return `encrypted: ${report.encrypted.join(", ")}${made}`;
  });
  return undefined;
}

async function fileOf(nickname: string, dataDir: string): Promise<string> {
  const { readAccountFiles } = await import("../../config/account-files.ts");
  const { accounts } = readAccountFiles(dataDir);
  const found = accounts.find((account) => account.nickname === nickname);
  if (found !== undefined) return found.source;
  const names = accounts.map((account) => account.nickname).join(", ") || "none";
  const message = `there is no account "${nickname}"; there are: ${names}`;
  throw usage(message);
}
