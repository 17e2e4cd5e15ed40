/** The kill switch: what a follower holds of ours, or of one leader's copies, is closed and stays closed. */
import type { Command } from "../event.ts";
import type { FollowerState, State } from "../state.ts";
import { beginStop, endStops, NOTHING, type Stop } from "./stop.ts";

export function panic(
  state: State,
  follower: FollowerState,
  { leader }: Extract<Command, { readonly kind: "panic" }>,
): void {
  if (leader !== undefined && !copiesLeader(state, follower, leader)) return;
  beginStop(state, {
    guard: "panic",
    follower: follower.account,
    leader: leader ?? null,
    instrument: null,
    action: "close",
    keeps: NOTHING,
    bars: true,
    untilFlat: false,
    untilMs: null,
    level: 0,
    detail: {},
  });
}

/** Whether it is to copy the leader, or holds copies of it. */
export function copiesLeader({ settings }: State, follower: FollowerState, leader: string): boolean {
  const isAllocated = settings.allocations.some(
    (one) => one.follower === follower.account && one.leader === leader,
  );
  const holds = [...follower.markets.values()].some(({ copies }) =>
    copies.some((copy) => copy.leader.account === leader),
  );
  return isAllocated || holds;
}

/** After a resume copying goes on; what was closed is not bought back. */
export function endPanic(state: State, follower: FollowerState): void {
  endStops(state, follower, ({ guard }) => guard === "panic");
}

/** What is stopped within a scope is stopped no more. */
export function releaseStops(
  state: State,
  follower: FollowerState,
  { leader, symbol }: Extract<Command, { readonly kind: "release" }>,
): void {
  endStops(
    state,
    follower,
    (stop) =>
      (leader === undefined || stop.leader === leader) && (symbol === undefined || isIn(state, stop, symbol)),
  );
}

function isIn({ instruments }: State, { instrument }: Stop, symbol: string): boolean {
  return instrument !== null && instruments.get(instrument)?.spec.symbol === symbol;
}
