/**
 * Checkpoints without what is the same in every state of an exploration: settings, instruments, the allocations and limits that
 * follow from them. The core replaces these as a whole and only by events of a start, after which they are checked.
 */
import { encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { NO_SETTINGS } from "../../src/core/settings.ts";
import type { State } from "../../src/core/state.ts";

const NO_INSTRUMENTS: State["instruments"] = new Map();

export class Constants {
  readonly #head: string;
  readonly #slimHead: string;
  readonly #limits: readonly string[];
  readonly #allocations: ReadonlyMap<string, string>;

  /** Of a state after its start. */
  constructor(state: State) {
    const { settings, instruments, followers } = state;
    const specs = [...instruments.values()].map(({ spec }) => spec);
    this.#head = headOf(settings, specs);
    this.#slimHead = headOf(NO_SETTINGS, []);
    this.#limits = [...followers.values()].map(({ limits }) => JSON.stringify(limits));
    this.#allocations = new Map(settings.allocations.map((one) => [one.id, JSON.stringify(one)]));
  }

  /** The checkpoint with stand-ins for them. */
  slim(state: State): string {
    const { settings, instruments, markets } = state;
    const copies = markets.flatMap((market) => market.copies);
    const allocations = copies.map(({ allocation }) => allocation);
    const limits = [...state.followers.values()].map((follower) => follower.limits);
    Object.assign(state, { settings: NO_SETTINGS, instruments: NO_INSTRUMENTS });
    for (const copy of copies) Object.assign(copy, { allocation: { standsFor: copy.allocation.id } });
    for (const [index, follower] of [...state.followers.values()].entries())
      Object.assign(follower, { limits: { standsFor: index } });
    const text = encodeCheckpoint(state);
    Object.assign(state, { settings, instruments });
    for (const [index, copy] of copies.entries()) Object.assign(copy, { allocation: allocations[index] });
    for (const [index, follower] of [...state.followers.values()].entries())
      Object.assign(follower, { limits: limits[index] });
    return text;
  }

  whole(slim: string): string {
    let text = slim.replace(this.#slimHead, () => this.#head);
    for (const [id, allocation] of this.#allocations)
      text = text.replaceAll(JSON.stringify({ standsFor: id }), () => allocation);
    for (const [index, limits] of this.#limits.entries())
      text = text.replace(JSON.stringify({ standsFor: index }), () => limits);
    return text;
  }

  /** Throws when something of it has changed. */
  check(state: State): void {
    if (this.whole(this.slim(state)) !== encodeCheckpoint(state)) throw new Error("a constant has changed");
  }
}

function headOf(settings: State["settings"], instruments: readonly object[]): string {
  return `"settings":${JSON.stringify(settings)},"instruments":${JSON.stringify(instruments)}`;
}
