/**
 * What the venue refuses with 10001: an order whose position index is not that of its symbol's mode, and a list of positions
 * without settle coin or symbol. The simulated exchange refuses both, and the connector is never refused.
 */
import { RestClientV5 } from "bybit-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Leg } from "../../src/core/event.ts";
import { InstrumentId } from "../../src/core/model/identifiers.ts";
import { API_SECRET, type BybitTestAccount, BybitWorld } from "./bybit-world.ts";
import { approvedOrder } from "./order-fixture.ts";

let world: BybitWorld;
beforeAll(async () => {
  world = await BybitWorld.start();
  await world.control("PUT", "/control/prices/ETHUSDT", { last: "3000" });
});
afterAll(() => world.close());

let orders = 0;

function order(account: BybitTestAccount, symbol: string, leg: Leg, lots = 10): string {
  const instrument = InstrumentId(symbol, account.connection.venue);
  const clientOrderId = `ct-mode-${++orders}`;
  const wish = { account: account.connection.account, instrument, lots, clientOrderId, leg };
  account.connection.submit([approvedOrder(wish)]);
  return clientOrderId;
}

/** An account whose owner keeps ETHUSDT in hedge mode and everything else one-way, with its own client. */
async function mixed(): Promise<{ account: BybitTestAccount; owner: RestClientV5 }> {
  const account = await world.make({ role: "follower" });
  const owner = new RestClientV5({
    baseUrl: world.exchange.rest,
    key: account.apiKey,
    secret: API_SECRET,
  });
  const { retCode } = await owner.switchPositionMode({ category: "linear", symbol: "ETHUSDT", mode: 3 });
  expect(retCode).toBe(0);
  account.connection.open();
  await account.next("follower-snapshot-taken");
  return { account, owner };
}

async function modeOf(account: BybitTestAccount, symbol: string): Promise<string> {
  account.events.length = 0;
  account.connection.describeMarket(InstrumentId(symbol, account.connection.venue));
  return (await account.next("market-described")).mode;
}

describe("the position mode", () => {
  test("is told for each symbol by itself, and orders carry the index of their leg (pain 18)", async () => {
    const { account } = await mixed();
    expect([await modeOf(account, "BTCUSDT"), await modeOf(account, "ETHUSDT")]).toEqual([
      "one-way",
      "hedge",
    ]);
    const ids = [
      order(account, "BTCUSDT", "net"),
      order(account, "ETHUSDT", "long"),
      order(account, "ETHUSDT", "short", -10),
    ];
    for (const id of ids) await account.next("order-accepted", (event) => event.clientOrderId === id);
    const sent = (await account.orderRequests()).map(({ body }) => [body.symbol, body.positionIdx]);
    expect(sent).toEqual([
      ["BTCUSDT", 0],
      ["ETHUSDT", 1],
      ["ETHUSDT", 2],
    ]);
    account.connection.close();
  });

  test("that is not the order's is refused by the venue and told by its class (pain 18)", async () => {
    const { account } = await mixed();
    for (const id of [order(account, "ETHUSDT", "net"), order(account, "BTCUSDT", "long")]) {
      const { rejection } = await account.next("order-rejected", (event) => event.clientOrderId === id);
      expect(rejection).toMatchObject({ class: "position-mode-mismatch", code: 10001 });
    }
    account.connection.close();
  });
});

test("a list of positions without settle coin or symbol is refused; ours names the coin and has them all (pain 20)", async () => {
  const { account, owner } = await mixed();
  const bare = await owner.getPositionInfo({ category: "linear" });
  expect(bare).toMatchObject({ retCode: 10001, retMsg: expect.stringContaining("settleCoin") });
  order(account, "BTCUSDT", "net");
  order(account, "ETHUSDT", "long");
  order(account, "ETHUSDT", "short", -20);
  await account.until(
    () => account.held("net") !== 0 && account.held("long") !== 0 && account.held("short") !== 0,
  );
  account.events.length = 0;
  account.connection.requestSnapshot();
  const { positions } = await account.next("follower-snapshot-taken");
  const rows = positions.filter(({ quantity }) => Number(quantity) !== 0);
  expect(rows.map(({ instrument, leg }) => `${instrument.split("@")[0]} ${leg}`).toSorted()).toEqual([
    "BTCUSDT net",
    "ETHUSDT long",
    "ETHUSDT short",
  ]);
  account.connection.close();
});
