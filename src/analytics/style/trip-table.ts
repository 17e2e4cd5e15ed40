/** The traits of trips as columns, so that what is drawn out of them hundreds of times is read fast: each column is made once. */
import type { TripTraits } from "./traits.ts";

/** Trips by their places in a table; one that is drawn twice is there twice. */
export interface TripSample {
  readonly table: TripTable;
  readonly places: Int32Array;
}

/** Values in ascending order, what is not known last, and the place of each trip's own among them. */
interface Ranks {
  readonly sorted: Float64Array;
  readonly rankOf: Int32Array;
}

type Reading = (trip: TripTraits) => number;

export class TripTable {
  readonly #trips: readonly TripTraits[];
  readonly #columns = new Map<Reading, Float64Array>();

  readonly #ranks = new Map<Reading, Ranks>();

  constructor(trips: readonly TripTraits[]) {
    this.#trips = trips;
  }

  /** Of one and the same function it is the same column. */
  column(read: Reading): Float64Array {
    const known = this.#columns.get(read);
    if (known !== undefined) return known;
    const made = Float64Array.from(this.#trips, read);
    this.#columns.set(read, made);
    return made;
  }

  ranks(read: Reading): Ranks {
    const known = this.#ranks.get(read);
    if (known !== undefined) return known;
    const values = this.column(read);
    const order = [...values.keys()].sort((one, other) => compared(values[one], values[other]));
    const rankOf = new Int32Array(values.length);
    for (const [rank, place] of order.entries()) rankOf[place] = rank;
    const made = { sorted: Float64Array.from(values).sort(), rankOf };
    this.#ranks.set(read, made);
    return made;
  }
}

function compared(one = Number.NaN, other = Number.NaN): number {
  return Number(Number.isNaN(one)) - Number(Number.isNaN(other)) || one - other || 0;
}
