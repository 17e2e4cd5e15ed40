/**
 * How much may wait at any moment of a simulated life, whatever the faults: written down here, and looked at after every event and
 * every step of the scheduler. The inbox itself holds nothing: each event is decided in the turn that brings it.
 */

import { parseClientOrderId } from "../../src/core/client-order-id.ts";
import type { Event } from "../../src/core/event.ts";
import type { Holding } from "../../src/core/holding.ts";
import { type FollowerMarket, isOpen, type State } from "../../src/core/state.ts";
import type { InMemoryOutside } from "../../src/exchange/simulated/bybit-server/in-memory-outside.ts";

export const WIRE_BOUNDS = {
  /** Of the scheduler: all timers and messages under way. */
  timers: 5_000,
  /** Requests without an answer, of each account: reads, look-ups, and submissions where the order-entry stream is down. */
  requests: 16,
  /** WebSockets of each account, open or being opened: private, order entry, and one that takes the place of another. */
  sockets: 3,
  /** Prices are told on streams that the accounts share. */
  sharedSockets: 4,
  /**
   * Submissions of one leg whose outcome is not known: one changes the position, slices and exits are beside it. Those of a lost
   * tail are no more than left in it; what an earlier run sent is asked about anew by each start, and is no more than rested then.
   */
  submissions: 6,
  /** Open orders of one leg with all that rests. */
  orders: 20,
  /** Changes of a leader that one copy has neither an order nor a reason for. */
  changes: 100,
  /** Fills of one position that no statement of the venue contains yet. */
  fills: 300,
} as const;

/** Characters of the written state when all is quiet, of each thing that is configured, held or remembered. */
export const STATE_BOUNDS = {
  base: 2_000,
  epoch: 20,
  instrument: 1_000,
  account: 2_000,
  /** And each copy on it. */
  leg: 3_000,
  /** Of a leader in one instrument. */
  holding: 1_500,
  /** Of a leader, or of ours. */
  order: 1_500,
  /** Orders on one leg that are over, and were not adopted: an adopted one is never forgotten. */
  over: 6,
} as const;

/** What of the outside is counted. */
export type Waiting = Pick<InMemoryOutside, "requestsOpen" | "socketsOpen">;

export function scheduledBreaches(timers: number, waiting: Waiting | null, accounts: number): string[] {
  const { requests, sockets, sharedSockets } = WIRE_BOUNDS;
  return [
    ...past("timers", timers, WIRE_BOUNDS.timers),
    ...past("requests without an answer", waiting?.requestsOpen ?? 0, requests * accounts),
    ...past("sockets", waiting?.socketsOpen ?? 0, sockets * accounts + sharedSockets),
  ];
}

/** `text` is the state as it is written down; nothing is under way any more. */
export function settledSizeBreaches(state: State, text: string): string[] {
  const { base, epoch, instrument, account, leg, holding, order, over } = STATE_BOUNDS;
  const leaders = [...state.leaders.values()];
  const count = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
  const legs = count(state.markets.map(({ legs, copies }) => legs.length * (1 + copies.length)));
  const ours = state.markets.flatMap((market) => market.legs).map(({ working }) => [...working.values()]);
  const kept = ours.map((orders) => orders.filter((one) => !isOpen(one) && !one.adopted).length);
  const orders = count(ours.map(({ length }) => length)) + count(leaders.map((one) => one.orders?.size ?? 0));
  const most =
    base +
    2 * JSON.stringify(state.settings).length +
    epoch * state.epochs.size +
    instrument * state.instruments.size +
    account * state.settings.accounts.length +
    leg * legs +
    holding * count(leaders.map(({ holdings }) => holdings.size)) +
    order * orders;
  return [
    ...past("orders that are over, on one leg", Math.max(0, ...kept), over),
    ...past("characters of the state", text.length, most),
  ];
}

/** Whether an order with this id ever left. */
export type HasLeft = (clientOrderId: string) => boolean;

/** Of what the event was about. */
export function decidedBreaches(event: Event, state: State, hasLeft: HasLeft): string[] {
  const breaches: string[] = [];
  for (const market of state.dirty) breaches.push(...marketBreaches(state, market, hasLeft));
  const leader = "account" in event ? state.leaders.get(event.account) : undefined;
  for (const [id, legs] of leader?.holdings ?? [])
    for (const holding of legs.values()) breaches.push(...fillBreaches(`${leader?.account} ${id}`, holding));
  return [...breaches, ...past("entries for markets that wait", state.agenda.size, state.markets.length)];
}

function marketBreaches(
  { epoch }: State,
  { follower, instrument, legs, copies }: FollowerMarket,
  hasLeft: HasLeft,
): string[] {
  const name = `${follower.account} ${instrument.id}`;
  const ofLegs = legs.flatMap((leg) => {
    const place = `${name} ${leg.leg}`;
    const all = [...leg.working.values()].filter(isOpen);
    const open = all.filter(({ adopted }) => !adopted);
    const strange = all.filter(({ adopted, clientOrderId }) => adopted && !hasLeft(clientOrderId));
    const unsure = open.filter(
      ({ status, clientOrderId }) =>
        status !== "accepted" && parseClientOrderId(clientOrderId)?.epoch === epoch,
    );
    return [
      ...past("submissions without an outcome", unsure.length, WIRE_BOUNDS.submissions, place),
      ...past("open orders", open.length, WIRE_BOUNDS.orders, place),
      ...past("adopted orders that never left", strange.length, 0, place),
      ...fillBreaches(place, leg.venue),
    ];
  });
  const ofCopies = copies.flatMap(({ pendingChanges, leader }) =>
    past("waiting changes", pendingChanges.length, WIRE_BOUNDS.changes, `${name} of ${leader.account}`),
  );
  return [...ofLegs, ...ofCopies];
}

function fillBreaches(name: string, { pending }: Holding): string[] {
  return past("unconfirmed fills", pending.length, WIRE_BOUNDS.fills, name);
}

function past(what: string, count: number, most: number, place = ""): string[] {
  return count > most ? [`${place === "" ? "" : `${place}: `}${count} ${what}, at most ${most}`] : [];
}
