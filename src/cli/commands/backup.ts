/** `copytrader backup`: everything that cannot be had again, in one encrypted file that was read back, also while the engine runs. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { BackupFailure } from "../../backup/backup-error.ts";
import { type BackupSecret, Passphrase } from "../../security/backup-key.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { programVersion } from "../program-version.ts";
import { ProgressLine } from "../progress-line.ts";
import { sizeText } from "../size-text.ts";
import { table } from "../table.ts";

interface BackupOptions extends Folders, CommonOptions {
  readonly to?: string;
  readonly everything?: boolean;
  readonly passphraseFile?: string;
  readonly scheduled?: boolean;
  readonly list?: boolean;
}

const NOTES = `
It holds the journal, the databases, accounts, users, alerts, what was decided while running, and the
configuration; not .env, which may hold the key that opens it. It is encrypted with the passphrase of
--passphrase-file or COPYTRADER_BACKUP_PASSPHRASE, or else with the encryption key (copytrader keys check):
keep that apart from it. Without --to it is named by the time and lies in backup.folder.

Exit codes: 0 made and read back; 1 it could not be made; 2 asked for wrongly; 130 interrupted.`;

export function backupCommand(finish: Finish): Command {
  const examples = [
    "backup",
    "backup --to /mnt/usb/copytrader.backup",
    "backup --scheduled               and remove the oldest beyond backup.keep, as start and cron do",
    "backup --list",
  ];
  return withFolders(command("backup", "make an encrypted backup, also while copying goes on", examples))
    .option("--to <file>", "the file to make; it must not be there")
    .option("--everything", "also what can be had again: market history, backtests, logs, reports")
    .option("--passphrase-file <file>", "encrypt with the passphrase on the first line of this file")
    .option("--scheduled", "remove the oldest beyond backup.keep afterwards")
    .option("--list", "show those that are there instead")
    .addHelpText("after", NOTES)
    .action((options: BackupOptions) =>
      runAction(options, finish, (output) =>
        options.list === true ? listed(options, output) : made(options, output),
      ),
    );
}

async function made(options: BackupOptions, output: Output): Promise<number> {
  if (options.to !== undefined && options.scheduled === true)
    throw usage("--to and --scheduled do not go together: what is scheduled lies in backup.folder");
  const { backUp } = await import("../../control/backups.ts");
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  return untilInterrupted(output, line, async (stop) => {
    const { to, everything, scheduled } = options;
    const backup = await backUp({
      configDir: options.config,
      dataDir: options.data,
      ...(to === undefined ? {} : { to }),
      ...(everything === undefined ? {} : { everything }),
      ...(await passphraseOf(options)),
      retention: scheduled === true,
      version: programVersion(),
      stop,
      progress: ({ doing, bytes, of }) =>
        line.show(() => ({
          name: doing,
          part: of === 0 ? 1 : bytes / of,
          rest: `${sizeText(bytes)} of ${sizeText(of)}`,
        })),
    });
    line.clear();
    output.result(backup, () =>
      [
        `${backup.file}`,
        `  ${sizeText(backup.bytes)}, ${backup.files} files of ${sizeText(backup.contentBytes)}, the journal up to record ${backup.journalSequence}`,
        `  encrypted with ${backup.encryptedWith === "key" ? "the encryption key: keep that apart from it" : "the passphrase"}; read back and whole`,
        ...(backup.leftOut.length === 0
          ? []
          : [
              `  left out, as it can be had again: ${backup.leftOut.join(", ")} (--everything takes it along)`,
            ]),
        ...backup.removed.map((file) => `  removed ${file}`),
      ].join("\n"),
    );
    return EXIT.ok;
  });
}

async function listed(options: BackupOptions, output: Output): Promise<number> {
  const { listBackups } = await import("../../control/backups.ts");
  const found = await backupErrors(async () =>
    listBackups({ configDir: options.config, dataDir: options.data }),
  );
  output.result(found, () => {
    if (found.backups.length === 0) return `there are no backups in ${found.folder}`;
    const columns = [{ title: "MADE (UTC)" }, { title: "SIZE" }, { title: "FILE" }];
    const rows = found.backups.map(({ madeAtMs, bytes, file }) => [
      new Date(madeAtMs).toISOString().slice(0, 19).replace("T", " "),
      sizeText(bytes),
      file,
    ]);
    return table(columns, rows, { overflow: "wrap" }).join("\n");
  });
  return EXIT.ok;
}

const INTERRUPTED = 130;

/** What the command does until Ctrl-C, with its failures in the user's words. */
export async function untilInterrupted(
  output: Output,
  line: ProgressLine,
  action: (stop: AbortSignal) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error("interrupted"));
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await backupErrors(() => action(stop.signal));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    output.note("interrupted; nothing was left behind");
    return INTERRUPTED;
  } finally {
    line.clear();
    for (const signal of signals) process.off(signal, interrupt);
  }
}

const ASKED_WRONGLY: ReadonlySet<BackupFailure> = new Set([
  "no-key",
  "nothing",
  "wrong-key",
  "not-a-backup",
  "newer-version",
  "not-empty",
  "in-use",
]);

async function backupErrors<Value>(action: () => Promise<Value>): Promise<Value> {
  const { BackupError } = await import("../../backup/backup-error.ts");
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    const exitCode = ASKED_WRONGLY.has(error.failure) ? EXIT.usage : EXIT.failure;
    throw new CliError(error.failure, error.message, { exitCode });
  }
}

/** Throws a CliError where the file cannot be read or holds no passphrase. */
export async function passphraseOf({ passphraseFile }: { readonly passphraseFile?: string }): Promise<{
  readonly passphrase?: BackupSecret;
}> {
  if (passphraseFile === undefined) return {};
  let text: string;
  try {
    text = readFileSync(passphraseFile, "utf8").split(/\r?\n/)[0] ?? "";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw usage(`--passphrase-file ${passphraseFile} cannot be read (${code})`);
  }
  const { passphraseObjection } = await import("../../config.ts");
  const objection = passphraseObjection(text);
  if (objection !== null) throw usage(`--passphrase-file ${passphraseFile}: its first line ${objection}`);
  return { passphrase: { kind: "passphrase", passphrase: new Passphrase(text) } };
}
