/** Who copies whom, decided while running: `copy` begins or changes a relation, `uncopy` ends one. */
import type { Configuration } from "../config.ts";
import { nearest } from "../config.ts";
import { replacementsChosen } from "../core/guard/replacement.ts";
import { AccountId, AllocationId } from "../core/model/identifiers.ts";
import type { Settings } from "../core/settings.ts";
import type { State } from "../core/state.ts";
import { type CommandContext, type CommandPlan, changedRunTime } from "./command-plan.ts";
import { ControlError } from "./control.ts";
import type { CopyRequest, OwnerCommand, SettingChange, UncopyRequest } from "./owner-commands.ts";
import { assertRelationSeen, relationRevision } from "./relation-revision.ts";
import { allocationSettings } from "./settings-in-force.ts";

export function planCopy(context: CommandContext, request: CopyRequest): CommandPlan {
  const { leader, follower, values } = request;
  const decided = changedRunTime(context, { leader, follower, values });
  const { configuration } = decided.reconfigured;
  assertBeginning(configuration, leader, follower);
  const before = context.reconfigure(context.runTime);
  if (before.ok) assertRelationSeen(before.configuration, request);
  const revision = relationRevision(configuration, leader, follower);
  return {
    report: { command: "copy", followers: [follower], leader, revision },
    changes: changesOf(before.ok ? before.configuration : null, configuration, leader, follower),
    steps: [decided, { kind: "settings", settings: inForce(context.state, configuration.settings) }],
  };
}

/** Throws a ControlError unless there is such a leader and such a follower, at a place where it can be copied. */
export function assertBeginning(configuration: Configuration, leader: string, follower: string): void {
  assertNames(configuration, leader, follower);
  assertSamePlace(configuration, leader, follower);
}

/** Those that the relation did not have before, or had with other values; of a new one those that are no defaults. */
export function changesOf(
  before: Configuration | null,
  after: Configuration,
  leader: string,
  follower: string,
): readonly SettingChange[] {
  const settingsIn = (configuration: Configuration | null) => {
    const found = configuration?.allocations.find(
      (one) => one.leader === leader && one.follower === follower,
    );
    return found === undefined ? null : allocationSettings(found);
  };
  const known = settingsIn(before);
  return (settingsIn(after) ?? []).flatMap(({ keyPath, value, source }): SettingChange[] => {
    const old = known?.find((one) => one.keyPath === keyPath)?.value;
    if (known === null) return source === "default" || value === null ? [] : [{ keyPath, value, source }];
    const isSame = JSON.stringify(old ?? null) === JSON.stringify(value);
    return isSame ? [] : [{ keyPath, value, source, before: old ?? null }];
  });
}

/**
 * What begins the relations that were chosen as replacements and were never begun or ended at run time: with what was decided for
 * the relation that they follow, and its capital.
 */
export function copiesOfReplacements({ state, runTime }: CommandContext): readonly CopyCommand[] {
  const isDecided = (leader: string, follower: string) =>
    runTime.allocations.some((one) => one.leader === leader && one.follower === follower) ||
    state.settings.allocations.some((one) => one.leader === leader && one.follower === follower);
  return replacementsChosen(state)
    .filter(({ leader, follower }) => !isDecided(leader, follower))
    .map(({ leader, follower, replaces, capital }) => {
      const before = runTime.allocations.find((one) => one.leader === replaces && one.follower === follower);
      const allocated = capital === "" ? {} : { allocated_capital: capital };
      const { copy_existing: _, ...taken } = before?.values ?? {};
      return { kind: "copy", leader, follower, values: { ...taken, ...allocated, start_mode: "new-only" } };
    });
}

type CopyCommand = Extract<OwnerCommand, { readonly kind: "copy" }>;

/** The stop mode is what is in force when the relation ends, so one that was stated is put in force first. */
export function planUncopy(context: CommandContext, request: UncopyRequest): CommandPlan {
  const { leader, follower, stopMode } = request;
  const before = context.reconfigure(context.runTime);
  if (before.ok) {
    assertNames(before.configuration, leader, follower);
    assertCopied(before.configuration, leader, follower);
    assertRelationSeen(before.configuration, request);
  }
  const decided = changedRunTime(context, { leader, follower, ended: true });
  const settings = inForce(context.state, decided.reconfigured.configuration.settings);
  const stopping =
    before.ok && stopMode !== undefined
      ? [withStopMode(inForce(context.state, before.configuration.settings), leader, follower, stopMode)]
      : [];
  return {
    report: { command: "uncopy", followers: [follower], leader },
    steps: [
      ...stopping.map((step) => ({ kind: "settings", settings: step }) as const),
      decided,
      { kind: "settings", settings },
    ],
  };
}

function withStopMode(
  settings: Settings,
  leader: string,
  follower: string,
  stopMode: NonNullable<UncopyRequest["stopMode"]>,
): Settings {
  const ending = AllocationId(AccountId(leader), AccountId(follower));
  return {
    ...settings,
    allocations: settings.allocations.map((one) => (one.id === ending ? { ...one, stopMode } : one)),
  };
}

/** What an engine of this process had to adapt to its fleet stays as it is. */
export function inForce({ settings }: State, next: Settings): Settings {
  const followerStaleAfterMs = Math.max(settings.followerStaleAfterMs, next.followerStaleAfterMs);
  return { ...next, followerStaleAfterMs };
}

function assertNames({ accounts }: Configuration, leader: string, follower: string): void {
  assertName(accounts, "leader", leader);
  assertName(accounts, "follower", follower);
}

/** Throws a ControlError unless there is an account of that name and role. */
export function assertName(
  accounts: Configuration["accounts"],
  role: "leader" | "follower",
  name: string,
): void {
  const names: readonly string[] = accounts.flatMap((one) => (one.role === role ? [one.account] : []));
  if (names.includes(name)) return;
  const meant = nearest(name, names);
  const guess = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
  const known = names.length === 0 ? "none is configured" : `there are: ${names.join(", ")}`;
  throw new ControlError(`unknown-${role}`, `there is no ${role} "${name}"${guess}; ${known}`);
}

/** A paper follower is filled at its leaders' venue, so it has one. */
function assertSamePlace({ accounts }: Configuration, leader: string, follower: string): void {
  const venueOf = (name: string) => accounts.find(({ account }) => account === name);
  const [copied, copying] = [venueOf(leader), venueOf(follower)];
  if (copying?.execution !== "paper" || copied?.venue === copying.venue) return;
  throw new ControlError(
    "bad-settings",
    `"${follower}" is filled on the prices of ${copying.venue} in paper mode, and "${leader}" trades at ${copied?.venue}: a paper follower's leaders must share one venue`,
  );
}

function assertCopied({ allocations }: Configuration, leader: string, follower: string): void {
  const leaders = allocations.filter((one) => one.follower === follower).map((one) => one.leader);
  if (leaders.some((one) => one === leader)) return;
  const known = leaders.length === 0 ? "it copies nobody" : `it copies: ${leaders.join(", ")}`;
  throw new ControlError("unknown-relation", `"${follower}" does not copy "${leader}"; ${known}`);
}
