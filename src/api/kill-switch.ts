/**
 * The kill switch as the API and the bot pull it: through the engine; where that does not answer, by the file that it looks for; and where
 * it is stopped, by what is written down for its next start.
 */
import type { Control } from "../control/control.ts";
import type { CommandReport, OwnerCommand, PanicScope, PreviewReport } from "../control/owner-commands.ts";
import { answeredInTime, leavePanicFile } from "../control/panic-file.ts";
import { StoppedControl, type StoppedParts } from "../control/stopped.ts";
import { type CommandParts, commanded, type Giver, noted } from "./commanded.ts";

export interface KillSwitchParts extends CommandParts, StoppedParts {}

export type KillSwitchWay = "engine" | "file" | "next-start";

export const WAY_NOTES: Readonly<Record<KillSwitchWay, string>> = {
  engine: "",
  file: "the engine does not answer: a file PANIC in its data folder tells it to close as soon as it can; to close now, stop that process and run copytrader panic on its machine",
  "next-start":
    "the engine is stopped: it is written down, and nothing is closed before it starts; copytrader panic on its machine closes at once, without it",
};

/** Who tells of what is held: the engine, stopped or not; its data folder where it does not answer. */
export async function killSwitchSource(parts: KillSwitchParts): Promise<Pick<Control, "ask">> {
  const answered = await answeredInTime(parts.control.ask({ kind: "holdings" }));
  return answered === null ? new StoppedControl(parts) : parts.control;
}

/** `source`: of killSwitchSource; `preview`: what it told. */
export function wayOf(
  { control }: KillSwitchParts,
  source: Pick<Control, "ask">,
  { engine }: PreviewReport,
): KillSwitchWay {
  if (source !== control || engine.starting === true) return "file";
  return engine.running ? "engine" : "next-start";
}

export interface Pulled {
  readonly way: KillSwitchWay;
  readonly report: CommandReport;
}

/** To close twice is to close once: what may or may not have reached the engine is left for it as well. `nowMs`: UTC milliseconds. */
export async function pullKillSwitch(
  parts: KillSwitchParts,
  giver: Giver,
  scope: PanicScope,
  nowMs: number,
): Promise<Pulled> {
  const command = { kind: "panic", ...scope } as const satisfies OwnerCommand;
  const source = await killSwitchSource(parts);
  const preview = await source.ask({ kind: "preview", command });
  if (wayOf(parts, source, preview) !== "file") {
    const report = await answeredInTime(commanded(parts, giver, command, preview));
    if (report !== null) return { report, way: report.running ? "engine" : "next-start" };
  }
  leavePanicFile(parts.dataDir, scope);
  const { followers, orders } = preview;
  const subject = followers.join(", ");
  await noted(parts, giver, {
    action: "panic",
    subject,
    after: { ...scope, way: "file", orders: orders.length },
  });
  const { leader } = scope;
  const of = leader === undefined ? {} : { leader };
  return { way: "file", report: { command: "panic", followers, ...of, atMs: nowMs, running: false } };
}
