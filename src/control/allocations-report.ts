/** Who copies whom, with every setting and where it comes from, and what each relation holds of its follower's positions. */
import type { Configuration, RunTimeAllocation } from "../config.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { quantityText } from "../core/model/instrument.ts";
import type { Copy, State } from "../core/state.ts";
import { legTarget } from "../core/target.ts";
import { positionIdx } from "./instrument-rows.ts";
import type { AllocationStatus, AllocationsReport, VirtualPosition } from "./owner-commands.ts";
import { worthOf } from "./queries.ts";
import { relationRevision } from "./relation-revision.ts";
import { resultsOf } from "./results.ts";
import { allocationSettings } from "./settings-in-force.ts";

export function allocationsOf(
  state: State,
  configured: Configuration["allocations"],
  runTime: readonly RunTimeAllocation[],
): Omit<AllocationsReport, "engine"> {
  const followers = [...state.followers.values()];
  const accounts = followers.map((one) => ({ follower: one.account, results: resultsOf(state, one) }));
  const inForce = configured.map((allocation): AllocationStatus => {
    const { leader, follower } = allocation;
    const results = resultsIn(accounts, leader, follower);
    const settings = allocationSettings(allocation).map(({ keyPath, value, source }) => ({
      keyPath,
      value,
      source,
    }));
    return {
      leader,
      follower,
      state: conditionOf(state, follower),
      revision: relationRevision({ allocations: configured }, leader, follower),
      settings,
      results,
      positions: positionsOf(state, leader, follower),
    };
  });
  const isKnown = (leader: string, follower: string) =>
    configured.some((one) => one.leader === leader && one.follower === follower);
  const gone = [...endedPairs(state, runTime)].filter(([leader, follower]) => !isKnown(leader, follower));
  const ended = gone.map(([leader, follower]) => ({
    ...endedOf(state, leader, follower),
    results: resultsIn(accounts, leader, follower),
  }));
  return { allocations: [...inForce, ...ended], accounts };
}

function resultsIn(
  accounts: AllocationsReport["accounts"],
  leader: string,
  follower: string,
): AllocationStatus["results"] {
  const results = accounts.find((one) => one.follower === follower)?.results ?? [];
  return results.flatMap(({ coin, leaders }) =>
    leaders.flatMap(({ leader: whose, ...result }) => (whose === leader ? [{ coin, ...result }] : [])),
  );
}

/** Those that a command ended, and those that still hold something. */
function endedPairs(
  state: State,
  runTime: readonly RunTimeAllocation[],
): Iterable<readonly [leader: string, follower: string]> {
  const pairs = new Map<string, readonly [string, string]>();
  const add = (leader: string, follower: string) => pairs.set(`${leader}>${follower}`, [leader, follower]);
  for (const { leader, follower, ended } of runTime) if (ended === true) add(leader, follower);
  for (const { copies } of state.markets) {
    for (const copy of copies)
      if (holdsSomething(copy)) add(copy.leader.account, copy.market.follower.account);
  }
  return pairs.values();
}

function holdsSomething({ legs }: Copy): boolean {
  return legs.some(({ heldLots }) => heldLots !== 0);
}

function endedOf(state: State, leader: string, follower: string): Omit<AllocationStatus, "results"> {
  const positions = positionsOf(state, leader, follower);
  const revision = relationRevision({ allocations: [] }, leader, follower);
  return {
    leader,
    follower,
    state: positions.length === 0 ? "ended" : "ending",
    revision,
    settings: [],
    positions,
  };
}

function conditionOf(state: State, name: string): AllocationStatus["state"] {
  const follower = state.followers.get(AccountId(name));
  if (follower !== undefined && follower.halted !== null) return "halted";
  return follower?.paused === true ? "paused" : "copying";
}

function positionsOf(state: State, leader: string, name: string): readonly VirtualPosition[] {
  const copies = [...(state.followers.get(AccountId(name))?.markets.values() ?? [])]
    .flatMap((market) => market.copies)
    .filter((copy) => copy.leader.account === leader);
  return copies.flatMap(({ market: { instrument }, legs }) =>
    legs.flatMap((part) => {
      if (part.heldLots === 0 && legTarget(part) === 0) return [];
      return [
        {
          symbol: instrument.spec.symbol,
          ...positionIdx(part.leg),
          target: quantityText(instrument, legTarget(part)),
          held: quantityText(instrument, part.heldLots),
          value: worthOf(state, instrument, part.heldLots),
        },
      ];
    }),
  );
}
