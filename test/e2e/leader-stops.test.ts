/**
 * A leader's take profit and stop loss over real processes: set, moved, removed and fired through `bybit-api`; the follower's
 * own conditional orders follow within a second, and the owner's stay.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RestClientV5 } from "bybit-api";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { keyOf, secretOf, startVenue, type Venue } from "./venue.ts";

const FOLLOWS_MS = 1_000;

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
  await venue.price("BTCUSDT", "60000");
});
afterEach(async () => {
  engine.kill("SIGKILL");
  await engine.exit;
  copier.close();
});

async function start(settings: object): Promise<void> {
  copier.accountFile("one", "follower", { leader: "lead", copy_multiplier: 0.5, ...settings });
  engine = await copier.started();
}

function client(name: string): RestClientV5 {
  return new RestClientV5({ baseUrl: venue.rest, key: keyOf(name), secret: secretOf(name) });
}

async function setExits(exits: { readonly takeProfit?: string; readonly stopLoss?: string }): Promise<void> {
  const place = { category: "linear", symbol: "BTCUSDT", positionIdx: 0, tpslMode: "Full" } as const;
  const { retCode, retMsg } = await client("lead").setTradingStop({ ...place, ...exits });
  if (retCode !== 0) throw new Error(`${retCode} ${retMsg}`);
}

/** Our conditional orders at the follower's venue, as `Sell 0.05 at 55000`. */
async function resting(): Promise<string[]> {
  const { openOrders } = await venue.account("one");
  return openOrders
    .filter(({ orderLinkId }) => String(orderLinkId).startsWith("ct"))
    .map(({ side, qty, triggerPrice }) => `${side} ${Number(qty)} at ${Number(triggerPrice)}`)
    .sort();
}

function journaled(): string {
  const folder = join(copier.data, "journal");
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), "latin1"))
    .join("\n");
}

async function holdsHalf(quantity: string): Promise<void> {
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity });
  const half = String(Number(quantity) / 2);
  await untilEqual(() => venue.positions("one"), { BTCUSDT: half }, 15_000);
}

test("what the leader sets, moves and removes follows within a second; a price closes both, once (pain 44)", async () => {
  await start({ copy_stops: true });
  const own = await client("one").submitOrder({
    category: "linear",
    symbol: "BTCUSDT",
    side: "Buy",
    orderType: "Market",
    qty: "0.01",
    triggerPrice: "90000",
    triggerDirection: 1,
    positionIdx: 0,
  });
  expect(own.retCode).toBe(0);
  await holdsHalf("0.1");

  await setExits({ takeProfit: "66000", stopLoss: "55000" });
  await untilEqual(resting, ["Sell 0.05 at 55000", "Sell 0.05 at 66000"], FOLLOWS_MS);
  const { stdout } = await copier.run(["status"]);
  expect(stdout).toMatch(/one +BTCUSDT .*rest: targets -0\.05, stops -0\.05/);
  await setExits({ stopLoss: "56000" });
  await untilEqual(resting, ["Sell 0.05 at 56000", "Sell 0.05 at 66000"], FOLLOWS_MS);
  await setExits({ takeProfit: "0" });
  await untilEqual(resting, ["Sell 0.05 at 56000"], FOLLOWS_MS);

  await venue.price("BTCUSDT", "55900");
  await untilEqual(() => venue.positions("one"), {}, FOLLOWS_MS);
  expect(await venue.positions("lead")).toEqual({});
  await untilEqual(resting, [], FOLLOWS_MS);
  const { openOrders, fills } = await venue.account("one");
  expect(openOrders.map(({ triggerPrice }) => Number(triggerPrice))).toEqual([90_000]);
  expect(fills.map(({ side, execQty }) => `${side} ${Number(execQty)}`)).toEqual(["Sell 0.05", "Buy 0.05"]);
  await until(
    async () => {
      const { followers } = await copier.status();
      const one = followers.find(({ nickname }) => nickname === "one");
      return one?.state === "in-sync" && one.foreignOrders === 1;
    },
    15_000,
    "one is in sync, and its owner's order is counted",
  );
});

test("stops of parts fire at both venues at one price: each part is closed once", async () => {
  await start({ copy_stops: true });
  await holdsHalf("0.1");
  const place = { category: "linear", symbol: "BTCUSDT", positionIdx: 0, tpslMode: "Partial" } as const;
  for (const [stopLoss, slSize] of [
    ["57000", "0.04"],
    ["56000", "0.02"],
  ] as const) {
    const { retCode, retMsg } = await client("lead").setTradingStop({ ...place, stopLoss, slSize });
    expect(retCode, retMsg).toBe(0);
  }
  await untilEqual(resting, ["Sell 0.01 at 56000", "Sell 0.02 at 57000"], FOLLOWS_MS);
  for (const [price, lead, one, left] of [
    ["56900", "0.06", "0.03", ["Sell 0.01 at 56000"]],
    ["55900", "0.04", "0.02", []],
  ] as const) {
    await venue.price("BTCUSDT", price);
    await untilEqual(() => venue.positions("one"), { BTCUSDT: one }, FOLLOWS_MS);
    expect(await venue.positions("lead")).toEqual({ BTCUSDT: lead });
    await untilEqual(resting, left, FOLLOWS_MS);
  }
  // Each change and its answer is through by then, and two snapshots.
  await pause(2_500);
  const { fills } = await venue.account("one");
  expect(fills.map(({ side, execQty }) => `${side} ${Number(execQty)}`)).toEqual([
    "Sell 0.01",
    "Sell 0.02",
    "Buy 0.05",
  ]);
});

test("exits that stood before the start, and a change while the program was dead, are taken over", async () => {
  await start({ copy_stops: true });
  await holdsHalf("0.1");
  await setExits({ stopLoss: "55000" });
  await untilEqual(resting, ["Sell 0.05 at 55000"], FOLLOWS_MS);
  engine.kill("SIGKILL");
  await engine.exit;
  await setExits({ stopLoss: "57000" });
  engine = await copier.started();
  await untilEqual(resting, ["Sell 0.05 at 57000"], 15_000);
});

test("without the setting nothing of the leader's own orders is followed or recorded; switched on, it is at once", async () => {
  await start({});
  await holdsHalf("0.1");
  await setExits({ stopLoss: "55000" });
  expect(journaled()).not.toContain("leader-order-reported");
  const switched = await copier.run(["copy", "lead", "one", "copy_stops=true", "--yes"]);
  expect(switched.code, switched.stderr).toBe(0);
  await untilEqual(resting, ["Sell 0.05 at 55000"], 15_000);
  await setExits({ stopLoss: "54000" });
  await untilEqual(resting, ["Sell 0.05 at 54000"], FOLLOWS_MS);
  await until(() => journaled().includes("leader-order-reported"), 15_000, "it is on record");
});
