/**
 * A leader's limit and conditional entries over real processes: placed, amended, filled and cancelled through `bybit-api`; the
 * follower's own orders follow, scaled, and nothing is bought twice, also where one of both fills first and over a killed engine.
 */
import { setTimeout as pause } from "node:timers/promises";
import { RestClientV5 } from "bybit-api";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { killPrograms, type Program } from "./program.ts";
import { keyOf, secretOf, startVenue, type Venue } from "./venue.ts";

const SYMBOL = "BTCUSDT";
const FOLLOWS_MS = 15_000;
const SETTLES_MS = 12_000;

let venue: Venue;
let copier: Copier;
let engine: Program;

beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);

beforeEach(async () => {
  copier = new Copier(venue);
  for (const name of ["lead", "one"]) await venue.putAccount(name);
  copier.accountFile("lead", "leader");
  await venue.price(SYMBOL, "60000");
});
afterEach(async () => {
  engine.kill("SIGKILL");
  await engine.exit;
  copier.close();
});

async function start(settings: object = {}): Promise<void> {
  copier.accountFile("one", "follower", {
    leader: "lead",
    copy_multiplier: 0.5,
    copy_pending: true,
    ...settings,
  });
  engine = await copier.started();
}

function client(name: string): RestClientV5 {
  return new RestClientV5({ baseUrl: venue.rest, key: keyOf(name), secret: secretOf(name) });
}

async function answered<Result>(
  request: Promise<{ readonly retCode: number; readonly retMsg: string; readonly result: Result }>,
): Promise<Result> {
  const { retCode, retMsg, result } = await request;
  if (retCode !== 0) throw new Error(`the leader's order: ${retCode} ${retMsg}`);
  return result;
}

const place = { category: "linear", symbol: SYMBOL } as const;

async function waits(side: "Buy" | "Sell", qty: string, price: string): Promise<string> {
  const order = { ...place, side, orderType: "Limit", qty, price } as const;
  return (await answered(client("lead").submitOrder(order))).orderId;
}

async function cancels(orderId: string): Promise<void> {
  await answered(client("lead").cancelOrder({ ...place, orderId }));
}

/** Our orders at the follower's venue, as `Buy 0.05 at 59000`. */
async function resting(): Promise<string[]> {
  const { openOrders } = await venue.account("one");
  return openOrders
    .map(({ side, qty, price, triggerPrice }) => {
      const at = Number(triggerPrice) > 0 ? `when ${Number(triggerPrice)}` : `at ${Number(price)}`;
      return `${side} ${Number(qty)} ${at}`;
    })
    .sort();
}

/** What each account holds, and how often the follower traded. */
async function picture(): Promise<{ readonly lead: string; readonly one: string; readonly fills: number }> {
  const [lead, one] = [await venue.positions("lead"), await venue.positions("one")];
  const { fills } = await venue.account("one");
  return { lead: lead[SYMBOL] ?? "0", one: one[SYMBOL] ?? "0", fills: fills.length };
}

test("what the leader places, amends and cancels follows; a price fills both, once", async () => {
  await start();
  const orderId = await waits("Buy", "0.1", "59000");
  await untilEqual(resting, ["Buy 0.05 at 59000"], FOLLOWS_MS);
  const { followers } = await copier.status();
  expect(followers[0]?.instruments[0]).toMatchObject({ symbol: SYMBOL, resting: { entries: "0.05" } });
  await answered(client("lead").amendOrder({ ...place, orderId, price: "58500" }));
  await untilEqual(resting, ["Buy 0.05 at 58500"], FOLLOWS_MS);
  await answered(client("lead").amendOrder({ ...place, orderId, qty: "0.06" }));
  await untilEqual(resting, ["Buy 0.03 at 58500"], FOLLOWS_MS);
  await answered(client("lead").amendOrder({ ...place, orderId, qty: "0.08" }));
  await untilEqual(resting, ["Buy 0.04 at 58500"], FOLLOWS_MS);
  const second = await waits("Buy", "0.1", "58000");
  await untilEqual(resting, ["Buy 0.04 at 58500", "Buy 0.05 at 58000"], FOLLOWS_MS);
  await venue.price(SYMBOL, "58490");
  await untilEqual(picture, { lead: "0.08", one: "0.04", fills: 1 }, FOLLOWS_MS);
  await cancels(second);
  await untilEqual(resting, [], FOLLOWS_MS);
  await pause(4_000);
  expect(await picture()).toEqual({ lead: "0.08", one: "0.04", fills: 1 });
});

test("a conditional entry rests as one, and an inverse copy waits for the leader's price", async () => {
  await start({ inverse: true });
  const trigger = { triggerPrice: "61000", triggerDirection: 1, positionIdx: 0 } as const;
  await answered(
    client("lead").submitOrder({ ...place, side: "Buy", orderType: "Market", qty: "0.1", ...trigger }),
  );
  await waits("Buy", "0.04", "59000");
  await untilEqual(resting, ["Sell 0.02 when 59000", "Sell 0.05 when 61000"], FOLLOWS_MS);
  await venue.price(SYMBOL, "58990");
  await untilEqual(picture, { lead: "0.04", one: "-0.02", fills: 1 }, FOLLOWS_MS);
  await venue.price(SYMBOL, "61000");
  await untilEqual(picture, { lead: "0.14", one: "-0.07", fills: 2 }, FOLLOWS_MS);
  await untilEqual(resting, [], FOLLOWS_MS);
});

test("what the owner takes back is not placed again, and is bought when the leader's fills", async () => {
  await start();
  await waits("Buy", "0.1", "59000");
  await untilEqual(resting, ["Buy 0.05 at 59000"], FOLLOWS_MS);
  await answered(client("one").cancelAllOrders(place));
  const look = async () => (await copier.status()).followers[0]?.instruments[0];
  await untilEqual(async () => JSON.stringify(await look()).includes("pending-ended"), true, FOLLOWS_MS);
  expect(await resting()).toEqual([]);
  await venue.price(SYMBOL, "58990");
  await untilEqual(picture, { lead: "0.1", one: "0.05", fills: 1 }, FOLLOWS_MS);
});

test("a killed engine finds what rests, and follows what happened meanwhile", async () => {
  await start();
  const first = await waits("Buy", "0.1", "59000");
  await waits("Buy", "0.06", "58000");
  await untilEqual(resting, ["Buy 0.03 at 58000", "Buy 0.05 at 59000"], FOLLOWS_MS);
  engine.kill("SIGKILL");
  await engine.exit;
  await cancels(first);
  engine = await copier.started();
  await untilEqual(resting, ["Buy 0.03 at 58000"], SETTLES_MS);
  engine.kill("SIGKILL");
  await engine.exit;
  await venue.price(SYMBOL, "57990");
  engine = await copier.started();
  await untilEqual(picture, { lead: "0.06", one: "0.03", fills: 1 }, SETTLES_MS);
  await pause(4_000);
  expect(await picture()).toEqual({ lead: "0.06", one: "0.03", fills: 1 });
});
