/** Why an order of the leader's does not rest here as it stands, before any limit is asked. It is copied when it fills. */
import type { OrderForm } from "../order.ts";
import type { ReasonDetail, ReasonKind } from "../reason.ts";
import type { Copy, CopyLeg, FollowerLeg } from "../state.ts";
import { legTarget, targetLots } from "../target.ts";
import type { Entry } from "./entries.ts";
import { pendingOf } from "./stray.ts";

/** Of one copy on one leg; beyond it the leader's are copied when they fill. */
const LIMITS_MAX = 5;
/** Bybit takes ten conditional orders of a symbol ("Place Order"), of which copied stops may have eight. */
const CONDITIONALS_MAX = { net: 2, long: 1, short: 1 } as const;

export interface Why {
  readonly reason: ReasonKind;
  readonly detail: ReasonDetail;
}

export interface Counts {
  limits: number;
  conditionals: number;
}

/** Null where it may rest; then it counts. */
export function refusalOf(
  leg: FollowerLeg,
  copy: Copy,
  part: CopyLeg,
  entry: Entry,
  counts: Counts,
): Why | null {
  const { order, side, form, lots, unsized } = entry;
  const { allocation } = copy;
  const detail = { order: order.venueOrderId, side: order.side, quantity: order.quantity };
  const final = part.pendingNotes.find((one) => one.isFinal && one.order === order.venueOrderId);
  if (final !== undefined) return final;
  if (!allocation.autoCopy) return { reason: "pending-asks", detail };
  if (form === null) return { reason: "pending-price", detail: { ...detail, price: order.price } };
  if (unsized !== null) return { reason: unsized, detail };
  if (lots === 0)
    return isLeftOut(copy, entry) ? { reason: "side-filtered", detail } : { reason: "below-step", detail };
  const against = opposed(leg, copy, side);
  if (against !== null) return { reason: "pending-opposite", detail: { ...detail, against } };
  return isTooMany(leg, form, counts) ? { reason: "pending-too-many", detail } : null;
}

function isLeftOut({ allocation }: Copy, { order }: Entry): boolean {
  return allocation.side !== "both" && (order.side === "buy") !== (allocation.side === "long");
}

/** On the net leg an entry against what is held, or against another copy's, would close that instead of opening anything. */
function opposed(leg: FollowerLeg, copy: Copy, side: number): string | null {
  if (leg.leg !== "net") return null;
  if (Math.sign(leg.ownedLots) === -side) return "what is held";
  if (Math.sign(targetLots(leg.market, leg.leg)) === -side) return "the target";
  for (const other of leg.market.copies) {
    const part = other.legs.find((one) => one.leg === leg.leg);
    if (part === undefined) continue;
    // What the owner gave up of it is bought back once the sum is on the other side.
    if (Math.sign(part.wantedLots) === -side || Math.sign(legTarget(part)) === -side)
      return other.leader.account;
    if (other !== copy && pendingOf(leg, other).some(({ lots }) => Math.sign(lots) === -side))
      return other.leader.account;
  }
  return null;
}

function isTooMany({ leg }: FollowerLeg, form: OrderForm, counts: Counts): boolean {
  if (form.kind === "conditional") {
    counts.conditionals += 1;
    return counts.conditionals > CONDITIONALS_MAX[leg];
  }
  counts.limits += 1;
  return counts.limits > LIMITS_MAX;
}
