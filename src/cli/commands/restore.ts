/** `copytrader restore FILE`: a backup into folders that hold nothing yet. */
import { join } from "node:path";
import type { Command } from "commander";
import type { BackupContents } from "../../control/backups.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFoldersAsGiven,
} from "../command.ts";
import { EXIT, type Output } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { sizeText } from "../size-text.ts";
import { passphraseOf, untilInterrupted } from "./backup.ts";

interface RestoreOptions extends Folders, CommonOptions {
  readonly into?: string;
  readonly dryRun?: boolean;
  readonly dataOnly?: boolean;
  readonly passphraseFile?: string;
}

const NOTES = `
Nothing is put over anything: the data folder and the configuration folder must be empty or not there. What was
restored waits: start refuses it until copytrader start --after-restore, which reads every account, takes over
what was copied since the backup, and only then copies. Make sure before that no other engine runs for these
accounts. The key that opens the backup comes from COPYTRADER_ENCRYPTION_KEY, the key file, or a passphrase.

Exit codes: 0 restored, or sound; 1 it is damaged, changed or cut off; 2 asked for wrongly (wrong key, folder not
empty, made by a newer version); 130 interrupted.`;

export function restoreCommand(finish: Finish): Command {
  const examples = [
    "restore copytrader-20260131T030000Z.backup --dry-run",
    "restore copytrader-20260131T030000Z.backup --into /srv/copytrader",
    "restore copytrader-20260131T030000Z.backup --data /app/data --data-only",
  ];
  return withFoldersAsGiven(command("restore", "put a backup into empty folders", examples))
    .argument("<file>", "the backup")
    .option("--into <dir>", "the same as --config DIR/config --data DIR/data")
    .option("--dry-run", "read and prove all of it, say what is in it, and write nothing")
    .option("--data-only", "leave the configuration folder as it is")
    .option("--passphrase-file <file>", "open it with the passphrase on the first line of this file")
    .addHelpText("after", NOTES)
    .action((file: string, options: RestoreOptions) =>
      runAction(options, finish, (output) => restored(file, options, output)),
    );
}

async function restored(file: string, options: RestoreOptions, output: Output): Promise<number> {
  const { lookIntoBackup, restore } = await import("../../control/backups.ts");
  const { into, dryRun = false, dataOnly = false } = options;
  const configDir = into === undefined ? options.config : join(into, "config");
  const dataDir = into === undefined ? options.data : join(into, "data");
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  return untilInterrupted(output, line, async (stop) => {
    const parts = {
      file,
      configDir,
      dataDir,
      ...(await passphraseOf(options)),
      stop,
      progress: ({ bytes, of }: { bytes: number; of: number }) =>
        line.show(() => ({
          name: dryRun ? "reading" : "restoring",
          part: bytes / of,
          rest: `of ${sizeText(of)}`,
        })),
    };
    const contents = dryRun ? await lookIntoBackup(parts) : await restore({ ...parts, dataOnly });
    line.clear();
    const { files, ...told } = contents;
    const result = { ...told, files: files.length, ...(dryRun ? {} : { configDir, dataDir }), dryRun };
    output.result(result, () =>
      [
        ...linesOf(contents),
        ...(dryRun ? ["nothing was written"] : nextLines(dataDir, dataOnly ? null : configDir)),
      ].join("\n"),
    );
    return EXIT.ok;
  });
}

function linesOf(contents: BackupContents): readonly string[] {
  const { file, bytes, madeAtMs, version, files, contentBytes, journalSequence, leftOut } = contents;
  const made = `${new Date(madeAtMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return [
    `${file}: whole, made on ${made} by version ${version}`,
    `  ${sizeText(bytes)}, ${files.length} files of ${sizeText(contentBytes)}, the journal up to record ${journalSequence}`,
    ...(leftOut.length === 0 ? [] : [`  left out when it was made: ${leftOut.join(", ")}`]),
  ];
}

function nextLines(dataDir: string, configDir: string | null): readonly string[] {
  const folders = [...(configDir === null ? [] : [`--config ${configDir}`]), `--data ${dataDir}`].join(" ");
  return [
    `restored into ${dataDir}${configDir === null ? "" : ` and ${configDir}`}. Nothing is copied yet. When no other engine runs for these accounts:`,
    `  copytrader start --after-restore ${folders}`,
    "which reads every account, takes over what was copied since the backup, and then copies on",
  ];
}
