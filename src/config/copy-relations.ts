/**
 * Who copies whom: every enabled follower with its leaders, found by nickname or because there is only one leader. What
 * the account files say together must make sense before anything is sent.
 */

import type { AccountFiles, AccountSource } from "./account-files.ts";
import { guardKeys } from "./guard-keys.ts";
import { nearest } from "./nearest.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./problems.ts";
import { riskKeys } from "./risk-keys.ts";
import type { RunTimeAllocation } from "./run-time-allocations.ts";

export interface CopyRelation {
  readonly leader: AccountSource;
  readonly follower: AccountSource;
}

export interface CopyRelations {
  readonly relations: readonly CopyRelation[];
  /** With those that ended at run time: where an account stands does not depend on whether it copies now. */
  readonly everRelated: readonly CopyRelation[];
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationWarning[];
}

/** What run time says comes before the files: it adds relations and ends them. */
export function relateAccounts(
  files: AccountFiles,
  runTime: readonly RunTimeAllocation[] = [],
): CopyRelations {
  const leaders = files.accounts.filter(({ role }) => role === "leader");
  const followers = files.accounts.filter(({ role }) => role === "follower");
  const found = followers.map((follower) => {
    const told = runTime.some((one) => one.follower === follower.nickname);
    return told && namesOf(follower).length === 0 && leaders.length > 1
      ? NOBODY_NAMED
      : leadersOf(follower, leaders, files);
  });
  const decided = relationsOf(runTime, leaders, followers);
  const byFile = found.flatMap((one) => one.relations);
  const everRelated = [...byFile, ...decided.filter((one) => !byFile.some((known) => isSame(known, one)))];
  const relations = everRelated.filter((relation) => !hasEnded(relation, runTime));
  const problems = found.flatMap((one) => one.problems);
  const copied = new Set(relations.map(({ leader }) => leader));
  const idle = leaders.filter((leader) => !copied.has(leader) && problems.length === 0);
  return {
    relations,
    everRelated,
    problems: [...noLeader(files, leaders), ...problems],
    warnings: [
      ...idle.map((leader) => leader.problem("", "is copied by no follower")),
      ...leaders.flatMap(idleKeys),
      ...runTime.flatMap((one) => strangers(one, leaders, followers)),
    ],
  };
}

interface Found {
  readonly relations: readonly CopyRelation[];
  readonly problems: readonly ConfigurationProblem[];
}

const NOBODY_NAMED: Found = { relations: [], problems: [] };

function relationsOf(
  runTime: readonly RunTimeAllocation[],
  leaders: readonly AccountSource[],
  followers: readonly AccountSource[],
): readonly CopyRelation[] {
  return runTime.flatMap((one) => {
    const leader = leaders.find(({ nickname }) => nickname === one.leader);
    const follower = followers.find(({ nickname }) => nickname === one.follower);
    return leader === undefined || follower === undefined ? [] : [{ leader, follower }];
  });
}

function isSame(one: CopyRelation, other: CopyRelation): boolean {
  return one.leader === other.leader && one.follower === other.follower;
}

function hasEnded({ leader, follower }: CopyRelation, runTime: readonly RunTimeAllocation[]): boolean {
  return runTime.some(
    (one) => one.ended === true && one.leader === leader.nickname && one.follower === follower.nickname,
  );
}

/** Accounts may have gone since: what was decided for them waits for their return. */
function strangers(
  { leader, follower }: RunTimeAllocation,
  leaders: readonly AccountSource[],
  followers: readonly AccountSource[],
): readonly ConfigurationWarning[] {
  const gone = [
    ...(leaders.some(({ nickname }) => nickname === leader) ? [] : [`no leader "${leader}"`]),
    ...(followers.some(({ nickname }) => nickname === follower) ? [] : [`no follower "${follower}"`]),
  ];
  if (gone.length === 0) return [];
  const message = `there is ${gone.join(" and ")} any more; what was set at run time has no effect`;
  return [{ file: `run-time ${leader}>${follower}`, keyPath: "", message }];
}

function leadersOf(follower: AccountSource, leaders: readonly AccountSource[], files: AccountFiles): Found {
  const names = namesOf(follower);
  if (names.length === 0) return onlyLeader(follower, leaders);
  const found = names.map((name) => leaders.find(({ nickname }) => nickname === name) ?? name);
  const problems = found.flatMap((one) =>
    typeof one === "string" ? [unknownLeader(one, follower, leaders, files)] : [],
  );
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  const repeated = twice.map((name) => follower.problem("leader", `names "${name}" twice`));
  const relations = found.flatMap((one) => (typeof one === "string" ? [] : [{ leader: one, follower }]));
  return { relations, problems: [...problems, ...repeated] };
}

function namesOf({ content }: AccountSource): readonly string[] {
  if (content.leader === undefined) return [];
  return typeof content.leader === "string" ? [content.leader] : content.leader;
}

function onlyLeader(follower: AccountSource, leaders: readonly AccountSource[]): Found {
  const [leader, ...others] = leaders;
  if (leader === undefined) return { relations: [], problems: [] };
  if (others.length === 0) return { relations: [{ leader, follower }], problems: [] };
  const message = `is missing; there are several leaders: name one of ${nicknames(leaders)}`;
  return { relations: [], problems: [follower.problem("leader", message)] };
}

function unknownLeader(
  name: string,
  follower: AccountSource,
  leaders: readonly AccountSource[],
  files: AccountFiles,
): ConfigurationProblem {
  if (files.disabled.has(name)) return follower.problem("leader", `names "${name}", which is not enabled`);
  if (files.accounts.some(({ nickname }) => nickname === name)) {
    return follower.problem(
      "leader",
      `names "${name}", which is a follower; leaders are ${nicknames(leaders)}`,
    );
  }
  const meant = nearest(
    name,
    leaders.map(({ nickname }) => nickname),
  );
  return follower.problem(
    "leader",
    `names "${name}", which is no leader; leaders are ${nicknames(leaders)}`,
    meant,
  );
}

function noLeader(files: AccountFiles, leaders: readonly AccountSource[]): readonly ConfigurationProblem[] {
  if (leaders.length > 0 || files.problems.length > 0) return [];
  const message = 'holds no account with role "leader"; `copytrader init` writes examples to begin from';
  return [{ file: files.folder, keyPath: "role", message }];
}

/** Settings of copying belong to followers; on a leader they would be silently without effect. */
function idleKeys(leader: AccountSource): readonly ConfigurationWarning[] {
  const { content } = leader;
  const idle = [
    ...(content.leader === undefined ? [] : ["leader"]),
    ...(content.copy_multiplier === undefined ? [] : ["copy_multiplier"]),
    ...(content.sizing === undefined ? [] : ["sizing"]),
    ...(content.position_scaling === undefined ? [] : ["position_scaling"]),
    ...(content.max_leverage === undefined ? [] : ["max_leverage"]),
    ...Object.keys({ ...riskKeys(), ...guardKeys() }).filter((name) => name in content),
  ];
  return idle.map((name) =>
    leader.problem(name, "has no effect on a leader; it belongs in a follower's file"),
  );
}

function nicknames(leaders: readonly AccountSource[]): string {
  return leaders.map(({ nickname }) => `"${nickname}"`).join(", ") || "none";
}
