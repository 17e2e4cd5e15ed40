/** `copytrader rebuild`: makes everything that the database has from the journal anew. */
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { keptLines } from "../kept-lines.ts";
import { withControl } from "../with-control.ts";

export function rebuildCommand(finish: Finish): Command {
  const summary = "make the database's orders, fills, positions and reasons anew from the journal";
  return withFolders(command("rebuild", summary, ["rebuild", "rebuild --data /var/lib/copytrader"])).action(
    (options: Folders & CommonOptions) =>
      runAction(options, finish, async (output) => {
        const report = await withControl(options, (control) => control.ask({ kind: "rebuild" }));
        output.result(report, () =>
          [
            `the database is made anew, up to record ${report.sequence} of the journal`,
            ...keptLines(report.kept),
          ].join("\n"),
        );
        return undefined;
      }),
  );
}
