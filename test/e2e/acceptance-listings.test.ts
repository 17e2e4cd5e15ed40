/**
 * A venue that changes an instrument while copying runs: the first order by the old terms is refused, the instrument is read
 * again, and what follows keeps to the terms in force.
 */
import { afterAll, beforeAll, it } from "vitest";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const SOON_MS = 15_000;

let venue: Venue;
let copier: Copier;

beforeAll(async () => {
  venue = await startVenue();
  copier = new Copier(venue);
  await venue.putAccount("lead");
  await venue.putAccount("one");
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower", { copy_multiplier: 0.1 });
  await copier.started();
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

const orders = async () => (await venue.account("one")).orderRequests;

it("a raised minimum is learned from one refusal", async () => {
  const hand = bybitApiHand(venue, "lead");
  await hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.05" });
  await untilEqual(() => venue.positions("one"), { BTCUSDT: "0.005" }, SOON_MS);
  await venue.control("PUT", "instruments/BTCUSDT", { minOrderQty: "0.01" });
  await hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.05" });
  await until(
    async () => (await orders()).some(({ outcome }) => outcome === "rejected"),
    SOON_MS,
    "a refusal",
  );
  // By the old minimum it would be tried again and again.
  const reasons = async () => (await copier.status()).followers.map(({ reason }) => reason);
  await untilEqual(reasons, [""], SOON_MS);
  await hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.05" });
  await untilEqual(() => venue.positions("one"), { BTCUSDT: "0.015" }, SOON_MS);
});
