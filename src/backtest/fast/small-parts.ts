/**
 * Increases below the venue's smallest order, and what earlier ones left behind: parts that were given up, or bought beyond the rule's
 * size. They are seldom, and kept as the core keeps them, by its own functions.
 */

import { emptyCopyLeg } from "../../core/markets.ts";
import { meetMinimumAt, unboughtExcess } from "../../core/minimum.ts";
import { addLots, Lots } from "../../core/model/amounts.ts";
import type { Instrument } from "../../core/model/instrument.ts";
import type { MinimumPolicy } from "../../core/settings.ts";
import type { CopyLeg } from "../../core/state.ts";
import { legTarget, missingLots, moveWanted, waive } from "../../core/target.ts";

export class SmallParts {
  /** 1 where the target is the rule's size; by market and follower. */
  readonly isPlain: Uint8Array;
  readonly #policy: MinimumPolicy;
  readonly #legs = new Map<number, CopyLeg>();

  constructor(pairs: number, policy: MinimumPolicy) {
    this.isPlain = new Uint8Array(pairs).fill(1);
    this.#policy = policy;
  }

  /** The rule's size of what has this target. */
  wantedOf(pair: number, target: number): number {
    return this.#legs.get(pair)?.wantedLots ?? target;
  }

  /** The rule has a new size: gives the target. */
  moveWanted(pair: number, wanted: number, leader: number): number {
    const leg = this.#legs.get(pair);
    if (leg === undefined) return wanted;
    moveWanted(leg, Lots(wanted), Lots(leader));
    return this.#noted(pair, leg);
  }

  /** What goes of an increase of `lots` (signed), and the target then. `known`: ticks by which it is valued. */
  order(
    pair: number,
    instrument: Instrument,
    { lots, known, held }: { readonly lots: number; readonly known: number; readonly held: number },
    size: { readonly wanted: number; readonly leader: number },
  ): { readonly lots: number; readonly target: number } {
    const leg = this.#legs.get(pair) ?? emptyCopyLeg("net");
    if (this.isPlain[pair] === 1) {
      leg.wantedLots = Lots(size.wanted);
      leg.leaderLots = Lots(size.leader);
    }
    leg.heldLots = Lots(held);
    const unbought = unboughtExcess(leg);
    // All that was asked for is held: what an order was rounded up by is given up.
    if (unbought >= missingLots(leg)) {
      waive(leg, Lots(lots));
      return { lots: 0, target: this.#noted(pair, leg) };
    }
    const sized = meetMinimumAt(
      known,
      instrument,
      { lots: Lots(lots), unboughtExcess: unbought },
      this.#policy,
    );
    if (sized.kind === "below") {
      if (sized.skips) waive(leg, Lots(lots));
      return { lots: 0, target: this.#noted(pair, leg) };
    }
    leg.excessLots = addLots(leg.excessLots, sized.excess);
    return { lots: sized.lots, target: this.#noted(pair, leg) };
  }

  #noted(pair: number, leg: CopyLeg): number {
    const isPlain = leg.waivedLots === 0 && leg.excessLots === 0;
    this.isPlain[pair] = isPlain ? 1 : 0;
    if (isPlain) this.#legs.delete(pair);
    else this.#legs.set(pair, leg);
    return legTarget(leg);
  }
}
