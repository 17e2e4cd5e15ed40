/**
 * The simulated exchange's venue: the one entrance to its book, matching engine and ledger. Synchronous and deterministic;
 * time comes from the given clock, chance from the seed. See venue-types.ts for what each operation promises.
 */
import {
  createAccount,
  dissolveAccount,
  holdingOf,
  legsOf,
  setLeverage,
  setMarginMode,
  switchMode,
  transfer,
} from "./accounts.ts";
import { amendOrder, cancelAll, cancelOrder } from "./amend-order.ts";
import { applyExternalBook } from "./external-book.ts";
import { rateText, rateUnitsFrom } from "./fixed-point.ts";
import { settleFunding } from "./funding.ts";
import { shippedInstruments } from "./instruments.ts";
import { marginOf } from "./margin.ts";
import { bookRow, priceLimitRow, publicTradeRow, tickerRow } from "./market-rows.ts";
import { createMarket, setInstrument } from "./markets.ts";
import { type Movement, makeMovement } from "./movement.ts";
import { nearestTicks, refused } from "./parse-request.ts";
import { addPast } from "./past.ts";
import { placeOrder } from "./place-order.ts";
import { fillCrossed, movePrice } from "./price-moves.ts";
import { type AccountRestore, keepEquity, restoreAccount } from "./restore.ts";
import { riskTierRow } from "./risk-tiers.ts";
import { closedPnlRow, executionRow, orderRow, positionRow, transactionRow, walletRow } from "./rows.ts";
import type { Account, Holding, Market, Order } from "./state.ts";
import { findOrder } from "./state.ts";
import { setTradingStop } from "./trading-stop.ts";
import { checkTriggers } from "./triggers.ts";
import type {
  AccountKey,
  AccountSettings,
  AmendRequest,
  BookRow,
  CancelAllRequest,
  CancelledOrder,
  Candle,
  ClosedPnlRow,
  ExecutionRow,
  ExternalBook,
  FeeRates,
  FillLimiter,
  FundingRateRow,
  InstrumentRow,
  InstrumentSettings,
  KlineQuery,
  LedgerSummary,
  LeverageRequest,
  MarginMode,
  MarketPast,
  OrderOutcome,
  OrderQuery,
  OrderReference,
  OrderRequest,
  OrderRow,
  PositionMode,
  PositionModeRequest,
  PositionRow,
  PriceLimitRow,
  PublicTradeRow,
  Refused,
  RiskTierRow,
  SettingOutcome,
  TickerRow,
  TradingStopRequest,
  TransactionRow,
  Venue,
  VenueOptions,
  WalletRow,
} from "./venue-types.ts";
import { World } from "./world.ts";

const DEFAULT_FEES: FeeRates = { maker: "0.0002", taker: "0.00055" };

export class SimulatedVenue implements Venue {
  readonly #world: World;
  readonly #fees: FeeRates;
  readonly #movement: Movement | undefined;
  #nextFundingMs = 0;

  constructor(options: VenueOptions) {
    this.#world = new World(options);
    this.#fees = options.feeRates ?? DEFAULT_FEES;
    this.#world.readClock();
    for (const settings of options.instruments ?? shippedInstruments()) createMarket(this.#world, settings);
    this.#movement = makeMovement(this.#world, options.liquidity ?? { kind: "flat" });
    this.#findNextFunding();
  }

  createAccount(account: AccountKey, settings: AccountSettings): void {
    if (this.#world.accounts.has(account)) throw new Error(`account ${account} exists`);
    this.resetAccount(account, settings);
  }

  resetAccount(key: AccountKey, settings: AccountSettings): void {
    this.#world.readClock();
    const known = this.#world.accounts.get(key);
    if (known !== undefined) dissolveAccount(this.#world, known);
    createAccount(this.#world, key, settings, this.#fees);
    this.#world.flush();
  }

  /** An account with positions that were opened in an earlier life of this venue; see restore.ts. */
  restoreAccount(key: AccountKey, restore: AccountRestore): void {
    if (this.#world.accounts.has(key)) throw new Error(`account ${key} exists`);
    this.#world.readClock();
    restoreAccount(this.#world, key, restore, this.#fees);
  }

  /** The first price of a market whose restored positions were valued by a stand-in; see restore.ts. */
  keepEquity(key: AccountKey, symbol: string, mark: string): void {
    keepEquity(this.#world, this.#account(key), this.#market(symbol), mark);
  }

  /** Later changes of a market are numbered above `floor`. */
  raiseSequence(symbol: string, floor: number): void {
    const market = this.#market(symbol);
    market.seq = Math.max(market.seq, floor);
  }

  hasAccount(account: AccountKey): boolean {
    return this.#world.accounts.has(account);
  }

  accountKeys(): readonly AccountKey[] {
    return [...this.#world.accounts.keys()];
  }

  placeOrder(key: AccountKey, request: OrderRequest): OrderOutcome {
    return this.#inMarket(key, request.symbol, (holding) => placeOrder(this.#world, holding, request));
  }

  amendOrder(key: AccountKey, request: AmendRequest): OrderOutcome {
    return this.#inMarket(key, request.symbol, ({ account }) => amendOrder(this.#world, account, request));
  }

  cancelOrder(key: AccountKey, reference: OrderReference): OrderOutcome {
    return this.#inMarket(key, reference.symbol, ({ account }) =>
      cancelOrder(this.#world, account, reference),
    );
  }

  cancelAll(key: AccountKey, request: CancelAllRequest): readonly CancelledOrder[] {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return [];
    this.#world.readClock();
    const cancelled = cancelAll(this.#world, account, request);
    this.#world.flush();
    return cancelled;
  }

  setLeverage(key: AccountKey, request: LeverageRequest): SettingOutcome {
    return this.#inMarket(key, request.symbol, (holding) => setLeverage(this.#world, holding, request));
  }

  switchMode(key: AccountKey, request: PositionModeRequest): SettingOutcome {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return refused("unknown-account");
    const market = request.symbol === undefined ? undefined : this.#world.markets.get(request.symbol);
    if (request.symbol !== undefined && market === undefined)
      return refused("unknown-symbol", request.symbol);
    this.#world.readClock();
    const outcome = switchMode(this.#world, account, market, request);
    this.#world.flush();
    return outcome;
  }

  setMarginMode(key: AccountKey, mode: MarginMode): SettingOutcome {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return refused("unknown-account");
    this.#world.readClock();
    return setMarginMode(account, mode);
  }

  marginModeOf(key: AccountKey): MarginMode {
    return this.#account(key).marginMode;
  }

  setTradingStop(key: AccountKey, request: TradingStopRequest): SettingOutcome {
    return this.#inMarket(key, request.symbol, (holding) => setTradingStop(this.#world, holding, request));
  }

  transfer(key: AccountKey, coin: string, amount: string): SettingOutcome {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return refused("unknown-account");
    this.#world.readClock();
    const outcome = transfer(this.#world, account, coin, amount);
    this.#world.flush();
    return outcome;
  }

  positionModeOf(key: AccountKey, symbol: string): PositionMode {
    const account = this.#account(key);
    return account.holdings.get(symbol)?.mode ?? account.mode;
  }

  feeRatesOf(key: AccountKey): FeeRates {
    const account = this.#account(key);
    return { maker: rateText(account.makerRate), taker: rateText(account.takerRate) };
  }

  setPrice(symbol: string, last: string): void {
    const market = this.#market(symbol);
    const ticks = nearestTicks(market, last);
    if (ticks === undefined)
      throw new RangeError(`${symbol}: not a price of this market: ${JSON.stringify(last)}`);
    this.#world.readClock();
    market.seq++;
    movePrice(this.#world, market, { last: ticks, touches: true });
  }

  setFundingRate(symbol: string, rate: string): void {
    const market = this.#market(symbol);
    market.fundingUnits = rateUnitsFrom(rate, "funding rate");
    this.#world.readClock();
    this.#world.tickerChanged(market);
  }

  setInstrument(settings: Partial<InstrumentSettings> & { readonly symbol: string }): void {
    this.#world.readClock();
    const market = setInstrument(this.#world, settings);
    this.#world.emit({ kind: "instrument-changed", atMs: this.#world.nowMs, row: market.row });
    this.#world.flush();
    this.#findNextFunding();
  }

  addPast(symbol: string, past: MarketPast): void {
    this.#world.readClock();
    addPast(this.#market(symbol), past, this.#world.nowMs);
  }

  applyExternalBook(update: ExternalBook): void {
    this.#world.readClock();
    applyExternalBook(this.#world, this.#market(update.symbol), update);
  }

  setFillLimiter(limiter: FillLimiter | undefined): void {
    this.#world.fillLimiter = limiter;
  }

  advanceTo(nowMs: number): void {
    const world = this.#world;
    this.#fillHeldBack();
    for (;;) {
      const moveMs = this.#movement?.nextMs ?? Number.POSITIVE_INFINITY;
      const dueMs = Math.min(moveMs, this.#nextFundingMs);
      if (dueMs > nowMs) break;
      world.nowMs = Math.max(world.nowMs, dueMs);
      if (this.#nextFundingMs <= moveMs) this.#settleDueFunding();
      else this.#movement?.step(world, nowMs);
    }
    world.nowMs = Math.max(world.nowMs, nowMs);
  }

  instruments(): readonly InstrumentRow[] {
    return [...this.#world.markets.values()].map((market) => market.row);
  }

  instrument(symbol: string): InstrumentRow | undefined {
    return this.#world.markets.get(symbol)?.row;
  }

  riskLimits(symbol: string): readonly RiskTierRow[] {
    return this.#world.markets.get(symbol)?.tiers.map((tier) => riskTierRow(symbol, tier)) ?? [];
  }

  book(symbol: string, depth: number): BookRow | undefined {
    const market = this.#world.markets.get(symbol);
    return market && bookRow(market, depth, this.#world.nowMs);
  }

  ticker(symbol: string): TickerRow | undefined {
    const market = this.#world.markets.get(symbol);
    return market && tickerRow(market, this.#world.nowMs);
  }

  priceLimit(symbol: string): PriceLimitRow | undefined {
    const market = this.#world.markets.get(symbol);
    return market && priceLimitRow(market, this.#world.nowMs);
  }

  klines(symbol: string, query: KlineQuery): readonly Candle[] {
    const market = this.#world.markets.get(symbol);
    if (market === undefined) return [];
    const endMs = Math.min(query.endMs ?? this.#world.nowMs, this.#world.nowMs);
    const range = { intervalMs: query.intervalMs, startMs: query.startMs ?? 0, endMs, limit: query.limit };
    const candles = (query.price ?? "last") === "last" ? market.candles : market.markCandles;
    return candles.read(range, market.units);
  }

  recentTrades(symbol: string, limit: number): readonly PublicTradeRow[] {
    const market = this.#world.markets.get(symbol);
    return market?.trades.newest(limit).map((trade) => publicTradeRow(symbol, trade)) ?? [];
  }

  fundingHistory(symbol: string): readonly FundingRateRow[] {
    const market = this.#world.markets.get(symbol);
    return market === undefined ? [] : [...market.fundingHistory.newest(), ...market.pastFunding];
  }

  positions(key: AccountKey, symbol?: string): readonly PositionRow[] {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return [];
    const margin = marginOf(account);
    if (symbol !== undefined) {
      const market = this.#world.markets.get(symbol);
      if (market === undefined) return [];
      const holding = holdingOf(account, market);
      return legsOf(holding).map((position) => positionRow(holding, position, margin));
    }
    const rows: PositionRow[] = [];
    for (const holding of account.holdings.values()) {
      for (const position of holding.positions) {
        if (position.lots !== 0) rows.push(positionRow(holding, position, margin));
      }
    }
    return rows;
  }

  openOrders(key: AccountKey, query: OrderQuery = {}): readonly OrderRow[] {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return [];
    return [...account.openOrders]
      .reverse()
      .filter((order) => matches(order, query))
      .map((order) => orderRow(order));
  }

  orderHistory(key: AccountKey, query: OrderQuery = {}): readonly OrderRow[] {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return [];
    return account.finished
      .newest(undefined, (order) => matches(order, query))
      .map((order) => orderRow(order));
  }

  order(key: AccountKey, query: OrderQuery): OrderRow | undefined {
    const account = this.#world.accounts.get(key);
    const order = account && findOrder(account, query.orderId, query.orderLinkId);
    if (order === undefined || !matches(order, { ...query, orderLinkId: "" })) return undefined;
    return orderRow(order);
  }

  executions(key: AccountKey, query: OrderQuery = {}): readonly ExecutionRow[] {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return [];
    const { symbol, orderId, orderLinkId } = query;
    const found = account.executions.newest(undefined, (execution) => {
      if (orderId) return execution.orderId === orderId;
      if (orderLinkId) return execution.order?.linkId === orderLinkId;
      return symbol === undefined || execution.symbol === symbol;
    });
    return found.map((execution) => executionRow(account, execution));
  }

  closedPnl(key: AccountKey, symbol?: string): readonly ClosedPnlRow[] {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return [];
    const found = account.closedPnl.newest(
      undefined,
      ({ order }) => symbol === undefined || order.holding.market.symbol === symbol,
    );
    return found.map((closed) => closedPnlRow(account, closed));
  }

  transactionLog(key: AccountKey): readonly TransactionRow[] {
    const account = this.#world.accounts.get(key);
    if (account === undefined) return [];
    return account.transactions.newest().map((entry) => transactionRow(account, entry));
  }

  wallet(key: AccountKey): WalletRow | undefined {
    const account = this.#world.accounts.get(key);
    return account && walletRow(account);
  }

  ledger(): LedgerSummary {
    return this.#world.ledger.summary(this.#world.accounts.values());
  }

  /** Runs one operation of an account in a market, and what it sets off; then pushes what changed. */
  #inMarket<Outcome>(key: AccountKey, symbol: string, run: (holding: Holding) => Outcome): Outcome | Refused {
    const world = this.#world;
    const account = world.accounts.get(key);
    if (account === undefined) return refused("unknown-account");
    const market = world.markets.get(symbol);
    if (market === undefined) return refused("unknown-symbol", symbol);
    world.readClock();
    const outcome = run(holdingOf(account, market));
    if (market.untriggered.size > 0) checkTriggers(world, market);
    world.flush();
    return outcome;
  }

  #account(key: AccountKey): Account {
    const account = this.#world.accounts.get(key);
    if (account === undefined) throw new RangeError(`no account ${key}`);
    return account;
  }

  #market(symbol: string): Market {
    const market = this.#world.markets.get(symbol);
    if (market === undefined) throw new RangeError(`no instrument ${symbol}`);
    return market;
  }

  #fillHeldBack(): void {
    const world = this.#world;
    if (world.heldBack.size === 0) return;
    for (const market of world.heldBack) fillCrossed(world, market, 0);
    world.heldBack.clear();
    world.flush();
  }

  #settleDueFunding(): void {
    const world = this.#world;
    for (const market of world.markets.values()) {
      if (market.nextFundingMs <= world.nowMs) settleFunding(world, market);
    }
    this.#findNextFunding();
  }

  #findNextFunding(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const market of this.#world.markets.values()) next = Math.min(next, market.nextFundingMs);
    this.#nextFundingMs = next;
  }
}

function matches(order: Order, query: OrderQuery): boolean {
  if (query.orderId) return order.id === query.orderId;
  if (query.orderLinkId) return order.linkId === query.orderLinkId;
  return query.symbol === undefined || order.holding.market.symbol === query.symbol;
}
