/**
 * What copies gave up, by the reason for it. The state keeps one quantity for each leg; here it is followed through what made it grow.
 * What shrinks is taken from what was given up last.
 */
import type { Decision } from "../../core/decision.ts";
import type { Event, Leg } from "../../core/event.ts";
import { Lots } from "../../core/model/amounts.ts";
import type { ReasonKind } from "../../core/reason.ts";
import type { Copy, CopyLeg } from "../../core/state.ts";

interface Part {
  readonly reason: ReasonKind;
  /** Signed like the target. */
  readonly lots: Lots;
}

export class GivenUp {
  readonly #byLeg = new Map<Leg, readonly Part[]>();
  /** The reason that stood on each leg before the decision: what waited for it may be given up without another word. */
  readonly #standing = new Map<Leg, ReasonKind | null>();

  /** They sum to what the leg has given up. */
  of({ leg }: Pick<CopyLeg, "leg">): readonly Part[] {
    return this.#byLeg.get(leg) ?? [];
  }

  /** The event is folded, and nothing of the decision. */
  noteEvent(copy: Copy, event: Event | null): void {
    for (const part of copy.legs) {
      this.#follow(part, () => reasonOfEvent(copy, part, event));
      this.#standing.set(part.leg, part.lastReason);
    }
  }

  /** The decision is committed. */
  noteDecision(copy: Copy, decision: Decision): void {
    for (const part of copy.legs) {
      const standing = this.#standing.get(part.leg) ?? null;
      this.#follow(
        part,
        () => reasonOfDecision(copy, part, decision) ?? standing ?? part.waivedFor ?? "waived",
      );
    }
  }

  #follow(part: CopyLeg, reasonNow: () => ReasonKind): void {
    const known = this.of(part);
    const before = known.reduce((sum, { lots }) => sum + lots, 0);
    const { waivedLots } = part;
    if (before === waivedLots) return;
    const isSame = before !== 0 && Math.sign(before) === Math.sign(waivedLots);
    const kept = isSame ? known : [];
    const left = isSame ? before : 0;
    if (Math.abs(waivedLots) > Math.abs(left)) {
      const added: Part = { reason: reasonNow(), lots: Lots(waivedLots - left) };
      this.#byLeg.set(part.leg, [...kept, added]);
    } else this.#byLeg.set(part.leg, shrunk(kept, Math.abs(left) - Math.abs(waivedLots)));
  }
}

function shrunk(parts: readonly Part[], by: number): readonly Part[] {
  const kept: Part[] = [];
  let left = by;
  for (const { reason, lots } of parts.toReversed()) {
    const taken = Math.min(left, Math.abs(lots));
    left -= taken;
    const rest = lots - taken * Math.sign(lots);
    if (rest !== 0) kept.unshift({ reason, lots: Lots(rest) });
  }
  return kept;
}

function reasonOfEvent({ allocation }: Copy, { waivedFor }: CopyLeg, event: Event | null): ReasonKind {
  switch (event?.kind) {
    case "leader-filled":
    case "leader-position-reported":
    case "leader-snapshot-taken":
    case "settings-changed":
    case "instruments-listed":
    case "market-described":
      return allocation.startMode === "new-only" ? "late-entry" : (waivedFor ?? "waived");
    case "command-issued":
    case "follower-position-reported":
    case "follower-snapshot-taken":
      return "waived";
    default:
      return waivedFor ?? "waived";
  }
}

/** As commit.ts names it; null where the decision names none. */
function reasonOfDecision(copy: Copy, { leg }: CopyLeg, decision: Decision): ReasonKind | null {
  const isOfLeg = (one: { readonly copy: Copy | null; readonly leg: Leg | null }) =>
    one.copy === copy && one.leg === leg;
  const adjusted = decision.adjustments.find((one) => isOfLeg(one) && one.kind === "waive");
  const denied = decision.denials.find((one) => isOfLeg(one) && one.pending === undefined);
  return adjusted?.reason ?? denied?.reason ?? null;
}
