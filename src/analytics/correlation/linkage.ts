/**
 * Hierarchical clustering: the two closest groups become one, again and again. The nearest-neighbour chain (F. Murtagh, 1983) needs the square of the
 * number of things only; distances between groups by Lance and Williams (1967).
 */

export interface Merge {
  /** Groups below the number of things are single ones; others are merges, in order, counted on from there. */
  readonly left: number;
  readonly right: number;
  readonly distance: number;
  /** Things in the merged group. */
  readonly size: number;
}

/** `average`: mean distance of all pairs between two groups; `single`: the least. */
export type Linkage = "average" | "single";

/** Merges by distance, as scipy has them; `distances` is symmetric, row after row. Empty below two things. */
export function linkage(distances: Float64Array, count: number, method: Linkage): readonly Merge[] {
  return numbered(chained(Float64Array.from(distances), count, method), count);
}

interface RawMerge {
  readonly left: number;
  readonly right: number;
  readonly distance: number;
}

/** Merges in the order of the chain; a group goes by the number of one of its things. */
function chained(between: Float64Array, count: number, method: Linkage): readonly RawMerge[] {
  const sizes = new Array<number>(count).fill(1);
  const merges: RawMerge[] = [];
  const chain: number[] = [];
  while (merges.length < count - 1) {
    if (chain.length === 0) chain.push(sizes.findIndex((size) => size > 0));
    const top = chain.at(-1) ?? 0;
    const nearest = nearestOf(between, sizes, top, chain.at(-2));
    if (nearest !== chain.at(-2)) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    const [left, right] = top < nearest ? [top, nearest] : [nearest, top];
    merges.push({ left, right, distance: between[left * count + right] as number });
    merge(between, sizes, { left, right, method });
  }
  return merges;
}

/** The one before in the chain wins where several are as near, so that the chain ends. */
function nearestOf(
  between: Float64Array,
  sizes: readonly number[],
  of: number,
  before: number | undefined,
): number {
  const count = sizes.length;
  let nearest = before ?? -1;
  let least = before === undefined ? Number.POSITIVE_INFINITY : (between[of * count + before] as number);
  for (let at = 0; at < count; at += 1) {
    if (at === of || sizes[at] === 0) continue;
    const distance = between[of * count + at] as number;
    if (distance < least || nearest === -1) {
      least = distance;
      nearest = at;
    }
  }
  return nearest;
}

/** The merged group takes the place of `right`. */
function merge(
  between: Float64Array,
  sizes: number[],
  { left, right, method }: { readonly left: number; readonly right: number; readonly method: Linkage },
): void {
  const count = sizes.length;
  const [ofLeft, ofRight] = [sizes[left] ?? 0, sizes[right] ?? 0];
  for (let at = 0; at < count; at += 1) {
    if (at === left || at === right || sizes[at] === 0) continue;
    const [fromLeft, fromRight] = [
      between[left * count + at] as number,
      between[right * count + at] as number,
    ];
    const distance =
      method === "single"
        ? Math.min(fromLeft, fromRight)
        : (ofLeft * fromLeft + ofRight * fromRight) / (ofLeft + ofRight);
    between[right * count + at] = distance;
    between[at * count + right] = distance;
  }
  sizes[right] = ofLeft + ofRight;
  sizes[left] = 0;
}

/** Sorted by distance, with the numbers that the merged groups have then. */
function numbered(merges: readonly RawMerge[], count: number): readonly Merge[] {
  const parents = Array.from({ length: count }, (_, at) => at);
  const groups = Array.from({ length: count }, (_, at) => ({ number: at, size: 1 }));
  const rootOf = (at: number): number => {
    let root = at;
    while (parents[root] !== root) root = parents[root] ?? root;
    parents[at] = root;
    return root;
  };
  const sorted = merges.toSorted((one, other) => one.distance - other.distance);
  return sorted.map(({ left, right, distance }, index) => {
    const [one, other] = [rootOf(left), rootOf(right)];
    const [first, second] = [groups[one], groups[other]].sort((a, b) => (a?.number ?? 0) - (b?.number ?? 0));
    const size = (first?.size ?? 0) + (second?.size ?? 0);
    parents[one] = other;
    groups[other] = { number: count + index, size };
    return { left: first?.number ?? 0, right: second?.number ?? 0, distance, size };
  });
}

/** Groups that are merged up to `distance`, each sorted, the largest first. */
export function clustersOf(
  merges: readonly Merge[],
  count: number,
  distance: number,
): readonly (readonly number[])[] {
  const groups = new Map<number, readonly number[]>(Array.from({ length: count }, (_, at) => [at, [at]]));
  for (const [index, merge] of merges.entries()) {
    if (merge.distance > distance) break;
    const both = [...(groups.get(merge.left) ?? []), ...(groups.get(merge.right) ?? [])];
    groups.delete(merge.left);
    groups.delete(merge.right);
    groups.set(count + index, both);
  }
  return [...groups.values()]
    .map((group) => group.toSorted((one, other) => one - other))
    .sort((one, other) => other.length - one.length || (one[0] ?? 0) - (other[0] ?? 0));
}

/** sqrt((1 - correlation) / 2): 0 for the same, 1 for opposites (R. N. Mantegna, 1999). */
export function correlationDistance(correlation: number): number {
  return Math.sqrt(Math.max(0, (1 - correlation) / 2));
}
