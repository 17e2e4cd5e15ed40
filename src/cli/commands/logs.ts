/** `copytrader logs`: the log of all processes, readable on a terminal, one JSON object per line into a pipe. */
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  CHANNEL_MEANING,
  LOG_FILE_NAMES,
  LOG_LEVELS,
  type LogFileName,
  type LogLevel,
} from "../../log/channels.ts";
import { lineText } from "../../log/line-text.ts";
import type { LogQuery, LogRecord } from "../../log/query.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  positiveCount,
  runAction,
  timeSince,
  withFolders,
} from "../command.ts";
import { type Colour, coloured } from "../output.ts";

interface LogsOptions extends CommonOptions {
  readonly data: string;
  readonly channel?: LogFileName;
  readonly level?: LogLevel;
  /** UTC milliseconds. */
  readonly since?: number;
  readonly account?: string;
  readonly correlation?: string;
  readonly lines?: number;
  readonly follow?: boolean;
}

const CHANNELS = `
Channels:
${Object.entries({ ...CHANNEL_MEANING, error: "the errors of all channels once more" })
  .map(([name, meaning]) => `  ${name.padEnd(11)}${meaning}`)
  .join("\n")}

A line that concerns a leader's change has its id: correlation=c18234 is the change 18234 of copytrader journal --json.`;

export function logsCommand(finish: Finish): Command {
  const examples = [
    "logs",
    "logs --follow --channel trading",
    "logs --since 1h --level warn --account slave1",
    "logs --correlation c18234              from the leader's fill to the last order",
    "logs --since 1d | jq .message          JSON lines into a pipe",
  ];
  const summary = "what happened, line by line, newest last; of one channel, account or leader's change";
  return withFolders(command("logs", summary, examples))
    .addOption(new Option("--channel <name>", "only this channel").choices(LOG_FILE_NAMES))
    .addOption(new Option("--level <least>", "only these and worse").choices(LOG_LEVELS))
    .option("--since <when>", "only since then: 30m, 24h, 7d, or a date such as 2026-05-01T12:00Z", timeSince)
    .option("--account <nickname>", "only of this leader or follower")
    .option("--correlation <id>", "only of this change of a leader, such as c18234", correlationId)
    .option("-n, --lines <count>", "the newest so many: 50, or 10,000 with --since", lineCount)
    .option("-f, --follow", "go on with what is logged from now on, until Ctrl-C")
    .addHelpText("after", CHANNELS)
    .action((options: LogsOptions) =>
      runAction(options, finish, async (output) => {
        const { followLogsAt, logsAt } = await import("../../control/logs.ts");
        const isText = process.stdout.isTTY === true && !output.json;
        const show = (record: LogRecord) =>
          process.stdout.write(`${isText ? readable(record) : JSON.stringify(record)}\n`);
        const query = queryOf(options);
        if (options.follow !== true) {
          const { lines } = await logsAt(options.data, query);
          for (const line of lines) show(line);
          if (lines.length === 0) output.note("no line of the log is like that");
          return undefined;
        }
        const { stopOnSignals } = await import("../stop-on-signals.ts");
        for await (const line of followLogsAt(options.data, query, stopOnSignals())) show(line);
        return undefined;
      }),
    );
}

function queryOf({ channel, level, since, account, correlation, lines }: LogsOptions): LogQuery {
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(level === undefined ? {} : { level }),
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(account === undefined ? {} : { account }),
    ...(correlation === undefined ? {} : { correlation }),
    limit: lines ?? (since === undefined ? 50 : LINES_MAX),
  };
}

const COLOURS: Readonly<Record<string, Colour>> = {
  debug: "dim",
  info: "green",
  warn: "yellow",
  error: "red",
};

function readable(record: LogRecord): string {
  return lineText(record, {
    time: (iso) => iso.replace("T", " ").replace("Z", ""),
    level: (level, padded) => coloured(COLOURS[level] ?? "bold", padded),
  });
}

/** The number of `journal` does as well. */
function correlationId(text: string): string {
  if (!/^c?\d{1,15}$/.test(text))
    throw new InvalidArgumentError(
      "It must be an id such as c18234, or the number of a change as journal shows it.",
    );
  return text.startsWith("c") ? text : `c${text}`;
}

const LINES_MAX = 10_000;

function lineCount(text: string): number {
  const count = positiveCount(text);
  if (count > LINES_MAX)
    throw new InvalidArgumentError(`It must be ${LINES_MAX} at most; --since reaches further back.`);
  return count;
}
