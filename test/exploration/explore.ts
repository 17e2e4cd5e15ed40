/**
 * Runs every world that can come about, breadth first, so that the first breach found is one of the shortest. What was seen is
 * known by its hash, the way to it by its parent and the place of the move; a path is told by going it again.
 */
import { Actor, accountOf } from "./actor.ts";
import { Cores } from "./cores.ts";
import { Growing } from "./growing.ts";
import { Moves } from "./moves.ts";
import { Visited } from "./visited.ts";
import type { World } from "./world.ts";

export interface Scope {
  /** Of the script. */
  readonly steps: number;
  readonly followers: number;
  readonly faults: number;
  readonly deaths: number;
  /** Ends without having seen everything; null: when everything is seen. */
  readonly minutesMax: number | null;
}

export interface Violation {
  readonly breach: string;
  /** What happened, from the beginning. */
  readonly story: readonly string[];
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Different states of the core, and steps of it that were run. */
  readonly coreStates: number;
  readonly coreSteps: number;
  /** States in which the script is over and all is at rest. */
  readonly ends: number;
  /** Moves of the longest shortest path. */
  readonly depth: number;
  readonly seconds: number;
  readonly statesPerSecond: number;
  readonly exhausted: boolean;
  readonly violation: Violation | null;
}

export type Progress = (found: {
  readonly states: number;
  readonly waiting: number;
  readonly depth: number;
}) => void;

const PROGRESS_EVERY = 50_000;

export function explore(scope: Scope, progress: Progress = () => {}): Exploration {
  return new Explorer(scope).run(progress);
}

class Explorer {
  readonly #scope: Scope;
  readonly #cores: Cores;
  readonly #actor: Actor;
  readonly #moves: Moves;
  readonly #visited = new Visited();
  /** By state: where it was first come from, and by which move. */
  readonly #parents = new Growing();
  readonly #places = new Growing();
  /** Pairs of states between which nothing goes wrong. */
  readonly #calm = new Growing();
  readonly #ends: number[] = [];
  #transitions = 0;
  #depth = 0;

  constructor(scope: Scope) {
    this.#scope = scope;
    this.#cores = new Cores(scope.followers);
    this.#actor = new Actor(this.#cores, scope.deaths);
    this.#moves = new Moves(this.#actor, this.#cores, scope.steps);
  }

  run(progress: Progress): Exploration {
    const startedMs = performance.now();
    const { minutesMax } = this.#scope;
    const untilMs = minutesMax === null ? Number.POSITIVE_INFINITY : startedMs + minutesMax * 60_000;
    let violation: Violation | null = null;
    let told = 0;
    let layer = [this.#begin()];
    this.#depth = -1;
    while (layer.length > 0 && violation === null && performance.now() < untilMs) {
      const next: string[] = [];
      this.#depth += 1;
      for (const text of layer) {
        violation = this.#visit(text, next);
        if (violation !== null || performance.now() >= untilMs) break;
        if (this.#visited.size < told + PROGRESS_EVERY) continue;
        told = this.#visited.size;
        progress({ states: told, waiting: next.length, depth: this.#depth });
      }
      if (violation === null && performance.now() < untilMs) layer = next;
    }
    const exhausted = layer.length === 0;
    if (exhausted) violation = this.#stuck();
    const seconds = (performance.now() - startedMs) / 1_000;
    return {
      states: this.#visited.size,
      transitions: this.#transitions,
      coreStates: this.#cores.count,
      coreSteps: this.#cores.steps,
      ends: this.#ends.length,
      depth: this.#depth,
      seconds: Math.round(seconds * 10) / 10,
      statesPerSecond: Math.round(this.#visited.size / seconds),
      exhausted,
      violation,
    };
  }

  #begin(): string {
    const text = this.#textOf(this.#first());
    this.#visited.number(text);
    this.#parents.push(0);
    this.#places.push(0);
    return text;
  }

  #first(): World {
    return this.#actor.first(this.#scope.followers, this.#scope.faults);
  }

  #visit(text: string, next: string[]): Violation | null {
    const world = worldOf(text);
    const number = this.#visited.number(text);
    if (this.#moves.isAtRest(world)) {
      const breach = this.#breachAtRest(world);
      if (breach !== null) return this.#violation(breach, number, null);
      if (world.script === this.#scope.steps) this.#ends.push(number);
    }
    for (const [place, move] of this.#moves.of(world).entries()) {
      const after = worldOf(text);
      move.act(after);
      this.#actor.settle(after);
      this.#transitions += 1;
      const breach = this.#actor.breaches[0] ?? this.#breachOf(after);
      if (breach !== null) return this.#violation(breach, number, place);
      const reached = this.#textOf(after);
      const size = this.#visited.size;
      const to = this.#visited.number(reached);
      if (move.disturbs === null) this.#calm.push(number, to);
      if (to < size) continue;
      this.#parents.push(number);
      this.#places.push(place);
      next.push(reached);
    }
    return null;
  }

  /** Each fill counts once: no order has more by the core's books than the venue filled. */
  #breachOf(world: World): string | null {
    for (const [index, { orders }] of this.#cores.facts(world.core).followers.entries()) {
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
    const facts = this.#cores.facts(world.core);
    for (const [index, { target, waived }] of facts.followers.entries()) {
      const name = `follower ${index + 1}`;
      const leads = accountOf(world, 0).position.lots;
      if (target !== leads - waived)
        return `all is at rest, the leader holds ${leads}, and ${name}'s target is ${target}`;
    }
    return null;
  }

  /** From every state the end is reached without anything more going wrong. */
  #stuck(): Violation | null {
    const comesToAnEnd = new Uint8Array(this.#visited.size);
    const before = this.#predecessors();
    const waiting = [...this.#ends];
    for (const end of waiting) comesToAnEnd[end] = 1;
    for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
      for (const from of before(state)) {
        if (comesToAnEnd[from] === 1) continue;
        comesToAnEnd[from] = 1;
        waiting.push(from);
      }
    }
    const stuck = comesToAnEnd.indexOf(0);
    return stuck < 0
      ? null
      : this.#violation("from here the followers never come to rest at their targets", stuck, null);
  }

  #predecessors(): (state: number) => Iterable<number> {
    const edges = this.#calm.length / 2;
    const starts = new Int32Array(this.#visited.size + 1);
    for (let edge = 0; edge < edges; edge += 1) {
      const to = this.#calm.at(2 * edge + 1) + 1;
      starts[to] = (starts[to] ?? 0) + 1;
    }
    for (let state = 1; state < starts.length; state += 1)
      starts[state] = (starts[state] ?? 0) + (starts[state - 1] ?? 0);
    const free = starts.slice();
    const from = new Int32Array(edges);
    for (let edge = 0; edge < edges; edge += 1) {
      const to = this.#calm.at(2 * edge + 1);
      const place = free[to] ?? 0;
      from[place] = this.#calm.at(2 * edge);
      free[to] = place + 1;
    }
    return (state) => from.subarray(starts[state], starts[state + 1]);
  }

  #violation(breach: string, state: number, last: number | null): Violation {
    const places = last === null ? [] : [last];
    for (let at = state; at !== 0; at = this.#parents.at(at)) places.unshift(this.#places.at(at));
    return { breach, story: this.#tellPath(places) };
  }

  #tellPath(places: readonly number[]): string[] {
    this.#actor.tells = true;
    let world = worldOf(this.#textOf(this.#first()));
    this.#actor.notes = [];
    const story: string[] = [];
    for (const [index, place] of places.entries()) {
      const move = this.#moves.of(world)[place];
      if (move === undefined) throw new Error(`there is no move ${place}`);
      move.act(world);
      const [first = "", ...more] = this.#actor.notes;
      const words = move.disturbs === null ? first : `[${move.disturbs}] ${first}`;
      story.push(`${String(index + 1).padStart(3)}. ${words}`, ...more.map((line) => `     ${line}`));
      this.#actor.notes = [];
      world = worldOf(this.#textOf(this.#actor.settle(world)));
    }
    this.#actor.tells = false;
    return story;
  }

  #textOf(world: World): string {
    return JSON.stringify(world);
  }
}

function worldOf(text: string): World {
  return JSON.parse(text);
}
