/** What followers of the traders that are studied would have got, out of what is kept where that still holds. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { CopySettings } from "../analytics/copying/copy-settings.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import { readInstruments } from "../market/instrument-file.ts";
import type { TraderKey, TraderRecord, TraderStore } from "../store/trader-store.ts";
import { type InstrumentList, instrumentList, NO_LIST } from "../traders/copying/copied-market.ts";
import type { CopySources, FollowerNet } from "../traders/copying/follower-net.ts";
import { followerNet } from "../traders/copying/kept-follower-net.ts";
import { openMarketMoves } from "../traders/copying/market-moves.ts";
import type { TraderEvidence } from "../traders/evidence.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import { remembered } from "../traders/remembered.ts";
import type { RankingProgress } from "./trader-ranking.ts";
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
  selection: TraderSelection,
  settings: readonly CopySettings[],
): Promise<readonly CopiedTrader[]> {
  const copied: CopiedTrader[] = [];
  await eachCopied(dataFolder, selection, { settings, use: (one) => copied.push(one) });
  return copied;
}

export interface CopiedEdges extends TraderKey {
  readonly days: number;
  /** One for each of the settings, in their order. */
  readonly nets: readonly Pick<FollowerNet, "settings" | "edge" | "copyability">[];
}

/** The same of many: without days, which nobody could keep in memory. Throws the reason of `stop` when it is stopped. */
export async function copiedEdges(
  dataFolder: string,
  selection: TraderSelection,
  { settings, progress }: { readonly settings: readonly CopySettings[]; readonly progress: RankingProgress },
): Promise<readonly CopiedEdges[]> {
  const edges: CopiedEdges[] = [];
  await eachCopied(dataFolder, selection, {
    settings,
    progress,
    use: ({ evidence: { trader, days }, nets }) =>
      edges.push({
        ...trader,
        days: days.length,
        nets: nets.map(({ settings: of, edge, copyability }) => ({ settings: of, edge, copyability })),
      }),
  });
  return edges;
}

interface EachCopied {
  readonly settings: readonly CopySettings[];
  readonly progress?: RankingProgress;
  use(one: CopiedTrader): void;
}

async function eachCopied(
  dataFolder: string,
  { ids, venue, equity }: TraderSelection,
  { settings, progress, use }: EachCopied,
): Promise<void> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) {
    meantTraders([], { ids, venue });
    return;
  }
  await withTraderStore(dataFolder, async (store) => {
    const chosen = meantTraders(await store.traders(), { ids, venue });
    const sourcesOf = await copySources(dataFolder, store, chosen);
    for (const [index, trader] of chosen.entries()) {
      const sources = sourcesOf(trader.venue);
      const evidence = await keptEvidence(store, trader, { marks: sources.marks, equity });
      if (evidence !== null) {
        const nets: FollowerNet[] = [];
        for (const one of settings) {
          const request = { evidence, sources, settings: one, leaderEquity: equity };
          nets.push(await followerNet(store, trader, request));
        }
        use({ evidence, nets });
      }
      progress?.onDone(index + 1, chosen.length);
      await setImmediate();
      progress?.stop.throwIfAborted();
    }
  });
}
