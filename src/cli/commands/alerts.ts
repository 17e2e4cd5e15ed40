/** `copytrader alerts`: what the owner was told, newest first; `alerts test` sends one through every channel. */
import { type Command, Option } from "commander";
import { type Alert, describeAlert, publicAlert } from "../../alerts/alert.ts";
import type { ChannelTest } from "../../alerts/channel.ts";
import { SEVERITIES, type Severity, severityAtLeast } from "../../alerts/kinds.ts";
import type { Fate, OutboxEntry } from "../../alerts/outbox-records.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  positiveCount,
  runAction,
  timeSince,
  withFolders,
} from "../command.ts";
import { loadForInspection } from "../load.ts";
import { type Colour, coloured, EXIT, type Output } from "../output.ts";
import { table } from "../table.ts";
import { answerCommands } from "./alerts-answer.ts";

interface AlertsOptions extends Folders, CommonOptions {
  /** UTC milliseconds. */
  readonly since?: number;
  readonly severity: Severity;
  readonly follower?: string;
  readonly limit: number;
  readonly ids?: boolean;
}

export function alertsCommand(finish: Finish): Command {
  const examples = [
    "alerts",
    "alerts --since 24h --severity warning --follower slave1",
    "alerts test                      send one through every channel",
    "alerts ack --all                 stop those that are told again",
    "alerts mute 2h",
  ];
  const made = withFolders(
    command("alerts", "what you were told, newest first; acknowledge, mute, test the channels", examples),
  )
    .enablePositionalOptions()
    .option("--since <when>", "only since then: 30m, 24h, 7d, or a date such as 2026-05-01T12:00Z", timeSince)
    .addOption(new Option("--severity <least>", "only these and worse").choices(SEVERITIES).default("info"))
    .option("--follower <nickname>", "only of this follower")
    .option("--limit <count>", "at most so many", positiveCount, 50)
    .option("--ids", "with the id of each, for alerts ack")
    .action((options: AlertsOptions) => runAction(options, finish, (output) => list(options, output)));
  for (const sub of [testCommand(finish), ...answerCommands(finish)]) made.addCommand(sub);
  return made;
}

function testCommand(finish: Finish): Command {
  const examples = ["alerts test", "alerts test --json"];
  return withFolders(
    command("test", "send one through every channel, and tell what each answered", examples),
  ).action((options: Folders & CommonOptions) =>
    runAction(options, finish, (output) => test(options, output)),
  );
}

async function list(options: AlertsOptions, output: Output): Promise<undefined> {
  const { alertEntries } = await import("../../control/alerts-report.ts");
  const entries = alertEntries(options.data).filter(({ alert }) => matches(alert, options));
  const shown = entries.toReversed().slice(0, options.limit);
  output.result({ alerts: shown.map(reportOf) }, () => describe(shown, options));
  return undefined;
}

function matches(alert: Alert, { since = 0, severity, follower }: AlertsOptions): boolean {
  if (alert.atMs < since || !severityAtLeast(alert.severity, severity)) return false;
  return follower === undefined || alert.follower === follower;
}

function reportOf({ alert, channels, acknowledged }: OutboxEntry) {
  const deliveries = [...channels].map(([channel, ending]) => ({
    channel,
    ...(ending ?? { kind: "waiting" }),
  }));
  return { ...publicAlert(alert), ...(acknowledged === null ? {} : { acknowledged }), deliveries };
}

const SEVERITY_COLOURS: Readonly<Record<Severity, Colour>> = {
  info: "dim",
  warning: "yellow",
  critical: "red",
};

function describe(
  entries: readonly OutboxEntry[],
  { since, severity, follower, data, ids }: AlertsOptions,
): string {
  const isFiltered = since !== undefined || severity !== "info" || follower !== undefined;
  if (entries.length === 0) return isFiltered ? "nothing matches" : `no alert was raised yet in ${data}`;
  const idColumn = ids === true ? [{ title: "ID" }] : [];
  const columns = [{ title: "TIME (UTC)" }, ...idColumn, { title: "" }, { title: "TOLD" }, { title: "WHAT" }];
  const rows = entries.map(({ alert, channels, acknowledged }) => [
    new Date(alert.atMs).toISOString().slice(5, 19).replace("T", " "),
    ...(ids === true ? [alert.id] : []),
    coloured(SEVERITY_COLOURS[alert.severity], alert.severity),
    fatesText(channels),
    `${describeAlert(alert)}${acknowledged === null ? "" : ` (acknowledged by ${acknowledged.by})`}`,
  ]);
  return table(columns, rows, { overflow: "wrap" }).join("\n");
}

/** Where it did not arrive; the terminal is left out, where it always does. */
function fatesText(channels: OutboxEntry["channels"]): string {
  const others = [...channels].filter(([name]) => name !== "terminal");
  if (others.length === 0) return "-";
  const open = others.filter(([, fate]) => fate?.kind !== "delivered");
  if (open.length === 0) return others.map(([name]) => name).join(", ");
  return open.map(([name, fate]) => `${name} ${fateText(fate)}`).join(", ");
}

function fateText(fate: Fate): string {
  if (fate === null) return "waiting";
  return fate.kind === "summed" ? "in a summary" : fate.kind.replace("-", " ");
}

const RESULT_COLOURS: Readonly<Record<ChannelTest["result"], Colour>> = {
  ok: "green",
  fail: "red",
  off: "dim",
};

async function test(options: Folders & CommonOptions, output: Output): Promise<number> {
  const configuration = await loadForInspection(options);
  const { testChannels } = await import("../../run/alert-test.ts");
  const { Printer } = await import("../../run/printer.ts");
  const printer = new Printer(output.json);
  const channels = await testChannels(configuration, (alert) => printer.alert(alert));
  output.result({ channels }, () => {
    const columns = [{ title: "CHANNEL" }, { title: "" }, { title: "ANSWER" }];
    const rows = channels.map(({ channel, result, answer }) => [
      channel,
      coloured(RESULT_COLOURS[result], result),
      answer,
    ]);
    return table(columns, rows, { overflow: "wrap" }).join("\n");
  });
  return channels.some(({ result }) => result === "fail") ? EXIT.failure : EXIT.ok;
}
