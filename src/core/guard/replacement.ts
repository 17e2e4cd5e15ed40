/**
 * Who takes the place of a leader whose relation a stop with the action `replace` ended: of the leaders that its owner named the
 * one with the best fresh score. The choice is journaled as a command of its own, and stands in the numbers of the stop.
 */

import type { Command } from "../event.ts";
import { evidenceLack } from "../evidence.ts";
import { Decimal } from "../model/decimal.ts";
import type { AccountId } from "../model/identifiers.ts";
import type { Allocation } from "../settings.ts";
import type { FollowerState, LeaderState, State } from "../state.ts";
import type { Stop } from "./stop.ts";

export type Replace = Extract<Command, { readonly kind: "replace" }>;

/** Stands in the numbers of a stop that found nobody. */
export const NOBODY = "nobody";

/** The choices that are still to be made, by the state as it is. */
export function replacementsDue(state: State): readonly Replace[] {
  return [...state.followers.values()].flatMap((follower) =>
    follower.stops
      .filter(({ action, detail }) => action === "replace" && detail.replacement === undefined)
      .flatMap((stop) => choiceFor(state, follower, stop)),
  );
}

/** Relations that were chosen and have not begun: their leader and follower, and what they take over. */
export interface BeginningReplacement {
  readonly leader: AccountId;
  readonly follower: AccountId;
  /** Whose place it takes, and the capital that was allocated to that one. */
  readonly replaces: AccountId;
  readonly capital: string;
}

export function replacementsChosen({ followers }: State): readonly BeginningReplacement[] {
  return [...followers.values()].flatMap(({ account, stops }) =>
    stops.flatMap(({ action, leader, detail }) => {
      const { replacement, capital } = detail;
      if (action !== "replace" || leader === null || replacement === undefined || replacement === NOBODY)
        return [];
      const chosen = { leader: String(replacement) as AccountId, follower: account };
      return [{ ...chosen, replaces: leader, capital: String(capital ?? "") }];
    }),
  );
}

/** The choice enters the numbers of the stop that it is for. */
export function noteReplacement(follower: FollowerState, { leader, by, score }: Replace): void {
  follower.stops = follower.stops.map((stop) =>
    stop.action === "replace" && stop.leader === leader
      ? {
          ...stop,
          detail: { ...stop.detail, replacement: by ?? NOBODY, ...(score === undefined ? {} : { score }) },
        }
      : stop,
  );
}

function choiceFor(state: State, follower: FollowerState, { leader, replacements }: Stop): Replace[] {
  if (leader === null) return [];
  const { account } = follower;
  const allocation = state.settings.allocations.find(
    (one) => one.follower === account && one.leader === leader,
  );
  const named = replacements ?? allocation?.guards.stopLoss?.replacements ?? [];
  const best = bestOf(state, follower, { allocation, named });
  if (best === null) return [{ kind: "replace", account, leader, by: null }];
  return [{ kind: "replace", account, leader, by: best.leader, score: best.score }];
}

interface Scored {
  readonly leader: AccountId;
  readonly score: string;
}

/** The first named of those with the same score. */
function bestOf(
  state: State,
  follower: FollowerState,
  {
    allocation,
    named,
  }: { readonly allocation: Allocation | undefined; readonly named: readonly AccountId[] },
): Scored | null {
  const place = allocation === undefined ? undefined : state.leaders.get(allocation.leader)?.venue;
  let best: Scored | null = null;
  for (const name of named) {
    const leader = state.leaders.get(name);
    if (leader === undefined || leader.venue !== place || isTaken(state, follower, name)) continue;
    const score = freshScore(state, leader, follower);
    if (score === null) continue;
    if (best === null || Decimal.parse(score).compare(Decimal.parse(best.score)) > 0)
      best = { leader: name, score };
  }
  return best;
}

/** Copied already, chosen for another relation, or stopped itself. */
function isTaken({ settings }: State, { account, stops }: FollowerState, leader: AccountId): boolean {
  return (
    settings.allocations.some((one) => one.follower === account && one.leader === leader) ||
    stops.some((stop) => stop.leader === leader || stop.detail.replacement === leader)
  );
}

function freshScore(state: State, { evidence }: LeaderState, { limits }: FollowerState): string | null {
  if (evidence?.score === undefined) return null;
  const lack = evidenceLack(state, [evidence.measuredAtMs], limits.evidenceMaxAgeMs);
  return lack === null ? evidence.score : null;
}
