/**
 * Brings an account back whose positions were opened in an earlier life of the venue (paper trading after a restart). The
 * positions stand at their entry prices; the wallet follows from what the account was worth. Nothing is traded, no fee is
 * paid and no event is told. The ledger books the wallet as a deposit.
 */
import { createAccount, holdingOf } from "./accounts.ts";
import { moneyFrom, unitsFrom } from "./fixed-point.ts";
import { noteHolding } from "./settlement.ts";
import type { Account, Holding, Market, Position } from "./state.ts";
import type { AccountKey, FeeRates, PositionIndex, PositionMode } from "./venue-types.ts";
import type { World } from "./world.ts";

interface RestoredPosition {
  readonly symbol: string;
  readonly positionIdx: PositionIndex;
  /** Signed, base units. */
  readonly size: string;
  readonly avgPrice: string;
  /** Default: the venue's. */
  readonly leverage?: string;
}

export interface AccountRestore {
  readonly positionMode: PositionMode;
  readonly feeRates?: FeeRates;
  /** USDT: equity at the markets' present marks, or the wallet alone, without unrealised profit. */
  readonly worth: { readonly kind: "equity" | "wallet"; readonly usdt: string };
  readonly positions: readonly RestoredPosition[];
}

/** Throws a RangeError, before anything exists, on unknown symbols and on numbers that are none or off the grid. */
export function restoreAccount(world: World, key: AccountKey, restore: AccountRestore, fees: FeeRates): void {
  const worth = moneyFrom(restore.worth.usdt);
  if (worth === undefined) throw new RangeError(`${key}: not an amount: ${restore.worth.usdt}`);
  const legs = restore.positions.map((position) => ({ position, ...readPosition(world, position) }));
  const { positionMode, feeRates } = restore;
  const settings = { balances: {}, positionMode, ...(feeRates === undefined ? {} : { feeRates }) };
  const account = createAccount(world, key, settings, fees);
  let unrealised = 0n;
  for (const { position, market, lots, cost } of legs) {
    const holding = holdingOf(account, market);
    holding.mode = position.positionIdx === 0 ? "one-way" : "hedge";
    holding.leverageHundredths = leverageOf(holding, position);
    place(world, holding, holding.positions[position.positionIdx], { lots, cost });
    unrealised += worthOf(market, lots, market.mark) - cost;
  }
  world.ledger.deposit(account, restore.worth.kind === "wallet" ? worth : worth - unrealised);
}

/**
 * Moves the market's mark without profit or loss for `account`: its wallet takes the difference, so that its equity stays.
 * For the first true price after a restore. Throws a RangeError when `mark` is no price.
 */
export function keepEquity(world: World, account: Account, market: Market, mark: string): void {
  const usdt = Number(mark);
  if (!(usdt > 0)) throw new RangeError(`${market.symbol}: not a price: ${mark}`);
  const ticks = Math.max(1, Math.round(usdt / market.units.tickUsdt));
  for (const position of account.holdings.get(market.symbol)?.positions ?? []) {
    const profit = worthOf(market, position.lots, ticks) - worthOf(market, position.lots, market.mark);
    world.ledger.deposit(account, -profit);
  }
}

interface Leg {
  readonly market: Market;
  readonly lots: number;
  readonly cost: bigint;
}

function readPosition(world: World, { symbol, size, avgPrice }: RestoredPosition): Leg {
  const market = world.markets.get(symbol);
  if (market === undefined) throw new RangeError(`no instrument ${symbol}`);
  const { quantityScale, lotUnits } = market.units;
  const quantity = unitsFrom(size, quantityScale);
  const price = moneyFrom(avgPrice);
  if (quantity === undefined || quantity % lotUnits !== 0 || price === undefined || price <= 0n) {
    throw new RangeError(`${symbol}: not a position on its grid: ${size} at ${avgPrice}`);
  }
  const cost = (BigInt(quantity) * price) / 10n ** BigInt(quantityScale);
  return { market, lots: quantity / lotUnits, cost };
}

function leverageOf(holding: Holding, { leverage }: RestoredPosition): number {
  const hundredths = leverage === undefined ? undefined : unitsFrom(leverage, 2);
  if (hundredths === undefined || hundredths < 100) return holding.leverageHundredths;
  return Math.min(hundredths, holding.market.filters.maxLeverageHundredths);
}

function place(
  world: World,
  holding: Holding,
  position: Position,
  held: { readonly lots: number; readonly cost: bigint },
): void {
  position.lots = held.lots;
  position.cost = held.cost;
  position.costUsdt = Number(held.cost) / 1e12;
  position.seq = holding.market.seq;
  position.createdMs = world.nowMs;
  position.updatedMs = world.nowMs;
  position.openMs = world.nowMs;
  noteHolding(holding, position);
}

function worthOf(market: Market, lots: number, ticks: number): bigint {
  return BigInt(lots) * BigInt(ticks) * market.units.lotTickMoney;
}
