/** `copytrader init`: writes example configuration; asks nothing and overwrites nothing. */
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";

export function initCommand(finish: Finish): Command {
  const examples = ["init", "init --config /etc/copytrader --data /var/lib/copytrader"];
  return withFolders(command("init", "write example configuration", examples)).action(
    (options: Folders & CommonOptions) =>
      runAction(options, finish, async (output) => {
        const { describeInit, initialise } = await import("../init.ts");
        const folders = { config: options.config, data: options.data };
        const result = initialise(folders);
        output.result(result, () => describeInit(result, folders));
        return undefined;
      }),
  );
}
