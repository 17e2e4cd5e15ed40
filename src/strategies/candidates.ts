/**
 * Sets of options to try: all combinations where they are few, else a Latin sample, in which every value of every option comes equally often, to one.
 * Seeded: the same question gets the same sets.
 *
 * Source: M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21 (1979).
 */
import { seededRandom } from "../analytics/numeric/random.ts";
import type { OptionValue } from "./options.ts";
import type { SearchedOption } from "./search-values.ts";

export type OptionSet = Readonly<Record<string, OptionValue>>;

export interface Candidates {
  /** Without the base, each once, with all options; those that change the fewest come first. */
  readonly sets: readonly OptionSet[];
  /** How many combinations there are, the base among them where it is one. */
  readonly combinations: number;
}

/** Draws that gave nothing new, in a row, before it is enough. */
const VAIN_DRAWS_MAX = 1_000;

interface Sampling {
  readonly most: number;
  readonly seed: number;
}

/** At most `most` sets; options that are not searched are as in the base. */
export function candidateSets(
  base: OptionSet,
  searched: readonly SearchedOption[],
  sampling: Sampling,
): Candidates {
  const combinations = searched.reduce((product, { values }) => product * values.length, 1);
  // The base may be one of them.
  const whole = combinations > sampling.most + 1 ? null : withoutBase(base, allOf(base, searched));
  const isWhole = whole !== null && whole.length <= sampling.most;
  const sets = isWhole ? whole : sampled(base, searched, sampling);
  return {
    sets: sets.toSorted((one, other) => changes(base, one) - changes(base, other)),
    combinations,
  };
}

function changes(base: OptionSet, set: OptionSet): number {
  return Object.entries(set).filter(([option, value]) => base[option] !== value).length;
}

function withoutBase(base: OptionSet, sets: readonly OptionSet[]): readonly OptionSet[] {
  const found = new Map(sets.map((set) => [keyOf(set), set]));
  found.delete(keyOf(base));
  return [...found.values()];
}

/** What comes double is drawn again, one by one. */
function sampled(
  base: OptionSet,
  searched: readonly SearchedOption[],
  { most, seed }: Sampling,
): readonly OptionSet[] {
  const random = seededRandom(seed);
  let found = withoutBase(base, latin(base, searched, { count: most, random }));
  for (let vain = 0; found.length < most && vain < VAIN_DRAWS_MAX; ) {
    const more = withoutBase(base, [...found, ...latin(base, searched, { count: 1, random })]);
    vain = more.length > found.length ? 0 : vain + 1;
    found = more;
  }
  return found;
}

function keyOf(set: OptionSet): string {
  return JSON.stringify(Object.entries(set).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function allOf(base: OptionSet, searched: readonly SearchedOption[]): readonly OptionSet[] {
  return searched.reduce<readonly OptionSet[]>(
    (sets, { option, values }) => sets.flatMap((set) => values.map((value) => ({ ...set, [option]: value }))),
    [base],
  );
}

function latin(
  base: OptionSet,
  searched: readonly SearchedOption[],
  { count, random }: { readonly count: number; readonly random: () => number },
): readonly OptionSet[] {
  const columns = searched.map(({ option, values }) => {
    const first = Math.floor(random() * values.length);
    const column = Array.from({ length: count }, (_, at) => values[(first + at) % values.length] ?? null);
    return { option, column: shuffled(column, random) };
  });
  return Array.from({ length: count }, (_, at) => ({
    ...base,
    ...Object.fromEntries(columns.map(({ option, column }) => [option, column[at] ?? null])),
  }));
}

function shuffled<Value>(values: readonly Value[], random: () => number): readonly Value[] {
  const keyed = values.map((value) => ({ value, key: random() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ value }) => value);
}
