/** `copytrader alerts`: what the owner was told, newest first; `alerts test` sends one through every channel. */
import { existsSync } from "node:fs";
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { type Alert, describeAlert, publicAlert } from "../../alerts/alert.ts";
import { SEVERITIES, type Severity, severityAtLeast } from "../../alerts/kinds.ts";
import type { Ending, OutboxEntry } from "../../alerts/outbox-records.ts";
import type { ChannelTest } from "../../run/alert-test.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  positiveCount,
  runAction,
  withFolders,
} from "../command.ts";
import { loadForInspection } from "../load.ts";
import { type Colour, coloured, EXIT, type Output } from "../output.ts";
import { table } from "../table.ts";

interface AlertsOptions extends Folders, CommonOptions {
  /** UTC milliseconds. */
  readonly since?: number;
  readonly severity: Severity;
  readonly follower?: string;
  readonly limit: number;
}

export function alertsCommand(finish: Finish): Command {
  const examples = [
    "alerts",
    "alerts --since 24h --severity warning --follower slave1",
    "alerts test                      send one through every channel",
  ];
  return withFolders(command("alerts", "what you were told, newest first; or test the channels", examples))
    .addArgument(new Argument("[action]", "test: send one through every channel").choices(["test"]))
    .option("--since <when>", "only since then: 30m, 24h, 7d, or a date such as 2026-05-01T12:00Z", timeSince)
    .addOption(new Option("--severity <least>", "only these and worse").choices(SEVERITIES).default("info"))
    .option("--follower <nickname>", "only of this follower")
    .option("--limit <count>", "at most so many", positiveCount, 50)
    .action((action: string | undefined, options: AlertsOptions) =>
      runAction(options, finish, (output) =>
        action === "test" ? test(options, output) : list(options, output),
      ),
    );
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeSince(text: string): number {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (UNIT_MS[unit] ?? 0);
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) throw new InvalidArgumentError("It must be a time back (30m, 24h, 7d) or a date.");
  return atMs;
}

async function list(options: AlertsOptions, output: Output): Promise<undefined> {
  const entries = (await entriesOf(options.data)).filter(({ alert }) => matches(alert, options));
  const shown = entries.toReversed().slice(0, options.limit);
  output.result({ alerts: shown.map(reportOf) }, () => describe(shown, options));
  return undefined;
}

/** From the outbox itself, so that it works whoever runs, and when nobody does. */
async function entriesOf(data: string): Promise<readonly OutboxEntry[]> {
  const { dataFolderPaths } = await import("../../data-folder.ts");
  const { alerts: folder } = dataFolderPaths(data);
  if (!existsSync(folder)) return [];
  const { viewOutbox } = await import("../../alerts/outbox.ts");
  const { RealDisk } = await import("../../journal/real-disk.ts");
  return [...viewOutbox(new RealDisk(folder)).entries.values()];
}

function matches(alert: Alert, { since = 0, severity, follower }: AlertsOptions): boolean {
  if (alert.atMs < since || !severityAtLeast(alert.severity, severity)) return false;
  return follower === undefined || alert.follower === follower;
}

function reportOf({ alert, channels }: OutboxEntry) {
  const deliveries = [...channels].map(([channel, ending]) => ({
    channel,
    ...(ending ?? { kind: "waiting" }),
  }));
  return { ...publicAlert(alert), deliveries };
}

const SEVERITY_COLOURS: Readonly<Record<Severity, Colour>> = {
  info: "dim",
  warning: "yellow",
  critical: "red",
};

function describe(
  entries: readonly OutboxEntry[],
  { since, severity, follower, data }: AlertsOptions,
): string {
  const isFiltered = since !== undefined || severity !== "info" || follower !== undefined;
  if (entries.length === 0) return isFiltered ? "nothing matches" : `no alert was raised yet in ${data}`;
  const columns = [{ title: "TIME (UTC)" }, { title: "" }, { title: "WEBHOOK" }, { title: "WHAT" }];
  const rows = entries.map(({ alert, channels }) => [
    new Date(alert.atMs).toISOString().slice(5, 19).replace("T", " "),
    coloured(SEVERITY_COLOURS[alert.severity], alert.severity),
    endingText(channels.get("webhook")),
    describeAlert(alert),
  ]);
  return table(columns, rows, { overflow: "wrap" }).join("\n");
}

function endingText(ending: Ending | null | undefined): string {
  if (ending === undefined) return "-";
  return ending === null ? "waiting" : ending.kind.replace("-", " ");
}

const RESULT_COLOURS: Readonly<Record<ChannelTest["result"], Colour>> = {
  ok: "green",
  fail: "red",
  off: "dim",
};

async function test(options: AlertsOptions, output: Output): Promise<number> {
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
