/**
 * Funding: at the end of each interval, value at the mark x rate passes from longs to shorts (from shorts to longs when
 * the rate is negative). The clearing account is in between, as the house holds the other side of most positions.
 */
import { flowOn, rateText } from "./fixed-point.ts";
import type { Execution, Holding, Market, Position } from "./state.ts";
import type { World } from "./world.ts";

export function nextSettlement(afterMs: number, intervalMinutes: number): number {
  const intervalMs = intervalMinutes * 60_000;
  return (Math.floor(afterMs / intervalMs) + 1) * intervalMs;
}

/** Settles one interval of one market at `world.nowMs`. */
export function settleFunding(world: World, market: Market): void {
  const rate = market.fundingUnits;
  market.seq++;
  for (const holding of [...market.holders]) {
    for (const position of holding.positions) {
      if (position.lots !== 0) settlePosition(world, holding, position, rate);
    }
  }
  const fundingRate = rateText(rate);
  market.fundingHistory.add({ symbol: market.symbol, fundingRate, time: market.nextFundingMs });
  market.nextFundingMs = nextSettlement(world.nowMs, market.settings.fundingIntervalMinutes);
  if (world.watchesSymbol(market.symbol)) {
    world.emit({ kind: "funding-settled", atMs: world.nowMs, symbol: market.symbol, fundingRate });
  }
  world.tickerChanged(market);
  world.flush();
}

function settlePosition(world: World, holding: Holding, position: Position, rate: number): void {
  const { account, market } = holding;
  const size = Math.abs(position.lots);
  const value = BigInt(size) * BigInt(market.mark) * market.units.lotTickMoney;
  const paid = flowOn(value, BigInt(position.lots > 0 ? rate : -rate));
  world.ledger.fund(account, -paid);
  position.current -= paid;
  position.cumulative -= paid;
  position.updatedMs = world.nowMs;
  const execution: Execution = {
    kind: "execution",
    id: world.newExecutionId(),
    units: market.units,
    symbol: market.symbol,
    order: undefined,
    orderId: world.orderId(world.newOrderNumber()),
    type: "Funding",
    sign: position.lots > 0 ? 1 : -1,
    index: position.index,
    price: market.mark,
    lots: size,
    leaves: 0,
    orderPrice: 0,
    orderLots: 0,
    fee: paid,
    rateUnits: position.lots > 0 ? rate : -rate,
    maker: false,
    closedLots: 0,
    pnl: 0n,
    mark: market.mark,
    indexPrice: market.indexPrice,
    seq: market.seq,
    atMs: world.nowMs,
    balance: account.wallet,
    positionLots: position.lots,
  };
  account.executions.add(execution);
  account.transactions.add(execution);
  world.executed(account, execution);
  world.touch(holding, position, true);
}
