/** What stands for a relation as somebody saw it, so that nobody changes or ends one that another has changed meanwhile. */
import type { Configuration } from "../config.ts";
import { revisionOf } from "./changeable-settings.ts";
import { ControlError } from "./control.ts";
import { allocationSettings } from "./settings-in-force.ts";

/** Of a relation that there is not: who expects it wants one that begins. */
const NO_RELATION = "none";

/** Stands for every value in force of the relation, and where each comes from. */
export function relationRevision(
  { allocations }: Pick<Configuration, "allocations">,
  leader: string,
  follower: string,
): string {
  const found = allocations.find((one) => one.leader === leader && one.follower === follower);
  return found === undefined ? NO_RELATION : revisionOf(allocationSettings(found));
}

export interface ExpectedRelation {
  readonly leader: string;
  readonly follower: string;
  /** The revision that was seen; anything goes where it is left out. */
  readonly expected?: string;
}

/** Throws a ControlError unless the relation is as it was seen. */
export function assertRelationSeen(
  configuration: Pick<Configuration, "allocations">,
  { leader, follower, expected }: ExpectedRelation,
): void {
  const revision = relationRevision(configuration, leader, follower);
  if (expected === undefined || revision === expected) return;
  const now = revision === NO_RELATION ? ", and it is not copied" : "";
  throw new ControlError(
    "conflict",
    `how "${follower}" copies "${leader}" is not as you saw it: it was changed meanwhile${now}`,
  );
}
