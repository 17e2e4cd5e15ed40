/** Styles of the traders that are studied, one after the other: each may take a while, so each is told as it is known. */
import { existsSync } from "node:fs";
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import { readSectorFile } from "../market/sector-file.ts";
import type { TraderKey } from "../store/trader-store.ts";
import { openStyles } from "../traders/kept-style.ts";
import type { TraderStyle } from "../traders/style.ts";
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
    const styleOf = openStyles(openMarketHistory(market), sectors);
    const found: StyleOfTrader[] = [];
    for (const [index, record] of chosen.entries()) {
      if (stop.aborted) break;
      const style = await styleOf(store, record);
      if (style !== null) found.push({ venue: record.venue, trader: record.trader, ...style });
      onDone(index + 1, chosen.length);
    }
    return found;
  });
}
