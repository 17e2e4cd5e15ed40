/**
 * Liquidation in cross margin: when equity no longer covers maintenance, all orders of the account go; if that does not
 * help, its positions are taken over at their bankruptcy prices, at which nothing is left. The insurance fund closes
 * them at the mark and bears the difference, and what the account cannot pay.
 */
import { makeOrder } from "./make-order.ts";
import { type AccountMargin, equityUsdt, maintenanceUsdt, marginOf } from "./margin.ts";
import { fillOutsideBook } from "./matching.ts";
import { cancel, registerOrder } from "./order-life.ts";
import { lotsText, ticksText } from "./rows.ts";
import type { Account, Holding, Market, Position, Sign } from "./state.ts";
import type { World } from "./world.ts";

export function checkLiquidations(world: World, market: Market): void {
  if (market.holders.size === 0) return;
  for (const holding of [...market.holders]) {
    if (isDue(marginOf(holding.account))) liquidate(world, holding.account);
  }
}

function isDue(margin: AccountMargin): boolean {
  return margin.maintenanceUsdt > 0 && equityUsdt(margin) <= margin.maintenanceUsdt;
}

function liquidate(world: World, account: Account): void {
  for (const order of [...account.openOrders]) {
    cancel(world, order, order.resting ? "CancelAllBeforeLiq" : "CancelByPrepareLiq");
  }
  const margin = marginOf(account);
  if (!isDue(margin)) return;
  const legs = positionsOf(account);
  for (const { holding, position } of legs) announce(world, holding, position);
  const equity = equityUsdt(margin);
  const shares = legs.map(
    ({ holding, position }) => maintenanceUsdt(holding, position) / margin.maintenanceUsdt,
  );
  legs.forEach(({ holding, position }, at) => {
    takeOver(world, holding, position, equity * (shares[at] ?? 0));
  });
  if (account.wallet < 0n) world.ledger.cover(account, -account.wallet);
  world.touchWallet(account);
}

interface Leg {
  readonly holding: Holding;
  readonly position: Position;
}

function positionsOf(account: Account): Leg[] {
  const legs: Leg[] = [];
  for (const holding of account.active) {
    for (const position of holding.positions) if (position.lots !== 0) legs.push({ holding, position });
  }
  return legs;
}

function announce(world: World, holding: Holding, position: Position): void {
  position.liquidating = true;
  position.updatedMs = world.nowMs;
  world.touch(holding, position, true);
  world.flush();
}

/** `equity` is this position's share of what the account has left; its bankruptcy price uses that up. */
function takeOver(world: World, holding: Holding, position: Position, equity: number): void {
  const { market, account } = holding;
  const sign: Sign = position.lots > 0 ? -1 : 1;
  const lots = Math.abs(position.lots);
  const price = bankruptcyTicks(holding, position, equity);
  const order = makeOrder(world, holding, position, {
    sign,
    type: "Market",
    lots,
    price,
    timeInForce: "IOC",
    status: "New",
    createType: "CreateByTakeOver_PassThrough",
    stopOrderType: "",
    reduceOnly: true,
    closeOnTrigger: false,
  });
  registerOrder(order);
  const money = BigInt(lots) * BigInt(market.mark - price) * market.units.lotTickMoney;
  fillOutsideBook(world, order, price);
  world.ledger.takeOver(sign === -1 ? money : -money);
  position.liquidating = false;
  if (!world.watchesSymbol(market.symbol)) return;
  world.emit({
    kind: "liquidated",
    atMs: world.nowMs,
    symbol: market.symbol,
    account: account.key,
    side: sign === -1 ? "Buy" : "Sell",
    size: lotsText(market.units, lots),
    bankruptcyPrice: ticksText(market.units, price),
  });
}

/** The price at which loss and closing fee use up the equity, rounded so that the account does not fall below it. */
function bankruptcyTicks(holding: Holding, position: Position, equity: number): number {
  const { market, account } = holding;
  const { minTicks, maxTicks } = market.filters;
  const perTick = Math.abs(position.lots) * market.units.lotTickUsdt;
  const rate = account.takerRate / 1e8;
  const long = position.lots > 0;
  const ticks = long
    ? (market.mark - equity / perTick) / (1 - rate)
    : (market.mark + equity / perTick) / (1 + rate);
  const rounded = long ? Math.ceil(ticks) : Math.floor(ticks);
  return Math.min(maxTicks, Math.max(minTicks, rounded));
}
