/**
 * Accounts and their settings: creation and reset, deposits and withdrawals, leverage, position mode. What an account
 * holds in a symbol begins to exist when it is first needed.
 */
import { moneyFrom, moneyNumber, rateUnitsFrom, unitsFrom } from "./fixed-point.ts";
import { availableUsdt, marginOf, positionValueUsdt } from "./margin.ts";
import { OrderIndex } from "./order-index.ts";
import { cancel } from "./order-life.ts";
import { refused } from "./parse-request.ts";
import { Recent } from "./recent.ts";
import { limitForLeverage } from "./risk-tiers.ts";
import type { Account, ClosedPnl, Execution, Holding, Market, Order, Position, Transfer } from "./state.ts";
import type {
  AccountKey,
  AccountSettings,
  FeeRates,
  LeverageRequest,
  MarginMode,
  PositionIndex,
  PositionModeRequest,
  SettingOutcome,
} from "./venue-types.ts";
import type { World } from "./world.ts";

const DEFAULT_LEVERAGE_HUNDREDTHS = 1000;

/** Throws a RangeError on amounts or rates that are no numbers. */
export function createAccount(
  world: World,
  key: AccountKey,
  settings: AccountSettings,
  fees: FeeRates,
): Account {
  const rates = settings.feeRates ?? fees;
  const { finishedOrdersKept, executionsKept, transactionsKept, linkIdsKept } = world.limits;
  const orders = new OrderIndex(linkIdsKept);
  const account: Account = {
    key,
    wallet: 0n,
    otherCoins: new Map(),
    cumulative: 0n,
    mode: settings.positionMode,
    marginMode: "cross",
    makerRate: rateUnitsFrom(rates.maker, "maker fee"),
    takerRate: rateUnitsFrom(rates.taker, "taker fee"),
    holdings: new Map(),
    active: new Set(),
    orders,
    openOrders: new Set(),
    finished: new Recent<Order>(finishedOrdersKept, (order) => orders.forget(order)),
    executions: new Recent<Execution>(executionsKept),
    transactions: new Recent<Execution | Transfer>(transactionsKept),
    closedPnl: new Recent<ClosedPnl>(transactionsKept),
  };
  const amounts = Object.entries(settings.balances).map(([coin, text]) => ({
    coin,
    amount: amountOf(coin, text),
  }));
  world.accounts.set(key, account);
  for (const { coin, amount } of amounts) if (amount !== 0n) credit(world, account, coin, amount);
  return account;
}

function amountOf(coin: string, text: string): bigint {
  const amount = moneyFrom(text);
  if (amount === undefined || amount < 0n)
    throw new RangeError(`${coin}: not a balance: ${JSON.stringify(text)}`);
  return amount;
}

/** Ends everything the account has, at the mark price and without fees, and takes its balance out of the venue. */
export function dissolveAccount(world: World, account: Account): void {
  for (const order of [...account.openOrders]) cancel(world, order, "CancelByAdmin");
  for (const holding of account.holdings.values()) {
    for (const position of holding.positions) {
      const value = BigInt(position.lots) * BigInt(holding.market.mark) * holding.market.units.lotTickMoney;
      world.ledger.realise(account, value - position.cost, 0n);
    }
    holding.market.holders.delete(holding);
  }
  world.ledger.withdraw(account, account.wallet);
  world.accounts.delete(account.key);
  world.flush();
}

function credit(world: World, account: Account, coin: string, amount: bigint): void {
  if (coin === "USDT") world.ledger.deposit(account, amount);
  else account.otherCoins.set(coin, (account.otherCoins.get(coin) ?? 0n) + amount);
  recordTransfer(world, account, coin, amount);
}

function debit(world: World, account: Account, coin: string, amount: bigint): void {
  if (coin === "USDT") world.ledger.withdraw(account, amount);
  else account.otherCoins.set(coin, (account.otherCoins.get(coin) ?? 0n) - amount);
  recordTransfer(world, account, coin, -amount);
}

function recordTransfer(world: World, account: Account, coin: string, amount: bigint): void {
  account.transactions.add({
    kind: "transfer",
    id: world.newTransactionId(),
    coin,
    amount,
    balance: coin === "USDT" ? account.wallet : (account.otherCoins.get(coin) ?? 0n),
    atMs: world.nowMs,
  });
  world.touchWallet(account);
}

/** Positive deposits, negative withdraws up to the available balance. */
export function transfer(world: World, account: Account, coin: string, text: string): SettingOutcome {
  const amount = moneyFrom(text);
  if (amount === undefined || amount === 0n) return refused("invalid-amount", text);
  if (amount > 0n) {
    credit(world, account, coin, amount);
    return { kind: "done" };
  }
  const held = coin === "USDT" ? account.wallet : (account.otherCoins.get(coin) ?? 0n);
  const free = coin === "USDT" ? availableUsdt(marginOf(account)) : moneyNumber(held);
  if (-amount > held || moneyNumber(-amount) > free + 1e-9) return refused("withdrawal-exceeds-available");
  debit(world, account, coin, -amount);
  return { kind: "done" };
}

export function holdingOf(account: Account, market: Market): Holding {
  const known = account.holdings.get(market.symbol);
  if (known !== undefined) return known;
  const holding: Holding = {
    account,
    market,
    mode: account.mode,
    leverageHundredths: Math.min(DEFAULT_LEVERAGE_HUNDREDTHS, market.filters.maxLeverageHundredths),
    positions: [emptyPosition(0), emptyPosition(1), emptyPosition(2)],
    orders: new Set(),
    conditionalCount: 0,
  };
  account.holdings.set(market.symbol, holding);
  return holding;
}

function emptyPosition(index: PositionIndex): Position {
  return {
    index,
    lots: 0,
    cost: 0n,
    costUsdt: 0,
    openFee: 0n,
    current: 0n,
    cumulative: 0n,
    createdMs: 0,
    updatedMs: 0,
    openMs: 0,
    seq: -1,
    liquidating: false,
    takeProfit: undefined,
    stopLoss: undefined,
    trailing: undefined,
    partialStops: new Set(),
    buyLots: 0,
    buyLotTicks: 0,
    sellLots: 0,
    sellLotTicks: 0,
    reducers: new Set(),
  };
}

/** The legs that exist in the holding's mode. */
export function legsOf(holding: Holding): readonly Position[] {
  const [oneWay, long, short] = holding.positions;
  return holding.mode === "one-way" ? [oneWay] : [long, short];
}

function touchSettings(world: World, holding: Holding): void {
  for (const position of legsOf(holding)) {
    position.updatedMs = world.nowMs;
    world.touch(holding, position, true);
  }
}

export function setLeverage(world: World, holding: Holding, request: LeverageRequest): SettingOutcome {
  const { filters, tiers } = holding.market;
  const leverage = unitsFrom(request.buyLeverage, 2);
  const sell = unitsFrom(request.sellLeverage, 2);
  if (leverage === undefined || sell === undefined) return refused("leverage-out-of-range", "not a number");
  if (leverage !== sell) return refused("leverage-sides-differ");
  const outside = leverage < 100 || leverage > filters.maxLeverageHundredths;
  if (outside || leverage % filters.leverageStepHundredths !== 0) {
    return refused(
      "leverage-out-of-range",
      `${request.buyLeverage}, maximum ${holding.market.settings.maxLeverage}`,
    );
  }
  const value = Math.max(...holding.positions.map((position) => positionValueUsdt(holding, position)));
  if (value > limitForLeverage(tiers, leverage))
    return refused("leverage-out-of-range", "too high for the position");
  if (leverage === holding.leverageHundredths) return refused("leverage-not-modified");
  const before = holding.leverageHundredths;
  holding.leverageHundredths = leverage;
  if (leverage < before && availableUsdt(marginOf(holding.account)) < 0) {
    holding.leverageHundredths = before;
    return refused("insufficient-balance", "the lower leverage needs more margin");
  }
  touchSettings(world, holding);
  return { kind: "done" };
}

/** With a market: that one. Without: every idle one, and the default of those to come. */
export function switchMode(
  world: World,
  account: Account,
  market: Market | undefined,
  request: PositionModeRequest,
): SettingOutcome {
  if (market === undefined) return switchAll(world, account, request);
  const holding = holdingOf(account, market);
  if (holding.mode === request.mode) return refused("position-mode-not-modified");
  if (hasPosition(holding)) return refused("position-exists");
  if (holding.orders.size > 0) return refused("orders-exist");
  holding.mode = request.mode;
  touchSettings(world, holding);
  return { kind: "done" };
}

function switchAll(world: World, account: Account, request: PositionModeRequest): SettingOutcome {
  const others = [...account.holdings.values()].filter((holding) => holding.mode !== request.mode);
  if (account.mode === request.mode && others.length === 0) return refused("position-mode-not-modified");
  account.mode = request.mode;
  for (const holding of others) {
    if (hasPosition(holding) || holding.orders.size > 0) continue;
    holding.mode = request.mode;
    touchSettings(world, holding);
  }
  return { kind: "done" };
}

export function setMarginMode(account: Account, mode: MarginMode): SettingOutcome {
  if (account.marginMode === mode) return { kind: "done" };
  if ([...account.holdings.values()].some(hasPosition)) return refused("margin-positions-exist");
  if (account.openOrders.size > 0) return refused("margin-orders-exist");
  account.marginMode = mode;
  return { kind: "done" };
}

function hasPosition(holding: Holding): boolean {
  return holding.positions.some((position) => position.lots !== 0);
}
