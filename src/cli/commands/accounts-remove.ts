/** `copytrader accounts remove`: takes an account file away, with the key in it, once nothing needs it any more. */
import type { Command } from "commander";
import { told } from "../account-refusal.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { confirm } from "../confirm.ts";
import type { Output } from "../output.ts";
import { withControl } from "../with-control.ts";

interface RemoveOptions extends Folders, CommonOptions {
  readonly yes?: boolean;
}

export function accountsRemoveCommand(finish: Finish): Command {
  const summary = "remove an account file and the key in it; nothing at the venue changes";
  const examples = ["accounts remove slave1", "accounts remove slave1 --yes --json"];
  return withFolders(command("remove", summary, examples))
    .argument("<nickname>", "name of the account")
    .option("--yes", "do it without asking")
    .action((nickname: string, options: RemoveOptions) =>
      runAction(options, finish, (output) => remove(nickname, options, output)),
    );
}

async function remove(nickname: string, options: RemoveOptions, output: Output): Promise<undefined> {
  const { AccountBook } = await import("../../run/account-book.ts");
  const book = new AccountBook({ configDir: options.config, dataDir: options.data });
  const status = () => withControl(options, (control) => control.ask({ kind: "status" }));
  const { steps } = await told(async () => book.removal(nickname, await status()));
  for (const step of steps) output.note(`would ${step}`);
  await confirm(output, {
    isSure: options.yes === true,
    question: "Remove this account?",
    declined: "no account was removed",
    problems: steps.map((step) => ({ message: `would ${step}` })),
  });
  const { file } = await told(async () => book.remove(nickname, await status()));
  output.result(
    { removed: nickname, file },
    () => `removed ${file}; delete its key at the venue, too, if nobody else needs it`,
  );
  return undefined;
}
