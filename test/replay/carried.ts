/**
 * What an account held before its record begins, inferred from the fills of one symbol and leg. In hedge mode closing more
 * than was opened needs a position from before. In one-way mode a fill that realises profit or loss must have met a position
 * of the other side and one that realises nothing must not; the smallest carried position that contradicts the fewest fills
 * is taken. Quantities are whole units of the finest decimal seen, so that sums are exact.
 */
import type { RecordedFill } from "./recorded-fills.ts";

/** Signed (short is negative), in units of 10^-scale. */
export function carriedUnits(fills: readonly RecordedFill[], scale: number): bigint {
  const steps = fills.map((fill) => ({ by: signedUnits(fill, scale), closes: fill.realised !== 0 }));
  const leg = fills[0]?.leg ?? "net";
  return leg === "net" ? carriedNet(steps) : carriedOnLeg(steps, leg === "long" ? 1n : -1n);
}

/** Signed quantity of a fill: buys are positive. */
export function signedUnits(fill: RecordedFill, scale: number): bigint {
  const units = unitsOf(fill.quantity, scale);
  return fill.side === "Buy" ? units : -units;
}

export function unitsOf(text: string, scale: number): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(scale, "0"));
}

export function unitsText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const fraction = scale === 0 ? "" : digits.slice(-scale).replace(/0+$/, "");
  const whole = scale === 0 ? digits : digits.slice(0, -scale);
  return `${units < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

interface Step {
  readonly by: bigint;
  readonly closes: boolean;
}

/** A leg never changes sides: enough that it never has to. */
function carriedOnLeg(steps: readonly Step[], side: bigint): bigint {
  let [held, least] = [0n, 0n];
  for (const { by } of steps) {
    held += by * side;
    if (held < least) least = held;
  }
  return -least * side;
}

function carriedNet(steps: readonly Step[]): bigint {
  let sum = 0n;
  // A position that the record ends or turns is flat after some fill, so these are all that can matter.
  const candidates = new Set([0n]);
  for (const { by } of steps) {
    sum += by;
    candidates.add(-sum);
  }
  let best = { carried: 0n, contradictions: contradictions(steps, 0n) };
  for (const carried of candidates) {
    const count = contradictions(steps, carried);
    const isSmaller = absolute(carried) < absolute(best.carried);
    if (count < best.contradictions || (count === best.contradictions && isSmaller)) {
      best = { carried, contradictions: count };
    }
  }
  return best.carried;
}

function contradictions(steps: readonly Step[], carried: bigint): number {
  let held = carried;
  let count = 0;
  for (const { by, closes } of steps) {
    const meets = held !== 0n && held > 0n !== by > 0n;
    if (meets !== closes) count += 1;
    held += by;
  }
  return count;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
