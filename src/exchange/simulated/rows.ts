/**
 * Rows of accounts: orders, executions, positions, wallets, closed PnL and the transaction log, made from the venue's
 * state at the moment of asking. Market rows are in market-rows.ts.
 */
import {
  averageText,
  bigUnitsText,
  estimateText,
  moneyNumber,
  moneyText,
  rateText,
  unitsText,
} from "./fixed-point.ts";
import type { Units } from "./instruments.ts";
import {
  type AccountMargin,
  availableUsdt,
  equityUsdt,
  liquidationPriceTicks,
  maintenanceUsdt,
  marginOf,
  positionInitialUsdt,
} from "./margin.ts";
import { tierOf } from "./risk-tiers.ts";
import type { Account, ClosedPnl, Execution, Holding, Order, Position, Sign, Transfer } from "./state.ts";
import { leavesOf } from "./state.ts";
import type {
  ClosedPnlRow,
  CoinRow,
  ExecutionRow,
  OrderRow,
  PositionRow,
  Side,
  TransactionRow,
  WalletRow,
} from "./venue-types.ts";

export function sideOf(sign: Sign): Side {
  return sign === 1 ? "Buy" : "Sell";
}

export function lotsText(units: Units, lots: number): string {
  return unitsText(lots * units.lotUnits, units.quantityScale);
}

export function ticksText(units: Units, ticks: number): string {
  return unitsText(ticks * units.tickUnits, units.priceScale);
}

function optionalTicks(units: Units, ticks: number | undefined): string {
  return ticks === undefined || ticks === 0 ? "" : ticksText(units, ticks);
}

function average(units: Units, value: bigint, lots: number): string {
  return averageText(value, lots * units.lotUnits, units.quantityScale, Math.max(8, units.priceScale + 4));
}

export function orderRow(order: Order): OrderRow {
  const { units, holding, stops } = order;
  const leaves = leavesOf(order);
  const execValue = BigInt(order.execLotTicks) * units.lotTickMoney;
  return {
    account: holding.account.key,
    orderId: order.id,
    orderLinkId: order.linkId,
    parentOrderLinkId: order.parentLinkId,
    symbol: holding.market.symbol,
    side: sideOf(order.sign),
    positionIdx: order.position.index,
    orderType: order.type,
    timeInForce: order.timeInForce,
    orderStatus: order.status,
    createType: order.createType,
    cancelType: order.cancelType,
    rejectReason: order.rejectReason,
    price: ticksText(units, order.price),
    qty: lotsText(units, order.lots),
    avgPrice: order.filled === 0 ? "" : average(units, execValue, order.filled),
    leavesQty: lotsText(units, leaves),
    leavesValue: bigUnitsText(BigInt(leaves) * BigInt(order.price) * units.lotTickMoney, 12),
    cumExecQty: lotsText(units, order.filled),
    cumExecValue: moneyText(execValue),
    cumExecFee: moneyText(order.fee),
    stopOrderType: order.stopOrderType,
    triggerPrice: optionalTicks(units, order.trigger),
    triggerDirection: order.triggerDirection,
    triggerBy: order.triggerBy,
    takeProfit: optionalTicks(units, stops?.takeProfit),
    stopLoss: optionalTicks(units, stops?.stopLoss),
    tpslMode: stopModeOf(order),
    tpLimitPrice: optionalTicks(units, stops?.tpLimit),
    slLimitPrice: optionalTicks(units, stops?.slLimit),
    tpTriggerBy: stops === undefined || stops.takeProfit === 0 ? "" : stops.tpTriggerBy,
    slTriggerBy: stops === undefined || stops.stopLoss === 0 ? "" : stops.slTriggerBy,
    lastPriceOnCreated: ticksText(units, order.lastPriceOnCreated),
    reduceOnly: order.reducing,
    closeOnTrigger: order.closeOnTrigger,
    smpType: order.smp,
    smpOrderId: order.smpOrderId,
    slippageToleranceType: order.slippageType,
    slippageTolerance: order.slippage,
    closedPnl: moneyText(order.closedPnl),
    createdTime: order.createdMs,
    updatedTime: order.updatedMs,
  };
}

function stopModeOf(order: Order): OrderRow["tpslMode"] {
  switch (order.stopOrderType) {
    case "PartialTakeProfit":
    case "PartialStopLoss":
      return "Partial";
    case "TakeProfit":
    case "StopLoss":
    case "TrailingStop":
      return "Full";
    case "":
    case "Stop":
      return order.stops?.mode ?? "";
  }
}

export function executionRow(account: Account, execution: Execution): ExecutionRow {
  const { units, order } = execution;
  return {
    account: account.key,
    execId: execution.id,
    symbol: execution.symbol,
    orderId: execution.orderId,
    orderLinkId: order?.linkId ?? "",
    side: sideOf(execution.sign),
    positionIdx: execution.index,
    orderPrice: ticksText(units, execution.orderPrice),
    orderQty: lotsText(units, execution.orderLots),
    leavesQty: lotsText(units, execution.leaves),
    createType: order?.createType ?? "",
    orderType: order?.type ?? "UNKNOWN",
    stopOrderType: order === undefined || order.stopOrderType === "" ? "UNKNOWN" : order.stopOrderType,
    execType: execution.type,
    execPrice: ticksText(units, execution.price),
    execQty: lotsText(units, execution.lots),
    execValue: moneyText(BigInt(execution.lots * execution.price) * units.lotTickMoney),
    execFee: moneyText(execution.fee),
    feeRate: rateText(execution.rateUnits),
    feeCurrency: "USDT",
    isMaker: execution.maker,
    closedSize: lotsText(units, execution.closedLots),
    execPnl: moneyText(execution.pnl),
    markPrice: ticksText(units, execution.mark),
    indexPrice: ticksText(units, execution.indexPrice),
    seq: execution.seq,
    execTime: execution.atMs,
  };
}

export function positionRow(holding: Holding, position: Position, margin?: AccountMargin): PositionRow {
  const { market } = holding;
  const { units } = market;
  const size = Math.abs(position.lots);
  const flat = size === 0;
  const entry = flat ? "0" : average(units, position.cost, size);
  const value = BigInt(size) * BigInt(market.mark) * units.lotTickMoney;
  const unrealised = (position.lots < 0 ? -value : value) - position.cost;
  const tier = tierOf(market.tiers, moneyNumber(value));
  return {
    account: holding.account.key,
    symbol: market.symbol,
    positionIdx: position.index,
    side: flat ? "" : position.lots > 0 ? "Buy" : "Sell",
    size: lotsText(units, size),
    avgPrice: entry,
    positionValue: flat ? "0" : moneyText(position.cost < 0n ? -position.cost : position.cost),
    positionStatus: position.liquidating ? "Liq" : "Normal",
    leverage: unitsText(holding.leverageHundredths, 2),
    breakEvenPrice: flat ? "0" : breakEvenText(holding, position),
    markPrice: ticksText(units, market.mark),
    liqPrice: flat ? "" : liquidationText(holding, position, margin ?? marginOf(holding.account)),
    positionIM: estimateText(positionInitialUsdt(holding, position)),
    positionMM: estimateText(maintenanceUsdt(holding, position)),
    takeProfit: optionalTicks(units, position.takeProfit?.trigger),
    stopLoss: optionalTicks(units, position.stopLoss?.trigger),
    trailingStop: optionalTicks(units, position.trailing?.trailing?.distance),
    sessionAvgPrice: entry,
    unrealisedPnl: flat ? "0" : moneyText(unrealised),
    curRealisedPnl: moneyText(position.current),
    cumRealisedPnl: moneyText(position.cumulative),
    riskId: tier.id,
    riskLimitValue: estimateText(tier.limitUsdt),
    adlRankIndicator: flat ? 0 : 2,
    isReduceOnly: market.settings.reduceOnly,
    createdTime: position.createdMs,
    updatedTime: position.updatedMs,
    openTime: position.openMs,
    seq: position.seq,
  };
}

/** (entry x qty - realised) / (qty - |qty| x taker rate), signed quantities; the venue's published formula. */
function breakEvenText(holding: Holding, position: Position): string {
  const { units } = holding.market;
  const rate = Math.max(holding.account.takerRate / 1e8, 0.00055);
  const quantity = position.lots * units.lotBase;
  const paid = position.costUsdt - moneyNumber(position.current);
  return estimateText(paid / (quantity - Math.abs(quantity) * rate));
}

function liquidationText(holding: Holding, position: Position, margin: AccountMargin): string {
  const ticks = liquidationPriceTicks(holding, position, margin);
  const { filters, units } = holding.market;
  if (ticks === undefined || ticks < filters.minTicks || ticks > filters.maxTicks) return "";
  return ticksText(units, Math.round(ticks));
}

export function walletRow(account: Account): WalletRow {
  const margin = marginOf(account);
  const equity = equityUsdt(margin);
  const initial = margin.positionInitialUsdt + margin.orderInitialUsdt;
  const available = estimateText(availableUsdt(margin));
  return {
    account: account.key,
    marginMode: account.marginMode,
    totalEquity: estimateText(equity),
    totalWalletBalance: moneyText(account.wallet),
    totalMarginBalance: estimateText(equity),
    totalAvailableBalance: available,
    totalPerpUPL: estimateText(margin.unrealisedUsdt),
    totalInitialMargin: estimateText(initial),
    totalMaintenanceMargin: estimateText(margin.maintenanceUsdt),
    accountIMRate: ratio(initial, equity),
    accountMMRate: ratio(margin.maintenanceUsdt, equity),
    coins: [usdtRow(account, margin), ...otherCoinRows(account)],
  };
}

function ratio(part: number, whole: number): string {
  return whole > 0 ? estimateText(part / whole) : "0";
}

function usdtRow(account: Account, margin: AccountMargin): CoinRow {
  const equity = estimateText(equityUsdt(margin));
  return {
    coin: "USDT",
    equity,
    usdValue: equity,
    walletBalance: moneyText(account.wallet),
    totalOrderIM: estimateText(margin.orderInitialUsdt),
    totalPositionIM: estimateText(margin.positionInitialUsdt),
    totalPositionMM: estimateText(margin.maintenanceUsdt),
    unrealisedPnl: estimateText(margin.unrealisedUsdt),
    cumRealisedPnl: moneyText(account.cumulative),
    marginCollateral: true,
  };
}

function otherCoinRows(account: Account): CoinRow[] {
  return [...account.otherCoins].map(([coin, amount]) => ({
    coin,
    equity: moneyText(amount),
    usdValue: "0",
    walletBalance: moneyText(amount),
    totalOrderIM: "0",
    totalPositionIM: "0",
    totalPositionMM: "0",
    unrealisedPnl: "0",
    cumRealisedPnl: "0",
    marginCollateral: false,
  }));
}

export function closedPnlRow(account: Account, closed: ClosedPnl): ClosedPnlRow {
  const { order, units } = closed;
  const gross =
    order.sign === -1 ? closed.exitValue - closed.entryValue : closed.entryValue - closed.exitValue;
  return {
    account: account.key,
    symbol: order.holding.market.symbol,
    orderId: order.id,
    side: sideOf(order.sign),
    positionIdx: order.position.index,
    qty: lotsText(units, order.lots),
    orderPrice: ticksText(units, order.price),
    orderType: order.type,
    execType: closed.execType,
    closedSize: lotsText(units, closed.closedLots),
    cumEntryValue: moneyText(closed.entryValue),
    avgEntryPrice: average(units, closed.entryValue, closed.closedLots),
    cumExitValue: moneyText(closed.exitValue),
    avgExitPrice: average(units, closed.exitValue, closed.closedLots),
    closedPnl: moneyText(gross - closed.openFee - closed.closeFee),
    fillCount: closed.fillCount,
    leverage: unitsText(closed.leverageHundredths, 2),
    openFee: moneyText(closed.openFee),
    closeFee: moneyText(closed.closeFee),
    createdTime: closed.createdMs,
    updatedTime: closed.updatedMs,
  };
}

export function transactionRow(account: Account, entry: Execution | Transfer): TransactionRow {
  return entry.kind === "transfer" ? transferRow(account, entry) : settlementRow(account, entry);
}

function transferRow(account: Account, transfer: Transfer): TransactionRow {
  return {
    account: account.key,
    id: transfer.id,
    symbol: "",
    side: "None",
    transactionTime: transfer.atMs,
    type: transfer.amount > 0n ? "TRANSFER_IN" : "TRANSFER_OUT",
    transSubType: "",
    qty: "0",
    size: "0",
    currency: transfer.coin,
    tradePrice: "",
    funding: "",
    fee: "0",
    cashFlow: moneyText(transfer.amount),
    change: moneyText(transfer.amount),
    cashBalance: moneyText(transfer.balance),
    feeRate: "",
    tradeId: "",
    orderId: "",
    orderLinkId: "",
  };
}

const LOG_TYPES = { Trade: "TRADE", Funding: "SETTLEMENT", BustTrade: "LIQUIDATION" } as const;

function settlementRow(account: Account, execution: Execution): TransactionRow {
  const { units } = execution;
  const isFunding = execution.type === "Funding";
  return {
    account: account.key,
    id: execution.id,
    symbol: execution.symbol,
    side: sideOf(execution.sign),
    transactionTime: execution.atMs,
    type: LOG_TYPES[execution.type],
    transSubType: "",
    qty: lotsText(units, execution.lots),
    size: lotsText(units, execution.positionLots),
    currency: "USDT",
    tradePrice: ticksText(units, execution.price),
    funding: isFunding ? moneyText(-execution.fee) : "",
    fee: isFunding ? "0" : moneyText(execution.fee),
    cashFlow: moneyText(execution.pnl),
    change: moneyText(execution.pnl - execution.fee),
    cashBalance: moneyText(execution.balance),
    feeRate: rateText(execution.rateUnits),
    tradeId: execution.id,
    orderId: execution.orderId,
    orderLinkId: execution.order?.linkId ?? "",
  };
}
