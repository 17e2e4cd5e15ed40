/** All that is made of one trader's round trips, capital and markets, for whoever looks at that trader. */
import type { Concentration } from "../analytics/style/concentration.ts";
import { concentrationOf } from "../analytics/style/concentration.ts";
import type { PaymentIn } from "../analytics/trades/margin-top-ups.ts";
import { type TradeFigures, tradeFiguresOf } from "../analytics/trades/trade-figures.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import { readSectorFile } from "../market/sector-file.ts";
import { accountFigures, type TraderAccountFigures } from "../traders/account-figures.ts";
import { openMarketMoves } from "../traders/copying/market-moves.ts";
import { observedWindow, type TraderEvidence } from "../traders/evidence.ts";

export interface FiguresOfTrader {
  readonly trades: TradeFigures;
  readonly account: TraderAccountFigures;
  readonly concentration: Concentration;
}

/** Throws what reading the market history or the user's sectors throws. */
export function figuresOfTrader(
  dataFolder: string,
  evidence: TraderEvidence,
  payments: readonly PaymentIn[] | null,
): FiguresOfTrader {
  const { market, sectors } = dataFolderPaths(dataFolder);
  const moves = openMarketMoves(openMarketHistory(market), evidence.trader.venue);
  return {
    trades: tradeFiguresOf(evidence.trips, observedWindow(evidence)),
    account: accountFigures(evidence, moves, payments),
    concentration: concentrationOf(evidence.trips, readSectorFile(sectors)),
  };
}
