/**
 * A Bybit of a few lines for connector tests in memory: logs streams in, acknowledges subscriptions, answers REST reads
 * from tables that a test fills. It knows no trading; what a test wants to happen it says itself.
 */

import { AccountId, type InstrumentId, VenueId } from "../../src/core/model/identifiers.ts";
import type { Instrument } from "../../src/core/model/instrument.ts";
import type { BybitAccountOptions } from "../../src/exchange/bybit/account-options.ts";
import { type BudgetOptions, RequestBudget } from "../../src/exchange/bybit/budget.ts";
import { type BybitAccountParts, connectBybitAccount } from "../../src/exchange/bybit/connect.ts";
import type {
  AccountConnection,
  Capabilities,
  ConnectionEvent,
  RiskTierSource,
} from "../../src/exchange/exchange.ts";
import type { HttpOutcome, HttpRequest } from "../../src/exchange/transport.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { testInstrument } from "./order-fixture.ts";
import { type ScriptedOutside, type ScriptedSocket, scriptedOutside } from "./scripted-outside.ts";

export const SECRET = "secret-that-must-not-show";
export const VENUE = VenueId("exchange.test");
export const ACCOUNT = AccountId("account");

export type Answer = (request: HttpRequest, query: URLSearchParams) => unknown;

export class ScriptedBybit {
  readonly outside: ScriptedOutside;
  readonly budget: RequestBudget;
  readonly events: ConnectionEvent[] = [];
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  /** `result` per path; a test replaces what it needs. */
  readonly answers = new Map<string, Answer>();
  /** Given to every account that connects; null: nobody reads tiers. */
  riskTiers: RiskTierSource | null = null;
  /** Whether accounts may take more risk. */
  mayAdd = true;
  /** Server's clock minus the client's. */
  skewMs = 0;
  /** Log-in answers; null keeps silent. */
  loginAnswer: unknown = { success: true, ret_msg: "", op: "auth", conn_id: "1" };

  constructor(budget: Partial<BudgetOptions> = {}) {
    this.outside = scriptedOutside((request) => this.#http(request));
    this.budget = new RequestBudget(this.outside.clock, budget);
    this.outside.sockets.onSent = (socket, text) => this.#sent(socket, text);
    const listed = ["BTCUSDT", "ETHUSDT"].map((symbol) => testInstrument(symbol, VENUE));
    this.instruments = new Map(listed.map((one) => [one.id, one]));
    this.answers.set("/v5/position/list", () => ({ list: [], nextPageCursor: "" }));
    this.answers.set("/v5/order/realtime", () => ({ list: [], nextPageCursor: "" }));
    this.answers.set("/v5/order/history", () => ({ list: [], nextPageCursor: "" }));
    this.answers.set("/v5/execution/list", () => ({ list: [], nextPageCursor: "" }));
    this.answers.set("/v5/account/wallet-balance", () => ({
      list: [{ accountType: "UNIFIED", totalEquity: "1000", totalAvailableBalance: "900", coin: [] }],
    }));
    this.answers.set("/v5/market/time", () => ({}));
  }

  connect(
    role: "leader" | "follower" = "follower",
    options: Partial<BybitAccountOptions> = {},
    capabilities: Capabilities = { orderEntryStream: true, hedgeMode: true },
  ): AccountConnection {
    const parts: BybitAccountParts = {
      account: ACCOUNT,
      venue: VENUE,
      role,
      credentials: new Credentials("KEY", SECRET),
      urls: { rest: "https://rest.test", stream: "wss://stream.test", publicStream: "wss://stream.test" },
      capabilities,
      instruments: this.instruments,
      outside: this.outside,
      budget: this.budget,
      listener: (event) => this.events.push(event),
      mayAdd: () => this.mayAdd,
      options,
      ...(this.riskTiers === null ? {} : { riskTiers: this.riskTiers }),
    };
    return connectBybitAccount(parts);
  }

  /** Connects, lets the first snapshot pass and forgets what was heard so far. */
  opened(
    role: "leader" | "follower" = "follower",
    options: Partial<BybitAccountOptions> = {},
  ): AccountConnection {
    const connection = this.connect(role, options);
    connection.open();
    this.outside.clock.advance(200);
    this.events.length = 0;
    this.outside.http.requests.length = 0;
    return connection;
  }

  get kinds(): readonly string[] {
    return this.events.map((event) => event.kind);
  }

  /** REST requests so far, as `METHOD /path?query`. */
  get asked(): readonly string[] {
    return this.outside.http.requests.map(
      ({ method, url }) => `${method} ${url.replace("https://rest.test", "")}`,
    );
  }

  privateSocket(): ScriptedSocket {
    return defined(this.outside.sockets.last("/v5/private"));
  }

  tradeSocket(): ScriptedSocket {
    return defined(this.outside.sockets.last("/v5/trade"));
  }

  /** A topic message on the private stream. */
  push(topic: string, ...data: readonly unknown[]): void {
    this.privateSocket().say({ id: "1", topic, creationTime: this.serverNowMs(), data });
  }

  serverNowMs(): number {
    return this.outside.clock.nowMs() + this.skewMs;
  }

  /** An envelope with another code than 0. */
  refusal(retCode: number, retMsg = "refused"): HttpOutcome {
    return this.envelope({}, retCode, retMsg);
  }

  envelope(result: unknown, retCode = 0, retMsg = "OK"): HttpOutcome {
    const body = JSON.stringify({ retCode, retMsg, result, retExtInfo: {}, time: this.serverNowMs() });
    return { kind: "answered", status: 200, headers: {}, body };
  }

  #http(request: HttpRequest): HttpOutcome | null {
    const url = new URL(request.url);
    const answer = this.answers.get(url.pathname)?.(request, url.searchParams);
    if (answer === undefined) return { kind: "answered", status: 404, headers: {}, body: "" };
    if (answer === null) return null;
    return isOutcome(answer) ? answer : this.envelope(answer);
  }

  #sent(socket: ScriptedSocket, text: string): void {
    const message = JSON.parse(text) as { op: string };
    const later = (answer: unknown): void => {
      this.outside.clock.setTimer(1, () => socket.say(answer));
    };
    if (message.op === "auth" && this.loginAnswer !== null) later(this.loginAnswer);
    else if (message.op === "subscribe") later({ success: true, ret_msg: "", op: "subscribe", conn_id: "1" });
    else if (message.op === "ping") later({ op: "pong", args: ["1"] });
  }
}

function isOutcome(answer: unknown): answer is HttpOutcome {
  return typeof answer === "object" && answer !== null && "kind" in answer;
}

function defined<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("no such connection was opened");
  return value;
}

export const executionRow = (more: object = {}): object => ({
  category: "linear",
  symbol: "BTCUSDT",
  orderId: "order-1",
  orderLinkId: "",
  side: "Buy",
  execId: "trade-1",
  execPrice: "60000",
  execQty: "0.1",
  execType: "Trade",
  execTime: "1700000000100",
  closedSize: "0",
  execFee: "3.3",
  seq: 5,
  ...more,
});

export const positionRow = (more: object = {}): object => ({
  category: "linear",
  symbol: "BTCUSDT",
  positionIdx: 0,
  side: "Buy",
  size: "0.1",
  entryPrice: "60000",
  avgPrice: "60000",
  leverage: "10",
  seq: 5,
  updatedTime: "1700000000100",
  positionStatus: "Normal",
  ...more,
});

export const orderRow = (more: object = {}): object => ({
  category: "linear",
  symbol: "BTCUSDT",
  orderId: "order-1",
  orderLinkId: "ct-1",
  side: "Buy",
  positionIdx: 0,
  orderStatus: "Filled",
  qty: "0.1",
  cumExecQty: "0.1",
  avgPrice: "60000",
  reduceOnly: false,
  rejectReason: "EC_NoError",
  cancelType: "UNKNOWN",
  updatedTime: "1700000000100",
  ...more,
});
