/**
 * A leader at 100x, and followers whose larger copies are in risk tiers that do not allow that (pain 22): their leverage is
 * set to what the tier allows before the order, so that nothing is refused; at the exchange, and on paper.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RestClientV5 } from "bybit-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms } from "./program.ts";
import { keyOf, secretOf, startVenue, type Venue } from "./venue.ts";

const SYMBOL = "BTCUSDT";
const SOON_MS = 10_000;
const FOLLOWS = { leverage_mode: "follow", max_leverage: 100 };
const RICH = { balance: "100000000" };
const LIVE = { same: 1, double: 2, tenfold: 10 } as const;

let venue: Venue;
let live: Copier;
let paper: Copier;

beforeAll(async () => {
  venue = await startVenue();
  await venue.price(SYMBOL, "60000");
  await venue.putAccount("leader", RICH);
  live = new Copier(venue);
  live.accountFile("leader", "leader");
  for (const [name, copy_multiplier] of Object.entries(LIVE)) {
    await venue.putAccount(name, RICH);
    live.accountFile(name, "follower", { ...FOLLOWS, copy_multiplier });
  }
  paper = new Copier(venue, "paper:\n  balance: 100000000\n");
  paper.accountFile("leader", "leader");
  const noKey = { api_key: undefined, api_secret: undefined, url: undefined, account_type: undefined };
  paper.accountFile("paper", "follower", { ...noKey, ...FOLLOWS, copy_multiplier: 2 });
  await Promise.all([live.started(), paper.started()]);
  const client = new RestClientV5({ baseUrl: venue.rest, key: keyOf("leader"), secret: secretOf("leader") });
  const leverage = { category: "linear", symbol: SYMBOL, buyLeverage: "100", sellLeverage: "100" } as const;
  expect((await client.setLeverage(leverage)).retCode).toBe(0);
  await bybitApiHand(venue, "leader").market({ symbol: SYMBOL, side: "buy", quantity: "30" });
});

afterAll(async () => {
  await killPrograms();
  live.close();
  paper.close();
});

/** Size and leverage of what is held. */
async function held(name: string): Promise<readonly unknown[]> {
  const { positions } = await venue.account(name);
  return positions
    .filter(({ size }) => Number(size) !== 0)
    .map(({ size, leverage }) => [Number(size), Number(leverage)]);
}

/** Of one kind, in all that the engine was told. */
function journaled({ data }: Copier, kind: string): number {
  const folder = join(data, "journal");
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "latin1"));
  return texts.join("").split(`"kind":"${kind}"`).length - 1;
}

it("opens with the leverage that the tier of each copy allows", async () => {
  await untilEqual(() => held("same"), [[30, 100]], SOON_MS);
  await untilEqual(() => held("double"), [[60, 50]], SOON_MS);
  await untilEqual(() => held("tenfold"), [[300, 25]], SOON_MS);
}, 40_000);

it("has nothing refused by the exchange, neither a leverage nor an order", async () => {
  for (const name of Object.keys(LIVE)) {
    const { orderRequests } = await venue.account(name);
    expect(orderRequests.length).toBeGreaterThan(0);
    expect(orderRequests.filter(({ outcome }) => outcome !== "accepted")).toEqual([]);
  }
  const seen = ["risk-tiers-listed", "leverage-set", "leverage-refused", "order-rejected"];
  expect(seen.map((kind) => journaled(live, kind))).toEqual([1, 3, 0, 0]);
});

it("does so on paper by the tiers of the public market", async () => {
  const opened = async () => Number((await paper.status()).followers[0]?.instruments[0]?.held ?? 0) > 0;
  await until(opened, 2 * SOON_MS, "the paper follower's position");
  const seen = ["risk-tiers-listed", "leverage-set", "leverage-refused", "order-rejected"];
  expect(seen.map((kind) => journaled(paper, kind))).toEqual([1, 1, 0, 0]);
}, 40_000);

it.each([
  ["the exchange", () => live],
  ["paper", () => paper],
])(
  "tells the clamp with its numbers on %s",
  async (_, copier) => {
    const { stdout } = await copier().run(["status", "--explain"]);
    expect(stdout).toMatch(
      /leverage 50 instead of 100: the position comes to 3[56]\d{5}[\d.]*, in the risk tier up to 6000000/,
    );
  },
  40_000,
);
