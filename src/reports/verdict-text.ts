/** What a strategy said last of each leader, as people read it: who is in and out, and the numbers that decided. */

export interface VerdictToTell {
  readonly trader: string;
  readonly isIn: boolean;
  readonly reason: string;
  /** What the reason was decided by. */
  readonly numbers: Readonly<Record<string, number | string | null>>;
  /** Share of equity. */
  readonly weight: number;
}

/** `days 7, least 30`; "" where nothing was counted. */
export function numbersText({ numbers }: Pick<VerdictToTell, "numbers">): string {
  return Object.entries(numbers)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(", ");
}

function shown(value: number | string | null): string {
  if (typeof value !== "number") return value ?? "unknown";
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

export interface VerdictGroup<Verdict extends VerdictToTell> {
  readonly reason: string;
  readonly verdicts: readonly Verdict[];
}

/** Who is in comes first, with the largest part before others; then who is out, by reason, the most frequent first. */
export function verdictGroups<Verdict extends VerdictToTell>(
  verdicts: readonly Verdict[],
): readonly VerdictGroup<Verdict>[] {
  const groups = Map.groupBy(verdicts, ({ reason }) => reason);
  const isIn = ({ verdicts: [one] }: VerdictGroup<Verdict>) => Number(one?.isIn ?? false);
  return [...groups]
    .map(([reason, all]) => ({ reason, verdicts: all.toSorted((one, other) => other.weight - one.weight) }))
    .sort((one, other) => isIn(other) - isIn(one) || other.verdicts.length - one.verdicts.length);
}
