/**
 * Paper mode over real processes: followers without keys are filled inside, on the moving public prices of the exchange where
 * a leader trades; nothing is sent there, and a restart goes on with the same positions.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, type LeaderHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

let venue: Venue;
let copier: Copier;
let engine: Program;
let leader: LeaderHand;

beforeAll(async () => {
  venue = await startVenue(["--limits", "off", "--market", "moving", "--seed", "5"]);
  copier = new Copier(venue, "paper:\n  balance: 20000\n");
  await venue.putAccount("lead", { balance: "200000" });
  copier.accountFile("lead", "leader");
  const noKey = { api_key: undefined, api_secret: undefined, url: undefined, account_type: undefined };
  copier.accountFile("plain", "follower", noKey);
  copier.accountFile("equal", "follower", { ...noKey, sizing: "equity-proportional" });
  leader = bybitApiHand(venue, "lead");
  engine = await copier.started();
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

async function held(): Promise<Readonly<Record<string, string>>> {
  const { followers } = await copier.status();
  return Object.fromEntries(
    followers.map(({ nickname, instruments }) => [
      nickname,
      instruments.map(({ symbol, held: size }) => `${symbol} ${size}`).join(", "),
    ]),
  );
}

async function inSync(): Promise<boolean> {
  const { followers } = await copier.status();
  return followers.every(({ state, instruments }) => state === "in-sync" && instruments.length > 0);
}

describe("paper mode, which is what no mode means", () => {
  it("says so", () => {
    expect(engine.lines.some(({ note, message }) => note === "start" && /paper/.test(String(message)))).toBe(
      true,
    );
  });

  it("copies inside, by multiplier and by equity, and sends nothing to the venue", async () => {
    await leader.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
    await until(inSync, 15_000, "both in sync");
    expect(await held()).toEqual({ plain: "BTCUSDT 0.1", equal: "BTCUSDT 0.01" });
    await leader.market({ symbol: "BTCUSDT", side: "sell", quantity: "0.25" });
    await until(async () => (await held()).plain === "BTCUSDT -0.15", 15_000, "the flip");
    await until(inSync, 15_000, "both in sync");
    const { accounts } = await venue.control("GET", "accounts");
    expect(accounts).toEqual([expect.stringContaining("lead")]);
    const { orderRequests } = await venue.account("lead");
    expect(orderRequests).toHaveLength(2);
  });

  it("fills at the public prices of the moment", async () => {
    const { stdout } = await copier.run(["journal", "--json", "--follower", "plain"]);
    const prices = JSON.parse(stdout).entries.flatMap((entry: { orders: { averagePrice?: string }[] }) =>
      entry.orders.map(({ averagePrice }) => Number(averagePrice)),
    );
    const { fills } = await venue.account("lead");
    const [leaders = 0] = fills.map(({ execPrice }) => Number(execPrice));
    expect(prices.length).toBeGreaterThan(1);
    for (const price of prices) expect(Math.abs(price / leaders - 1)).toBeLessThan(0.01);
  });

  it("goes on with the same positions after a kill, tells of them while stopped, and closes with the leader", async () => {
    const before = await held();
    engine.kill("SIGKILL");
    await engine.exit;
    expect((await copier.status()).engine.running).toBe(false);
    expect(await held()).toEqual(before);
    engine = await copier.started();
    expect(await held()).toEqual(before);
    await leader.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.15", reduceOnly: true });
    await until(async () => (await held()).plain === "BTCUSDT 0", 15_000, "closed");
    await until(async () => (await held()).equal === "BTCUSDT 0", 15_000, "closed");
    engine.kill("SIGTERM");
    expect((await engine.exit).code).toBe(0);
  }, 30_000);
});
