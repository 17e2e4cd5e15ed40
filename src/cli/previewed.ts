/**
 * A command that may trade shows first what it would lead to, as the core decides it, asks, and is given only then. A script
 * says `--yes`; where nobody can be asked nothing is done.
 */
import type { Control } from "../control/control.ts";
import type {
  CommandReport,
  OwnerCommand,
  OwnerCommandKind,
  PreviewDenial,
  PreviewOrder,
  PreviewPlace,
  PreviewReport,
  PreviewStop,
  SettingChange,
} from "../control/owner-commands.ts";
import { confirm } from "./confirm.ts";
import { exposureLines } from "./exposure-lines.ts";
import type { CliProblem, Output } from "./output.ts";
import { settingText } from "./setting-text.ts";
import { table, wrapped } from "./table.ts";

export interface Previewed {
  readonly yes?: boolean;
  readonly question: string;
  /** What did not happen when the answer is no. */
  readonly declined: string;
}

/** Throws a CliError unless it is confirmed. */
export async function previewed(
  control: Control,
  command: OwnerCommand,
  output: Output,
  { yes = false, question, declined }: Previewed,
): Promise<{ readonly report: CommandReport; readonly preview: PreviewReport }> {
  const preview = await showPreview(control, command, output);
  await confirm(output, { isSure: yes, question, declined, problems: problemsOf(preview) });
  return { report: await give(control, command), preview };
}

export async function showPreview(
  control: Control,
  command: OwnerCommand,
  output: Output,
): Promise<PreviewReport> {
  const preview = await control.ask({ kind: "preview", command });
  output.note(describePreview(preview));
  return preview;
}

export function give(control: Control, command: OwnerCommand): Promise<CommandReport> {
  return control.ask<OwnerCommandKind>(command);
}

/** What would be done, for whom no question can be asked. */
function problemsOf({ begun = [], lifted, orders, denied, proposals }: PreviewReport): readonly CliProblem[] {
  return [
    ...begun.map((stop) => ({ message: `would stop ${stop.follower}: ${stop.text}`, ...stop })),
    ...lifted.map((stop) => ({ message: `would lift ${liftedText(stop)}`, ...stop })),
    ...orders.map((order) => ({ message: `would ${orderText(order)} on ${order.follower}`, ...order })),
    ...proposals.map((one) => ({
      message: `would ask for approval up to ${one.target} ${placeText(one)} on ${one.follower}`,
      ...one,
    })),
    ...denied.map((denial) => ({
      message: `would not copy ${placeText(denial)} to ${denial.follower}: ${denial.reason}`,
      ...denial,
    })),
  ];
}

export function describePreview(preview: PreviewReport): string {
  const { engine, changes, ended = [], paused = [], resumed = [], begun = [] } = preview;
  const { lifted, orders, proposals, exposures, isCutOff } = preview;
  const denied = toldDenials(preview);
  const when = engine.running
    ? []
    : ["The engine is stopped: this takes effect at its next start. As of its last moment that would be:"];
  return [
    ...when,
    ...changes.flatMap((change) => wrapped(`Would be set: ${changeText(change)}`)),
    ...(ended.length === 0 ? [] : wrapped(`Would be copied no more: ${ended.join(", ")}`)),
    ...(paused.length === 0 ? [] : wrapped(`Would be paused: ${paused.join(", ")}`)),
    ...(resumed.length === 0 ? [] : wrapped(`Would be paused no more: ${resumed.join(", ")}`)),
    ...begun.flatMap((stop) => wrapped(`Would stop: ${stop.follower}: ${stop.text}`)),
    ...lifted.flatMap((stop) => wrapped(`Would be lifted: ${liftedText(stop)}`)),
    ...(orders.length === 0 ? ["No order would be sent."] : ["Would be sent:", ...orderLines(orders)]),
    ...(isCutOff ? ["... and more"] : []),
    ...exposureLines(exposures),
    ...proposals.map(
      (one) =>
        `Would wait for your approval: ${one.follower} up to ${one.target} ${placeText(one)} (${one.leader})`,
    ),
    ...(denied.length === 0 ? [] : ["Would not be done:", ...denialLines(denied)]),
  ].join("\n");
}

/** `copy_multiplier 2 (run-time), was 1` */
function changeText({ leader, follower, keyPath, value, source, before }: SettingChange): string {
  const whose = [leader, follower].filter((name) => name !== undefined).join(" > ");
  const of = whose === "" ? "" : `${whose}: `;
  const was = before === undefined ? "" : `, was ${before === null ? "not set" : settingText(before)}`;
  return `${of}${keyPath} ${value === null ? "not set" : settingText(value)} (${source})${was}`;
}

/** `slave1: closed by the kill switch, until resume or release (since 2026-07-01T10:00:00.000Z)` */
function liftedText({ follower, text, since }: PreviewStop): string {
  return `${follower}: ${text} (since ${new Date(since).toISOString()})`;
}

/** That what it closes is not bought again is what a close means, and no reason against it. */
function toldDenials({ command, denied }: PreviewReport): readonly PreviewDenial[] {
  return command === "close" ? denied.filter(({ reason }) => reason !== "waived") : denied;
}

function orderLines(orders: readonly PreviewOrder[]): readonly string[] {
  const columns = [
    { title: "FOLLOWER" },
    { title: "SYMBOL" },
    { title: "SIDE" },
    { title: "QUANTITY", align: "right" },
    { title: "ABOUT", align: "right" },
    { title: "" },
  ] as const;
  const rows = orders.map((order) => [
    order.follower,
    placeText(order),
    order.side,
    order.quantity,
    order.value === "" ? "?" : order.value,
    notesOf(order).join(", "),
  ]);
  return table(columns, rows, { indent: "  " });
}

function denialLines(denied: readonly PreviewDenial[]): readonly string[] {
  const columns = [
    { title: "FOLLOWER" },
    { title: "SYMBOL" },
    { title: "LEADER" },
    { title: "WHY" },
  ] as const;
  const rows = denied.map((denial) => [
    denial.follower,
    placeText(denial),
    denial.leader,
    `${denial.reason}${numbersText(denial.detail)}: ${denial.explanation}`,
  ]);
  return table(columns, rows, { indent: "  ", overflow: "wrap" });
}

export function placeText({ symbol, positionIdx }: Pick<PreviewPlace, "symbol" | "positionIdx">): string {
  if (positionIdx === undefined) return symbol;
  return `${symbol} ${positionIdx === 1 ? "long" : "short"}`;
}

function orderText(order: PreviewOrder): string {
  const notes = notesOf(order);
  const text = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
  return `${order.side} ${order.quantity} ${placeText(order)}${text}`;
}

function notesOf({ reduceOnly, rests }: PreviewOrder): readonly string[] {
  return [...(reduceOnly ? ["reduce-only"] : []), ...(rests === undefined ? [] : [rests])];
}

function numbersText(detail: Readonly<Record<string, string | number>>): string {
  const numbers = Object.entries(detail).map(([name, value]) => `${name} ${value}`);
  return numbers.length === 0 ? "" : ` (${numbers.join(", ")})`;
}

/** For a command that the stopped engine only noted. */
export function heldBack({ running }: CommandReport): string {
  return running ? "" : " (the engine is stopped; this holds from its next start on)";
}
