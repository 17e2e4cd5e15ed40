/**
 * Finds what was probably meant: the valid choice with the smallest edit distance, counting a swap of neighbours as one
 * edit and ignoring case and the difference between `-`, `_` and a blank. Says nothing rather than guess wildly.
 */

/** The nearest choice, or undefined when none is near enough (more than 2 edits in 5 characters). */
export function nearest(text: string, choices: readonly string[]): string | undefined {
  const wanted = plain(text);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const choice of choices) {
    const distance = distanceTo(wanted, plain(choice));
    if (distance < bestDistance) [best, bestDistance] = [choice, distance];
  }
  return best;
}

/** What follows a complaint of an unknown name; nothing where no choice is near enough. */
export function meantText(text: string, choices: readonly string[]): string {
  const found = nearest(text, choices);
  return found === undefined ? "" : `; ${found} was probably meant`;
}

/** Infinite when the two have too little in common to be taken for each other. */
function distanceTo(wanted: string, choice: string): number {
  if (wanted.length > 64) return Number.POSITIVE_INFINITY;
  const distance = editDistance(wanted, choice);
  const limit = Math.max(1, Math.floor(Math.max(wanted.length, choice.length) * 0.4));
  if (distance <= limit) return distance;
  const shares =
    wanted.length >= 3 && (choice.includes(wanted) || (choice.length >= 3 && wanted.includes(choice)));
  return shares ? distance : Number.POSITIVE_INFINITY;
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[-_\s]+/g, "_");
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, one each. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const next = [row];
    for (let column = 1; column <= right.length; column++) {
      next.push(cheapest({ left, right, row, column, last, next, beforeLast }));
    }
    [beforeLast, last] = [last, next];
  }
  return last[right.length] ?? 0;
}

interface Cell {
  readonly left: string;
  readonly right: string;
  readonly row: number;
  readonly column: number;
  readonly beforeLast: readonly number[];
  readonly last: readonly number[];
  readonly next: readonly number[];
}

function cheapest({ left, right, row, column, beforeLast, last, next }: Cell): number {
  const same = left[row - 1] === right[column - 1] ? 0 : 1;
  const plainEdits = Math.min(at(last, column) + 1, at(next, column - 1) + 1, at(last, column - 1) + same);
  const swapped =
    row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
  return swapped ? Math.min(plainEdits, at(beforeLast, column - 2) + 1) : plainEdits;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
