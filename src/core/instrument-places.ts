/** Where the state keeps quantities and prices of one instrument: all that changes with its quantity step (rescale.ts) or its tick (reprice.ts). */
import type { Holding } from "./holding.ts";
import type { Instrument } from "./model/instrument.ts";
import type { Copy, FollowerLeg, State } from "./state.ts";

/** What is to be done with each place. */
export interface Places {
  /** A leader's position, or a follower's as its venue tells it. */
  readonly holding: (holding: Holding) => void;
  /** What a copy keeps in terms of its leader's instrument, and of its own. */
  readonly leaderSide: (copy: Copy) => void;
  readonly followerSide: (copy: Copy) => void;
  /** Beside the venue's holding. */
  readonly leg: (leg: FollowerLeg) => void;
}

export function visitPlaces(state: State, instrument: Instrument, places: Places): void {
  for (const leader of state.leaders.values()) {
    for (const holding of leader.holdings.get(instrument.id)?.values() ?? []) places.holding(holding);
  }
  for (const market of state.markets) {
    for (const copy of market.copies) {
      if (copy.leaderInstrument === instrument) places.leaderSide(copy);
      if (market.instrument === instrument) places.followerSide(copy);
    }
    if (market.instrument !== instrument) continue;
    for (const leg of market.legs) {
      places.holding(leg.venue);
      places.leg(leg);
    }
  }
}
