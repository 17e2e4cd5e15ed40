/** `copytrader pause` and `resume`: increases stop (reductions go on), or go on. Works while stopped, too. */
import type { Command } from "commander";
import type { CommandReport } from "../../control/control.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { withControl } from "../with-control.ts";

export function pauseCommand(finish: Finish): Command {
  return follows("pause", "stop opening and increasing positions; reductions go on", finish);
}

export function resumeCommand(finish: Finish): Command {
  return follows("resume", "copy increases again", finish);
}

function follows(kind: "pause" | "resume", summary: string, finish: Finish): Command {
  return withFolders(command(kind, summary, [kind, `${kind} slave1`]))
    .argument("[follower]", "nickname; without it every follower")
    .action((follower: string | undefined, options: Folders & CommonOptions) =>
      runAction(options, finish, async (output) => {
        const scope = follower === undefined ? {} : { follower };
        const report = await withControl(options, (control) => control.ask<typeof kind>({ kind, ...scope }));
        output.result(report, () => describe(report));
        return undefined;
      }),
    );
}

function describe({ command: kind, followers, running }: CommandReport): string {
  const done = kind === "pause" ? "paused" : "resumed";
  const names = followers.length === 0 ? "no follower" : followers.join(", ");
  return `${done}: ${names}${running ? "" : " (the engine is stopped; this holds from its next start on)"}`;
}
