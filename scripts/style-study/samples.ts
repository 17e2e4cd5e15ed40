/**
 * The study's traders: as many of each style, from seeds, on recorded and on generated markets in turn. Those that the model is
 * tried on have other seeds, other generated markets and other recorded coins than those that it is trained on.
 */
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import { STYLES } from "../../src/analytics/style/styles.ts";
import { type GeneratedTrader, generateTrader, STUDY_DAYS, withoutMakers } from "./generated-trader.ts";
import { generatedMarkets, recordedMarkets, type StudyMarket } from "./study-market.ts";

const RECORDED = fileURLToPath(new URL("../../../shared/data/market/binance_spot/5m/", import.meta.url));
const GENERATED_DAYS = 45;
/** A policy that finds nothing to do in a market gets others. */
const ATTEMPTS = 20;

export interface StudyMarkets {
  readonly training: readonly (readonly StudyMarket[])[];
  readonly trial: readonly (readonly StudyMarket[])[];
  readonly recorded: number;
}

/** Recorded coins go to training and trial in turn. */
export function studyMarkets(
  seed: number,
  { withRecorded }: { readonly withRecorded: boolean },
): StudyMarkets {
  const recorded = withRecorded ? recordedMarkets(RECORDED, seededRandom(seed), STUDY_DAYS) : [];
  const part = (rest: number) => recorded.filter((_, at) => at % 2 === rest);
  const made = (offset: number) => generatedMarkets(seededRandom(seed + offset), GENERATED_DAYS);
  const some = (markets: readonly StudyMarket[]) => (markets.length === 0 ? [] : [markets]);
  return {
    training: [made(1), ...some(part(0))],
    trial: [made(2), ...some(part(1))],
    recorded: recorded.length,
  };
}

/** Up to `count` of each style; every third without being told who was the maker. */
export function studyTraders(
  markets: readonly (readonly StudyMarket[])[],
  count: number,
  seed: number,
  foreignMax?: number,
): readonly GeneratedTrader[] {
  return STYLES.flatMap((style, place) =>
    Array.from({ length: count }, (_, index) => {
      const on = markets[index % markets.length] ?? [];
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const own = seed * 1_000_003 + place * 100_003 + index * ATTEMPTS + attempt;
        const trader = generateTrader(style, on, own, foreignMax);
        if (trader !== null) return [index % 3 === 2 ? withoutMakers(trader) : trader];
      }
      return [];
    }).flat(),
  );
}
