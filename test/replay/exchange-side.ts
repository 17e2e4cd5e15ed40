/**
 * The exchange as the replay uses it from outside: the control interface for accounts, instruments and history, and a leader
 * who trades by signed requests. Before a leader's order the book is made of exactly the recorded fills, so that the matching
 * engine itself fills it at those prices and quantities; afterwards the market stands at the last of them.
 */
import { createHmac } from "node:crypto";
import { serverRequest } from "../../src/exchange/simulated/bybit-server/in-memory-outside.ts";
import type { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";
import type { InstrumentSettings } from "../../src/exchange/simulated/market-types.ts";
import type { CarriedPosition, LeaderOrder } from "./leader-script.ts";
import type { RecordedLeg } from "./recorded-fills.ts";

export const EXCHANGE_URL = "http://127.0.0.1";
/** Not the engine's address: the leader does not use up its budget. */
const LEADER_ADDRESS = "127.0.0.2";
/** Base units: more than all followers together ever want of anything. */
const PLENTY = "1000000000";
/** The leverage is so already. */
const UNCHANGED = 110043;
const WINDOW_MS = "5000";
const INDEXES: Readonly<Record<RecordedLeg, 0 | 1 | 2>> = { net: 0, long: 1, short: 2 };

/** `GET /control/accounts/{apiKey}`. */
export interface AccountHistory {
  readonly positions: readonly Readonly<Record<string, unknown>>[];
  readonly openOrders: readonly Readonly<Record<string, unknown>>[];
  readonly orderRequests: readonly OrderRequestRow[];
  /** Newest first; funding too. */
  readonly fills: readonly Readonly<Record<string, unknown>>[];
  readonly balances: Readonly<Record<string, string>>;
}

export interface OrderRequestRow {
  readonly action: string;
  readonly via: string;
  readonly arrivedAt: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly outcome: "accepted" | "rejected" | "lost";
  readonly retCode: number;
  readonly orderId: string;
}

interface OrderAnswer {
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: { readonly orderId?: string };
}

export type LeaderOutcome =
  | { readonly kind: "as-recorded" }
  | { readonly kind: "refused"; readonly code: number; readonly text: string }
  | { readonly kind: "otherwise"; readonly detail: string };

/** What an owner closes: the side of the order, not of the position. */
export type OwnersOrder = Pick<LeaderOrder, "symbol" | "side" | "leg" | "quantity">;

/** The body of `PUT /control/faults`, in force while the leader trades. */
export type FaultSetup = Readonly<Record<string, unknown>>;

/** Where a market stood from a moment on. */
export interface PricePoint {
  readonly symbol: string;
  readonly atMs: number;
  readonly price: string;
}

export class ExchangeSide {
  /** Every price that was set, in order. */
  readonly prices: PricePoint[] = [];
  /** Orders of followers' owners. */
  readonly ownersOrders = new Set<string>();
  readonly #protocol: BybitProtocol;
  #faults: FaultSetup = {};
  #faultSeed = 0;

  constructor(protocol: BybitProtocol) {
    this.#protocol = protocol;
  }

  putAccount(name: string, balance: string, positionMode: "one-way" | "hedge"): void {
    this.#control("PUT", `accounts/${name}`, {
      apiSecret: secretOf(name),
      balances: { USDT: balance },
      positionMode,
    });
  }

  putInstrument({ symbol, ...settings }: InstrumentSettings): void {
    this.#control("PUT", `instruments/${symbol}`, settings);
  }

  /** Settlements at this rate, so many minutes apart. */
  setFunding(symbol: string, fundingIntervalMinutes: number, fundingRate: string): void {
    this.#control("PUT", `instruments/${symbol}`, { fundingIntervalMinutes });
    this.#control("PUT", `funding/${symbol}`, { fundingRate });
  }

  /** Replaces the whole set; `{}` clears. */
  putFaults(faults: FaultSetup): void {
    this.#faults = faults;
    this.#applyFaults(faults);
  }

  /** Moves the market and tells whoever listens. */
  movePrice(symbol: string, price: string): void {
    const { venue, environment } = this.#protocol.state;
    venue.setPrice(symbol, price);
    this.prices.push({ symbol, atMs: environment.nowMs(), price });
    this.#protocol.flush();
  }

  account(name: string): AccountHistory {
    return this.#control("GET", `accounts/${name}`) as AccountHistory;
  }

  setLeverage(name: string, symbol: string, leverage: string): void {
    const body = JSON.stringify({
      category: "linear",
      symbol,
      buyLeverage: leverage,
      sellLeverage: leverage,
    });
    const { retCode, retMsg } = this.#signed(name, "/v5/position/set-leverage", body);
    if (retCode !== 0 && retCode !== UNCHANGED)
      throw new Error(`leverage of ${symbol}: ${retCode} ${retMsg}`);
  }

  /** The leader's order, filled as recorded. */
  trade(leader: string, order: LeaderOrder): LeaderOutcome {
    this.setBook(order);
    const { retCode, retMsg, result } = this.#signed(
      leader,
      "/v5/order/create",
      JSON.stringify(orderOf(order)),
    );
    this.movePrice(order.symbol, order.fills.at(-1)?.price ?? "");
    if (retCode !== 0) return { kind: "refused", code: retCode, text: retMsg };
    return this.outcomeOf(leader, order, result.orderId ?? "");
  }

  /** Puts exactly the recorded fills first in the order's way, and behind them enough for everybody else. */
  setBook({ symbol, side, fills }: LeaderOrder): void {
    const last = fills.at(-1)?.price ?? "";
    const levels = [
      ...fills.map(({ price, quantity }) => [price, quantity] as const),
      [last, PLENTY] as const,
    ];
    const book = side === "Buy" ? { bids: [], asks: levels } : { bids: levels, asks: [] };
    this.#protocol.state.venue.applyExternalBook({ symbol, ...book, last, mark: last, index: last });
  }

  /** A follower's owner closes so much of a position at the market. */
  closeByOwner(name: string, { symbol, side, leg, quantity }: OwnersOrder): void {
    const positionIdx = INDEXES[leg];
    const body = { category: "linear", symbol, side, orderType: "Market", qty: quantity, positionIdx };
    const { retCode, retMsg, result } = this.#signed(
      name,
      "/v5/order/create",
      JSON.stringify({ ...body, reduceOnly: true }),
    );
    if (retCode !== 0) throw new Error(`the owner's order in ${symbol}: ${retCode} ${retMsg}`);
    this.ownersOrders.add(result.orderId ?? "");
    this.#protocol.flush();
  }

  /** What an account's owner does by a signed request; the venue's answer code. */
  request(name: string, path: string, body: Readonly<Record<string, unknown>>): number {
    const { retCode } = this.#signed(name, path, JSON.stringify({ category: "linear", ...body }));
    this.#protocol.flush();
    return retCode;
  }

  /** Positive deposits, negative withdraws; false when the venue refuses. */
  transfer(name: string, amount: string): boolean {
    const outcome = this.#protocol.state.venue.transfer(name, "USDT", amount);
    this.#protocol.flush();
    return outcome.kind !== "refused";
  }

  /** Whether the order's executions are the recorded fills, one by one. */
  outcomeOf(leader: string, { fills }: LeaderOrder, orderId: string): LeaderOutcome {
    const made = this.#protocol.state.venue.executions(leader, { orderId }).toReversed();
    const got = made.map(({ execPrice, execQty }) => `${execQty} at ${execPrice}`).join(", ");
    const wanted = fills.map((fill) => `${fill.quantity} at ${fill.price}`).join(", ");
    return got === wanted
      ? { kind: "as-recorded" }
      : { kind: "otherwise", detail: `${got} instead of ${wanted}` };
  }

  /** A position from before the record, opened at one price. */
  carry(leader: string, { symbol, leg, quantity, price }: CarriedPosition): LeaderOutcome {
    const side = quantity.startsWith("-") ? "Sell" : "Buy";
    const size = quantity.replace("-", "");
    const fill = {
      trader: "",
      line: 0,
      timeMs: 0,
      symbol,
      side,
      leg,
      price,
      quantity: size,
      realised: 0,
    } as const;
    return this.trade(leader, { atMs: 0, symbol, side, leg, quantity: size, fills: [fill] });
  }

  #signed(name: string, path: string, body: string): OrderAnswer {
    const { state } = this.#protocol;
    const stamp = String(state.environment.nowMs());
    const sign = createHmac("sha256", secretOf(name))
      .update(`${stamp}${name}${WINDOW_MS}${body}`)
      .digest("hex");
    const headers = {
      "X-BAPI-API-KEY": name,
      "X-BAPI-TIMESTAMP": stamp,
      "X-BAPI-RECV-WINDOW": WINDOW_MS,
      "X-BAPI-SIGN": sign,
    };
    // The recorded venue took more orders a second than this one; what is on trial are the followers.
    state.userLimits.forget(state.accounts.get(name)?.userText ?? "");
    // The record is of orders that arrived, so only what the streams tell of them may go wrong.
    if (!isCalm(this.#faults)) this.#applyFaults(streamPart(this.#faults));
    const answer = this.#call("POST", path, headers, body, LEADER_ADDRESS) as OrderAnswer;
    if (!isCalm(this.#faults)) this.#applyFaults(this.#faults);
    return answer;
  }

  /** Each set draws anew, else the same few faults would strike for ever. */
  #applyFaults(faults: FaultSetup): void {
    this.#faultSeed += 1;
    this.#control("PUT", "faults", isCalm(faults) ? {} : { ...faults, seed: this.#faultSeed });
  }

  #control(method: string, path: string, body?: unknown): unknown {
    const text = body === undefined ? "" : JSON.stringify(body);
    return this.#call(method, `/control/${path}`, { "Content-Type": "application/json" }, text, "127.0.0.1");
  }

  #call(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    address: string,
  ): unknown {
    let text = "";
    const request = serverRequest({ method, url: `${EXCHANGE_URL}${path}`, headers, body });
    this.#protocol.handleHttp(request, address, (outcome) => {
      if (outcome.kind !== "answer" || outcome.answer.status !== 200) {
        throw new Error(`${method} ${path}: ${JSON.stringify(outcome)}`);
      }
      text = outcome.answer.body;
    });
    return JSON.parse(text);
  }
}

export function secretOf(name: string): string {
  return `${name}-secret`;
}

/** The request of the venue's protocol. */
export function orderOf({ symbol, side, leg, quantity }: LeaderOrder) {
  const positionIdx = INDEXES[leg];
  return { category: "linear", symbol, side, orderType: "Market", qty: quantity, positionIdx } as const;
}

function isCalm(faults: FaultSetup): boolean {
  return Object.keys(faults).length === 0;
}

function streamPart(faults: FaultSetup): FaultSetup {
  return Object.fromEntries(Object.entries(faults).filter(([name]) => name.startsWith("stream")));
}
