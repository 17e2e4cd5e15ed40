/**
 * The Bybit connector against the simulated exchange over loopback sockets: the contract of every connection, by stream
 * and by REST, and the troubles of the pains page that belong to a connector: lost answers, dropped streams, wrong
 * clocks, position modes.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ClientOrderId } from "../../src/core/model/identifiers.ts";
import { openBybitMarket } from "../../src/exchange/bybit/market-feed.ts";
import { type BybitTestAccount, BybitWorld } from "./bybit-world.ts";
import { describeExchangeContract } from "./exchange-contract.ts";
import { approvedOrder } from "./order-fixture.ts";
import { describeOrderForms } from "./order-forms-contract.ts";

describeExchangeContract("Bybit with the order-entry stream", true, () => BybitWorld.start());
describeExchangeContract("Bybit by REST alone (as on demo)", true, () =>
  BybitWorld.start({ orderEntryStream: false }),
);
describeOrderForms("Bybit with the order-entry stream", () => BybitWorld.start());
describeOrderForms("Bybit by REST alone (as on demo)", () => BybitWorld.start({ orderEntryStream: false }));

describe("the margin mode of an account", () => {
  let world: BybitWorld;
  beforeAll(async () => {
    world = await BybitWorld.start();
  });
  afterAll(() => world.close());

  async function opened(role: "leader" | "follower"): Promise<BybitTestAccount> {
    const account = await world.make({ role });
    account.connection.tellMarginMode?.(true);
    account.connection.open();
    return account;
  }

  test("is told with a snapshot where it is asked for, and is what its owner chose", async () => {
    const account = await opened("leader");
    expect((await account.next("leader-snapshot-taken")).marginMode).toBe("cross");
    expect(await account.chooseMarginMode("ISOLATED_MARGIN")).toBe(0);
    account.connection.requestSnapshot();
    const isolated = (event: { readonly marginMode?: string }) => event.marginMode === "isolated";
    const { equity } = await account.next("leader-snapshot-taken", isolated);
    expect(equity).toEqual({ equity: "100000", available: "100000", balance: "100000" });
    account.connection.tellMarginMode?.(false);
    account.events.length = 0;
    account.connection.requestSnapshot();
    expect(await account.next("leader-snapshot-taken")).not.toHaveProperty("marginMode");
    account.connection.close();
  });

  test("is set while the account is flat, also when it is so already, and refused with the reason otherwise", async () => {
    const account = await opened("follower");
    await account.next("follower-snapshot-taken");
    for (const mode of ["isolated", "isolated", "cross"] as const) {
      account.events.length = 0;
      account.connection.setMarginMode?.(mode);
      expect(await account.next("margin-mode-set")).toMatchObject({ marginMode: mode });
    }
    await account.trade({ side: "buy", quantity: "0.01" });
    account.connection.setMarginMode?.("isolated");
    expect((await account.next("margin-mode-refused")).rejection).toMatchObject({
      code: 3400045,
      text: expect.stringContaining("The account has positions (3400000)"),
    });
    await account.trade({ side: "sell", quantity: "0.01" });
    await account.trade({ side: "buy", quantity: "0.01", price: "50000" });
    account.events.length = 0;
    account.connection.setMarginMode?.("isolated");
    const { rejection } = await account.next("margin-mode-refused");
    expect(rejection.text).toContain("The account has open orders");
    account.connection.close();
  });
});

describe("a leader whose orders are followed", () => {
  let world: BybitWorld;
  beforeAll(async () => {
    world = await BybitWorld.start();
  });
  afterAll(() => world.close());

  async function leader(followsOrders = true): Promise<BybitTestAccount> {
    const account = await world.make({ role: "leader", followsOrders });
    account.connection.open();
    await account.next("leader-snapshot-taken");
    return account;
  }

  test("tells orders that rest or wait, and their ends", async () => {
    const account = await leader();
    await account.trade({ side: "buy", quantity: "0.01", price: "58000" });
    const { order } = await account.next(
      "leader-order-reported",
      (event) => event.order.status === "working",
    );
    expect(order).toMatchObject({
      instrument: world.instrument,
      leg: "net",
      orderKind: "order",
      orderType: "limit",
      price: "58000",
      timeInForce: "GTC",
      quantity: "0.01",
      triggerBy: null,
      triggerDirection: null,
    });
    await world.setPrice("57900");
    await account.next("leader-order-reported", (event) => event.order.status === "filled");
    await world.setPrice("60000");
    account.connection.close();
  });

  test("tells the exits of a position, on its row and as orders, and their edits", async () => {
    const account = await leader();
    await account.trade({ side: "buy", quantity: "0.01" });
    await account.setExits({ takeProfit: "66000", stopLoss: "57000" });
    const reported = await account.next(
      "leader-position-reported",
      ({ position }) => position.takeProfit !== undefined,
    );
    expect(reported.position).toMatchObject({ takeProfit: "66000", stopLoss: "57000" });
    expect(reported.position).not.toHaveProperty("trailingStop");
    const stop = await account.next(
      "leader-order-reported",
      ({ order }) => order.orderKind === "stop-loss" && order.status === "untriggered",
    );
    expect(stop.order).toMatchObject({ triggerPrice: "57000", triggerDirection: "falls", reduceOnly: true });
    account.events.length = 0;
    await account.setExits({ takeProfit: "0", stopLoss: "57500" });
    await account.next("leader-position-reported", ({ position }) => position.stopLoss === "57500");
    account.connection.requestSnapshot();
    const snapshot = await account.next("leader-snapshot-taken");
    expect(snapshot.positions[0]).toMatchObject({ stopLoss: "57500" });
    expect(snapshot.positions[0]).not.toHaveProperty("takeProfit");
    expect(snapshot.leaderOrders).toMatchObject([{ orderKind: "stop-loss", triggerPrice: "57500" }]);
    account.connection.close();
  });

  test("is not told of where nobody asked, and neither read nor journaled", async () => {
    const account = await leader(false);
    await account.trade({ side: "buy", quantity: "0.01", price: "58000" });
    await account.trade({ side: "buy", quantity: "0.01" });
    await account.setExits({ takeProfit: "66000" });
    account.events.length = 0;
    account.connection.requestSnapshot();
    const snapshot = await account.next("leader-snapshot-taken");
    expect(snapshot).not.toHaveProperty("leaderOrders");
    expect(snapshot.positions[0]).not.toHaveProperty("takeProfit");
    expect(account.events.some(({ kind }) => kind === "leader-order-reported")).toBe(false);
    account.connection.close();
  });
});

describe("under faults", () => {
  let world: BybitWorld;
  beforeAll(async () => {
    world = await BybitWorld.start();
  });
  afterAll(() => world.close());
  beforeEach(() => world.control("PUT", "/control/faults", {}));

  let ids = 0;
  function submit(account: BybitTestAccount, lots = 10): ClientOrderId {
    const clientOrderId = `ct-fault-${++ids}`;
    const order = approvedOrder({
      account: account.connection.account,
      instrument: world.instrument,
      lots,
      clientOrderId,
    });
    account.connection.submit([order]);
    return ClientOrderId(clientOrderId);
  }

  async function ready(role: "leader" | "follower" = "follower", options = {}): Promise<BybitTestAccount> {
    const account = await world.make({
      role,
      options: { stream: { reconnect: { firstMs: 50, capMs: 200 } }, ...options },
    });
    account.connection.open();
    await account.next(`${role}-snapshot-taken`);
    return account;
  }

  /** Waits until orders go by the stream. */
  async function streaming(account: BybitTestAccount): Promise<void> {
    for (let count = 0; count < 50; count++) {
      const id = submit(account, 1);
      await account.until(() =>
        account.events.some(
          (event) =>
            "clientOrderId" in event && event.clientOrderId === id && event.kind.startsWith("order-"),
        ),
      );
      if ((await account.orderRequests()).at(-1)?.via === "ws") return;
    }
    throw new Error("orders never went by the stream");
  }

  test("orders go by the stream once it stands", async () => {
    const account = await ready();
    await streaming(account);
    account.connection.close();
  });

  test("an answer lost after acceptance is unknown; the look-up finds the one order (pain 5)", async () => {
    const account = await ready();
    await streaming(account);
    await world.control("PUT", "/control/faults", { responseLost: 1, accounts: [account.apiKey] });
    const id = submit(account);
    await account.next("order-outcome-unknown", (event) => event.clientOrderId === id);
    await world.control("PUT", "/control/faults", {});
    account.connection.lookUp(id, world.instrument);
    await account.next(
      "order-reported",
      (event) => event.order.clientOrderId === id && event.order.status === "filled",
    );
    await account.until(() => account.filled(id) === 0.01);
    expect((await account.orderRequests()).filter((request) => request.body.orderLinkId === id)).toHaveLength(
      1,
    );
    account.connection.close();
  });

  test("a server error (10016) is unknown, and too many visits (10006) a certain refusal (pain 24)", async () => {
    const account = await ready();
    await streaming(account);
    await world.control("PUT", "/control/faults", { retCode10016: 1, accounts: [account.apiKey] });
    const first = submit(account);
    await account.next("order-outcome-unknown", (event) => event.clientOrderId === first);
    await world.control("PUT", "/control/faults", { retCode10006: 1, accounts: [account.apiKey] });
    const second = submit(account);
    const rejected = await account.next("order-rejected", (event) => event.clientOrderId === second);
    expect(rejected.rejection).toMatchObject({ class: "rate-limited", code: 10006 });
    account.connection.close();
  });

  test("a dropped stream comes back and tells what happened meanwhile (pain 9)", async () => {
    const account = await ready("leader");
    await account.trade({ side: "buy", quantity: "0.01" });
    await account.until(() => account.folded("net") === 0.01);
    await world.control("PUT", "/control/faults", { streamDisconnect: true });
    await account.next("connection-changed", (event) => event.state === "down");
    await account.trade({ side: "buy", quantity: "0.02" });
    account.events.length = 0;
    await world.control("PUT", "/control/faults", {});
    await account.next("connection-changed", (event) => event.state === "up");
    await account.until(() => account.folded("net") === 0.03);
    const snapshot = await account.next("leader-snapshot-taken");
    expect(snapshot.positions).toMatchObject([{ quantity: "0.03" }]);
    account.connection.close();
  });

  test("a stream that answers pings but carries nothing is seen through by a snapshot (pain 10)", async () => {
    const account = await ready("leader");
    await world.control("PUT", "/control/faults", { streamSilent: true });
    await account.trade({ side: "buy", quantity: "0.01" });
    account.events.length = 0;
    account.connection.requestSnapshot();
    const snapshot = await account.next("leader-snapshot-taken");
    expect(snapshot.positions).toMatchObject([{ quantity: "0.01" }]);
    expect(account.folded("net")).toBe(0);
    account.connection.close();
  });

  test("a server clock an hour away is followed, also when it moves while we run (pain 23)", async () => {
    await world.control("PUT", "/control/faults", { clockSkewMs: 3_600_000 });
    const account = await ready();
    const id = submit(account);
    await account.until(() => account.filled(id) === 0.01);
    await world.control("PUT", "/control/faults", {});
    submit(account);
    await account.next("order-rejected", (event) => event.rejection.class === "try-again");
    account.events.length = 0;
    account.connection.requestSnapshot();
    await account.next("follower-snapshot-taken");
    const again = submit(account);
    await account.until(() => account.filled(again) === 0.01);
    account.connection.close();
  });

  test("passing server errors at start only delay the start", async () => {
    const account = await world.make({
      role: "follower",
      options: { stream: { reconnect: { firstMs: 50, capMs: 200 } } },
    });
    await world.control("PUT", "/control/faults", { http5xx: 0.5, seed: 3 });
    account.connection.open();
    await account.until(() =>
      account.events.some(
        (event) => event.kind === "follower-snapshot-taken" || event.kind === "question-failed",
      ),
    );
    await world.control("PUT", "/control/faults", {});
    account.connection.requestSnapshot();
    await account.next("follower-snapshot-taken");
    account.connection.close();
  });

  test("prices are followed", async () => {
    const prices: unknown[] = [];
    const heard = Promise.withResolvers<void>();
    const feed = openBybitMarket({
      ...world.bybit,
      outside: world.outside,
      budget: world.budget,
      listener: (event) => {
        prices.push(event);
        heard.resolve();
      },
    });
    feed.follow([world.instrument]);
    await heard.promise;
    expect(prices[0]).toMatchObject({ kind: "price-updated", instrument: world.instrument, mark: "60000" });
    feed.close();
  });

  test.each([{ streamSilent: true }, { streamDisconnect: true }])(
    "prices are asked for while the stream tells none: %j",
    async (faults) => {
      await world.control("PUT", "/control/faults", faults);
      const heard = Promise.withResolvers<unknown>();
      const feed = openBybitMarket({
        ...world.bybit,
        outside: world.outside,
        budget: world.budget,
        listener: heard.resolve,
      });
      feed.follow([world.instrument]);
      expect(await heard.promise).toMatchObject({ instrument: world.instrument, mark: "60000" });
      feed.close();
    },
  );

  test("all instruments are read, over more than one page, with their true filters", () => {
    expect(world.instruments.size).toBeGreaterThan(200);
    const bitcoin = world.instruments.get(world.instrument);
    expect(bitcoin?.spec).toMatchObject({ quantityStep: "0.001", settleCoin: "USDT", status: "trading" });
    expect([...world.instruments.values()].some((one) => one.spec.symbol.includes("1000"))).toBe(true);
  });
});
