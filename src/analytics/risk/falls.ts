/**
 * Falls of a running sum of daily results. Nothing is compounded: what is held stays of the same worth, so that the parts of a fall are the sums
 * of the parts' results over its days.
 */

/** Days from `first` up to `last`, both counted; none where `last` is before `first`. */
export interface Fall {
  readonly first: number;
  readonly last: number;
}

/** From the highest sum before (0 at the beginning) to the deepest below it, and to the end. */
export function fallsOf(results: Float64Array): { readonly deepest: Fall; readonly now: Fall } {
  let [sum, highest, highestDay, depth] = [0, 0, -1, 0];
  let deepest: Fall = { first: 0, last: -1 };
  for (const [day, result] of results.entries()) {
    sum += result;
    if (sum >= highest) [highest, highestDay] = [sum, day];
    if (highest - sum <= depth) continue;
    depth = highest - sum;
    deepest = { first: highestDay + 1, last: day };
  }
  return { deepest, now: { first: highestDay + 1, last: results.length - 1 } };
}

export function sumOver(results: Float64Array, { first, last }: Fall): number {
  let sum = 0;
  for (let day = first; day <= last; day += 1) sum += results[day] as number;
  return sum;
}
