/** `copytrader journal`: what happened and why, newest first: each leader change with its orders or the one reason why not. */
import type { Command } from "commander";
import type {
  JournalEntryReport,
  JournalOrder,
  JournalReport,
  OtherOrderReport,
  WorkedReport,
} from "../../control/control.ts";
import type { PositionPath } from "../../core/explain-path.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  positiveCount,
  runAction,
  symbolName,
  timeSince,
  wholeNumber,
  withFolders,
} from "../command.ts";
import { keptLines } from "../kept-lines.ts";
import { assertInOrder, toTime } from "../market-options.ts";
import { coloured, type Output, usage } from "../output.ts";
import { pathLines } from "../path-lines.ts";
import { savedText } from "../saved-text.ts";
import { table } from "../table.ts";
import { withControl } from "../with-control.ts";

interface JournalOptions extends Folders, CommonOptions {
  readonly leader?: string;
  readonly follower?: string;
  readonly symbol?: string;
  readonly reason?: string;
  readonly from?: number;
  readonly to?: number;
  readonly before?: number;
  readonly limit: number;
  readonly explain?: boolean;
}

export function journalCommand(finish: Finish): Command {
  const examples = [
    "journal",
    "journal --follower slave1 --symbol BTCUSDT --limit 200",
    "journal --reason below-minimum-quantity --json",
    "journal --leader anna --from 24h",
    "journal --follower slave1 --limit 5 --explain",
  ];
  return withFolders(command("journal", "what happened and why, newest first", examples))
    .option("--leader <nickname>", "only what this leader changed")
    .option("--follower <nickname>", "only this follower")
    .option("--symbol <symbol>", "only this instrument", symbolName)
    .option("--reason <word>", "only what was not copied for this reason")
    .option("--from <when>", "only from then on: 30m, 24h, 7d back, or a date", timeSince)
    .option("--to <date>", "only to the end of this day, or to this moment (UTC)", toTime)
    .option("--before <change>", "only changes before this number: the next page", wholeNumber)
    .option("--limit <count>", "at most so many", positiveCount, 50)
    .option("--explain", "for each change the path from the leader's position to what came of it")
    .action((options: JournalOptions) =>
      runAction(options, finish, async (output) => {
        if (options.reason !== undefined) await assertReason(options.reason);
        assertInOrder({ "--from": options.from, "--to": options.to });
        const filter = filterOf(options);
        const report = await withControl(options, (control) => control.ask({ kind: "journal", filter }));
        if (options.explain === true) return explain(report, options, output);
        output.result(report, () => describe(report, options));
        return undefined;
      }),
    );
}

/** The journal is read again beside whoever writes it. */
async function explain(
  report: JournalReport,
  options: JournalOptions,
  output: Output,
): Promise<number | undefined> {
  const { explainedChanges } = await import("../../control/explain-changes.ts");
  const { drive, INTERRUPTED } = await import("../drive.ts");
  const driven = await drive(explainedChanges(options.data, report.entries), output, {
    besideResults: false,
  });
  if (driven === null) return INTERRUPTED;
  const paths = driven.value;
  const entries = report.entries.map((entry, index) => ({ ...entry, path: paths[index] ?? null }));
  output.result({ ...report, entries }, () =>
    entries.length === 0
      ? describe(report, options)
      : [...describeEach(entries), ...restLines(report, options)].join("\n").trimEnd(),
  );
  return undefined;
}

function describeEach(
  entries: readonly (JournalEntryReport & { readonly path: PositionPath | null })[],
): readonly string[] {
  return entries.flatMap((entry) => {
    const [time, leader, follower, symbol, change, outcome] = rowOf(entry);
    const head = `${time} ${leader} > ${follower} ${symbol} ${change}: ${outcome}`;
    const missing = entry.pending
      ? "  it is not decided yet: copytrader status --explain tells how it stands"
      : "  its path is not kept";
    const lines = entry.path === null ? [missing] : pathLines(entry.path).slice(1);
    return [head, ...lines, ""];
  });
}

/** The orders that belong to no change, and how to go on. */
function restLines(report: JournalReport, options: JournalOptions): readonly string[] {
  const { otherOrders, worked = [] } = report;
  const orders = otherOrders.length + worked.length === 0 ? [] : tableLines({ ...report, entries: [] });
  return [...orders, ...endLines(report, options)];
}

/** The list of reasons is closed, so a word outside it would only ever find nothing. */
async function assertReason(word: string): Promise<void> {
  const { REASON_WORDS } = await import("../../control/journal-report.ts");
  if (REASON_WORDS.includes(word)) return;
  const { nearest } = await import("../../config/nearest.ts");
  const near = nearest(word, REASON_WORDS);
  const meant = near === undefined ? "" : ` (did you mean ${near}?)`;
  const message = `there is no reason "${word}"${meant}; there are: ${REASON_WORDS.join(", ")}`;
  throw usage(message);
}

function filterOf({ leader, follower, symbol, reason, from, to, before, limit }: JournalOptions) {
  return {
    ...(leader === undefined ? {} : { leader }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    ...(follower === undefined ? {} : { follower }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(reason === undefined ? {} : { reason }),
    ...(before === undefined ? {} : { before }),
    limit,
  };
}

function describe(report: JournalReport, options: JournalOptions): string {
  const { entries, otherOrders, worked = [], kept } = report;
  if (entries.length + otherOrders.length + worked.length === 0)
    return [nothing(options), ...keptLines(kept)].join("\n");
  return [...tableLines(report), ...endLines(report, options)].join("\n");
}

function tableLines({ entries, otherOrders, worked = [] }: JournalReport): readonly string[] {
  const columns = [
    { title: "TIME (UTC)" },
    { title: "LEADER" },
    { title: "FOLLOWER" },
    { title: "SYMBOL" },
    { title: "CHANGE", align: "right" },
    { title: "WHAT CAME OF IT" },
  ] as const;
  const rows = [
    ...entries.map((entry) => ({ at: entry.at, cells: rowOf(entry) })),
    ...otherOrders.map((order) => ({ at: order.at, cells: otherRowOf(order) })),
    ...worked.map((one) => ({ at: one.at, cells: workedRowOf(one) })),
  ].sort((first, second) => second.at - first.at);
  return table(
    columns,
    rows.map(({ cells }) => cells),
    { overflow: "wrap" },
  );
}

function endLines({ entries, kept }: JournalReport, options: JournalOptions): readonly string[] {
  const last = entries.at(-1);
  if (last === undefined || entries.length < options.limit) return keptLines(kept);
  return [
    "",
    `Older ones: copytrader journal ${["--before", last.change, ...filterWords(options)].join(" ")}`,
  ];
}

/** What was asked for, to ask for more of it. */
function filterWords({ leader, follower, symbol, reason, from, to }: JournalOptions): readonly string[] {
  const moment = (atMs: number | undefined) =>
    atMs === undefined ? undefined : `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  const asked = { leader, follower, symbol, reason, from: moment(from), to: moment(to) };
  return Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

function nothing({ data, leader, follower, symbol, reason, from, to, before }: JournalOptions): string {
  const isFiltered = [leader, follower, symbol, reason, from, to, before].some(
    (value) => value !== undefined,
  );
  return isFiltered ? "nothing matches" : `nothing has happened yet in ${data}`;
}

/** An order that no change of the leader asked for alone. */
function otherRowOf(order: OtherOrderReport): readonly string[] {
  const what = `${describeOrder(order)}, ${order.explanation}`;
  return [timeText(order.at), "-", order.follower, `${order.symbol}${legText(order.leg)}`, "", what];
}

/** A large change that was worked: what that saved, or cost. */
function workedRowOf(worked: WorkedReport): readonly string[] {
  const { at, follower, symbol, leg, side, quantity, wanted, slices, startedAtMs, fees } = worked;
  const of = quantity === wanted ? quantity : `${quantity} of ${wanted}`;
  const seconds = Math.round((at - startedAtMs) / 1_000);
  const what = `worked: ${savedText(worked)}; ${side} ${of} in ${slices} slices over ${seconds} s, fees ${fees}`;
  return [timeText(at), "-", follower, `${symbol}${legText(leg)}`, "", what];
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(5, 19).replace("T", " ");
}

function legText(leg: "net" | "long" | "short"): string {
  return leg === "net" ? "" : ` ${leg}`;
}

function rowOf(entry: JournalEntryReport): readonly string[] {
  const change =
    entry.changedBy.startsWith("-") || entry.changedBy === "" ? entry.changedBy : `+${entry.changedBy}`;
  const symbol = `${entry.symbol}${legText(entry.leg)}`;
  return [timeText(entry.at), entry.leader || "-", entry.follower || "-", symbol, change, outcomeOf(entry)];
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
