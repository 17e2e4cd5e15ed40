/** A change of settings from the command line: previewed, confirmed, given. */
import type { Command } from "commander";
import type { OwnerCommand } from "../control/owner-commands.ts";
import type { CommonOptions, Folders } from "./command.ts";
import type { Output } from "./output.ts";
import { heldBack, previewed, showPreview } from "./previewed.ts";
import { withControl } from "./with-control.ts";

export interface SettingChangeOptions extends Folders, CommonOptions {
  readonly revision?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function withChangeOptions(made: Command): Command {
  return made
    .option("--revision <revision>", "only where the settings are still those of this revision")
    .option("--dry-run", "show what would come of it, and change nothing")
    .option("--yes", "do it without asking");
}

type Change = Extract<OwnerCommand, { readonly kind: "settings" | "portfolio-settings" | "alert-settings" }>;

/** Throws a CliError unless it is confirmed. */
export async function changedSettings(
  change: Change,
  { dryRun, yes, revision, ...folders }: SettingChangeOptions,
  output: Output,
  whose: string,
): Promise<void> {
  const command = { ...change, ...(revision === undefined ? {} : { expected: revision }) };
  await withControl(folders, async (control) => {
    if (dryRun === true) {
      const preview = await showPreview(control, command, output);
      output.result({ preview }, () => "nothing was changed");
      return;
    }
    const { report, preview } = await previewed(control, command, output, {
      yes: yes === true,
      question: `Change the settings of ${whose} so?`,
      declined: "nothing was changed",
    });
    output.result({ ...report, preview }, () => `changed for ${whose}${heldBack(report)}`);
  });
}
