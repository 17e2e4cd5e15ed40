/**
 * Delta debugging of a list: leaves out pieces, large ones first, then single ones, the last first. Each list that is yielded is to be
 * tried: true when it still does what the whole did, and is gone on from.
 */
export function* smallerLists<Item>(list: readonly Item[]): Generator<readonly Item[], void, boolean> {
  let kept = list;
  for (let piece = kept.length; piece >= 1; piece = Math.floor(piece / 2)) {
    for (let end = kept.length; end > 0; end -= piece) {
      const from = Math.max(0, end - piece);
      const smaller = kept.filter((_, place) => place < from || place >= end);
      if (yield smaller) kept = smaller;
    }
  }
}
