/** What a command would make of a follower's exposure, and of the use of each of its limits: now, and with every order filled. Pure. */
import { accountExposure, type Exposure, usedOf } from "../core/exposure.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { Planned } from "../core/planned.ts";
import type { FollowerState, State } from "../core/state.ts";
import { moneyText } from "../core/worth.ts";
import type { LimitUse } from "./control.ts";
import { limitUsesOf } from "./limits.ts";
import type { ExposureChange, LimitChange, PreviewExposure } from "./owner-commands.ts";

/** Each costs a look at all of its copies, twice. */
export const EXPOSURES_MAX = 50;

/** Of those of `names` that were started, `EXPOSURES_MAX` at most. */
export function exposuresOf(
  before: State,
  after: State,
  names: ReadonlySet<string>,
): readonly PreviewExposure[] {
  return [...names].slice(0, EXPOSURES_MAX).flatMap((name) => {
    const now = before.followers.get(AccountId(name));
    const then = after.followers.get(AccountId(name));
    return now?.venue == null || then === undefined ? [] : [exposureOf({ before, now }, { after, then })];
  });
}

function exposureOf(
  { before, now }: { readonly before: State; readonly now: FollowerState },
  { after, then }: { readonly after: State; readonly then: FollowerState },
): PreviewExposure {
  const held = accountExposure(before, now, new Planned());
  const reached = accountExposure(after, then, new Planned());
  const change = (measure: "gross" | "net" | "margin"): ExposureChange => ({
    before: textOf(held, measure),
    after: textOf(reached, measure),
  });
  return {
    follower: now.account,
    equity: now.equity ?? "",
    gross: change("gross"),
    net: change("net"),
    margin: change("margin"),
    limits: limitChanges(limitUsesOf(before, now), limitUsesOf(after, then)),
  };
}

/** In the settle coin; "" where something that is held has no known price. Net is the larger of both sides, unsigned. */
function textOf(exposure: Exposure, measure: "gross" | "net" | "margin"): string {
  if (exposure.unpriced !== null) return "";
  return moneyText(Math.max(usedOf(exposure, measure, 1), usedOf(exposure, measure, -1)));
}

/** Of the limits that would be in force and can judge. */
function limitChanges(before: readonly LimitUse[], after: readonly LimitUse[]): readonly LimitChange[] {
  return after
    .filter(({ most }) => most !== "")
    .map(({ limit, of, measure, unit, use, most, headroom }) => {
      const known = before.find((one) => one.limit === limit && one.of === of);
      return { limit, of, measure, unit, before: known?.use ?? "", after: use, most, headroom };
    });
}
