/**
 * The venue's state as one object that every operation is handed: accounts, markets, books, clock, ids, and the collecting
 * of who must be told. Rows for events are built only for accounts and symbols that somebody watches.
 */
import { Ledger } from "./ledger.ts";
import { publicTradeRow } from "./market-rows.ts";
import { NumberedIds } from "./numbered-ids.ts";
import { Random } from "./random.ts";
import { executionRow, orderRow, positionRow, walletRow } from "./rows.ts";
import type { Account, Execution, Holding, Market, Order, Position, PublicTrade } from "./state.ts";
import type {
  AccountEventKind,
  FillLimiter,
  VenueBehaviour,
  VenueEvent,
  VenueLimits,
  VenueOptions,
} from "./venue-types.ts";

export const DEFAULT_BEHAVIOUR: VenueBehaviour = {
  orderLinkIdBound: "strict",
  newForImmediateOrders: true,
  reduceOnlyExcess: "cut",
  fillOrKillReason: "EC_CancelForNoFullFill",
  positionPushOnEveryOrder: true,
  emptyAmend: "refuse",
  passedTrigger: "refuse",
  priceBeyondBand: "refuse",
  orderLinkIdReserved: "forever",
};

const DEFAULT_LIMITS: VenueLimits = {
  activeOrdersPerSymbol: 500,
  conditionalOrdersPerSymbol: 10,
  partialStopsPerPosition: 20,
  finishedOrdersKept: 20_000,
  linkIdsKept: 500_000,
  executionsKept: 100_000,
  transactionsKept: 20_000,
  publicTradesKept: 1_000,
  candlesKept: 3_000,
};

export class World {
  readonly markets = new Map<string, Market>();
  readonly accounts = new Map<string, Account>();
  readonly ledger = new Ledger();
  readonly behaviour: VenueBehaviour;
  readonly limits: VenueLimits;
  readonly random: Random;
  readonly seed: number;
  /** Whether trades against the house empty its levels until the next movement, and move the last price. */
  readonly refillsAtOnce: boolean;
  /** Markets in which a resting order crosses the house because a fill was held back. */
  readonly heldBack = new Set<Market>();
  fillLimiter: FillLimiter | undefined;
  nowMs = 0;
  readonly #options: VenueOptions;
  readonly #idHead: string;
  readonly #orderIds: NumberedIds;
  readonly #executionIds: NumberedIds;
  #lastOrder = 0;
  #lastExecution = 0;
  #lastTransaction = 0;
  readonly #touched = new Map<Position, Holding>();
  readonly #touchedWallets = new Set<Account>();

  constructor(options: VenueOptions) {
    this.#options = options;
    this.seed = options.seed ?? 1;
    this.random = new Random(this.seed);
    this.#idHead = (this.seed >>> 0).toString(16).padStart(8, "0");
    this.#orderIds = new NumberedIds(`${this.#idHead}-0bed-4000-8000-`);
    this.#executionIds = new NumberedIds(`${this.#idHead}-0e4e-4000-8000-`);
    this.behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.refillsAtOnce = options.liquidity === undefined || options.liquidity.kind === "flat";
  }

  /** The options' clock, except that it never goes back behind what already happened. */
  readClock(): void {
    this.nowMs = Math.max(this.nowMs, this.#options.nowMs());
  }

  newOrderNumber(): number {
    return ++this.#lastOrder;
  }

  /** Looks like a UUID; its last twelve digits are the number. */
  orderId(number: number): string {
    return this.#orderIds.of(number);
  }

  newExecutionId(): string {
    return this.#executionIds.of(++this.#lastExecution);
  }

  newTransactionId(): string {
    return `${this.#idHead}_${++this.#lastTransaction}`;
  }

  emit(event: VenueEvent): void {
    this.#options.onEvent?.(event);
  }

  watches(account: Account, kind: AccountEventKind): boolean {
    if (this.#options.onEvent === undefined) return false;
    return this.#options.isWatched === undefined || this.#options.isWatched(account.key, kind);
  }

  watchesSymbol(symbol: string): boolean {
    if (this.#options.onEvent === undefined) return false;
    return this.#options.isSymbolWatched === undefined || this.#options.isSymbolWatched(symbol);
  }

  orderChanged(order: Order): void {
    order.updatedMs = this.nowMs;
    const { account } = order.holding;
    if (!this.watches(account, "order-changed")) return;
    this.emit({ kind: "order-changed", atMs: this.nowMs, account: account.key, row: orderRow(order) });
  }

  executed(account: Account, execution: Execution): void {
    if (!this.watches(account, "executed")) return;
    const row = executionRow(account, execution);
    this.emit({ kind: "executed", atMs: this.nowMs, account: account.key, row });
  }

  bookChanged(market: Market): void {
    market.updateId++;
    if (!this.watchesSymbol(market.symbol)) return;
    this.emit({ kind: "book-changed", atMs: this.nowMs, symbol: market.symbol, seq: market.seq });
  }

  publicTrade(market: Market, trade: PublicTrade): void {
    if (!this.watchesSymbol(market.symbol)) return;
    const row = publicTradeRow(market.symbol, trade);
    this.emit({ kind: "public-trade", atMs: this.nowMs, symbol: market.symbol, row });
  }

  tickerChanged(market: Market): void {
    if (!this.watchesSymbol(market.symbol)) return;
    this.emit({ kind: "ticker-changed", atMs: this.nowMs, symbol: market.symbol });
  }

  /** The position (and the wallet, if asked) is pushed when the operation ends. */
  touch(holding: Holding, position: Position, wallet: boolean): void {
    if (this.watches(holding.account, "position-changed")) this.#touched.set(position, holding);
    if (wallet) this.touchWallet(holding.account);
  }

  touchWallet(account: Account): void {
    if (this.watches(account, "wallet-changed")) this.#touchedWallets.add(account);
  }

  /** Ends an operation: pushes the positions and wallets that it touched. */
  flush(): void {
    if (this.#touched.size > 0) {
      for (const [position, holding] of this.#touched) this.#pushPosition(holding, position);
      this.#touched.clear();
    }
    if (this.#touchedWallets.size > 0) {
      for (const account of this.#touchedWallets) this.#pushWallet(account);
      this.#touchedWallets.clear();
    }
  }

  #pushPosition(holding: Holding, position: Position): void {
    const { key } = holding.account;
    const row = positionRow(holding, position);
    this.emit({ kind: "position-changed", atMs: this.nowMs, account: key, row });
  }

  #pushWallet(account: Account): void {
    this.emit({ kind: "wallet-changed", atMs: this.nowMs, account: account.key, row: walletRow(account) });
  }
}
