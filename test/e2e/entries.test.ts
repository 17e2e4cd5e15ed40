/**
 * Increases at a price, from outside (pain 32): the price runs away between the leader's fill and the copies, and each
 * follower does what its `on_runaway` says; reductions go at any price, and exits rest where the leader's do (pain 38).
 */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, type LeaderHand } from "./leaders.ts";
import { killPrograms } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const SYMBOL = "BTCUSDT";
const COPIED_MAX_MS = 6_000;
const ENTRY = { copy_multiplier: 0.5, max_slippage_bps: 10, delay_execution: 1.5 };
const FOLLOWERS = {
  skips: { ...ENTRY },
  rests: { ...ENTRY, on_runaway: "rest", rest_seconds: 30 },
  gives: { ...ENTRY, on_runaway: "rest", rest_seconds: 1 },
  takes: { ...ENTRY, on_runaway: "take" },
  exits: { copy_multiplier: 0.5, exit_parity: true, exit_rest_seconds: 1 },
};

let venue: Venue;
let copier: Copier;
let hand: LeaderHand;

beforeAll(async () => {
  venue = await startVenue();
  await venue.price(SYMBOL, "60000");
  copier = new Copier(venue);
  await venue.putAccount("leader");
  copier.accountFile("leader", "leader");
  for (const [name, settings] of Object.entries(FOLLOWERS)) {
    await venue.putAccount(name);
    copier.accountFile(name, "follower", settings);
  }
  await copier.started();
  hand = bybitApiHand(venue, "leader");
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

/** What each follower holds, and the prices of its orders that rest. */
async function picture(): Promise<Readonly<Record<string, readonly string[]>>> {
  const rows = Object.keys(FOLLOWERS).map(async (name) => {
    const [{ openOrders }, positions] = [await venue.account(name), await venue.positions(name)];
    return [name, [positions[SYMBOL] ?? "0", ...openOrders.map(({ price }) => Number(price).toString())]];
  });
  return Object.fromEntries(await Promise.all(rows));
}

async function reasons(): Promise<Readonly<Record<string, string>>> {
  const { followers } = await copier.status();
  return Object.fromEntries(
    followers.map(({ nickname, instruments }) => [nickname, instruments[0]?.reason ?? ""]),
  );
}

it("copies within the cap by orders that are bounded at the venue", async () => {
  await hand.market({ symbol: SYMBOL, side: "buy", quantity: "0.1" });
  const all = Object.fromEntries(Object.keys(FOLLOWERS).map((name) => [name, ["0.05"]]));
  await untilEqual(picture, all, COPIED_MAX_MS);
  const { orderRequests } = await venue.account("skips");
  const [{ body } = { body: {} }] = orderRequests;
  expect(body).toMatchObject({ orderType: "Limit", timeInForce: "IOC" });
}, 20_000);

it("skips, rests or takes what the cap allows when the price has run away, and fills where it comes back", async () => {
  await hand.market({ symbol: SYMBOL, side: "buy", quantity: "0.1" });
  await pause(300);
  await venue.price(SYMBOL, "60600");
  const away = {
    skips: ["0.05"],
    rests: ["0.05", "60000.1"],
    gives: ["0.05"],
    takes: ["0.05"],
    exits: ["0.1"],
  };
  await untilEqual(async () => ({ ...(await picture()), gives: ["0.05"] }), away, COPIED_MAX_MS);
  await untilEqual(
    reasons,
    { skips: "slippage", rests: "", gives: "rest-expired", takes: "slippage", exits: "" },
    COPIED_MAX_MS,
  );
  await venue.price(SYMBOL, "59990");
  await untilEqual(picture, { ...away, rests: ["0.1"] }, COPIED_MAX_MS);
}, 30_000);

it("reduces at any price", async () => {
  await venue.price(SYMBOL, "50000");
  await hand.market({ symbol: SYMBOL, side: "sell", quantity: "0.2", reduceOnly: true });
  const flat = Object.fromEntries(Object.keys(FOLLOWERS).map((name) => [name, ["0"]]));
  await untilEqual(picture, flat, COPIED_MAX_MS);
}, 20_000);

it("rests the leader's limit exit beside it, and takes it back with the leader's (pain 38)", async () => {
  const look = async () => (await picture()).exits;
  await hand.market({ symbol: SYMBOL, side: "buy", quantity: "0.1" });
  await untilEqual(look, ["0.05"], COPIED_MAX_MS);
  await hand.rest(SYMBOL, "sell", "0.06", "51000", true);
  await untilEqual(look, ["0.05", "51000"], COPIED_MAX_MS);
  const { openOrders } = await venue.account("exits");
  expect(openOrders).toMatchObject([{ qty: "0.03", reduceOnly: true, orderType: "Limit" }]);
  await venue.price(SYMBOL, "51010");
  await untilEqual(look, ["0.02"], COPIED_MAX_MS);
  await hand.market({ symbol: SYMBOL, side: "sell", quantity: "0.04", reduceOnly: true });
  await untilEqual(look, ["0"], COPIED_MAX_MS);
}, 30_000);
