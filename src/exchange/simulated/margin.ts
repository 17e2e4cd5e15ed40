/**
 * Margin of a unified account in cross mode, in USDT as doubles: these are thresholds and figures to show, never
 * balances. Initial margin = value / leverage + closing fee; orders that may increase reserve both fees; maintenance by
 * tier. Available = wallet + unrealised - initial margin of positions and orders.
 */
import { moneyNumber } from "./fixed-point.ts";
import { tierOf } from "./risk-tiers.ts";
import type { Account, Holding, Position } from "./state.ts";

const RATE = 1e8;

export interface AccountMargin {
  walletUsdt: number;
  unrealisedUsdt: number;
  positionInitialUsdt: number;
  orderInitialUsdt: number;
  maintenanceUsdt: number;
}

export function positionValueUsdt(holding: Holding, position: Position): number {
  const { market } = holding;
  return Math.abs(position.lots) * market.mark * market.units.lotTickUsdt;
}

function unrealisedUsdt(holding: Holding, position: Position): number {
  const { market } = holding;
  return position.lots * market.mark * market.units.lotTickUsdt - position.costUsdt;
}

export function positionInitialUsdt(holding: Holding, position: Position): number {
  const rate = 100 / holding.leverageHundredths + holding.account.takerRate / RATE;
  return positionValueUsdt(holding, position) * rate;
}

export function maintenanceUsdt(holding: Holding, position: Position): number {
  if (position.lots === 0) return 0;
  const value = positionValueUsdt(holding, position);
  const tier = tierOf(holding.market.tiers, value);
  return value * (tier.maintenanceRate + holding.account.takerRate / RATE) - tier.deductionUsdt;
}

type Reserved = Pick<Position, "lots" | "buyLots" | "buyLotTicks" | "sellLots" | "sellLotTicks">;

/** What a leg's resting orders add to its position on either side, in lots x ticks; the larger side counts. */
function openingLotTicks(position: Reserved): number {
  const buys = beyond(position.buyLots, position.buyLotTicks, -position.lots);
  const sells = beyond(position.sellLots, position.sellLotTicks, position.lots);
  return Math.max(buys, sells);
}

/** The part of `lotTicks` that remains when the first `opposite` lots only reduce. */
function beyond(lots: number, lotTicks: number, opposite: number): number {
  if (opposite <= 0) return lotTicks;
  return opposite >= lots ? 0 : (lotTicks * (lots - opposite)) / lots;
}

function orderInitialUsdt(holding: Holding, position: Position): number {
  const rate = 100 / holding.leverageHundredths + (2 * holding.account.takerRate) / RATE;
  return openingLotTicks(position) * holding.market.units.lotTickUsdt * rate;
}

export function marginOf(account: Account): AccountMargin {
  const sum: AccountMargin = {
    walletUsdt: moneyNumber(account.wallet),
    unrealisedUsdt: 0,
    positionInitialUsdt: 0,
    orderInitialUsdt: 0,
    maintenanceUsdt: 0,
  };
  for (const holding of account.active) {
    for (const position of holding.positions) addLeg(sum, holding, position);
  }
  return sum;
}

function addLeg(sum: AccountMargin, holding: Holding, position: Position): void {
  if (position.lots !== 0) {
    sum.unrealisedUsdt += unrealisedUsdt(holding, position);
    sum.positionInitialUsdt += positionInitialUsdt(holding, position);
    sum.maintenanceUsdt += maintenanceUsdt(holding, position);
  }
  if (position.buyLots !== 0 || position.sellLots !== 0) {
    sum.orderInitialUsdt += orderInitialUsdt(holding, position);
  }
}

export function equityUsdt(margin: AccountMargin): number {
  return margin.walletUsdt + margin.unrealisedUsdt;
}

export function availableUsdt(margin: AccountMargin): number {
  return equityUsdt(margin) - margin.positionInitialUsdt - margin.orderInitialUsdt;
}

/** A change of what rests on one side of a leg; both figures may be negative. */
export interface ReserveChange {
  readonly sign: 1 | -1;
  readonly lots: number;
  readonly lotTicks: number;
}

/** Initial margin that the change would need beyond what is reserved already. */
export function extraMarginUsdt(holding: Holding, position: Position, change: ReserveChange): number {
  const buys = change.sign === 1;
  const after = openingLotTicks({
    lots: position.lots,
    buyLots: position.buyLots + (buys ? change.lots : 0),
    buyLotTicks: position.buyLotTicks + (buys ? change.lotTicks : 0),
    sellLots: position.sellLots + (buys ? 0 : change.lots),
    sellLotTicks: position.sellLotTicks + (buys ? 0 : change.lotTicks),
  });
  const rate = 100 / holding.leverageHundredths + (2 * holding.account.takerRate) / RATE;
  return (after - openingLotTicks(position)) * holding.market.units.lotTickUsdt * rate;
}

/** The mark at which the account would be liquidated if only this market moved; undefined without a position. */
export function liquidationPriceTicks(
  holding: Holding,
  position: Position,
  margin: AccountMargin,
): number | undefined {
  if (position.lots === 0) return undefined;
  const { market } = holding;
  const tier = tierOf(market.tiers, positionValueUsdt(holding, position));
  const rate = tier.maintenanceRate + holding.account.takerRate / RATE;
  const room = equityUsdt(margin) - margin.maintenanceUsdt;
  const perTick = Math.abs(position.lots) * market.units.lotTickUsdt;
  return position.lots > 0
    ? market.mark - room / (perTick * (1 - rate))
    : market.mark + room / (perTick * (1 + rate));
}
