/**
 * The demo's own small client of the simulated exchange: sets up accounts and prices over the control interface, and trades as
 * the leaders over the real protocol, signed like anybody's orders.
 */
import type { Credentials } from "../security/secrets.ts";

const WINDOW_MS = "5000";
const REQUEST_TIMEOUT_MS = 5_000;

export interface AccountSetup {
  readonly balance: string;
  readonly positionMode: "one-way" | "hedge";
}

export interface MarketOrder {
  readonly symbol: string;
  readonly side: "Buy" | "Sell";
  readonly quantity: string;
  readonly positionIdx: 0 | 1 | 2;
  readonly reduceOnly: boolean;
}

/** What the control interface tells of an account, as far as the demo needs it. */
export interface ControlAccount {
  readonly positions: readonly { readonly symbol: string; readonly side: string; readonly size: string }[];
  readonly orderRequests: readonly {
    readonly action: string;
    readonly arrivedAt: number;
    readonly body: { readonly orderLinkId?: string };
    readonly outcome: string;
  }[];
}

export class VenueClient {
  readonly #rest: string;

  constructor(rest: string) {
    this.#rest = rest;
  }

  createAccount(credentials: Credentials, secret: string, setup: AccountSetup): Promise<unknown> {
    return this.#send("PUT", `/control/accounts/${credentials.apiKey}`, {
      apiSecret: secret,
      balances: { USDT: setup.balance },
      positionMode: setup.positionMode,
    });
  }

  async account(apiKey: string): Promise<ControlAccount> {
    return (await this.#send("GET", `/control/accounts/${apiKey}`)) as ControlAccount;
  }

  /** The last price of each symbol, by the public ticker. */
  async lastPrice(symbol: string): Promise<number> {
    const answer = (await this.#send("GET", `/v5/market/tickers?category=linear&symbol=${symbol}`)) as {
      readonly result: { readonly list: readonly { readonly lastPrice: string }[] };
    };
    return Number(answer.result.list[0]?.lastPrice);
  }

  /** Moves last, mark and index price to `price`. */
  setPrice(symbol: string, price: string): Promise<unknown> {
    return this.#send("PUT", `/control/prices/${symbol}`, { last: price });
  }

  /** Places a market order; false when the exchange refused it. */
  async trade(credentials: Credentials, order: MarketOrder): Promise<boolean> {
    const { symbol, side, quantity, positionIdx, reduceOnly } = order;
    const request = {
      category: "linear",
      symbol,
      side,
      orderType: "Market",
      qty: quantity,
      positionIdx,
      reduceOnly,
    };
    const body = JSON.stringify(request);
    const stamp = String(Date.now());
    const answer = (await this.#send("POST", "/v5/order/create", body, {
      "X-BAPI-API-KEY": credentials.apiKey,
      "X-BAPI-TIMESTAMP": stamp,
      "X-BAPI-RECV-WINDOW": WINDOW_MS,
      "X-BAPI-SIGN": credentials.sign(stamp + credentials.apiKey + WINDOW_MS + body),
    })) as { readonly retCode: number };
    return answer.retCode === 0;
  }

  async #send(
    method: string,
    path: string,
    body?: object | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const text = typeof body === "object" ? JSON.stringify(body) : body;
    const response = await fetch(`${this.#rest}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(text === undefined ? {} : { body: text }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
