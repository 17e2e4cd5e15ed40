/** When a trader traded what, to the second: what tells accounts that move in lock-step. Kept beside the fills. */
import type { Moment } from "../analytics/ranking/lock-step.ts";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import { derivedFrom } from "./derived.ts";

const MOMENTS_VERSION = 1;
/** The newest are enough to know somebody by; what is compared stays small however much somebody trades. */
const MOMENTS_MAX = 2_000;
const SECOND_MS = 1_000;

/** Oldest first; several fills of one side of an instrument in one second are one moment. */
export async function tradingMoments(store: TraderStore, trader: TraderRecord): Promise<readonly Moment[]> {
  return derivedFrom<readonly Moment[]>(store, trader, {
    name: "moments",
    basis: `${MOMENTS_VERSION}:${trader.revision}`,
    make: async () => {
      const moments = new Map<string, Moment>();
      for await (const page of store.fills(trader)) {
        for (const { kind, symbol, side, timeMs } of page) {
          if (kind !== "trade") continue;
          const moment = { what: `${symbol} ${side}`, second: Math.floor(timeMs / SECOND_MS) };
          moments.set(`${moment.second} ${moment.what}`, moment);
        }
        for (const key of moments.keys()) {
          if (moments.size <= MOMENTS_MAX) break;
          moments.delete(key);
        }
      }
      return [...moments.values()];
    },
  });
}
