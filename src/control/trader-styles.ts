/** Styles of the traders that are studied, one after the other: each may take a while, so each is told as it is known. */
import { existsSync } from "node:fs";
import type { SectorOverrides } from "../analytics/style/concentration.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import type { MarketHistory } from "../market/market-history.ts";
import { readSectorFile } from "../market/sector-file.ts";
import type { TraderKey, TraderRecord, TraderStore } from "../store/trader-store.ts";
import { traderSummary } from "../traders/derived.ts";
import { openTraderMarks } from "../traders/marks.ts";
import { type TraderStyle, traderStyle } from "../traders/style.ts";
import { openStyleMarkets } from "../traders/style-markets.ts";
import { meantTraders, type TraderSelection, withTraderStore } from "./traders.ts";

export interface StyleOfTrader extends TraderKey, TraderStyle {}

export interface StyleProgress {
  readonly stop: AbortSignal;
  onDone(done: number, of: number): void;
}

/** Without those that have no fills; those that were done when it is stopped. Throws a TradersError for an id that is none. */
export async function stylesOfTraders(
  dataFolder: string,
  selection: Omit<TraderSelection, "equity">,
  { stop, onDone }: StyleProgress,
): Promise<readonly StyleOfTrader[]> {
  const { market, sectors: sectorFile, traders: storeFile } = dataFolderPaths(dataFolder);
  const sectors = readSectorFile(sectorFile);
  if (!existsSync(storeFile)) {
    meantTraders([], selection);
    return [];
  }
  return withTraderStore(dataFolder, async (store) => {
    const chosen = meantTraders(await store.traders(), selection);
    const history = openMarketHistory(market);
    const found: StyleOfTrader[] = [];
    for (const [index, record] of chosen.entries()) {
      if (stop.aborted) break;
      const style = await styleOfTrader(store, record, { history, sectors });
      if (style !== null) found.push({ venue: record.venue, trader: record.trader, ...style });
      onDone(index + 1, chosen.length);
    }
    return found;
  });
}

/** Null without fills. */
export async function styleOfTrader(
  store: TraderStore,
  record: TraderRecord,
  { history, sectors }: { readonly history: MarketHistory; readonly sectors: SectorOverrides },
): Promise<TraderStyle | null> {
  const { firstMs, lastMs } = await traderSummary(store, record);
  if (firstMs === null || lastMs === null) return null;
  const range = { fromMs: firstMs, toMs: lastMs + 1 };
  const markets = openStyleMarkets(history, openTraderMarks(history, record.venue, range), range);
  return traderStyle({ fills: store.fills(record), markets, sectors });
}
