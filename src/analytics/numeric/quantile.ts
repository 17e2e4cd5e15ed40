/**
 * Quantiles without sorting: selection puts the k-th smallest value in its place in linear time. The values are reordered in place,
 * so callers hand over a copy or a scratch buffer.
 */

/**
 * The k-th smallest (from 0) of `values[0..length)`, reordering them: smaller ones end up left of it, larger ones right. C. A. R.
 * Hoare's FIND (1961), pivot by the median of three.
 */
export function selectInPlace(values: Float64Array, k: number, length = values.length): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const pivot = medianOfThree(values, low, high);
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) < pivot) left += 1;
      while ((values[right] as number) > pivot) right -= 1;
      if (left > right) break;
      const swapped = values[left] as number;
      values[left] = values[right] as number;
      values[right] = swapped;
      left += 1;
      right -= 1;
    }
    if (k <= right) high = right;
    else if (k >= left) low = left;
    else break;
  }
  return values[k] as number;
}

function medianOfThree(values: Float64Array, low: number, high: number): number {
  const first = values[low] as number;
  const middle = values[(low + high) >> 1] as number;
  const last = values[high] as number;
  if (first < middle) return middle < last ? middle : Math.max(first, last);
  return first < last ? first : Math.max(middle, last);
}

/**
 * The quantile at `share` (0 to 1) by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996; what numpy and
 * spreadsheets do). Null for no values. Reorders `values`.
 */
export function quantileInPlace(values: Float64Array, share: number, length = values.length): number | null {
  if (length === 0) return null;
  const position = share * (length - 1);
  const index = Math.min(length - 1, Math.floor(position));
  const below = selectInPlace(values, index, length);
  const weight = position - index;
  if (weight === 0) return below;
  let above = Number.POSITIVE_INFINITY;
  for (let at = index + 1; at < length; at += 1) above = Math.min(above, values[at] as number);
  // From the nearer end, so that equal neighbours give their value exactly.
  return weight < 0.5 ? below + (above - below) * weight : above - (above - below) * (1 - weight);
}

/** As quantileInPlace, leaving `values` as they are. */
export function quantile(values: ArrayLike<number>, share: number): number | null {
  return quantileInPlace(Float64Array.from(values), share);
}

/** The middle value; null for no values. */
export function median(values: ArrayLike<number>): number | null {
  return quantile(values, 0.5);
}
