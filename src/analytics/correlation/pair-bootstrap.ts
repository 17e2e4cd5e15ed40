/** The interval of one correlation by the stationary bootstrap: both series are drawn with the same days. */
import { seededRandom } from "../numeric/random.ts";
import { automaticBlockLength } from "../selection/block-length.ts";
import { type BootstrapOptions, drawDays, percentileInterval } from "../selection/bootstrap.ts";
import type { Interval } from "../selection/wilson.ts";

/** Of the same days. Null where the correlation is unknown in more than half of the resamples. Blocks are as long as the more dependent one needs. */
export function correlationInterval(
  one: Float64Array,
  other: Float64Array,
  { resamples, seed, confidence, blockLength }: BootstrapOptions,
): Interval | null {
  const length = blockLength ?? Math.max(automaticBlockLength(one), automaticBlockLength(other));
  const random = seededRandom(seed);
  const days = new Int32Array(one.length);
  const found = new Float64Array(resamples);
  let count = 0;
  for (let round = 0; round < resamples; round += 1) {
    drawDays(length, random, days);
    const value = correlationOn(one, other, days);
    if (Number.isNaN(value)) continue;
    found[count] = value;
    count += 1;
  }
  return percentileInterval(found, count, resamples, confidence);
}

/** NaN where either does not vary on these days. */
function correlationOn(one: Float64Array, other: Float64Array, days: Int32Array): number {
  const n = days.length;
  let meanX = 0;
  let meanY = 0;
  for (let at = 0; at < n; at += 1) {
    meanX += one[days[at] as number] as number;
    meanY += other[days[at] as number] as number;
  }
  meanX /= n;
  meanY /= n;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let at = 0; at < n; at += 1) {
    const x = (one[days[at] as number] as number) - meanX;
    const y = (other[days[at] as number] as number) - meanY;
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  return xx === 0 || yy === 0 ? Number.NaN : xy / Math.sqrt(xx * yy);
}
