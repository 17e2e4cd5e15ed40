/** `copytrader keys`: the encryption key for secrets at rest: make one, look at it, replace it. */
import { resolve } from "node:path";
import { Command } from "commander";
import type { EncryptionKeys } from "../../config/encryption-keys.ts";
import type { Rotation } from "../../config/vault-work.ts";
import type { Seals } from "../../identity/open-identity.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { confirm } from "../confirm.ts";
import { describeFindings } from "../findings.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { sealCommand } from "./keys-seal.ts";

type Options = Folders & CommonOptions;
type UsableKeys = Extract<EncryptionKeys, { readonly kind: "variable" | "file" }>;

export function keysCommand(finish: Finish): Command {
  const summary = "the encryption key for secrets at rest: make one, look at it, replace it";
  const keys = new Command("keys").summary(summary).description(`${summary}.`);
  return keys
    .addCommand(newCommand(finish))
    .addCommand(checkCommand(finish))
    .addCommand(rotateCommand(finish))
    .addCommand(sealCommand(finish));
}

interface NewOptions extends Options {
  readonly write?: boolean;
  readonly file?: string;
}

function newCommand(finish: Finish): Command {
  const examples = ["keys new", "keys new --write", "keys new --write --file /etc/copytrader/encryption.key"];
  return withFolders(command("new", "print a new key, or write it into a key file", examples))
    .option("--write", "into the key file, which must not be there yet, instead of printing")
    .option("--file <path>", "the key file, when it is not to have its usual place")
    .action((options: NewOptions) =>
      runAction(options, finish, async (output) => {
        if (options.write !== true && options.file === undefined) await printKey(output);
        else await writeKey(options, output);
        return undefined;
      }),
    );
}

async function printKey(output: Output): Promise<void> {
  const { FernetKey } = await import("../../security/fernet.ts");
  const key = FernetKey.generate();
  output.result({ key: key.reveal(), name: key.name }, () => key.reveal());
}

async function writeKey({ config, file: chosen }: NewOptions, output: Output): Promise<void> {
  const { encryptionKeysFor, KEY_FILE_VARIABLE, KEY_VARIABLE } = await import(
    "../../config/encryption-keys.ts"
  );
  const { makeKeyFile } = await import("../../config/key-file.ts");
  const { existsSync } = await import("node:fs");
  const keys = encryptionKeysFor(config);
  if (chosen === undefined && keys.kind === "variable")
    throw usage(
      `${keys.source} is set and comes before a key file; take it away, or name a file with --file`,
    );
  if (chosen === undefined && keys.kind === "wrong") throw wrongKey(keys);
  const file = chosen === undefined ? keyFileOf(keys) : resolve(chosen);
  if (file === null)
    throw usage(`there is no usual place for a key file (HOME is not set); name one with --file`);
  if (existsSync(file)) throw usage(`${file} is there already; copytrader keys rotate replaces its key`);
  const trouble = makeKeyFile(file);
  if (trouble !== null) throw new CliError("cannot-write", `${file} ${trouble}`);
  const used = encryptionKeysFor(config);
  const isUsed = keyFileOf(used) === file;
  output.result({ file, used: isUsed }, () => {
    const how = isUsed
      ? ""
      : `\nIt is used when ${KEY_FILE_VARIABLE} names it and ${KEY_VARIABLE} is not set.`;
    return `written ${file}\nKeep a copy apart from the data folder: without it the account files cannot be read.${how}`;
  });
}

function keyFileOf(keys: EncryptionKeys): string | null {
  return "file" in keys ? keys.file : null;
}

function wrongKey({ problem }: Extract<EncryptionKeys, { readonly kind: "wrong" }>): CliError {
  const place = problem.keyPath === "" ? problem.file : `${problem.keyPath} (${problem.file})`;
  return new CliError("configuration", `${place} ${problem.message}`, {
    exitCode: EXIT.usage,
    problems: [{ ...problem }],
    lines: [],
  });
}

function checkCommand(finish: Finish): Command {
  const examples = ["keys check", "keys check --json"];
  const summary = "the key in use, where it lies, and whether all that is encrypted can be read with it";
  return withFolders(command("check", summary, examples)).action((options: Options) =>
    runAction(options, finish, async (output) => {
      const { encryptionKeysFor } = await import("../../config/encryption-keys.ts");
      const { vaultFindings } = await import("../../run/vault-findings.ts");
      const keys = encryptionKeysFor(options.config);
      const findings = vaultFindings(options.config, options.data, keys);
      const healthy = findings.every(({ result }) => result !== "fail");
      const names = "vault" in keys ? keys.vault.keyNames : [];
      output.result({ healthy, keys: names, file: keyFileOf(keys), findings }, () =>
        describeFindings(findings),
      );
      return healthy ? EXIT.ok : EXIT.failure;
    }),
  );
}

interface RotateOptions extends Options {
  readonly forget?: boolean;
  readonly yes?: boolean;
}

function rotateCommand(finish: Finish): Command {
  const examples = ["keys rotate", "keys rotate --forget --yes"];
  return withFolders(command("rotate", "encrypt account files and sealed values under a new key", examples))
    .option("--forget", "then remove the older keys from the key file; what else needs them is lost")
    .option("--yes", "do it without asking")
    .action((options: RotateOptions) => runAction(options, finish, (output) => rotate(options, output)));
}

async function rotate(options: RotateOptions, output: Output): Promise<undefined> {
  const { encryptionKeysFor } = await import("../../config/encryption-keys.ts");
  const keys = usableKeys(encryptionKeysFor(options.config));
  const seals = await sealsOf(options.data);
  try {
    return await rotateWith(seals, keys, options, output);
  } finally {
    await seals?.close();
  }
}

async function rotateWith(
  seals: Seals | null,
  keys: UsableKeys,
  options: RotateOptions,
  output: Output,
): Promise<undefined> {
  const { rotateKeys, toRenew } = await import("../../config/vault-work.ts");
  const forget = options.forget === true;
  const stale = (seals?.stale(keys.vault) ?? 0) > 0 ? [IDENTITY] : [];
  const files = [...toRenew({ configDir: options.config, dataDir: options.data, keys }), ...stale];
  const steps = plannedSteps(keys, files, forget);
  for (const step of steps) output.note(`would ${step}`);
  await confirm(output, {
    isSure: options.yes === true,
    question: "Replace the key?",
    declined: "no key was replaced",
    problems: steps.map((step) => ({ message: `would ${step}` })),
  });
  const rotation = rotateKeys({
    configDir: options.config,
    dataDir: options.data,
    keys,
    forget,
    alsoRenew: (vault) => seals?.reseal(vault),
  });
  if (rotation.kind === "failed") throw await notRotated(rotation);
  const { encrypted, keys: names } = rotation;
  output.result({ encrypted, keys: names, file: keys.file }, () => {
    const rest = names.length === 1 ? "" : `; ${names.length - 1} older key(s) are still known`;
    return `encrypted under the key ${names[0]}: ${encrypted.join(", ") || "nothing"}${rest}`;
  });
  return undefined;
}

const IDENTITY = "identity.sqlite";

/** What sessions and second factors are sealed with; null where there are no users. */
async function sealsOf(data: string): Promise<Seals | null> {
  const { existsSync } = await import("node:fs");
  const { dataFolderPaths } = await import("../../data-folder.ts");
  const { identity, webPush } = dataFolderPaths(data);
  if (!existsSync(identity)) return null;
  const { openSeals } = await import("../../identity/open-identity.ts");
  const { resealDevices, staleDevices } = await import("../../alerts/web-push/devices.ts");
  const users = await openSeals(identity);
  return {
    stale: (vault) => users.stale(vault) + staleDevices(webPush, vault),
    reseal: (vault) => users.reseal(vault) + resealDevices(webPush, vault),
    close: () => users.close(),
  };
}

function usableKeys(keys: EncryptionKeys): UsableKeys {
  if (keys.kind === "wrong") throw wrongKey(keys);
  if (keys.kind === "absent")
    throw usage("there is no key to replace; copytrader keys new --write makes the first");
  return keys;
}

function plannedSteps(keys: UsableKeys, files: readonly string[], forget: boolean): readonly string[] {
  const anew = `encrypt anew: ${files.join(", ") || "nothing"}`;
  const { file } = keys;
  if (file !== null) {
    const older = `${keys.keys.length} older key(s)`;
    const last = forget
      ? `remove ${older} from ${file}; other data folders and backups under them become unreadable`
      : `keep ${older} in ${file} for other data folders and backups (--forget removes them)`;
    return [`put a new key first in ${file}`, anew, last];
  }
  if (forget)
    throw usage(`${keys.source} holds the keys: take the older ones out there, after copytrader keys check`);
  if (files.length > 0) return [`${anew}, under the first key of ${keys.source}`];
  throw usage(
    `everything is under the first key of ${keys.source} already; put a new one (copytrader keys new) before it, separated by a comma, and run this again`,
  );
}

async function notRotated({ problems }: Extract<Rotation, { readonly kind: "failed" }>): Promise<CliError> {
  const { describeProblem } = await import("../../config.ts");
  const message = "the key was not replaced everywhere; nothing is lost, and it can be run again";
  return new CliError("not-rotated", message, {
    problems: problems.map((problem) => ({ ...problem })),
    lines: problems.map(describeProblem),
  });
}
