/**
 * What can be done to a world, one thing at a time: the venue reads, takes and fills; messages reach the core, and what the core
 * then wants is carried out as the engine does it (engine/execution.ts, engine/snapshots.ts). Breaches that can be seen at the
 * venue are noted on the way, and, for whoever tells the story, what happened.
 */
import type { RejectionClass } from "../../src/core/event.ts";
import { eventOf } from "./cast.ts";
import { type Asked, type Cores, DEATHS_MAX, type Facts, type Sent, type Step } from "./cores.ts";
import { NOW_MS } from "./frame.ts";
import { messageWords } from "./story.ts";
import {
  type Account,
  type AccountWorld,
  emptyAccount,
  holdsAfter,
  LEADER,
  type Message,
  moveWorld,
  nextSequence,
  type Request,
  SCRIPT,
  type VenueOrder,
  type World,
} from "./world.ts";

/** The window of an order request (settings.orderWindowMs), after which the venue refuses it. */
const WINDOW_MS = 5_000;
/** A machine that lost its power is up again after this at the earliest. */
const BOOT_MS = 10_000;
/** From a death to the first snapshot. */
const START_MS = 1_500;
/** Snapshots of one account are this far apart (engine/snapshots.ts). */
const PAUSE_MS = 1_000;
/** Every account is read so often, whatever happens. */
const INTERVAL_MS = 15_000;
/** Longer than all that the core waits for or remembers by time. */
const LONG_MS = 75_000;

export class Actor {
  readonly #cores: Cores;
  readonly #lives: number;
  readonly #isReduced: boolean;
  /** Of what was done since they were last emptied. */
  breaches: string[] = [];
  /** What happened, in words; only while `tells`. */
  notes: string[] = [];
  tells = false;
  /** The steps of the core; only while `tells`. */
  steps: Step[] = [];

  /** `lives`: how often the process may die in all; `isReduced`: what says nothing is not waited for. */
  constructor(cores: Cores, lives: number, isReduced = true) {
    this.#isReduced = isReduced;
    if (lives > DEATHS_MAX) throw new RangeError(`at most ${DEATHS_MAX} deaths can be told apart`);
    this.#cores = cores;
    this.#lives = lives;
  }

  /** Everything connected and read, nothing held, the script before its first step. */
  first(followers: number, faults: number): World {
    const step = this.#cores.first();
    const accounts = Array.from({ length: followers + 1 }, emptyAccount);
    const world: World = {
      core: step.core,
      nowMs: NOW_MS,
      script: 0,
      faults,
      deaths: this.#lives,
      accounts,
      misled: 0,
      door: [],
      held: [],
      loose: [],
    };
    for (const account of accounts.keys()) this.#tell(world, this.#snapshotOf(world, account, world.nowMs));
    return this.settle(world);
  }

  /** A message of a channel, or a loose one, arrives. */
  deliver(world: World, told: Message): void {
    this.#note(() => messageWords(told));
    this.#tell(world, told);
  }

  /**
   * The process handles the message, and the power fails before its record is on disk; what it sent has arrived or never will
   * when the machine is up again, which takes longer than the window of a request.
   */
  deliverToTheDying(world: World, told: Message, arrives: boolean): void {
    this.#note(
      () => `${messageWords(told)}; the orders that follow go out, and a power cut takes their record`,
    );
    const step = this.#heard(world, told);
    this.#noteStep(step);
    this.breaches.push(...step.breaches);
    this.#send(world, step.orders);
    for (const request of arrives ? world.door : []) this.arrive(world, request, 1);
    world.door = [];
    world.held = [];
    world.nowMs += BOOT_MS;
    this.die(world, 0);
  }

  /** A message of the stream does not come, or not in its turn. */
  lose(world: World, told: Message): void {
    this.#note(() => `not: ${messageWords(told)}`);
    const isLeaders = told.kind === "leader-fill" || told.kind === "leader-position";
    if (isLeaders && this.saysSomething(world, told)) world.misled = Math.max(world.misled, told.step);
  }

  /** Whether orders follow when this arrives. */
  leadsToOrders(world: World, told: Message): boolean {
    return this.#heard(world, told).orders.length > 0;
  }

  /** Whether the message changes nothing that a decision could depend on. */
  isUnseen(world: World, told: Message): boolean {
    const step = this.#heard(world, told);
    if (step.orders.length + step.asked.length > 0) return false;
    const [before, after] = [world.core.facts, step.core.facts];
    return before.leaderLots === after.leaderLots && before.isDisputed === after.isDisputed;
  }

  /** Whether a message of a follower leads to nothing, and what the leader does meanwhile would not either (Moves.#isNext). */
  isQuiet(world: World, told: Message, account: Account): boolean {
    const step = this.#heard(world, told);
    if (step.orders.length + step.asked.length > 0) return false;
    const before = world.core.facts.followers[account - 1];
    const after = step.core.facts.followers[account - 1];
    if (before === undefined || after === undefined) return false;
    if (!before.agrees || !after.agrees || before.hasUnknown) return false;
    if (before.owned === after.owned) return before.isBusy === after.isBusy;
    return before.isBusy && after.isBusy;
  }

  /** The leader makes its next step. */
  trade(world: World): void {
    const account = accountOf(world, LEADER);
    const timeMs = world.nowMs;
    world.script += 1;
    const step = world.script;
    this.#note(() => `the leader ${SCRIPT[step - 1]?.word ?? ""}`);
    account.position = { lots: holdsAfter(step), sequence: step, timeMs };
    account.channel.push(
      { kind: "leader-fill", to: LEADER, step, timeMs },
      { kind: "leader-position", to: LEADER, step, timeMs },
    );
    account.fills.push({ id: "", lots: tradedIn(step), sequence: step, timeMs });
  }

  /** A request reaches the venue: `share` of it finds a counterpart, unless it is a reduction of nothing. */
  arrive(world: World, request: Request, share: number): "taken" | "refused" {
    const account = accountOf(world, request.to);
    const { id, to, lots, reduceOnly } = request;
    if (account.orders[id] !== undefined) this.breaches.push(`the venue gets ${id} a second time`);
    const most = reduceOnly ? reducible(account.position.lots, lots) : Math.abs(lots);
    if (reduceOnly && most === 0) return "refused";
    const filled = Math.min(most, Math.floor(Math.abs(lots) * share));
    const timeMs = world.nowMs;
    const status = filled === Math.abs(lots) ? "filled" : "cancelled";
    const order: VenueOrder = { lots, filled, reduceOnly, status, timeMs };
    account.orders[id] = order;
    this.#note(() => `the venue takes ${id} (${signed(lots)}), ${filled} filled`);
    if (filled > 0) this.#execute(world, account, { to, id, lots: Math.sign(lots) * filled });
    account.channel.push({ kind: "order", to, id, order });
    if (filled > 0) account.channel.push({ kind: "position", to, position: { ...account.position } });
    return "taken";
  }

  /** Its sender is told that the venue refuses it. */
  refuse(world: World, { to, id }: Request, reason: RejectionClass): void {
    this.#note(() => `the venue refuses ${id}: ${reason}`);
    world.loose.push({ kind: "rejected", to, id, class: reason });
  }

  /** The venue looks at an account for a snapshot that was asked for. */
  read(world: World, account: Account): void {
    const of = accountOf(world, account);
    this.#note(
      () =>
        `the venue reads ${account === LEADER ? "the leader" : `follower ${account}`}: ${of.position.lots}`,
    );
    world.loose.push(this.#snapshotOf(world, account, of.reading ?? world.nowMs));
    of.reading = null;
  }

  /** A snapshot that is due whatever happened. */
  askByTimer(world: World, account: Account): void {
    accountOf(world, account).reading = world.nowMs;
  }

  /** One that something asks for: soon, one at a time, and not one after the other. */
  ask(world: World, account: Account): void {
    const of = accountOf(world, account);
    if (of.askedMs !== null || isOpen(world, account)) {
      of.wanted = true;
      return;
    }
    of.wanted = false;
    of.reading = world.nowMs;
    of.askedMs = world.nowMs;
  }

  /** When something is due next: the core's own agenda, or a snapshot. */
  dueMs(world: World): number {
    const { facts } = world.core;
    const confirmed = confirmedIn(facts);
    const due = world.accounts.map((of, account) => {
      if (isOpen(world, account)) return Number.POSITIVE_INFINITY;
      const soonest = of.askedMs === null ? world.nowMs : of.askedMs + PAUSE_MS;
      return of.wanted ? soonest : Math.max(soonest, (confirmed[account] ?? 0) + INTERVAL_MS);
    });
    return Math.max(world.nowMs, Math.min(facts.dueMs ?? Number.POSITIVE_INFINITY, ...due));
  }

  /** The clock goes to the next moment at which something is due. */
  wait(world: World): void {
    const toMs = this.dueMs(world);
    this.#note(() => `${toMs - world.nowMs} ms pass`);
    world.nowMs = toMs;
    const { facts } = world.core;
    const confirmed = confirmedIn(facts);
    for (const [account, of] of world.accounts.entries()) {
      const isDue = of.wanted || (confirmed[account] ?? 0) + INTERVAL_MS <= toMs;
      const mayAsk = of.askedMs === null || of.askedMs + PAUSE_MS <= toMs;
      if (!isDue || !mayAsk || isOpen(world, account)) continue;
      of.askedMs = null;
      if (of.wanted) this.ask(world, account);
      else this.askByTimer(world, account);
    }
    if (facts.dueMs === null || facts.dueMs > toMs) return;
    this.#step(
      world,
      this.#cores.tell(world.core, `tick ${toMs}`, () => ({ kind: "clock-ticked", atMs: toMs })),
    );
  }

  /** All is at rest for long, and every account is read meanwhile. */
  rest(world: World): void {
    this.#note(() => "a long time passes");
    world.nowMs += LONG_MS;
    for (const [account, of] of world.accounts.entries()) {
      of.askedMs = null;
      this.#tell(world, this.#snapshotOf(world, account, world.nowMs));
    }
  }

  /** The process is gone, with what it had not read yet; while it is down the leader goes on by `steps`, and it starts again. */
  die(world: World, steps: number): void {
    this.#note(() => "the process dies and starts again");
    for (let step = 0; step < steps; step += 1) this.trade(world);
    world.nowMs += START_MS;
    world.deaths -= 1;
    world.loose = [];
    world.held.push(...world.door);
    world.door = [];
    for (const of of world.accounts)
      Object.assign(of, { channel: [], reading: null, wanted: false, askedMs: null });
    const life = this.#lives - world.deaths;
    this.#step(world, this.#cores.restart(world.core, life, world.nowMs));
    for (const [account, of] of world.accounts.entries()) {
      this.askByTimer(world, account);
      for (const { id, lots, sequence, timeMs } of of.fills) {
        const read = { timeMs, isRead: true } as const;
        if (account === LEADER) of.channel.push({ kind: "leader-fill", to: LEADER, step: sequence, ...read });
        else of.channel.push({ kind: "fill", to: account, id, lots, sequence, ...read });
      }
    }
  }

  /** In the one form of all worlds that go on alike; what can play no part any more is forgotten. */
  settle(world: World): World {
    const says = (told: Message) =>
      told.kind === "snapshot" || told.kind === "snapshot-failed" || this.saysSomething(world, told);
    if (this.#isReduced) for (const of of world.accounts) this.#skip(world, of, says);
    world.held = sorted(world.held.filter(({ sentMs }) => world.nowMs <= sentMs + WINDOW_MS));
    world.loose = sorted(world.loose.filter(says));
    for (const [account, of] of world.accounts.entries()) {
      if (of.askedMs !== null && of.askedMs + PAUSE_MS <= world.nowMs) of.askedMs = null;
      if (world.deaths === 0) of.fills = [];
      const known = world.core.facts.followers[account - 1]?.orders;
      const ids = Object.keys(of.orders).sort();
      const others = ids.filter((id) => known?.has(id) !== true);
      const messages = [world.door, world.held, world.loose, of.channel, of.fills];
      const names = others.length === 0 ? "" : JSON.stringify(messages);
      const orders: Record<string, VenueOrder> = {};
      for (const id of ids) {
        const order = of.orders[id];
        if (order !== undefined && (known?.has(id) === true || names.includes(id))) orders[id] = order;
      }
      of.orders = orders;
    }
    return world;
  }

  /** What says nothing need not be waited for: lost, doubled or overtaken it would say nothing either. */
  #skip(world: World, { channel }: AccountWorld, says: (told: Message) => boolean): void {
    for (let [head] = channel; head !== undefined && !says(head); [head] = channel) {
      channel.shift();
      this.#tell(world, head);
    }
  }

  /**
   * A message that the core takes for what it knows already will never be news again: sequences only rise, trades are known
   * for good, and an order that is closed or forgotten stays so. (Questions that failed, and snapshots, end a wait.)
   */
  saysSomething(world: World, told: Message): boolean {
    const step = this.#heard(world, told);
    return step.core.text !== world.core.text || step.orders.length + step.asked.length > 0;
  }

  /** What the core knows of an account, with what is on its way in order, is what the venue has. */
  isExact(world: World, account: Account): boolean {
    const { position, channel } = accountOf(world, account);
    const facts = world.core.facts;
    const follower = facts.followers[account - 1];
    if (follower === undefined) {
      if (facts.isDisputed) return false;
      const coming = channel.reduce(
        (sum, told) => sum + (told.kind === "leader-fill" ? tradedIn(told.step) : 0),
        0,
      );
      return facts.leaderLots + coming === position.lots;
    }
    if (!follower.agrees || follower.hasUnknown) return false;
    const coming = channel.reduce((sum, told) => sum + (told.kind === "fill" ? told.lots : 0), 0);
    return follower.atVenue + coming === position.lots;
  }

  #tell(world: World, told: Message): void {
    if (told.kind === "snapshot") {
      const of = accountOf(world, told.to);
      of.fills = of.fills.filter(({ timeMs }) => timeMs >= told.requestedMs);
    }
    this.#step(world, this.#heard(world, told));
    const isRead = told.kind === "snapshot" && told.to === LEADER && told.position.sequence >= world.misled;
    if (isRead && world.held.length === 0 && !world.core.facts.isDisputed) world.misled = 0;
  }

  #heard(world: World, told: Message): Step {
    const { core, nowMs } = world;
    return this.#cores.tell(core, `${nowMs}${JSON.stringify(told)}`, () => eventOf(told, nowMs));
  }

  /** The core went on: what it wants is carried out, and the world moves into its frame. */
  #step(world: World, step: Step): void {
    this.#noteStep(step);
    if (this.tells) this.steps.push(step);
    this.breaches.push(...step.breaches);
    world.core = step.core;
    this.#send(world, step.orders);
    for (const asked of step.asked) this.#answerQuestion(world, asked);
    moveWorld(world, step.shift);
  }

  #send(world: World, orders: readonly Sent[]): void {
    for (const sent of orders) {
      const { to, id, lots, reduceOnly } = sent;
      this.#checkSent(world, sent);
      world.door.push({ to, id, lots, reduceOnly, sentMs: world.nowMs });
    }
  }

  /** By what the venue really holds, and all that may still arrive, no increase goes past the target. */
  #checkSent(world: World, { to, id, lots, reduceOnly, target }: Sent): void {
    if (reduceOnly) return;
    const coming = [...world.door, ...world.held].filter((other) => other.to === to && !other.reduceOnly);
    const after = coming.reduce((sum, other) => sum + other.lots, accountOf(world, to).position.lots + lots);
    if (Math.abs(after) > Math.abs(target) || Math.sign(after) !== Math.sign(target))
      this.breaches.push(
        `${id} (${signed(lots)}) would take follower ${to} to ${after}, its target is ${target}`,
      );
  }

  #answerQuestion(world: World, { to, kind, id }: Asked): void {
    switch (kind) {
      case "snapshot":
        return this.ask(world, to);
      case "describe-market":
        world.loose.push({ kind: "described", to });
        return;
      case "look-up": {
        const order = accountOf(world, to).orders[id];
        if (order !== undefined) world.loose.push({ kind: "order", to, id, order });
        else world.loose.push({ kind: "not-found", to, id, timeMs: world.nowMs });
        return;
      }
      case "set-leverage":
        this.breaches.push("a leverage is set that nobody asked for");
    }
  }

  #execute(
    world: World,
    account: AccountWorld,
    { to, id, lots }: { readonly to: Account; readonly id: string; readonly lots: number },
  ): void {
    const timeMs = world.nowMs;
    const sequence = nextSequence(account.position);
    account.position = { lots: account.position.lots + lots, sequence, timeMs };
    account.fills.push({ id, lots, sequence, timeMs });
    account.channel.push({ kind: "fill", to, id, lots, sequence, timeMs });
    const made = Array.from({ length: world.script + 1 }, (_, step) => holdsAfter(step));
    const held = account.position.lots;
    const isBeyond = lots > 0 ? held > Math.max(...made) : held < Math.min(...made);
    if (world.misled === 0 && isBeyond)
      this.breaches.push(`follower ${to} holds ${held}, which the leader never did`);
  }

  #snapshotOf(world: World, to: Account, requestedMs: number): Message {
    const { position } = accountOf(world, to);
    return { kind: "snapshot", to, position: { ...position }, requestedMs, timeMs: world.nowMs };
  }

  #note(words: () => string): void {
    if (this.tells) this.notes.push(words());
  }

  #noteStep({ orders, asked }: Step): void {
    if (!this.tells) return;
    for (const { id, lots, reduceOnly } of orders)
      this.notes.push(`  -> the core sends ${id}: ${signed(lots)}${reduceOnly ? " (reduce only)" : ""}`);
    for (const { kind, id } of asked) this.notes.push(`  -> the core asks: ${kind} ${id}`);
  }
}

/** When each account was last read, the leader first. */
function confirmedIn({ leaderConfirmedMs, followers }: Facts): readonly number[] {
  return [leaderConfirmedMs, ...followers.map(({ confirmedMs }) => confirmedMs)];
}

export function accountOf(world: World, account: Account): AccountWorld {
  const found = world.accounts[account];
  if (found === undefined) throw new Error(`there is no account ${account}`);
  return found;
}

/** A snapshot of the account is under way. */
function isOpen(world: World, account: Account): boolean {
  if (accountOf(world, account).reading !== null) return true;
  return world.loose.some(
    (told) => (told.kind === "snapshot" || told.kind === "snapshot-failed") && told.to === account,
  );
}

/** What the leader's step trades. */
function tradedIn(step: number): number {
  return holdsAfter(step) - holdsAfter(step - 1);
}

function reducible(held: number, lots: number): number {
  return Math.sign(held) === -Math.sign(lots) ? Math.min(Math.abs(held), Math.abs(lots)) : 0;
}

function sorted<Item>(items: Item[]): Item[] {
  if (items.length < 2) return items;
  const texts = items.map((item) => ({ item, text: JSON.stringify(item) }));
  return texts.sort((left, right) => (left.text < right.text ? -1 : 1)).map(({ item }) => item);
}

function signed(lots: number): string {
  return lots > 0 ? `+${lots}` : String(lots);
}
