/** What was copied stays as it was, whatever is decided on the copy. */
import { describe, expect, it } from "vitest";
import { encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { SeededChance } from "../simulation/chance.ts";
import { Actor } from "./actor.ts";
import { type Core, Cores } from "./cores.ts";
import { Moves } from "./moves.ts";
import { copyWorld } from "./world.ts";

describe("a copied state", () => {
  it("stays as it was while the copy goes on", { timeout: 60_000 }, () => {
    const cores = new Cores(1);
    const met = new Set<Core>();
    for (let seed = 1; seed <= 60; seed += 1) walk(seed, cores, met);
    expect(met.size).toBeGreaterThan(200);
    for (const core of met)
      expect(core.state === null ? null : encodeCheckpoint(core.state)).toBe(cores.text(core));
  });
});

function walk(seed: number, cores: Cores, met: Set<Core>): void {
  const chance = new SeededChance(seed);
  const actor = new Actor(cores, 2);
  const moves = new Moves(actor, 4);
  let world = actor.first(1, 3);
  for (let count = 0; count < 80; count += 1) {
    met.add(world.core);
    const after = copyWorld(world);
    chance.pick(moves.of(world)).act(after);
    world = actor.settle(after);
  }
}
