/**
 * What one thread does: goes on from the worlds of a layer by every move there is, and gives those that nobody met before. Also
 * tells the way to a world in words, by going it again.
 */
import { Actor, accountOf } from "./actor.ts";
import { Cores } from "./cores.ts";
import type { Edge, Waiting } from "./edge.ts";
import { hashOf } from "./hash.ts";
import { type Move, Moves } from "./moves.ts";
import type { Table } from "./table.ts";
import { copyWorld, textOf, type World } from "./world.ts";

export interface Space {
  /** Of the script. */
  readonly steps: number;
  readonly followers: number;
  readonly faults: number;
  readonly deaths: number;
  /** False: every order of things is gone through, also of those that come to the same. */
  readonly isReduced: boolean;
}

/** What is wrong in a world, or after the move at a place of it. */
export interface Breach {
  readonly breach: string;
  readonly slot: number;
  readonly place: number | null;
}

export interface Counts {
  transitions: number;
  /** States of the core that were made, and steps of it that were run; again after they were forgotten. */
  coreStates: number;
  coreSteps: number;
  /** Worlds in which the script is over and all is at rest, and the exclusive or of their hashes: which they are. */
  ends: number;
  endsMark: number;
}

const INDENT = "     ";
/** Worlds that nothing else can follow than one other are not kept, but for each so-many-th. */
const FORCED_MAX = 100;

export class Search {
  readonly #space: Space;
  readonly #table: Table;
  readonly #cores: Cores;
  readonly #actor: Actor;
  readonly #moves: Moves;
  #transitions = 0;
  #ends = 0;
  #endsMark = 0;

  constructor(space: Space, table: Table) {
    this.#space = space;
    this.#table = table;
    this.#cores = new Cores(space.followers);
    this.#actor = new Actor(this.#cores, space.deaths, space.isReduced);
    this.#moves = new Moves(this.#actor, space.steps, space.isReduced);
  }

  get counts(): Counts {
    const { count: coreStates, steps: coreSteps } = this.#cores;
    return {
      transitions: this.#transitions,
      coreStates,
      coreSteps,
      ends: this.#ends,
      endsMark: this.#endsMark,
    };
  }

  /** The world that all begins with. */
  begin(): Waiting {
    const found = this.#found(this.#first());
    this.#table.noteParent(found.slot, found.slot, 0);
    return found;
  }

  /** New worlds go to `next`. */
  visit({ coreText, text, slot }: Waiting, next: Edge): Breach | null {
    const core = this.#cores.of(coreText);
    const world: World = { ...JSON.parse(text), core };
    if (this.#moves.isAtRest(world)) {
      const breach = this.#breachAtRest(world);
      if (breach !== null) return { breach, slot, place: null };
      if (world.script === this.#space.steps) {
        this.#ends += 1;
        this.#endsMark ^= hashOf(text, core.hash).high;
        this.#table.noteEnd(slot);
      }
    }
    for (const [place, move] of this.#moves.of(world).entries()) {
      const after = copyWorld(world);
      const breach = this.#go(after, move);
      if (breach !== null) return { breach, slot, place };
      const { isNew, ...reached } = this.#found(after);
      if (move.disturbs === null && this.#table.next(slot) === null) this.#table.noteNext(slot, reached.slot);
      if (!isNew) continue;
      this.#table.noteParent(reached.slot, slot, place);
      next.push(reached);
    }
    return null;
  }

  /** Whether the end, or a world for which `leadsOn` holds, is reached from this one without anything more going wrong. */
  comesToAnEnd(slot: number, leadsOn: (slot: number) => boolean): boolean {
    return this.#endsFrom(this.#worldAt(slot), leadsOn);
  }

  /** The same after the way that a story tells. */
  endsAfter(story: readonly string[]): boolean {
    this.#actor.tells = true;
    let world = this.#first();
    for (const line of story)
      if (!line.startsWith(INDENT)) world = this.#goBy(world, line.replace(/^ *\d+\. /, ""));
    this.#actor.tells = false;
    return this.#endsFrom(world, () => false);
  }

  #goBy(world: World, words: string): World {
    for (const move of this.#moves.of(world)) {
      const after = copyWorld(world);
      this.#actor.notes = [];
      this.#actor.breaches = [];
      const breach = this.#step(after, move);
      if (wordsOf(move, this.#actor.notes) !== words) continue;
      if (breach !== null) throw new Error(`${words}: ${breach}`);
      return after;
    }
    throw new Error(`nothing leads to: ${words}`);
  }

  #endsFrom(first: World, leadsOn: (slot: number) => boolean): boolean {
    const met = new Set<string>();
    const waiting = [first];
    for (let world = waiting.pop(); world !== undefined; world = waiting.pop()) {
      if (this.#moves.isAtRest(world) && world.script === this.#space.steps) return true;
      for (const move of this.#moves.of(world)) {
        if (move.disturbs !== null) continue;
        const after = copyWorld(world);
        this.#go(after, move);
        const text = `${textOf(after)}${after.core.text}`;
        if (met.has(text)) continue;
        met.add(text);
        if (leadsOn(this.#found(after).slot)) return true;
        waiting.push(after);
      }
    }
    return false;
  }

  /** The way to a world, and to what is wrong there, in words. */
  story({ slot, place }: Breach): string[] {
    const places = this.#placesTo(slot);
    if (place !== null) places.push(place);
    this.#actor.tells = true;
    const world = this.#first();
    this.#actor.notes = [];
    const story: string[] = [];
    for (const at of places) this.#tellMove(world, at, story);
    this.#actor.tells = false;
    this.#actor.breaches = [];
    return story;
  }

  #tellMove(world: World, place: number, story: string[]): void {
    let move = this.#moves.of(world)[place];
    if (move === undefined) throw new Error(`there is no move ${place}`);
    for (let count = 0; move !== undefined && count < FORCED_MAX; count += 1) {
      const isBroken = this.#step(world, move) !== null;
      const [, ...more] = this.#actor.notes;
      const words = wordsOf(move, this.#actor.notes);
      const number = story.filter((line) => !line.startsWith(INDENT)).length + 1;
      story.push(`${String(number).padStart(3)}. ${words}`, ...more.map((line) => `${INDENT}${line}`));
      this.#actor.notes = [];
      if (isBroken) return;
      move = this.#forced(world);
    }
  }

  #placesTo(slot: number): number[] {
    const places: number[] = [];
    for (let at = slot; this.#table.parent(at) !== at; at = this.#table.parent(at))
      places.push(this.#table.place(at));
    return places.reverse();
  }

  #worldAt(slot: number): World {
    const world = this.#first();
    for (const place of this.#placesTo(slot)) {
      const move = this.#moves.of(world)[place];
      if (move === undefined) throw new Error(`there is no move ${place}`);
      this.#go(world, move);
    }
    return world;
  }

  #first(): World {
    return this.#actor.first(this.#space.followers, this.#space.faults);
  }

  #found(world: World): Waiting & { readonly isNew: boolean } {
    const { core } = world;
    const text = textOf(world);
    return { coreText: core.text, text, ...this.#table.enter(hashOf(text, core.hash)) };
  }

  /** Makes a move, and those after it that there is no choice about. */
  #go(world: World, move: Move): string | null {
    let next: Move | undefined = move;
    for (let count = 0; next !== undefined && count < FORCED_MAX; count += 1) {
      const breach = this.#step(world, next);
      if (breach !== null) return breach;
      next = this.#forced(world);
    }
    return null;
  }

  #step(world: World, move: Move): string | null {
    move.act(world);
    this.#actor.settle(world);
    this.#transitions += 1;
    return this.#actor.breaches[0] ?? this.#breachOf(world);
  }

  /** The only move there is, in a world in which nothing goes wrong any more. */
  #forced(world: World): Move | undefined {
    if (!this.#space.isReduced || world.faults > 0 || world.deaths > 0) return undefined;
    if (this.#moves.isAtRest(world)) return undefined;
    const [only, ...others] = this.#moves.of(world);
    return others.length === 0 ? only : undefined;
  }

  /** Each fill counts once: no order has more by the core's books than the venue filled. */
  #breachOf(world: World): string | null {
    for (const [index, { orders }] of world.core.facts.followers.entries()) {
      const account = accountOf(world, index + 1);
      for (const [id, { filled }] of orders) {
        const truth = account.orders[id]?.filled ?? 0;
        if (filled > truth) return `${id} counts ${filled}, the venue filled ${truth}`;
      }
    }
    return null;
  }

  /** At rest each follower is at its target: that is the leader's size but for what was refused for good. */
  #breachAtRest(world: World): string | null {
    for (const [index, { target, waived }] of world.core.facts.followers.entries()) {
      const leads = accountOf(world, 0).position.lots;
      if (target !== leads - waived)
        return `all is at rest, the leader holds ${leads}, and follower ${index + 1}'s target is ${target}`;
    }
    return null;
  }
}

function wordsOf({ disturbs }: Move, [first = ""]: readonly string[]): string {
  return disturbs === null ? first : `[${disturbs}] ${first}`;
}
