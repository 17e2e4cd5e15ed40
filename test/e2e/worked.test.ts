/**
 * A large order that is worked, from outside: the program rests slices at the simulated exchange as a maker, follows the best
 * price, crosses what is left in time, and says to the last digit what that saved against crossing at once.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, type LeaderHand } from "./leaders.ts";
import { killPrograms } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const SYMBOL = "BTCUSDT";
const SOON_MS = 6_000;
const WORKS = {
  copy_multiplier: 0.5,
  work_above: 1_000,
  work_slices: 3,
  work_seconds: 24,
  work_cross_seconds: 6,
};

let venue: Venue;
let copier: Copier;
let hand: LeaderHand;
let said: ReturnType<typeof row>;

beforeAll(async () => {
  venue = await startVenue();
  await venue.price(SYMBOL, "60000");
  copier = new Copier(venue);
  await venue.putAccount("leader");
  copier.accountFile("leader", "leader");
  await venue.putAccount("works");
  copier.accountFile("works", "follower", WORKS);
  await copier.started();
  hand = bybitApiHand(venue, "leader");
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

/** What is held, and quantity, price and kind of what rests. */
async function picture(): Promise<readonly string[]> {
  const [{ openOrders }, positions] = [await venue.account("works"), await venue.positions("works")];
  const orders = openOrders.map(({ qty, price, timeInForce }) => `${timeInForce} ${qty} at ${Number(price)}`);
  return [positions[SYMBOL] ?? "0", ...orders];
}

async function row() {
  const { followers } = await copier.status();
  return followers[0]?.instruments[0];
}

it("rests a slice as a maker, follows the best price and crosses when its time is over", async () => {
  await hand.market({ symbol: SYMBOL, side: "buy", quantity: "0.2" });
  await untilEqual(picture, ["0", "PostOnly 0.034 at 60000"], SOON_MS);
  await venue.price(SYMBOL, "60030");
  await untilEqual(picture, ["0", "PostOnly 0.034 at 60030"], SOON_MS);
  // A status takes a process of its own; the slices do not wait for it.
  said = row();
  await untilEqual(async () => (await picture())[0], "0.034", 2 * SOON_MS);
}, 40_000);

it("fills what rests at its own price, and keeps nothing of it back", async () => {
  await untilEqual(picture, ["0.034", "PostOnly 0.033 at 60030"], 2 * SOON_MS);
  await venue.price(SYMBOL, "59940");
  await untilEqual(async () => (await picture())[0], "0.067", SOON_MS);
  await untilEqual(async () => (await picture()).length, 2, 2 * SOON_MS);
  await venue.price(SYMBOL, "59880");
  await untilEqual(async () => (await picture())[0], "0.1", SOON_MS);
  expect(await said).toMatchObject({ reason: "working", working: { slices: 3, wanted: "0.1" } });
}, 40_000);

it("records what that saved in journal and status", async () => {
  const look = async () => (await copier.status()).followers[0]?.worked?.changes;
  await untilEqual(look, 1, SOON_MS);
  const { worked } = (await copier.status()).followers[0] ?? {};
  const { fills } = await venue.account("works");
  const paid = fills.reduce((sum, { execQty, execPrice }) => sum + Number(execQty) * Number(execPrice), 0);
  expect(Number(worked?.atTouch) - Number(worked?.saved)).toBeCloseTo(paid, 9);
  const { stdout } = await copier.run(["journal"]);
  expect(stdout).toMatch(/works .* worked: (saved|cost) [\d.]+ USDT \([\d.]+ bps\)/);
  expect((await copier.run(["status"])).stdout).toMatch(/works: large orders worked: 1/);
}, 30_000);
