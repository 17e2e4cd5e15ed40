/**
 * Settings changed while running: of one follower's account, and those that are for all. Told in the form of the files and checked like
 * them; durable before they are in force. What a guard has stopped stays stopped, whatever its setting becomes.
 */
import {
  type Configuration,
  type SettingsScope,
  settingsProblems,
  type ToldSettings,
  withSettings,
} from "../config.ts";
import { strategyKindOf } from "../strategies/registry.ts";
import { changeableRows, revisionOf } from "./changeable-settings.ts";
import { badSettings, type CommandContext, type CommandPlan, decidedRunTime } from "./command-plan.ts";
import { ControlError } from "./control.ts";
import type { PortfolioSettingsRequest, SettingChange, SettingsRequest } from "./owner-commands.ts";
import { assertName, changesOf, inForce } from "./relations.ts";
import { strategyNamed } from "./strategy-question.ts";

export function planSettings(context: CommandContext, request: SettingsRequest): CommandPlan {
  const { follower } = request;
  const scope: SettingsScope = { kind: "follower", follower };
  const { before, step, after } = decided(context, scope, request);
  assertName(after.accounts, "follower", follower);
  return {
    report: {
      command: "settings",
      followers: [follower],
      revision: revisionOf(changeableRows(after, scope)),
    },
    changes: rowChanges(before, after, scope),
    steps: [step, { kind: "settings", settings: inForce(context.state, after.settings) }],
  };
}

export function planPortfolioSettings(
  context: CommandContext,
  request: PortfolioSettingsRequest,
): CommandPlan {
  const scope: SettingsScope = { kind: "portfolio" };
  assertStrategy(context, request.values);
  const { before, step, after } = decided(context, scope, request);
  const { state } = context;
  return {
    report: {
      command: "portfolio-settings",
      followers: [...state.followers.keys()],
      revision: revisionOf(changeableRows(after, scope)),
    },
    changes: [...rowChanges(before, after, scope), ...followingChanges(before, after)],
    steps: [step, { kind: "settings", settings: inForce(state, after.settings) }],
  };
}

/** Nothing of it is the core's. */
export function planAlertSettings(context: CommandContext, request: PortfolioSettingsRequest): CommandPlan {
  const scope: SettingsScope = { kind: "alerts" };
  const { before, step, after } = decided(context, scope, request);
  return {
    report: {
      command: "alert-settings",
      followers: [],
      revision: revisionOf(changeableRows(after, scope)),
    },
    changes: rowChanges(before, after, scope),
    steps: [step],
  };
}

interface Decided {
  /** Null where the files and run time do not agree as they are. */
  readonly before: Configuration | null;
  readonly after: Configuration;
  readonly step: ReturnType<typeof decidedRunTime>;
}

function decided(
  context: CommandContext,
  scope: SettingsScope,
  { values, expected }: { readonly values: ToldSettings; readonly expected?: string },
): Decided {
  if (Object.keys(values).length === 0)
    throw new ControlError("bad-request", "values must hold at least one setting");
  const problems = settingsProblems(scope, values);
  if (problems.length > 0) throw badSettings(problems);
  const { runTime } = context;
  const known = context.reconfigure(runTime);
  const before = known.ok ? known.configuration : null;
  if (before !== null && expected !== undefined) assertSeen(before, scope, expected);
  const step = decidedRunTime(context, {
    ...runTime,
    settings: withSettings(runTime.settings, scope, values),
  });
  return { before, step, after: step.reconfigured.configuration };
}

/** Throws a ControlError unless the settings are still those that were seen. */
function assertSeen(configuration: Configuration, scope: SettingsScope, expected: string): void {
  const revision = revisionOf(changeableRows(configuration, scope));
  if (revision === expected) return;
  const whose = scope.kind === "follower" ? `the settings of "${scope.follower}"` : "these settings";
  throw new ControlError("conflict", `${whose} are not as you saw them: they were changed meanwhile`);
}

/** One of the owner's own is known while the engine runs; whoever reads the folder alone does not load them. */
function assertStrategy({ ownStrategies }: CommandContext, { strategy }: ToldSettings): void {
  if (typeof strategy !== "string" || strategyKindOf(strategy) !== undefined) return;
  if (ownStrategies?.includes(strategy) === true) return;
  const found = strategyNamed(strategy, { options: {} }, []);
  if (found.ok) return;
  const own =
    ownStrategies === undefined
      ? "; one of your own can be chosen while the engine runs"
      : ownStrategies.map((name) => `, ${name}`).join("");
  const meant = found.nearest === undefined ? "" : `; did you mean "${found.nearest}"?`;
  throw new ControlError("bad-settings", `strategy: ${found.message}${own}${meant}`);
}

function rowChanges(
  before: Configuration | null,
  after: Configuration,
  scope: SettingsScope,
): readonly SettingChange[] {
  const known = before === null ? [] : changeableRows(before, scope);
  const of = scope.kind === "follower" ? { follower: scope.follower } : {};
  return changeableRows(after, scope).flatMap((row): SettingChange[] => {
    const old = known.find(({ keyPath }) => keyPath === row.keyPath);
    const isSame = JSON.stringify(old?.value ?? null) === JSON.stringify(row.value);
    if (isSame && (old?.source ?? row.source) === row.source) return [];
    return [{ ...of, ...row, before: old?.value ?? null }];
  });
}

/** What becomes another for single followers and relations by what is for all. */
function followingChanges(before: Configuration | null, after: Configuration): readonly SettingChange[] {
  const limits = after.limits.flatMap(({ follower }) =>
    rowChanges(before, after, { kind: "follower", follower }),
  );
  const relations = after.allocations.flatMap(({ leader, follower }) =>
    changesOf(before, after, leader, follower).map((change) => ({ leader, follower, ...change })),
  );
  return [...limits, ...relations];
}
