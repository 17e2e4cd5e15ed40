/**
 * Wallet, closed profit and transaction rows as Bybit writes them.
 */
import type { ClosedPnlRow, CoinRow, TransactionRow, WalletRow } from "../../venue-types.ts";
import { jsonText } from "../wire.ts";

/**
 * The account object of wallet-balance and of the `wallet` topic; `coins` restricts the coin list. In isolated margin the figures of
 * the account as a whole mean nothing and are empty.
 */
export function walletRow(row: WalletRow, coins?: ReadonlySet<string>): string {
  const shown = coins === undefined ? row.coins : row.coins.filter((coin) => coins.has(coin.coin));
  const whole = (figure: string) => (row.marginMode === "isolated" ? "" : figure);
  const [rate, maintenanceRate] = [whole(row.accountIMRate), whole(row.accountMMRate)];
  const [initial, maintenance] = [whole(row.totalInitialMargin), whole(row.totalMaintenanceMargin)];
  return (
    `{"accountType":"UNIFIED","totalEquity":"${row.totalEquity}","accountIMRate":"${rate}",` +
    `"accountIMRateByMp":"${rate}","accountMMRate":"${maintenanceRate}",` +
    `"accountMMRateByMp":"${maintenanceRate}","totalWalletBalance":"${row.totalWalletBalance}",` +
    `"totalMarginBalance":"${whole(row.totalMarginBalance)}","totalAvailableBalance":"${whole(row.totalAvailableBalance)}",` +
    `"totalPerpUPL":"${row.totalPerpUPL}","totalInitialMargin":"${initial}",` +
    `"totalInitialMarginByMp":"${initial}","totalMaintenanceMargin":"${maintenance}",` +
    `"totalMaintenanceMarginByMp":"${maintenance}","accountLTV":"0",` +
    `"coin":[${shown.map(coinRow).join(",")}]}`
  );
}

function coinRow(row: CoinRow): string {
  return (
    `{"coin":${jsonText(row.coin)},"equity":"${row.equity}","usdValue":"${row.usdValue}",` +
    `"walletBalance":"${row.walletBalance}","locked":"0","spotHedgingQty":"0","borrowAmount":"0",` +
    `"accruedInterest":"0","totalOrderIM":"${row.totalOrderIM}","totalPositionIM":"${row.totalPositionIM}",` +
    `"totalPositionMM":"${row.totalPositionMM}","unrealisedPnl":"${row.unrealisedPnl}",` +
    `"cumRealisedPnl":"${row.cumRealisedPnl}","bonus":"0","marginCollateral":${row.marginCollateral},` +
    `"collateralSwitch":${row.marginCollateral},"colRes":"","spotBorrow":"0","availableToWithdraw":"",` +
    `"availableToBorrow":""}`
  );
}

export function closedPnlRow(row: ClosedPnlRow, skewMs: number): string {
  return (
    `{"symbol":"${row.symbol}","orderId":"${row.orderId}","side":"${row.side}","qty":"${row.qty}",` +
    `"orderPrice":"${row.orderPrice}","orderType":"${row.orderType}","execType":"${row.execType}",` +
    `"closedSize":"${row.closedSize}","cumEntryValue":"${row.cumEntryValue}",` +
    `"avgEntryPrice":"${row.avgEntryPrice}","cumExitValue":"${row.cumExitValue}",` +
    `"avgExitPrice":"${row.avgExitPrice}","closedPnl":"${row.closedPnl}","fillCount":"${row.fillCount}",` +
    `"leverage":"${row.leverage}","openFee":"${row.openFee}","closeFee":"${row.closeFee}",` +
    `"createdTime":"${row.createdTime + skewMs}","updatedTime":"${row.updatedTime + skewMs}"}`
  );
}

export function transactionRow(row: TransactionRow, skewMs: number): string {
  return (
    `{"id":"${row.id}","symbol":"${row.symbol}","category":"${row.symbol === "" ? "" : "linear"}",` +
    `"side":"${row.side}","transactionTime":"${row.transactionTime + skewMs}","type":"${row.type}",` +
    `"transSubType":"${row.transSubType}","qty":"${row.qty}","size":"${row.size}",` +
    `"currency":${jsonText(row.currency)},"tradePrice":"${row.tradePrice}","funding":"${row.funding}",` +
    `"fee":"${row.fee}","cashFlow":"${row.cashFlow}","change":"${row.change}",` +
    `"cashBalance":"${row.cashBalance}","feeRate":"${row.feeRate}","bonusChange":"","tradeId":"${row.tradeId}",` +
    `"orderId":"${row.orderId}","orderLinkId":"${row.orderLinkId}","extraFees":""}`
  );
}
