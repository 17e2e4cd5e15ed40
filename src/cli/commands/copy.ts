/** `copytrader copy` and `uncopy`: begin, change or end a relation while everything runs; kept in the data folder. */
import { type Command, Option } from "commander";
import { STOP_MODES } from "../../control/owner-commands.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { heldBack, previewed } from "../previewed.ts";
import { withControl } from "../with-control.ts";
import { settingsFrom } from "./settings-from.ts";

interface CopyOptions extends Folders, CommonOptions {
  readonly yes?: boolean;
}

interface UncopyOptions extends CopyOptions {
  readonly stopMode?: (typeof STOP_MODES)[number];
}

export function copyCommand(finish: Finish): Command {
  const examples = [
    "copy lead slave1",
    "copy lead slave1 copy_multiplier=0.5 max_leverage=3 symbols_to_copy=BTCUSDT,ETHUSDT",
    "copy lead slave1 'stop_loss={share: 0.05, from: peak}' position_stop=0.1",
    "copy lead slave1 max_leverage=        the files decide it again",
  ];
  return withFolders(command("copy", "let a follower copy a leader, or change how it does", examples))
    .argument("<leader>", "nickname")
    .argument("<follower>", "nickname")
    .argument("[settings...]", "key=value, the keys of an account file; key= takes one back")
    .option("--yes", "do it without asking")
    .action((leader: string, follower: string, settings: readonly string[], options: CopyOptions) =>
      runAction(options, finish, async (output) => {
        const values = await settingsFrom(settings, "relation", "copy_multiplier=0.5");
        const { report, preview } = await withControl(options, (control) =>
          previewed(control, { kind: "copy", leader, follower, values }, output, {
            yes: options.yes === true,
            question: `Let ${follower} copy ${leader} so?`,
            declined: "nothing was changed",
          }),
        );
        output.result({ ...report, preview }, () => `${follower} copies ${leader}${heldBack(report)}`);
        return undefined;
      }),
    );
}

export function uncopyCommand(finish: Finish): Command {
  const examples = ["uncopy lead slave1", "uncopy lead slave1 --stop-mode with-leader --yes"];
  const mode = new Option(
    "--stop-mode <mode>",
    "close the copies now, leave them to their owner, or close them as the leader does; as stop_mode says when left out",
  ).choices(STOP_MODES);
  return withFolders(command("uncopy", "end that a follower copies a leader", examples))
    .argument("<leader>", "nickname")
    .argument("<follower>", "nickname")
    .addOption(mode)
    .option("--yes", "do it without asking")
    .action((leader: string, follower: string, options: UncopyOptions) =>
      runAction(options, finish, async (output) => {
        const { stopMode, yes } = options;
        const ending = {
          kind: "uncopy",
          leader,
          follower,
          ...(stopMode === undefined ? {} : { stopMode }),
        } as const;
        const { report, preview } = await withControl(options, (control) =>
          previewed(control, ending, output, {
            yes: yes === true,
            question: `End that ${follower} copies ${leader}?`,
            declined: "nothing was changed",
          }),
        );
        output.result(
          { ...report, preview },
          () => `${follower} does not copy ${leader} any more${heldBack(report)}`,
        );
        return undefined;
      }),
    );
}
