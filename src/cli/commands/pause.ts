/**
 * `copytrader pause` and `resume`: increases stop (reductions go on), or go on. Works while stopped, too. A pause only reduces
 * risk, so it never asks. Resuming shows what would be sent, and asks where somebody can be asked.
 */
import type { Command } from "commander";
import type { Control } from "../../control/control.ts";
import type { CommandReport } from "../../control/owner-commands.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import type { Output } from "../output.ts";
import { give, heldBack, previewed, showPreview } from "../previewed.ts";
import { withControl } from "../with-control.ts";

interface PauseOptions extends Folders, CommonOptions {
  readonly yes?: boolean;
}

export function pauseCommand(finish: Finish): Command {
  const summary = "stop opening and increasing positions at once; reductions go on";
  return withFolders(command("pause", summary, ["pause", "pause slave1"]))
    .argument("[follower]", "nickname; without it every follower")
    .option("--yes", "accepted for scripts; a pause only reduces risk, so it never asks")
    .action((follower: string | undefined, options: PauseOptions) =>
      runAction(options, finish, async (output) => {
        const report = await withControl(options, (control) =>
          give(control, { kind: "pause", ...scopeOf(follower) }),
        );
        output.result(report, () => `paused: ${namesOf(report)}${heldBack(report)}`);
        return undefined;
      }),
    );
}

export function resumeCommand(finish: Finish): Command {
  const summary = "copy increases again; shows what would be sent, and asks on a terminal";
  return withFolders(command("resume", summary, ["resume", "resume slave1 --yes"]))
    .argument("[follower]", "nickname; without it every follower")
    .option("--yes", "do it without asking, as always where there is no terminal")
    .action((follower: string | undefined, options: PauseOptions) =>
      runAction(options, finish, async (output) => {
        const { report, preview } = await withControl(options, (control) =>
          resume(control, follower, options, output),
        );
        output.result({ ...report, preview }, () => `resumed: ${namesOf(report)}${heldBack(report)}`);
        return undefined;
      }),
    );
}

/** It brings back what the configuration asks for; scripts have always done so without a further word. */
async function resume(control: Control, follower: string | undefined, { yes }: PauseOptions, output: Output) {
  const command = { kind: "resume", ...scopeOf(follower) } as const;
  if (yes !== true && !output.json && process.stdin.isTTY) {
    const declined = "nothing was resumed";
    return previewed(control, command, output, { question: "Resume?", declined });
  }
  const preview = await showPreview(control, command, output);
  return { report: await give(control, command), preview };
}

function scopeOf(follower: string | undefined) {
  return follower === undefined ? {} : { follower };
}

function namesOf({ followers }: CommandReport): string {
  return followers.length === 0 ? "no follower" : followers.join(", ");
}
