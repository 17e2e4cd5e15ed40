/**
 * Whatever a venue says, in answers and on streams: the connector goes on, tells events that the core can take and the journal can
 * keep, and shows no secret. An account is stopped or a stream reopened; the process never is.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { decide } from "../../src/core/decide.ts";
import { encodeDecision } from "../../src/core/decision-codec.ts";
import type { Event } from "../../src/core/event.ts";
import { AccountId, ClientOrderId, InstrumentId } from "../../src/core/model/identifiers.ts";
import { plainAllocation } from "../../src/core/settings.ts";
import { emptyState, type State } from "../../src/core/state.ts";
import { openBybitMarket } from "../../src/exchange/bybit/market-feed.ts";
import { openBybitBooks } from "../../src/exchange/bybit/public-books.ts";
import type { HttpOutcome } from "../../src/exchange/transport.ts";
import { approvedOrder } from "../conformance/order-fixture.ts";
import {
  ACCOUNT,
  executionRow,
  orderRow,
  positionRow,
  ScriptedBybit,
  SECRET,
  VENUE,
} from "../conformance/scripted-bybit.ts";
import { damaged, damagedText, jsonText, runs } from "./hostile.ts";

const BITCOIN = InstrumentId("BTCUSDT", VENUE);
const OTHER = AccountId("other");
const page = (...list: readonly object[]) => ({ category: "linear", list, nextPageCursor: "" });
const envelope = (result: unknown) => ({
  retCode: 0,
  retMsg: "OK",
  result,
  retExtInfo: {},
  time: 1_700_000_000_000,
});

const wallet = {
  accountType: "UNIFIED",
  totalEquity: "1000",
  totalAvailableBalance: "900",
  totalWalletBalance: "950",
  coin: [{ coin: "USDT", equity: "1000", walletBalance: "950" }],
};
const leaderOrder = orderRow({
  orderLinkId: "",
  orderStatus: "Untriggered",
  orderType: "Limit",
  price: "59000",
  triggerPrice: "59100",
  stopOrderType: "StopLoss",
  triggerBy: "MarkPrice",
  triggerDirection: 2,
  timeInForce: "GTC",
  reduceOnly: true,
});

const topics = damagedText([
  { topic: "execution", data: [executionRow(), executionRow({ execId: "trade-2", execType: "Funding" })] },
  {
    topic: "position",
    data: [positionRow(), positionRow({ symbol: "ETHUSDT", positionIdx: 1, takeProfit: "70000" })],
  },
  {
    topic: "order",
    data: [orderRow(), orderRow({ orderStatus: "New", orderType: "Limit", price: "60000" })],
  },
  { topic: "order", data: [leaderOrder] },
  { topic: "wallet", data: [wallet] },
  { op: "auth", success: true, retCode: 0, ret_msg: "" },
  { op: "subscribe", success: true, ret_msg: "" },
]);
const orderAnswers = damagedText([
  {
    reqId: "1",
    retCode: 0,
    retMsg: "OK",
    op: "order.create",
    data: { orderId: "order-1" },
    header: LIMITS(),
  },
  { reqId: "2", retCode: 10006, retMsg: "too many", op: "order.create", data: {}, header: LIMITS() },
  { retCode: 10404, retMsg: "not found", op: "order.create" },
  { op: "auth", retCode: 0 },
]);
const PATHS = [
  ["/v5/position/list", page(positionRow(), positionRow({ symbol: "ETHUSDT", side: "", size: "0" }))],
  ["/v5/order/realtime", page(orderRow({ orderStatus: "New" }), leaderOrder)],
  ["/v5/order/history", page(orderRow())],
  ["/v5/execution/list", page(executionRow({ orderLinkId: "ct-1" }))],
  ["/v5/account/wallet-balance", { list: [wallet] }],
  ["/v5/order/create", { orderId: "order-1", orderLinkId: "ct-1" }],
  ["/v5/order/cancel", { orderId: "order-1" }],
  ["/v5/user/query-api", keyInformation()],
  ["/v5/account/info", { marginMode: "REGULAR_MARGIN" }],
  ["/v5/market/time", {}],
] as const;
const answers = fc
  .constantFrom(...PATHS)
  .chain(([path, result]) => fc.record({ path: fc.constant(path), outcome: outcomes([envelope(result)]) }));

function outcomes(samples: readonly unknown[]): fc.Arbitrary<HttpOutcome> {
  return fc.record({
    kind: fc.constant("answered" as const),
    status: fc.constantFrom(200, 200, 200, 200, 200, 403, 429, 500, 0),
    headers: fc.dictionary(
      fc.constantFrom(...Object.keys(LIMITS())),
      fc.constantFrom("", "0", "-1", "1e999", "x", "50"),
    ),
    body: damagedText(samples),
  });
}

function LIMITS() {
  return {
    "X-Bapi-Limit": "50",
    "X-Bapi-Limit-Status": "49",
    "X-Bapi-Limit-Reset-Timestamp": "1700000000500",
  };
}

function keyInformation() {
  return {
    userID: 7,
    uta: 1,
    readOnly: 0,
    permissions: { ContractTrade: ["Order", "Position"], Wallet: [] },
    expiredAt: "2030-01-01T00:00:00Z",
  };
}

type Step =
  | { readonly on: "private" | "trade"; readonly text: string }
  | { readonly on: "rest"; readonly path: string; readonly outcome: HttpOutcome };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ on: fc.constant("private" as const), text: topics }) },
  fc.record({ on: fc.constant("trade" as const), text: orderAnswers }),
  answers.map((answer) => ({ on: "rest" as const, ...answer })),
);

/** A core that follows the account in this role. */
function coreOf(role: "leader" | "follower", bybit: ScriptedBybit): State {
  const state = emptyState();
  const atMs = bybit.outside.clock.nowMs();
  const pair = role === "leader" ? ([ACCOUNT, OTHER] as const) : ([OTHER, ACCOUNT] as const);
  const [lead, copier] = pair;
  const specs = [...bybit.instruments.values()].map(({ spec }) => spec);
  decide(state, { kind: "engine-started", epoch: "abcdefgh", atMs });
  decide(state, { kind: "instruments-listed", instruments: specs, atMs });
  const settings = {
    accounts: [
      { account: lead, venue: VENUE, role: "leader" as const },
      { account: copier, venue: VENUE, role: "follower" as const },
    ],
    allocations: [plainAllocation(lead, copier)],
    leaderStaleAfterMs: 60_000,
    followerStaleAfterMs: 60_000,
    snapshotIntervalMs: 15_000,
    orderWindowMs: 5_000,
  };
  decide(state, { kind: "settings-changed", settings, atMs });
  return state;
}

/** What the engine does with an event: it must survive the journal unchanged, and the core must take it. */
function take(state: State, event: Event): void {
  const text = JSON.stringify(event);
  expect(JSON.parse(text)).toEqual(event);
  expect(text).not.toContain(SECRET);
  encodeDecision(state, decide(state, event));
}

describe("an account's connection", () => {
  it("survives whatever the venue says, and the core whatever it tells", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("leader" as const, "follower" as const),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        (role, steps) => {
          const bybit = new ScriptedBybit();
          const connection = bybit.opened(role);
          connection.followOrders?.(true);
          const state = coreOf(role, bybit);
          if (role === "follower")
            connection.submit(
              [1, 2].map((n) =>
                approvedOrder({ account: ACCOUNT, instrument: BITCOIN, lots: 1, clientOrderId: `ct-${n}` }),
              ),
            );
          for (const one of steps) {
            if (one.on === "rest") bybit.answers.set(one.path, () => one.outcome);
            else if (one.on === "private" || role === "leader") bybit.privateSocket().say(one.text || " ");
            else bybit.tradeSocket().say(one.text || " ");
            connection.requestSnapshot();
            connection.describeMarket(BITCOIN);
            if (role === "follower") connection.lookUp(ClientOrderId("ct-1"), BITCOIN);
            connection.inspect((result) =>
              expect(JSON.stringify(result) + String(result)).not.toContain(SECRET),
            );
            bybit.outside.clock.advance(20_000);
          }
          for (const event of bybit.events) take(state, event);
          expect(encodeCheckpoint(decodeCheckpoint(encodeCheckpoint(state)))).toBe(encodeCheckpoint(state));
        },
      ),
      runs(150),
    );
  });

  it("keeps to the account: a key that may withdraw is never told as one that may not", () => {
    const withdrawing = {
      ...keyInformation(),
      permissions: { ContractTrade: ["Order"], Wallet: ["AccountTransfer", "Withdraw"] },
    };
    fc.assert(
      fc.property(damaged([withdrawing]), (result) => {
        const bybit = new ScriptedBybit();
        const text = jsonText(envelope(result));
        bybit.answers.set("/v5/user/query-api", () => ({
          kind: "answered",
          status: 200,
          headers: {},
          body: text,
        }));
        const seen: unknown[] = [];
        bybit.connect().inspectKey((found) => seen.push(found));
        bybit.outside.clock.advance(60_000);
        expect(seen).toHaveLength(1);
        if (text.includes("Withdraw")) expect(seen).not.toMatchObject([{ canWithdraw: false }]);
      }),
      runs(150),
    );
  });
});

const spec = {
  symbol: "BTCUSDT",
  status: "Trading",
  baseCoin: "BTC",
  settleCoin: "USDT",
  fundingInterval: 480,
  lotSizeFilter: {
    qtyStep: "0.001",
    minOrderQty: "0.001",
    maxOrderQty: "1190",
    maxMktOrderQty: "500",
    minNotionalValue: "5",
  },
  priceFilter: { tickSize: "0.10", minPrice: "0.10", maxPrice: "1999999.80" },
  leverageFilter: { maxLeverage: "100", leverageStep: "0.01" },
};
const ticker = {
  symbol: "BTCUSDT",
  bid1Price: "60000",
  ask1Price: "60000.1",
  markPrice: "60000",
  indexPrice: "60000",
  lastPrice: "60000",
};
const book = {
  s: "BTCUSDT",
  b: [
    ["60000", "1"],
    ["59999.9", "2"],
  ],
  a: [["60000.1", "1"]],
  u: 5,
  seq: 9,
};
const publicMessages = damagedText([
  { topic: "tickers.BTCUSDT", type: "snapshot", data: ticker },
  { topic: "tickers.BTCUSDT", type: "delta", data: { symbol: "BTCUSDT", markPrice: "60001" } },
  { topic: "orderbook.50.BTCUSDT", type: "snapshot", data: book },
  { topic: "orderbook.50.BTCUSDT", type: "delta", data: { ...book, u: 6, b: [["60000", "0"]] } },
  { op: "subscribe", success: false, req_id: "1", ret_msg: "no such topic" },
]);

describe("public data", () => {
  it("of every kind leads to prices and instruments that the core can take, or to a notice", () => {
    fc.assert(
      fc.property(
        fc.array(publicMessages, { maxLength: 5 }),
        outcomes([envelope(page(spec, { ...spec, symbol: "ETHUSDT" }))]),
        outcomes([envelope(page(ticker))]),
        (messages, listing, tickers) => {
          const bybit = new ScriptedBybit();
          const state = coreOf("follower", bybit);
          const events: Event[] = [];
          const { outside, budget } = bybit;
          bybit.answers.set("/v5/market/instruments-info", () => listing);
          bybit.answers.set("/v5/market/tickers", () => tickers);
          const urls = {
            rest: "https://rest.test",
            stream: "wss://stream.test",
            publicStream: "wss://stream.test",
          };
          const parts = { venue: VENUE, urls, outside, budget };
          const market = openBybitMarket({ ...parts, listener: (event) => events.push(event) });
          const books = openBybitBooks({ ...parts, listener: { changed: () => books.read(BITCOIN) } });
          market.loadInstruments((result) => {
            if (!Array.isArray(result)) return;
            const specs = result.map((one) => one.spec);
            events.push({ kind: "instruments-listed", instruments: specs, atMs: outside.clock.nowMs() });
          });
          market.follow([BITCOIN]);
          books.follow([BITCOIN]);
          outside.clock.advance(1_000);
          for (const text of messages) {
            for (const socket of outside.sockets.opened) socket.say(text || " ");
            books.read(BITCOIN);
            outside.clock.advance(20_000);
          }
          for (const event of events) take(state, event);
        },
      ),
      runs(150),
    );
  });
});
