/** `copytrader release`: ends stops; what was cut, refused, declined, or closed by the owner is wanted again. */
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  symbolName,
  withFolders,
} from "../command.ts";
import { heldBack, previewed } from "../previewed.ts";
import { withControl } from "../with-control.ts";

interface ReleaseOptions extends Folders, CommonOptions {
  readonly leader?: string;
  readonly symbol?: string;
  readonly yes?: boolean;
}

export function releaseCommand(finish: Finish): Command {
  const examples = ["release slave1", "release slave1 --leader lead --symbol BTCUSDT --yes"];
  return withFolders(
    command("release", "end what stopped a follower, and buy again what was given up", examples),
  )
    .argument("<follower>", "nickname")
    .option("--leader <nickname>", "only what belongs to the copies of this leader")
    .option("--symbol <symbol>", "only this instrument", symbolName)
    .option("--yes", "do it without asking")
    .action((follower: string, options: ReleaseOptions) =>
      runAction(options, finish, async (output) => {
        const { leader, symbol, yes } = options;
        const scope = {
          ...(leader === undefined ? {} : { leader }),
          ...(symbol === undefined ? {} : { symbol }),
        };
        const { report, preview } = await withControl(options, (control) =>
          previewed(control, { kind: "release", follower, ...scope }, output, {
            yes: yes === true,
            question: "Release what was given up?",
            declined: "nothing was released",
          }),
        );
        output.result({ ...report, preview }, () => `released: ${follower}${heldBack(report)}`);
        return undefined;
      }),
    );
}
