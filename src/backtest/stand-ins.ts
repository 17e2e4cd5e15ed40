/**
 * Leaders that took the place of others whose relation was stopped to be replaced, as in live copying: chosen by the core, copied with the
 * settings of the relation before them, its capital, and what they open from then on.
 */
import { type BeginningReplacement, replacementsChosen } from "../core/guard/replacement.ts";
import { AllocationId } from "../core/model/identifiers.ts";
import type { Allocation } from "../core/settings.ts";
import type { State } from "../core/state.ts";

/** Relations that were chosen and have not begun. */
export function beginningStandIns(state: State): readonly Allocation[] {
  const { allocations } = state.settings;
  return replacementsChosen(state).flatMap((chosen) => {
    const before = allocations.find((one) => isOf(one, chosen.replaces, chosen));
    const isBegun = allocations.some((one) => isOf(one, chosen.leader, chosen));
    return before === undefined || isBegun ? [] : [standIn(before, chosen)];
  });
}

function isOf(
  { leader, follower }: Allocation,
  name: Allocation["leader"],
  chosen: Pick<BeginningReplacement, "follower">,
): boolean {
  return leader === name && follower === chosen.follower;
}

function standIn(before: Allocation, { leader, follower, capital }: BeginningReplacement): Allocation {
  const allocatedCapital = capital === "" ? before.guards.allocatedCapital : capital;
  return {
    ...before,
    id: AllocationId(leader, follower),
    leader,
    startMode: "new-only",
    guards: { ...before.guards, allocatedCapital },
  };
}
