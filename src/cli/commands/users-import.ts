/** `copytrader users import`: takes over the users of the earlier Telegram bot. */
import { join } from "node:path";
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { CliError, EXIT, usage } from "../output.ts";
import { COMMAND_LINE, withIdentity } from "./with-identity.ts";

export function usersImportCommand(finish: Finish): Command {
  const summary =
    "take over the users of telegram_auth.json: admin is owner, user is viewer with what is listed";
  return withFolders(
    command("import", summary, ["users import", "users import /old/config/telegram_auth.json"]),
  )
    .argument("[file]", "telegram_auth.json of the configuration folder when left out")
    .action((file: string | undefined, options: Folders & CommonOptions) =>
      runAction(options, finish, async (output) => {
        const path = file ?? join(options.config, "telegram_auth.json");
        const content = await contentOf(path);
        const found = await withIdentity(options, (identity) =>
          identity.importTelegramUsers(COMMAND_LINE, content),
        );
        output.result({ file: path, ...found }, () => {
          const added = found.added.length === 0 ? "nobody is new" : `added ${found.added.join(", ")}`;
          const known =
            found.known.length === 0 ? "" : `; ${found.known.length} were known by their Telegram id`;
          return `${added}${known}`;
        });
        if (found.added.length > 0)
          output.note(
            "They cannot log in to the dashboard before copytrader users invite or users password.",
          );
        return undefined;
      }),
    );
}

async function contentOf(path: string): Promise<unknown> {
  const { readJson } = await import("../../config/read-json.ts");
  const read = readJson(path);
  if (read.kind === "read") return read.content;
  if (read.kind === "absent") throw usage(`there is no file ${path}`);
  const { describeProblem } = await import("../../config.ts");
  throw new CliError("configuration", `${path} cannot be read`, {
    exitCode: EXIT.usage,
    problems: read.problems.map((problem) => ({ ...problem })),
    lines: read.problems.map(describeProblem),
  });
}
