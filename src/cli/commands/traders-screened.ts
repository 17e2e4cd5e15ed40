/** `copytrader traders screened`: how many were looked at, which rankings count for good. */
import { Command } from "commander";
import type { ScreenedReport } from "../../control/screened.ts";
import { counted } from "../../traders/counted.ts";
import { command, type Finish, positiveCount, runAction } from "../command.ts";
import { CliError, EXIT } from "../output.ts";
import { table } from "../table.ts";
import { type TradersOptions, withData } from "./traders-options.ts";

const WHERE_MAX = 200;
const WHY = `
Who looks at a thousand traders and takes three finds some that were only lucky: a ranking has to know of the thousand.
Whoever was imported, fetched or shown by traders discover counts by itself.`;

export function screenedCommand(finish: Finish): Command {
  const summary = "how many traders were looked at: counted in every ranking, for good";
  return new Command("screened")
    .summary(summary)
    .description(`${summary}.`)
    .addCommand(listCommand(finish), { isDefault: true })
    .addCommand(addCommand(finish))
    .addCommand(removeCommand(finish));
}

function listCommand(finish: Finish): Command {
  const examples = ["traders screened", "traders screened list --json"];
  return withData(command("list", "how many were looked at, and where", examples))
    .addHelpText("after", WHY)
    .action((options: TradersOptions) =>
      runAction(options, finish, async (output) => {
        const { screenedReport } = await import("../../control/screened.ts");
        const report = await screenedReport(options.data);
        output.result(report, () => lines(report).join("\n"));
        return undefined;
      }),
    );
}

interface AddOptions extends TradersOptions {
  readonly where: string;
}

function addCommand(finish: Finish): Command {
  const examples = ['traders screened add 2500 --where "Bybit leaderboard, by 30 days of profit"'];
  return withData(command("add", "notes how many were looked at elsewhere and left out", examples))
    .argument("<count>", "how many, beside those that are imported", positiveCount)
    .requiredOption("--where <text>", "where, and by what they were chosen")
    .addHelpText("after", WHY)
    .action((count: number, options: AddOptions) =>
      runAction(options, finish, async (output) => {
        const { addScreened, SCREENED_MAX } = await import("../../control/screened.ts");
        const where = options.where.trim();
        if (where === "" || where.length > WHERE_MAX)
          throw wrong(`--where: 1 to ${WHERE_MAX} characters are expected`);
        if (count > SCREENED_MAX)
          throw wrong(`${count} is more than ${SCREENED_MAX}, the most that is counted`);
        const report = await addScreened(options.data, { count, where, atMs: Date.now() });
        output.result(report, () => lines(report).join("\n"));
        return undefined;
      }),
    );
}

function removeCommand(finish: Finish): Command {
  return withData(command("remove", "takes back a note that was wrong", ["traders screened remove 2"]))
    .argument("<number>", "of the note, as traders screened list tells it", positiveCount)
    .action((id: number, options: TradersOptions) =>
      runAction(options, finish, async (output) => {
        const { takeBackScreened } = await import("../../control/screened.ts");
        const report = await takeBackScreened(options.data, id);
        output.result(report, () => lines(report).join("\n"));
        return undefined;
      }),
    );
}

function wrong(message: string): CliError {
  return new CliError("bad-request", message, { exitCode: EXIT.usage });
}

function lines({ screened, named, elsewhere }: ScreenedReport): readonly string[] {
  const head = `${counted(screened, "trader")} looked at: ${named} imported, fetched or shown by traders discover, ${screened - named} elsewhere.`;
  if (elsewhere.length === 0)
    return [
      head,
      "Note those whom you left out elsewhere: copytrader traders screened add COUNT --where TEXT",
    ];
  const columns = [
    { title: "NOTE", align: "right" },
    { title: "COUNT", align: "right" },
    { title: "NOTED" },
    { title: "WHERE" },
  ] as const;
  const rows = elsewhere.map(({ id, count, where, atMs }) => [
    String(id),
    String(count),
    new Date(atMs).toISOString().slice(0, 10),
    where,
  ]);
  return [head, "", ...table(columns, rows, { overflow: "wrap" })];
}
