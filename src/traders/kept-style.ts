/**
 * Styles kept beside the fills that they are told from: told anew only when those, the markets, the sectors or the classifier have changed.
 */
import { createHash } from "node:crypto";
import type { SectorOverrides } from "../analytics/style/concentration.ts";
import { trainedModel } from "../analytics/style/model.ts";
import type { MarketHistory } from "../market/market-history.ts";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import { derivedFrom, traderSummary } from "./derived.ts";
import { openTraderMarks, seriesBasis } from "./marks.ts";
import { STYLE_VERSION, type TraderStyle, traderStyle } from "./style.ts";
import { openStyleMarkets } from "./style-markets.ts";

/** Null for a trader without fills. */
export type StyleOf = (store: TraderStore, trader: TraderRecord) => Promise<TraderStyle | null>;

/** What the history holds is looked up once, for all who are asked about. */
export function openStyles(history: MarketHistory, sectors: SectorOverrides): StyleOf {
  const series = history.list();
  const listed: MarketHistory = {
    list: () => series,
    read: (one, range) => history.read(one, range),
    covered: (one) => history.covered(one),
    write: (one, rows, covered) => history.write(one, rows, covered),
  };
  const told = hashed(JSON.stringify([trainedModel(), [...sectors].sort()]));
  return async (store, trader) => {
    const { symbols, firstMs, lastMs } = await traderSummary(store, trader);
    if (firstMs === null || lastMs === null) return null;
    const range = { fromMs: firstMs, toMs: lastMs + 1 };
    const marks = openTraderMarks(listed, trader.venue, range);
    const markets = symbols.flatMap((symbol) => {
      const source = marks.sourceOf(symbol);
      return series.filter((one) => one.venue === source?.venue && one.symbol === source.symbol);
    });
    return derivedFrom(store, trader, {
      name: "style",
      basis: `${STYLE_VERSION}:${trader.revision}:${told}:${hashed(markets.map(seriesBasis).join("; "))}`,
      make: () =>
        traderStyle({
          fills: store.fills(trader),
          markets: openStyleMarkets(listed, marks, range),
          sectors,
        }),
    });
  };
}

function hashed(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
