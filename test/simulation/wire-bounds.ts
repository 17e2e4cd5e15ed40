/**
 * How much may wait at any moment of a simulated life, whatever the faults: written down here, and looked at after every event and
 * every step of the scheduler. The inbox itself holds nothing: each event is decided in the turn that brings it.
 */
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
   * tail are no more than left in it.
   */
  submissions: 6,
  /** Open orders of one leg with all that rests. */
  orders: 20,
  /** Changes of a leader that one copy has neither an order nor a reason for. */
  changes: 100,
  /** Fills of one position that no statement of the venue contains yet. */
  fills: 300,
} as const;

/** What of the outside is counted. */
export type Waiting = Pick<InMemoryOutside, "requestsOpen" | "socketsOpen">;

export function scheduledBreaches(timers: number, waiting: Waiting | null, accounts: number): string[] {
  const { requests, sockets, sharedSockets } = WIRE_BOUNDS;
  return [
    ...past("timers wait", timers, WIRE_BOUNDS.timers),
    ...past("requests have no answer", waiting?.requestsOpen ?? 0, requests * accounts),
    ...past("sockets are open", waiting?.socketsOpen ?? 0, sockets * accounts + sharedSockets),
  ];
}

/** Whether an order with this id ever left. */
export type HasLeft = (clientOrderId: string) => boolean;

/** Of what the event was about. */
export function decidedBreaches(event: Event, state: State, hasLeft: HasLeft): string[] {
  const breaches: string[] = [];
  for (const market of state.dirty) breaches.push(...marketBreaches(market, hasLeft));
  const leader = "account" in event ? state.leaders.get(event.account) : undefined;
  for (const [id, legs] of leader?.holdings ?? [])
    for (const holding of legs.values()) breaches.push(...fillBreaches(`${leader?.account} ${id}`, holding));
  return [...breaches, ...past("markets wait for a time", state.agenda.size, state.markets.length)];
}

function marketBreaches({ follower, instrument, legs, copies }: FollowerMarket, hasLeft: HasLeft): string[] {
  const name = `${follower.account} ${instrument.id}`;
  const ofLegs = legs.flatMap((leg) => {
    const all = [...leg.working.values()].filter(isOpen);
    const open = all.filter(({ adopted }) => !adopted);
    const strange = all.filter(({ adopted, clientOrderId }) => adopted && !hasLeft(clientOrderId));
    const unsure = open.filter(({ status }) => status !== "accepted");
    return [
      ...past(`${name} ${leg.leg}: submissions have no outcome`, unsure.length, WIRE_BOUNDS.submissions),
      ...past(`${name} ${leg.leg}: orders are open`, open.length, WIRE_BOUNDS.orders),
      ...past(`${name} ${leg.leg}: orders were adopted that never left`, strange.length, 0),
      ...fillBreaches(`${name} ${leg.leg}`, leg.venue),
    ];
  });
  const ofCopies = copies.flatMap(({ pendingChanges, leader }) =>
    past(`${name} of ${leader.account}: changes wait`, pendingChanges.length, WIRE_BOUNDS.changes),
  );
  return [...ofLegs, ...ofCopies];
}

function fillBreaches(name: string, { pending }: Holding): string[] {
  return past(`${name}: fills are not confirmed`, pending.length, WIRE_BOUNDS.fills);
}

function past(what: string, count: number, most: number): string[] {
  return count > most ? [`${what}: ${count}, at most ${most}`] : [];
}
