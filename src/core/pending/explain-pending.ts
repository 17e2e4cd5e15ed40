/**
 * The leader's orders that wait and what became of each here, for whoever asks why: by the very functions that rest them, as
 * things stand. Nothing is changed.
 */
import { emptyDraft } from "../decision.ts";
import { Lots } from "../model/amounts.ts";
import { priceText, quantityText } from "../model/instrument.ts";
import type { OrderForm } from "../order.ts";
import { NO_OWN_CODE } from "../own-code.ts";
import { detailText } from "../reason.ts";
import { limitsAsTheyStand } from "../risk/extension-limit.ts";
import { type Copy, type CopyLeg, type FollowerLeg, leftOf, type State } from "../state.ts";
import { aheadFor } from "./ahead-lots.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { type PendingPlan, planPending } from "./pending-orders.ts";
import { pendingOf } from "./stray.ts";
import { inDoubtUntilRead } from "./untold.ts";

/** One of the leader's orders, in words and in numbers; quantities here are signed. */
export interface PendingTold {
  readonly text: string;
  readonly numbers: Readonly<Record<string, string | number>>;
}

/** Of one copy on one leg; none where pending orders are not copied, or the leader's are not told. */
export function explainPending(
  state: State,
  leg: FollowerLeg,
  copy: Copy,
  part: CopyLeg,
): readonly PendingTold[] {
  if (!copy.active || !copy.allocation.copyPending || copy.leader.orders === null) return [];
  const entries = entriesOf(state, copy, part);
  if (entries.length === 0) return [];
  const plan = planPending(state, leg, emptyDraft({ ...NO_OWN_CODE, limits: limitsAsTheyStand }));
  return entries.map((entry) => told(leg, copy, part, entry, plan));
}

function told(leg: FollowerLeg, copy: Copy, part: CopyLeg, entry: Entry, plan: PendingPlan): PendingTold {
  const { instrument } = leg.market;
  const { order, quantity, side, lots, form } = entry;
  const { venueOrderId: id } = order;
  const signed = (unsigned: number) => quantityText(instrument, Lots(unsigned * side));
  const own = pendingOf(leg, copy).filter(({ follows }) => follows?.order === id);
  const rests = signed(own.reduce((sum, one) => sum + leftOf(one), 0));
  const ahead = signed(aheadFor(part, id));
  const { place } = plan;
  const isNext = place !== null && place.copy === copy && place.follows.order === id;
  const places = isNext ? quantityText(instrument, place.lots) : "0";
  const why =
    plan.refusals.find((one) => one.copy === copy && one.order === id) ??
    part.pendingNotes.find((one) => one.order === id);
  const wanted = quantityText(instrument, lots);
  const at = form === null ? "" : formText(leg, form);
  const parts = [
    `its order ${id} to ${order.side} ${quantity} waits: here ${wanted}${at}`,
    `${rests} rests`,
    ...(ahead === "0" ? [] : [`${ahead} filled before the leader's`]),
    ...(inDoubtUntilRead(copy.leader, order) === null ? [] : ["waits to hear whether it filled"]),
    ...(isNext ? [`${places} is placed next`] : []),
    ...(why === undefined ? [] : [`${why.reason}${detailText(why.detail)}`]),
  ];
  const numbers = { order: id, side: order.side, quantity, wanted, rests, ahead, places };
  const reasons = why === undefined ? {} : { ...why.detail, ...numbers, reason: why.reason };
  return { text: parts.join("; "), numbers: { ...numbers, ...reasons } };
}

function formText({ market: { instrument } }: FollowerLeg, form: OrderForm): string {
  switch (form.kind) {
    case "market":
      return " at market";
    case "limit":
      return ` at ${priceText(instrument, form.price)}`;
    case "conditional": {
      const then = form.becomes.kind === "limit" ? ` at ${priceText(instrument, form.becomes.price)}` : "";
      return ` when the ${form.by} price ${form.direction} to ${priceText(instrument, form.trigger)}${then}`;
    }
  }
}
