/** `copytrader journal`: what happened and why, newest first: each leader change with its orders or the one reason why not. */
import type { Command } from "commander";
import type { JournalEntryReport, JournalOrder } from "../../control/control.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  positiveCount,
  runAction,
  symbolName,
  wholeNumber,
  withFolders,
} from "../command.ts";
import { coloured } from "../output.ts";
import { table } from "../table.ts";
import { withControl } from "../with-control.ts";

interface JournalOptions extends Folders, CommonOptions {
  readonly follower?: string;
  readonly symbol?: string;
  readonly reason?: string;
  readonly before?: number;
  readonly limit: number;
}

export function journalCommand(finish: Finish): Command {
  const examples = [
    "journal",
    "journal --follower slave1 --symbol BTCUSDT --limit 200",
    "journal --reason below-minimum-quantity --json",
  ];
  return withFolders(command("journal", "what happened and why, newest first", examples))
    .option("--follower <nickname>", "only this follower")
    .option("--symbol <symbol>", "only this instrument", symbolName)
    .option("--reason <word>", "only what was not copied for this reason")
    .option("--before <change>", "only changes before this number: the next page", wholeNumber)
    .option("--limit <count>", "at most so many", positiveCount, 50)
    .action((options: JournalOptions) =>
      runAction(options, finish, async (output) => {
        const filter = filterOf(options);
        const report = await withControl(options, (control) => control.ask({ kind: "journal", filter }));
        output.result(report, () => describe(report.entries));
        return undefined;
      }),
    );
}

function filterOf({ follower, symbol, reason, before, limit }: JournalOptions) {
  return {
    ...(follower === undefined ? {} : { follower }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(reason === undefined ? {} : { reason }),
    ...(before === undefined ? {} : { before }),
    limit,
  };
}

function describe(entries: readonly JournalEntryReport[]): string {
  if (entries.length === 0) return "nothing yet";
  const columns = [
    { title: "TIME (UTC)" },
    { title: "LEADER" },
    { title: "FOLLOWER" },
    { title: "SYMBOL" },
    { title: "CHANGE", align: "right" },
    { title: "WHAT CAME OF IT" },
  ] as const;
  return table(columns, entries.map(rowOf)).join("\n");
}

function rowOf(entry: JournalEntryReport): readonly string[] {
  const at = new Date(entry.at).toISOString().slice(5, 19).replace("T", " ");
  const leg = entry.leg === "net" ? "" : ` ${entry.leg}`;
  const change =
    entry.changedBy.startsWith("-") || entry.changedBy === "" ? entry.changedBy : `+${entry.changedBy}`;
  return [at, entry.leader || "-", entry.follower || "-", `${entry.symbol}${leg}`, change, outcomeOf(entry)];
}

function outcomeOf(entry: JournalEntryReport): string {
  if (entry.pending) return coloured("yellow", "waiting");
  if (entry.reason !== "") return coloured("yellow", `${entry.reason}${numbersOf(entry.detail)}`);
  return entry.orders.map(describeOrder).join(", ");
}

function describeOrder(order: JournalOrder): string {
  if (order.status === undefined) return order.clientOrderId;
  const price = order.averagePrice === "" ? "" : ` at ${order.averagePrice}`;
  const why = order.status === "rejected" ? ` (${order.venueReason ?? ""})` : "";
  return `${order.side} ${order.quantity} ${order.status}${price}${why}`;
}

function numbersOf(detail: Readonly<Record<string, unknown>>): string {
  const numbers = Object.entries(detail).map(([name, value]) => `${name} ${String(value)}`);
  return numbers.length === 0 ? "" : ` (${numbers.join(", ")})`;
}
