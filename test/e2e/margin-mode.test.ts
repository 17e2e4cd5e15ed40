/**
 * `margin_mode: follow` over real processes: the follower's account gets the margin mode of its leader's once it is flat, keeps copying
 * in its own until then, and says why; leaders that differ are refused at start.
 */
import { RestClientV5 } from "bybit-api";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { killPrograms, type Program } from "./program.ts";
import { keyOf, secretOf, startVenue, type Venue } from "./venue.ts";

const FOLLOWS_MS = 15_000;

let venue: Venue;
let copier: Copier;
let engine: Program | null = null;

beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);

beforeEach(async () => {
  copier = new Copier(venue);
  for (const name of ["lead", "other", "one"]) await venue.putAccount(name);
  copier.accountFile("lead", "leader");
  await venue.price("BTCUSDT", "60000");
});
afterEach(async () => {
  engine?.kill("SIGKILL");
  await engine?.exit;
  engine = null;
  copier.close();
});

function client(name: string): RestClientV5 {
  return new RestClientV5({ baseUrl: venue.rest, key: keyOf(name), secret: secretOf(name) });
}

async function modeOf(name: string): Promise<string> {
  return (await client(name).getAccountInfo()).result.marginMode;
}

async function choose(name: string, mode: "ISOLATED_MARGIN" | "REGULAR_MARGIN"): Promise<void> {
  expect((await client(name).setMarginMode(mode)).retCode).toBe(0);
}

async function trades(side: "Buy" | "Sell"): Promise<void> {
  const order = { category: "linear", symbol: "BTCUSDT", side, orderType: "Market", qty: "0.1" } as const;
  expect((await client("lead").submitOrder(order)).retCode).toBe(0);
}

/** Asked of the engine: questions to the venue under its key would use up its share of the requests. */
async function told(): Promise<string> {
  const { stdout } = await copier.run(["status"]);
  return stdout.split("\n").find((line) => line.includes("margin mode")) ?? "";
}

test("the follower's mode follows once it is flat, is announced, and copying goes on meanwhile", async () => {
  copier.accountFile("one", "follower", { leader: "lead", copy_multiplier: 0.5, margin_mode: "follow" });
  await choose("lead", "ISOLATED_MARGIN");
  engine = await copier.started();
  await untilEqual(told, "one: margin mode isolated, like its leader's", FOLLOWS_MS);
  expect(await modeOf("one")).toBe("ISOLATED_MARGIN");
  expect(engine.stdout).toContain('margin_mode follow (accounts/one.json) for \\"one\\"');
  await trades("Buy");
  await untilEqual(() => venue.positions("one"), { BTCUSDT: "0.05" }, FOLLOWS_MS);
  // An order of the owner's own keeps the account from being switched.
  await client("one").submitOrder({
    category: "linear",
    symbol: "BTCUSDT",
    side: "Buy",
    orderType: "Limit",
    qty: "0.01",
    price: "57000",
  });
  await trades("Sell");
  await untilEqual(() => venue.positions("one"), {}, FOLLOWS_MS);
  await until(async () => (await copier.status()).followers[0]?.foreignOrders === 1, FOLLOWS_MS, "its order");
  await choose("lead", "REGULAR_MARGIN");
  await until(async () => /flat and without orders/.test(await told()), FOLLOWS_MS, "the reason in status");
  expect(await modeOf("one")).toBe("ISOLATED_MARGIN");
  const cancelled = await client("one").cancelAllOrders({ category: "linear", symbol: "BTCUSDT" });
  expect(cancelled.retCode).toBe(0);
  await untilEqual(told, "one: margin mode cross, like its leader's", FOLLOWS_MS);
  expect(await modeOf("one")).toBe("REGULAR_MARGIN");
}, 90_000);

test("two leaders with different modes are refused at start, both named", async () => {
  copier.accountFile("other", "leader");
  copier.accountFile("one", "follower", { leader: ["lead", "other"], margin_mode: "follow" });
  await choose("other", "ISOLATED_MARGIN");
  const { code, stdout } = await copier.start().exit;
  expect(code, stdout).toBe(2);
  const line = stdout.split("\n").find((one) => one.startsWith('{"error"')) ?? "";
  expect(JSON.parse(line).error.problems).toMatchObject([
    {
      file: expect.stringContaining("accounts/one.json"),
      keyPath: "margin_mode",
      message: expect.stringMatching(/"lead" has REGULAR_MARGIN and "other" has ISOLATED_MARGIN/),
    },
  ]);
  expect(await modeOf("one")).toBe("REGULAR_MARGIN");
});
