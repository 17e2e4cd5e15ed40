/** What followers of the traders that are studied would have got, out of what is kept where that still holds. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { CopySettings } from "../analytics/copying/copy-settings.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import { readInstruments } from "../market/instrument-file.ts";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import { type InstrumentList, instrumentList, NO_LIST } from "../traders/copying/copied-market.ts";
import type { CopySources, FollowerNet } from "../traders/copying/follower-net.ts";
import { followerNet } from "../traders/copying/kept-follower-net.ts";
import { openMarketMoves } from "../traders/copying/market-moves.ts";
import type { TraderEvidence } from "../traders/evidence.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import { remembered } from "../traders/remembered.ts";
import { marksFor, meantTraders, type TraderSelection, withTraderStore } from "./traders.ts";

/** What results are made from, for each venue of the traders; what is read of a series serves all of them. */
export async function copySources(
  dataFolder: string,
  store: TraderStore,
  traders: readonly TraderRecord[],
): Promise<(venue: string) => CopySources> {
  const marks = await marksFor(dataFolder, store, traders);
  const history = openMarketHistory(dataFolderPaths(dataFolder).market);
  const instruments = listOf(dataFolder);
  return remembered((venue) => ({
    marks: marks(venue),
    moves: openMarketMoves(history, venue),
    instruments,
  }));
}

/** Where followers trade: the one venue with a connector that sends orders. */
const FOLLOWERS_VENUE = "bybit";

/** As `copytrader market instruments` has kept it. */
function listOf(dataFolder: string): InstrumentList {
  const stored = readInstruments(dataFolderPaths(dataFolder).instruments, FOLLOWERS_VENUE);
  if (stored === null) return NO_LIST;
  const { specs, isComplete } = stored;
  const key = createHash("sha256")
    .update(JSON.stringify([specs, isComplete]))
    .digest("hex")
    .slice(0, 16);
  const trading = specs.filter(({ status }) => status === "trading");
  return instrumentList(trading, { isComplete, key });
}

export interface CopiedTrader {
  readonly evidence: TraderEvidence;
  /** One for each of the settings, in their order. */
  readonly nets: readonly FollowerNet[];
}

/**
 * The chosen traders' evidence, and what a follower by each of the settings gets of it; without those that have no fills. Throws a
 * TradersError for an id that is none.
 */
export async function copiedTraders(
  dataFolder: string,
  { ids, venue, equity }: TraderSelection,
  settings: readonly CopySettings[],
): Promise<readonly CopiedTrader[]> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) {
    meantTraders([], { ids, venue });
    return [];
  }
  return withTraderStore(dataFolder, async (store) => {
    const chosen = meantTraders(await store.traders(), { ids, venue });
    const sourcesOf = await copySources(dataFolder, store, chosen);
    const copied: CopiedTrader[] = [];
    for (const trader of chosen) {
      const sources = sourcesOf(trader.venue);
      const evidence = await keptEvidence(store, trader, { marks: sources.marks, equity });
      if (evidence === null) continue;
      const nets: FollowerNet[] = [];
      for (const one of settings)
        nets.push(
          await followerNet(store, trader, { evidence, sources, settings: one, leaderEquity: equity }),
        );
      copied.push({ evidence, nets });
    }
    return copied;
  });
}
