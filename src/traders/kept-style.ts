/**
 * Styles kept beside the fills that they are told from: told anew only when those, the markets, the sectors or the classifier have changed.
 */
import { createHash } from "node:crypto";
import type { SectorOverrides } from "../analytics/style/concentration.ts";
import { trainedModel } from "../analytics/style/model.ts";
import type { StyleMarkets } from "../analytics/style/style-trip.ts";
import type { MarketHistory } from "../market/market-history.ts";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import { derivedFrom, traderSummary } from "./derived.ts";
import { openTraderMarks, seriesBasis } from "./marks.ts";
import { RECENT_TRIPS, type StyleThenAndNow, stylesThenAndNow } from "./monitoring/style-change.ts";
import { STYLE_VERSION, styleTrips, type TraderStyle, traderStyle } from "./style.ts";
import { openStyleMarkets } from "./style-markets.ts";

/** Null for a trader without fills. */
export type StyleOf = (store: TraderStore, trader: TraderRecord) => Promise<TraderStyle | null>;

/** What the history holds is looked up once, for all who are asked about. */
export function openStyles(history: MarketHistory, sectors: SectorOverrides): StyleOf {
  const keep = openKeeping(history, [...sectors].sort());
  return (store, trader) =>
    keep(store, trader, "style", (markets) => traderStyle({ fills: store.fills(trader), markets, sectors }));
}

/** The styles of a trader before and lately; null for one without fills. */
export function openStylesThenAndNow(
  history: MarketHistory,
): (store: TraderStore, trader: TraderRecord) => Promise<StyleThenAndNow | null> {
  const keep = openKeeping(history, RECENT_TRIPS);
  return (store, trader) =>
    keep(store, trader, "styles-then-and-now", async (markets) =>
      stylesThenAndNow(await styleTrips(store.fills(trader)), markets),
    );
}

/** Keeps what is told of a trader's fills and markets; `by` is what else it follows from. */
function openKeeping(history: MarketHistory, by: unknown) {
  const series = history.list();
  const listed: MarketHistory = {
    list: () => series,
    read: (one, range) => history.read(one, range),
    covered: (one) => history.covered(one),
    write: (one, rows, covered) => history.write(one, rows, covered),
  };
  const told = hashed(JSON.stringify([trainedModel(), by]));
  return async <Told>(
    store: TraderStore,
    trader: TraderRecord,
    name: string,
    tell: (markets: StyleMarkets) => Promise<Told>,
  ): Promise<Told | null> => {
    const { symbols, firstMs, lastMs } = await traderSummary(store, trader);
    if (firstMs === null || lastMs === null) return null;
    const range = { fromMs: firstMs, toMs: lastMs + 1 };
    const marks = openTraderMarks(listed, trader.venue, range);
    const markets = symbols.flatMap((symbol) => {
      const source = marks.sourceOf(symbol);
      return series.filter((one) => one.venue === source?.venue && one.symbol === source.symbol);
    });
    return derivedFrom(store, trader, {
      name,
      basis: `${STYLE_VERSION}:${trader.revision}:${told}:${hashed(markets.map(seriesBasis).join("; "))}`,
      make: () => tell(openStyleMarkets(listed, marks, range)),
    });
  };
}

function hashed(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
