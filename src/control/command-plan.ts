/** A plan for a command: its steps, and how they are previewed, carried out and kept. */
import {
  type ConfigurationProblem,
  type LoadResult,
  type RunTime,
  type RunTimeChange,
  withChange,
} from "../config.ts";
import type { Command, Event } from "../core/event.ts";
import type { Settings } from "../core/settings.ts";
import type { State } from "../core/state.ts";
import type { Engine } from "../engine/engine.ts";
import { ControlError } from "./control.ts";
import type { CommandReport, SettingChange } from "./owner-commands.ts";

/** What a command is understood by. */
export interface CommandContext {
  readonly state: State;
  /** What was decided while running so far. */
  readonly runTime: RunTime;
  /** The configuration with something else decided. */
  readonly reconfigure: (runTime: RunTime) => LoadResult;
  /** Names of strategies of the owner's own; those that are known here. */
  readonly ownStrategies?: readonly string[];
}

export type PlanStep =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "settings"; readonly settings: Settings }
  /** To be made durable, here in the order of the steps. */
  | {
      readonly kind: "decide";
      readonly before: RunTime;
      readonly runTime: RunTime;
      readonly reconfigured: Extract<LoadResult, { readonly ok: true }>;
    };

export interface CommandPlan {
  readonly report: Omit<CommandReport, "running" | "atMs">;
  readonly steps: readonly PlanStep[];
  /** What of a relation's settings becomes otherwise. */
  readonly changes?: readonly SettingChange[];
  /** Leaders that are copied no more. */
  readonly ended?: readonly string[];
}

export function changedRunTime(
  context: CommandContext,
  change: RunTimeChange,
): Extract<PlanStep, { readonly kind: "decide" }> {
  const { runTime } = context;
  return decidedRunTime(context, { ...runTime, allocations: withChange(runTime.allocations, change) });
}

/** Throws a ControlError that says what is wrong with it. */
export function decidedRunTime(
  { runTime: before, reconfigure }: CommandContext,
  runTime: RunTime,
): Extract<PlanStep, { readonly kind: "decide" }> {
  const reconfigured = reconfigure(runTime);
  if (reconfigured.ok) return { kind: "decide", before, runTime, reconfigured };
  throw badSettings(reconfigured.problems);
}

export function badSettings(problems: readonly ConfigurationProblem[]): ControlError {
  const lines = problems.map(({ file, keyPath, message, nearest }) => {
    const place = file.startsWith("run-time") ? keyPath : `${file}: ${keyPath}`;
    return `${place} ${message}${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`;
  });
  return new ControlError("bad-settings", lines.join("\n"));
}

/** The events of a plan, for a preview. */
export function eventsOf({ steps }: CommandPlan, atMs: number): readonly Event[] {
  return steps.flatMap((step): Event[] => {
    if (step.kind === "command") return [{ kind: "command-issued", command: step.command, atMs }];
    return step.kind === "settings" ? [{ kind: "settings-changed", settings: step.settings, atMs }] : [];
  });
}

/** Carries a plan out on an engine of this process; `decide` makes durable what is decided about copying. */
export function carryOutPlan(
  engine: Pick<Engine, "running" | "command" | "configure">,
  { steps }: CommandPlan,
  decide: (step: Extract<PlanStep, { readonly kind: "decide" }>) => void,
): void {
  if (!engine.running)
    throw new ControlError("not-running", "the engine has stopped: nothing is decided any more");
  for (const step of steps) {
    if (step.kind === "command") engine.command(step.command);
    else if (step.kind === "settings") engine.configure(step.settings);
    else decide(step);
  }
}
