/** A length of time for people, two digits in the largest unit that fits: 580 ms, 9.7 min. */
export function lengthText(ms: number): string {
  const units = [
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ] as const;
  const [unit, name] = units.find(([size]) => ms >= size) ?? [1, "ms"];
  return `${Number((ms / unit).toPrecision(2))} ${name}`;
}
