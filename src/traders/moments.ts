/** When a trader traded what, to the second: what tells accounts that move in lock-step. Kept beside the fills. */
import type { Moments } from "../analytics/ranking/lock-step.ts";
import type { TraderFillRecord } from "../store/trader-store.ts";

/** Part of what kept moments are based on. */
export const MOMENTS_VERSION = 2;
/** The newest are enough to know somebody by; what is compared stays small however much somebody trades. */
const MOMENTS_MAX = 2_000;
const SECOND_MS = 1_000;

/** Of fills, oldest first; several fills of one side of an instrument in one second are one moment. */
export async function tradingMoments(fills: AsyncIterable<readonly TraderFillRecord[]>): Promise<Moments> {
  const newest = new Map<string, readonly [what: string, second: number]>();
  for await (const page of fills) {
    for (const { kind, symbol, side, timeMs } of page) {
      if (kind !== "trade") continue;
      const [what, second] = [`${symbol} ${side}`, Math.floor(timeMs / SECOND_MS)];
      newest.set(`${second} ${what}`, [what, second]);
    }
    for (const key of newest.keys()) {
      if (newest.size <= MOMENTS_MAX) break;
      newest.delete(key);
    }
  }
  const byWhat = Map.groupBy(newest.values(), ([what]) => what);
  return Object.fromEntries([...byWhat].map(([what, all]) => [what, all.map(([, second]) => second)]));
}
