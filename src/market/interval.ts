/** Lengths of bars, written as people do: `1m`, `5m`, `1h`, `4h`, `1d`, `1w`. */

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Milliseconds; null when the text is no interval of 1 minute to 4 weeks. */
export function parseInterval(text: string): number | null {
  const match = /^([1-9]\d{0,3})([mhdw])$/.exec(text);
  if (match === null) return null;
  const unit = match[2] as keyof typeof UNITS_MS;
  const intervalMs = Number(match[1]) * UNITS_MS[unit];
  return intervalMs <= 4 * UNITS_MS.w ? intervalMs : null;
}

/** The largest unit that it is a whole number of. */
export function intervalText(intervalMs: number): string {
  for (const unit of ["w", "d", "h", "m"] as const) {
    if (intervalMs % UNITS_MS[unit] === 0) return `${intervalMs / UNITS_MS[unit]}${unit}`;
  }
  return `${intervalMs}ms`;
}
