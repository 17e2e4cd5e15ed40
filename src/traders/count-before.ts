/** How many of what comes in the order of time lie before a moment. */

/** `timesMs` ascending; those at `ms` itself are not counted. */
export function countBefore(timesMs: readonly number[], ms: number): number;
export function countBefore<One>(ascending: readonly One[], ms: number, timeOf: (one: One) => number): number;
export function countBefore<One>(
  ascending: readonly One[],
  ms: number,
  timeOf: (one: One) => number = Number,
): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = ascending[middle];
    if (one !== undefined && timeOf(one) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
