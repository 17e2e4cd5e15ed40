/**
 * What the journal says became of each intended order: accepted, rejected, or never arrived. Each must have exactly one of
 * these at the end, and it must be what the exchange's own record says.
 */
import type { Event } from "../../src/core/event.ts";
import type { ClientOrderId } from "../../src/core/model/identifiers.ts";
import { isOpen, type State } from "../../src/core/state.ts";
import type { JournalView } from "../../src/journal/file.ts";
import { JournalFold } from "../../src/journal/fold.ts";
import type { Evidence } from "../checker/evidence.ts";

export interface Fates {
  readonly accepted: ReadonlySet<string>;
  readonly rejected: ReadonlySet<string>;
  /** A look-up after the request's life found nothing. */
  readonly notFound: ReadonlySet<string>;
  /** Of these, those that were given up then. */
  readonly givenUp: ReadonlySet<string>;
  /** At some time nobody knew. */
  readonly unknown: ReadonlySet<string>;
  /** Still without an outcome at the end. */
  readonly open: readonly string[];
}

export function fatesIn(journal: Pick<JournalView, "read">): Fates {
  const sets = {
    accepted: new Set<string>(),
    rejected: new Set<string>(),
    notFound: new Set<string>(),
    unknown: new Set<string>(),
  };
  const givenUp = new Set<string>();
  let sought: string | null = null;
  const fold = new JournalFold({
    onEvent: ({ event }, state) => {
      const isSought = event.kind === "order-not-found" && isOpenIn(state, event.clientOrderId);
      sought = isSought ? event.clientOrderId : null;
    },
    onStep: ({ event }, state) => {
      note(event, sets);
      if (sought !== null && event.kind === "order-not-found" && !isOpenIn(state, event.clientOrderId))
        givenUp.add(sought);
    },
  });
  for (const record of journal.read(1)) fold.take(record);
  fold.end();
  const open = [...fold.state.orders].flatMap(([id, leg]) => {
    const order = leg.working.get(id);
    return order === undefined || order.status === "closed" ? [] : [`${id} is ${order.status}`];
  });
  return { ...sets, givenUp, open };
}

function isOpenIn({ orders }: State, id: ClientOrderId): boolean {
  const order = orders.get(id)?.working.get(id);
  return order !== undefined && isOpen(order);
}

/** Breaches in words. */
export function openIntents(fates: Fates, evidence: Evidence): string[] {
  const requests = evidence.followers.flatMap((follower) => follower.requests);
  const accepted = new Set(
    requests.filter(({ outcome }) => outcome === "accepted").map((one) => one.clientOrderId),
  );
  const found = fates.open.map((text) => `intent without an outcome: ${text}`);
  for (const { clientOrderId: id } of evidence.intents) {
    const known = fates.accepted.has(id);
    if (known !== accepted.has(id))
      found.push(`${id}: the exchange ${known ? "never took" : "took"} it, the journal says otherwise`);
    else if (known && (fates.rejected.has(id) || fates.givenUp.has(id)))
      found.push(
        `${id}: the exchange took it, the journal had it ${fates.rejected.has(id) ? "rejected" : "given up"}`,
      );
    else if (!known && !fates.rejected.has(id) && !fates.notFound.has(id))
      found.push(`intent without an outcome: ${id} is neither accepted, rejected nor looked up in vain`);
  }
  return found;
}

function note(
  event: Event,
  sets: Record<"accepted" | "rejected" | "notFound" | "unknown", Set<string>>,
): void {
  switch (event.kind) {
    case "order-accepted":
      sets.accepted.add(event.clientOrderId);
      return;
    case "order-reported":
      if (event.order.status !== "rejected") sets.accepted.add(event.order.clientOrderId);
      else sets.rejected.add(event.order.clientOrderId);
      return;
    case "follower-filled":
      if (event.clientOrderId !== undefined) sets.accepted.add(event.clientOrderId);
      return;
    case "follower-snapshot-taken":
      for (const order of event.orders) sets.accepted.add(order.clientOrderId);
      return;
    case "order-rejected":
      sets.rejected.add(event.clientOrderId);
      return;
    case "order-not-found":
      sets.notFound.add(event.clientOrderId);
      return;
    case "order-outcome-unknown":
      sets.unknown.add(event.clientOrderId);
      return;
    default:
      return;
  }
}
