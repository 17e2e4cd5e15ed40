/**
 * A world of the exploration as plain data: which core, what the venue holds, what is under way on
 * which channel, how far the script is, and what may still go wrong. Times, sequences and order ids are in the core's frame
 * (frame.ts). Its text is its identity: nothing in it may say how it came about.
 */
import type { OrderStatus, RejectionClass } from "../../src/core/event.ts";
import type { Core } from "./cores.ts";
import { isStill, movedChange, movedId, movedTime, ORIGIN, type Shift } from "./frame.ts";

/** Account 0 is the leader; followers are 1, 2, ... */
export type Account = number;
export const LEADER = 0;

export type Message =
  | {
      readonly kind: "leader-fill";
      readonly to: 0;
      readonly step: number;
      readonly timeMs: number;
      /** Not told by the stream: read after a start, until it is there. */
      readonly isRead?: true;
    }
  | { readonly kind: "leader-position"; readonly to: 0; readonly step: number; readonly timeMs: number }
  | {
      readonly kind: "fill";
      readonly to: Account;
      readonly id: string;
      readonly lots: number;
      readonly sequence: number;
      readonly timeMs: number;
      readonly isRead?: true;
    }
  | { readonly kind: "order"; readonly to: Account; readonly id: string; readonly order: VenueOrder }
  | { readonly kind: "position"; readonly to: Account; readonly position: Position }
  | { readonly kind: "accepted"; readonly to: Account; readonly id: string }
  | {
      readonly kind: "rejected";
      readonly to: Account;
      readonly id: string;
      readonly class: RejectionClass;
    }
  | { readonly kind: "unknown"; readonly to: Account; readonly id: string }
  | { readonly kind: "not-found"; readonly to: Account; readonly id: string; readonly timeMs: number }
  | { readonly kind: "described"; readonly to: Account }
  | {
      readonly kind: "snapshot";
      readonly to: Account;
      readonly position: Position;
      readonly requestedMs: number;
      readonly timeMs: number;
    }
  | { readonly kind: "look-up-failed"; readonly to: Account; readonly id: string }
  | { readonly kind: "snapshot-failed"; readonly to: Account };

export interface Position {
  /** Signed. */
  lots: number;
  /** -1: never traded. */
  sequence: number;
  timeMs: number;
}

/** As the venue has it; signed. It is at market, so that it is finished when it is told. */
export interface VenueOrder {
  readonly lots: number;
  readonly filled: number;
  readonly reduceOnly: boolean;
  readonly status: OrderStatus;
  readonly timeMs: number;
}

/** An order on its way to the venue. */
export interface Request {
  readonly to: Account;
  readonly id: string;
  readonly lots: number;
  readonly reduceOnly: boolean;
  readonly sentMs: number;
}

export interface Fill {
  readonly id: string;
  readonly lots: number;
  readonly sequence: number;
  readonly timeMs: number;
}

export interface AccountWorld {
  position: Position;
  /** The stream, in its order. */
  channel: Message[];
  /** A snapshot was asked for and the venue did not read the account yet: since when. */
  reading: number | null;
  /** Another snapshot is wanted as soon as one may be asked for. */
  wanted: boolean;
  /** When the last was asked for; null when that is long enough ago to ask again. */
  askedMs: number | null;
  /** What no snapshot was asked for since, oldest first: told again after a death; nothing when nobody can die any more. */
  fills: Fill[];
  /** By our id; those that can be asked for. */
  orders: Record<string, VenueOrder>;
}

export interface World {
  core: Core;
  /** The clock; the core's own time is NOW_MS. */
  nowMs: number;
  /** Steps of the script that the leader has made. */
  script: number;
  faults: number;
  deaths: number;
  accounts: AccountWorld[];
  /**
   * The last step of which a message was lost or overtaken since a read that contains it was believed: what follows may add up to
   * what never was. 0 when there is none.
   */
  misled: number;
  /** Requests just sent, which arrive before anything else happens unless something goes wrong. */
  door: Request[];
  /** Requests that were held up: they arrive at any time within the window, or never. */
  held: Request[];
  /** Answers, and what was delayed or doubled: in any order. */
  loose: Message[];
}

/** What the leader holds after each step: opens, closes a part, flips, closes. */
export const SCRIPT: readonly { readonly word: string; readonly holds: number }[] = [
  { word: "opens 4", holds: 4 },
  { word: "closes 2 of 4", holds: 2 },
  { word: "flips to -3", holds: -3 },
  { word: "closes", holds: 0 },
];

export function holdsAfter(steps: number): number {
  return SCRIPT[steps - 1]?.holds ?? 0;
}

/** All of it but the core. */
export function textOf({ core: _, ...rest }: World): string {
  return JSON.stringify(rest);
}

/** One that can be changed while the first stays as it is. */
export function copyWorld(world: World): World {
  const { accounts, door, held, loose } = world;
  return {
    ...world,
    accounts: accounts.map((of) => ({
      ...of,
      position: { ...of.position },
      channel: [...of.channel],
      fills: [...of.fills],
      orders: { ...of.orders },
    })),
    door: [...door],
    held: [...held],
    loose: [...loose],
  };
}

export function isUnderWay({ accounts, loose, door }: World): boolean {
  return (
    loose.length > 0 ||
    door.length > 0 ||
    accounts.some(({ channel, reading }) => channel.length > 0 || reading !== null)
  );
}

export function emptyAccount(): AccountWorld {
  return {
    position: { lots: 0, sequence: -1, timeMs: 0 },
    channel: [],
    reading: null,
    wanted: false,
    askedMs: null,
    fills: [],
    orders: {},
  };
}

/** Moves everything but the core into the core's new frame. */
export function moveWorld(world: World, shift: Shift): void {
  if (isStill(shift)) return;
  const time = (value: number) => movedTime(value, shift);
  const message = (told: Message) => movedMessage(told, shift);
  const request = (sent: Request) => ({ ...sent, id: movedId(sent.id, shift), sentMs: time(sent.sentMs) });
  world.nowMs = time(world.nowMs);
  world.door = world.door.map(request);
  world.held = world.held.map(request);
  world.loose = world.loose.map(message);
  for (const [index, account] of world.accounts.entries()) {
    account.position = movedPosition(account.position, index, shift);
    account.channel = account.channel.map(message);
    account.reading = account.reading === null ? null : time(account.reading);
    account.askedMs = account.askedMs === null ? null : time(account.askedMs);
    account.fills = account.fills.map((fill) => movedFill(fill, index, shift));
    account.orders = Object.fromEntries(
      Object.entries(account.orders).map(([id, order]) => [movedId(id, shift), movedOrder(order, shift)]),
    );
  }
}

/** The sequence that the next execution of an account gets. */
export function nextSequence({ sequence }: Position): number {
  return sequence < 0 ? ORIGIN + 1 : sequence + 1;
}

function movedMessage(told: Message, shift: Shift): Message {
  switch (told.kind) {
    case "leader-fill":
    case "leader-position":
      return { ...told, timeMs: movedChange(told.timeMs, shift) };
    case "fill":
      return { ...told, ...movedFill(told, told.to, shift) };
    case "order":
      return { ...told, id: movedId(told.id, shift), order: movedOrder(told.order, shift) };
    case "position":
      return { ...told, position: movedPosition(told.position, told.to, shift) };
    case "not-found":
      return { ...told, id: movedId(told.id, shift), timeMs: movedTime(told.timeMs, shift) };
    case "snapshot": {
      const { to, position, requestedMs, timeMs } = told;
      const times = { requestedMs: movedTime(requestedMs, shift), timeMs: movedTime(timeMs, shift) };
      return { ...told, ...times, position: movedPosition(position, to, shift) };
    }
    case "accepted":
    case "rejected":
    case "unknown":
    case "look-up-failed":
      return { ...told, id: movedId(told.id, shift) };
    case "described":
    case "snapshot-failed":
      return told;
  }
}

function movedFill(fill: Fill, account: Account, shift: Shift): Fill {
  const { id, lots, sequence, timeMs } = fill;
  return {
    id: account === LEADER ? id : movedId(id, shift),
    lots,
    sequence: sequence - sequenceShift(account, shift),
    timeMs: movedChange(timeMs, shift),
  };
}

function movedOrder(order: VenueOrder, shift: Shift): VenueOrder {
  return { ...order, timeMs: movedChange(order.timeMs, shift) };
}

function movedPosition(position: Position, account: Account, shift: Shift): Position {
  const { lots, sequence, timeMs } = position;
  const moved = sequence < 0 ? sequence : sequence - sequenceShift(account, shift);
  return { lots, sequence: moved, timeMs: movedChange(timeMs, shift) };
}

/** A leader's sequences are the steps of the script. */
function sequenceShift(account: Account, { sequences }: Shift): number {
  return account === LEADER ? 0 : (sequences[account - 1] ?? 0);
}
