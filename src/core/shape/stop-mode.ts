/**
 * How the copies of an allocation that ended go: closed, left to the owner, or down with the leader until they are flat. A
 * copy that goes down with its leader stays on record, follows every reduction, and never grows again.
 */
import { type Lots, ZERO_LOTS } from "../model/amounts.ts";
import type { Objection } from "../risk/check-risk.ts";
import type { Copy, CopyLeg, State } from "../state.ts";

/** A copy that only goes down asks for no more, and what it lacked is given up. */
export function checkEnding(_state: unknown, { ending }: Copy): Objection | null {
  if (ending === null) return null;
  return { reason: "allocation-ended", detail: { stopMode: ending }, waive: true };
}

/** The size to want next where the rule gives `sized`: never more than before, and nothing once the leader turned. */
export function ratcheted({ wantedLots }: CopyLeg, sized: Lots): Lots {
  if (Math.sign(sized) !== Math.sign(wantedLots)) return ZERO_LOTS;
  return Math.abs(sized) < Math.abs(wantedLots) ? sized : wantedLots;
}

/** The copies of one leader's instrument that go down with it although their allocation is not in force. */
export function endingWith(
  state: State,
  leader: Copy["leader"],
  instrument: Copy["leaderInstrument"],
): Copy[] {
  return state.markets.flatMap(({ copies }) =>
    copies.filter(
      (copy) =>
        copy.ending === "with-leader" && copy.leader === leader && copy.leaderInstrument === instrument,
    ),
  );
}
