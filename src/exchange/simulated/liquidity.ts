/**
 * The house: liquidity that belongs to no account. Levels are computed when looked at, from a seed and the price, so that
 * hundreds of markets cost nothing while nobody trades them. What was taken from a level comes back with `refill`.
 */
import { hashFraction } from "./random.ts";
import type { Sign } from "./state.ts";

/** One side is asked for by `sign`: +1 bids, -1 asks. Level 0 is the best. */
export interface House {
  /** Price of level `depth` in ticks; 0 when there is none so deep. */
  priceAt(sign: Sign, depth: number): number;
  /** What is left there, in lots; may be 0. */
  lotsAt(sign: Sign, depth: number): number;
  take(sign: Sign, depth: number, lots: number): void;
  /** Everything taken is back. */
  refill(): void;
}

export interface HouseShape {
  readonly seed: number;
  /** Best prices in ticks. */
  readonly bid: number;
  readonly ask: number;
  /** Smallest price step in ticks and smallest size in lots. */
  readonly stepTicks: number;
  readonly stepLots: number;
  /** USDT value of one lot at one tick. */
  readonly lotTickUsdt: number;
  /** At least this value lies within 10 basis points of the best price opposite, on each side; so of the middle too. */
  readonly depthUsdt: number;
}

const MAX_DEPTH = 1000;
/** Distance of levels as a share of the price. */
const LEVEL_GAP = 0.000025;
const NEAR = 0.001;

/** A regular ladder round the middle, sizes scattered by a hash of the price. */
export class LadderHouse implements House {
  readonly #shape: HouseShape;
  readonly #gap: number;
  readonly #levelLots: number;
  /** Lots taken, by depth. */
  readonly #takenBids: number[] = [];
  readonly #takenAsks: number[] = [];

  constructor(shape: HouseShape) {
    this.#shape = shape;
    const middle = (shape.bid + shape.ask) / 2;
    const gapSteps = Math.max(1, Math.round((middle * LEVEL_GAP) / shape.stepTicks));
    this.#gap = gapSteps * shape.stepTicks;
    const reach = shape.bid * NEAR - (shape.ask - shape.bid);
    const nearLevels = Math.max(1, Math.floor(reach / this.#gap) + 1);
    const levelUsdt = shape.depthUsdt / nearLevels;
    this.#levelLots = levelUsdt / (Math.max(1, shape.bid * (1 - NEAR)) * shape.lotTickUsdt);
  }

  priceAt(sign: Sign, depth: number): number {
    if (depth >= MAX_DEPTH) return 0;
    if (sign === -1) return this.#shape.ask + depth * this.#gap;
    return Math.max(0, this.#shape.bid - depth * this.#gap);
  }

  lotsAt(sign: Sign, depth: number): number {
    const price = this.priceAt(sign, depth);
    if (price === 0) return 0;
    const { stepLots, seed } = this.#shape;
    const wanted = this.#levelLots * (1 + 0.5 * hashFraction(seed, price));
    const full = Math.max(1, Math.ceil(wanted / stepLots)) * stepLots;
    return full - (this.#taken(sign)[depth] ?? 0);
  }

  take(sign: Sign, depth: number, lots: number): void {
    const taken = this.#taken(sign);
    taken[depth] = (taken[depth] ?? 0) + lots;
  }

  refill(): void {
    this.#takenBids.length = 0;
    this.#takenAsks.length = 0;
  }

  #taken(sign: Sign): number[] {
    return sign === 1 ? this.#takenBids : this.#takenAsks;
  }
}

/** A level of a real venue's book, in ticks and lots. */
export interface GivenLevel {
  readonly price: number;
  readonly lots: number;
}

/**
 * Levels given from outside, best first, each for itself even at one price; what was taken stays taken until the next
 * update replaces them.
 */
export class GivenHouse implements House {
  readonly #bids: readonly GivenLevel[];
  readonly #asks: readonly GivenLevel[];
  readonly #takenBids: number[] = [];
  readonly #takenAsks: number[] = [];

  constructor(bids: readonly GivenLevel[], asks: readonly GivenLevel[]) {
    this.#bids = bids;
    this.#asks = asks;
  }

  priceAt(sign: Sign, depth: number): number {
    return this.#side(sign)[depth]?.price ?? 0;
  }

  lotsAt(sign: Sign, depth: number): number {
    const level = this.#side(sign)[depth];
    return level === undefined ? 0 : level.lots - (this.#taken(sign)[depth] ?? 0);
  }

  take(sign: Sign, depth: number, lots: number): void {
    const taken = this.#taken(sign);
    taken[depth] = (taken[depth] ?? 0) + lots;
  }

  /** Only the next update brings it back. */
  refill(): void {}

  #taken(sign: Sign): number[] {
    return sign === 1 ? this.#takenBids : this.#takenAsks;
  }

  #side(sign: Sign): readonly GivenLevel[] {
    return sign === 1 ? this.#bids : this.#asks;
  }
}
