/**
 * Who copies whom: every enabled follower with its leaders, found by nickname or because there is only one leader. What
 * the account files say together must make sense before anything is sent.
 */
import type { AccountFiles, AccountSource } from "./account-files.ts";
import { nearest } from "./nearest.ts";
import type { ConfigurationProblem, ConfigurationWarning } from "./problems.ts";

export interface CopyRelation {
  readonly leader: AccountSource;
  readonly follower: AccountSource;
}

export interface CopyRelations {
  readonly relations: readonly CopyRelation[];
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationWarning[];
}

export function relateAccounts(files: AccountFiles): CopyRelations {
  const leaders = files.accounts.filter(({ role }) => role === "leader");
  const followers = files.accounts.filter(({ role }) => role === "follower");
  const found = followers.map((follower) => leadersOf(follower, leaders, files));
  const relations = found.flatMap((one) => one.relations);
  const problems = found.flatMap((one) => one.problems);
  const copied = new Set(relations.map(({ leader }) => leader));
  const idle = leaders.filter((leader) => !copied.has(leader) && problems.length === 0);
  return {
    relations,
    problems: [...noLeader(files, leaders), ...problems],
    warnings: [
      ...idle.map((leader) => leader.problem("", "is copied by no follower")),
      ...leaders.flatMap(idleKeys),
    ],
  };
}

interface Found {
  readonly relations: readonly CopyRelation[];
  readonly problems: readonly ConfigurationProblem[];
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
  ];
  return idle.map((name) =>
    leader.problem(name, "has no effect on a leader; it belongs in a follower's file"),
  );
}

function nicknames(leaders: readonly AccountSource[]): string {
  return leaders.map(({ nickname }) => `"${nickname}"`).join(", ") || "none";
}
