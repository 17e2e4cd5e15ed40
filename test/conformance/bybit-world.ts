/**
 * The Bybit connector over real sockets against the simulated exchange: a world for the contract suite and for tests of
 * Bybit's own troubles. Owners trade through the unmodified `bybit-api`, a third reading of the protocol.
 */
import { RestClientV5 } from "bybit-api";
import type { Leg, PositionMode } from "../../src/core/event.ts";
import { AccountId, InstrumentId } from "../../src/core/model/identifiers.ts";
import type { Instrument } from "../../src/core/model/instrument.ts";
import type { BybitAccountOptions } from "../../src/exchange/bybit/account-options.ts";
import { type BudgetOptions, RequestBudget } from "../../src/exchange/bybit/budget.ts";
import { connectBybitAccount } from "../../src/exchange/bybit/connect.ts";
import { type BybitVenue, bybitVenue } from "../../src/exchange/bybit/hosts.ts";
import { openBybitMarket } from "../../src/exchange/bybit/market-feed.ts";
import { BybitRest } from "../../src/exchange/bybit/rest.ts";
import type { Capabilities } from "../../src/exchange/exchange.ts";
import { ExchangeError } from "../../src/exchange/exchange-error.ts";
import { createRealOutside, type RealOutside } from "../../src/exchange/net/outside.ts";
import { type RunningExchange, startExchange } from "../../src/exchange/simulated/bybit-server/server.ts";
import { Credentials } from "../../src/security/secrets.ts";
import type { ContractAccount, ContractWorld, OwnerTrade } from "./exchange-contract.ts";
import { EventRecorder } from "./test-account.ts";

export const API_SECRET = "owner-secret";

export interface AccountWish {
  readonly role: "leader" | "follower";
  readonly followsOrders?: boolean;
  readonly mode?: PositionMode;
  readonly options?: Partial<BybitAccountOptions>;
}

export class BybitWorld implements ContractWorld {
  readonly exchange: RunningExchange;
  readonly outside: RealOutside;
  readonly budget: RequestBudget;
  readonly rest: BybitRest;
  readonly bybit: BybitVenue;
  readonly capabilities: Capabilities;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly instrument: InstrumentId;
  #accounts = 0;

  private constructor(
    exchange: RunningExchange,
    capabilities: Capabilities,
    instruments: readonly Instrument[],
    parts: {
      readonly outside: RealOutside;
      readonly budget: RequestBudget;
      readonly rest: BybitRest;
      readonly bybit: BybitVenue;
    },
  ) {
    this.exchange = exchange;
    this.capabilities = capabilities;
    this.instruments = new Map(instruments.map((one) => [one.id, one]));
    this.instrument = InstrumentId("BTCUSDT", parts.bybit.venue);
    this.outside = parts.outside;
    this.budget = parts.budget;
    this.rest = parts.rest;
    this.bybit = parts.bybit;
  }

  static async start(
    capabilities: Partial<Capabilities> = {},
    budgetOptions: Partial<BudgetOptions> = {},
  ): Promise<BybitWorld> {
    const exchange = await startExchange({ control: true });
    const bybit = bybitVenue(exchange.rest);
    const outside = createRealOutside();
    const budget = new RequestBudget(outside.clock, budgetOptions);
    const rest = new BybitRest(outside, bybit.urls.rest, budget);
    const instruments = await loadInstruments(bybit, outside, budget);
    const world = new BybitWorld(exchange, { ...bybit.capabilities, ...capabilities }, instruments, {
      outside,
      budget,
      rest,
      bybit,
    });
    await world.control("PUT", "/control/prices/BTCUSDT", { last: "60000" });
    return world;
  }

  async account(role: "leader" | "follower", mode: PositionMode): Promise<BybitTestAccount> {
    return this.make({ role, mode });
  }

  async make(wish: AccountWish): Promise<BybitTestAccount> {
    const apiKey = `key-${++this.#accounts}`;
    await this.control("PUT", `/control/accounts/${apiKey}`, {
      apiSecret: API_SECRET,
      balances: { USDT: "100000" },
      positionMode: wish.mode ?? "one-way",
    });
    return new BybitTestAccount(this, apiKey, wish);
  }

  async control(method: "GET" | "PUT" | "POST", path: string, body?: unknown): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${this.exchange.rest}${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async setPrice(last: string): Promise<void> {
    await this.control("PUT", "/control/prices/BTCUSDT", { last });
  }

  async close(): Promise<void> {
    this.outside.close();
    await this.exchange.close();
  }
}

export class BybitTestAccount extends EventRecorder implements ContractAccount {
  readonly apiKey: string;
  readonly connection: ContractAccount["connection"];
  readonly #world: BybitWorld;
  readonly #owner: RestClientV5;

  constructor(world: BybitWorld, apiKey: string, wish: AccountWish) {
    super();
    this.apiKey = apiKey;
    this.#world = world;
    this.#owner = new RestClientV5({ baseUrl: world.exchange.rest, key: apiKey, secret: API_SECRET });
    this.connection = connectBybitAccount({
      account: AccountId(apiKey),
      venue: world.bybit.venue,
      role: wish.role,
      followsOrders: wish.followsOrders ?? false,
      credentials: new Credentials(apiKey, API_SECRET),
      urls: world.bybit.urls,
      capabilities: world.capabilities,
      instruments: world.instruments,
      outside: world.outside,
      budget: world.budget,
      rest: world.rest,
      listener: this.listener,
      ...(wish.options === undefined ? {} : { options: wish.options }),
    });
  }

  /** As the owner chooses it at the exchange; the venue's answer code. */
  async chooseMarginMode(mode: "REGULAR_MARGIN" | "ISOLATED_MARGIN" | "PORTFOLIO_MARGIN"): Promise<number> {
    return (await this.#owner.setMarginMode(mode)).retCode;
  }

  async trade(trade: OwnerTrade): Promise<void> {
    const answer = await this.#owner.submitOrder({
      category: "linear",
      symbol: "BTCUSDT",
      side: trade.side === "buy" ? "Buy" : "Sell",
      ...(trade.price === undefined
        ? { orderType: "Market" as const }
        : { orderType: "Limit" as const, price: trade.price }),
      qty: trade.quantity,
      positionIdx: POSITION_INDEX[trade.leg ?? "net"],
      reduceOnly: trade.reduceOnly ?? false,
    });
    if (answer.retCode !== 0) throw new Error(`the owner's order was refused: ${answer.retMsg}`);
  }

  /** Take profit, stop loss and trailing stop of the whole position; "0" removes one. */
  async setExits(exits: { readonly takeProfit?: string; readonly stopLoss?: string }): Promise<void> {
    const place = { category: "linear", symbol: "BTCUSDT", positionIdx: 0, tpslMode: "Full" } as const;
    const answer = await this.#owner.setTradingStop({ ...place, ...exits });
    if (answer.retCode !== 0) throw new Error(`the owner's exits were refused: ${answer.retMsg}`);
  }

  async loseAnswers(isLost: boolean): Promise<void> {
    const faults = isLost ? { responseLost: 1, accounts: [this.apiKey] } : {};
    await this.#world.control("PUT", "/control/faults", faults);
  }

  /** Order requests that the exchange received, as control tells them. */
  async orderRequests(): Promise<
    readonly { readonly via: string; readonly outcome: string; readonly body: Record<string, unknown> }[]
  > {
    const state = (await this.#world.control("GET", `/control/accounts/${this.apiKey}`)) as {
      orderRequests: { via: string; outcome: string; body: Record<string, unknown> }[];
    };
    return state.orderRequests;
  }
}

const POSITION_INDEX: Readonly<Record<Leg, 0 | 1 | 2>> = { net: 0, long: 1, short: 2 };

function loadInstruments(
  bybit: BybitVenue,
  outside: RealOutside,
  budget: RequestBudget,
): Promise<readonly Instrument[]> {
  const feed = openBybitMarket({ ...bybit, outside, budget, listener: () => {} });
  return new Promise((resolve, reject) => {
    feed.loadInstruments((result) => {
      feed.close();
      if (result instanceof ExchangeError) reject(result);
      else resolve(result);
    });
  });
}
