/**
 * Which days may teach about which: a stretch of days in blocks, and for those that are judged the days that nothing of reaches into them.
 * Purged: the days right beside a judged block, whose positions are still held in it. Embargoed: the days after it on which a strategy still
 * looks back at it.
 *
 * Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018, chapter 7.
 */

/** Days from `from` to before `until`, counted from the first of the stretch. */
export interface Block {
  readonly from: number;
  readonly until: number;
}

export interface Gaps {
  /** Days left out on both sides of a judged block: as long as positions are held. */
  readonly purge: number;
  /** Further days left out after it: as far as is looked back. */
  readonly embargo: number;
}

/** As long as each other, to a day. */
export function blocksOf(days: number, count: number): readonly Block[] {
  return Array.from({ length: count }, (_, at) => ({
    from: Math.floor((at * days) / count),
    until: Math.floor(((at + 1) * days) / count),
  }));
}

/** Those that may teach about all of the judged blocks, oldest first. */
export function teachingDays(
  days: number,
  judged: readonly Block[],
  { purge, embargo }: Gaps,
): readonly number[] {
  return Array.from({ length: days }, (_, day) => day).filter((day) =>
    judged.every(({ from, until }) => day < from - purge || day >= until + purge + embargo),
  );
}
