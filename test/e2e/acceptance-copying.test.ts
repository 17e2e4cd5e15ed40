/**
 * The main promise, from outside: `copytrader exchange` and `copytrader start` copy while a third-party client trades as the
 * leader. Open, add, partial close, flip and close reach every follower within a second, in all four pairs of position
 * modes; what a leader holds at start is copied; a restart without changes does nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, ccxtHand, type LeaderHand, type MarketOrder } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const COPIED_MAX_MS = 1_000;
const FOLLOWERS = { single1: "one-way", single2: "hedge", both1: "one-way", both2: "hedge" } as const;

let venue: Venue;
let copier: Copier;
let engine: Program;

beforeAll(async () => {
  venue = await startVenue();
  await venue.price("BTCUSDT", "60000");
  await venue.price("ETHUSDT", "3000");
  copier = new Copier(venue);
  await venue.putAccount("single");
  await venue.putAccount("both", { positionMode: "hedge" });
  copier.accountFile("single", "leader", { role: "master" });
  copier.accountFile("both", "leader");
  for (const [name, positionMode] of Object.entries(FOLLOWERS)) {
    await venue.putAccount(name, { positionMode });
    copier.accountFile(name, "follower", { leader: name.slice(0, -1), copy_multiplier: 0.5 });
  }
  engine = await copier.started();
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

/** Half of what the leader holds, on the legs that a follower of `mode` has. */
type Held = Readonly<Record<string, string>>;

async function step(hand: LeaderHand, order: MarketOrder, wanted: Readonly<Record<string, Held>>) {
  await hand.market(order);
  const taken = await Promise.all(
    Object.entries(wanted).map(([name, held]) =>
      untilEqual(() => of(name, order.symbol), held, COPIED_MAX_MS),
    ),
  );
  for (const tookMs of taken) expect(tookMs).toBeLessThan(COPIED_MAX_MS);
}

async function of(name: string, symbol: string): Promise<Held> {
  const positions = await venue.positions(name);
  return Object.fromEntries(Object.entries(positions).filter(([key]) => key.startsWith(symbol)));
}

const HANDS = [
  { client: "bybit-api", symbol: "BTCUSDT", hand: bybitApiHand },
  { client: "ccxt", symbol: "ETHUSDT", hand: ccxtHand },
] as const;

describe.each(HANDS)("while $client trades as the leader", ({ symbol, hand: connect }) => {
  it("opens, adds, closes partly, flips and closes after a one-way leader (pains 13, 14)", async () => {
    const hand = await connect(venue, "single");
    const both = (net: string): Readonly<Record<string, Held>> => ({
      single1: net === "" ? {} : { [symbol]: net },
      single2: net === "" ? {} : { [`${symbol}:${net.startsWith("-") ? 2 : 1}`]: net },
    });
    await step(hand, { symbol, side: "buy", quantity: "0.1" }, both("0.05"));
    await step(hand, { symbol, side: "buy", quantity: "0.06" }, both("0.08"));
    await step(hand, { symbol, side: "sell", quantity: "0.04", reduceOnly: true }, both("0.06"));
    await step(hand, { symbol, side: "sell", quantity: "0.32" }, both("-0.1"));
    await step(hand, { symbol, side: "buy", quantity: "0.2", reduceOnly: true }, both(""));
  });

  it("opens, adds, closes partly, turns round and closes after a hedge leader, net for a one-way follower", async () => {
    const hand = await connect(venue, "both");
    const legs = (long: string, short: string, net: string): Readonly<Record<string, Held>> => ({
      both1: net === "" ? {} : { [symbol]: net },
      both2: {
        ...(long === "" ? {} : { [`${symbol}:1`]: long }),
        ...(short === "" ? {} : { [`${symbol}:2`]: short }),
      },
    });
    const long = { symbol, leg: "long" } as const;
    const short = { symbol, leg: "short" } as const;
    await step(hand, { ...long, side: "buy", quantity: "0.1" }, legs("0.05", "", "0.05"));
    await step(hand, { ...long, side: "buy", quantity: "0.06" }, legs("0.08", "", "0.08"));
    await step(hand, { ...long, side: "sell", quantity: "0.04", reduceOnly: true }, legs("0.06", "", "0.06"));
    await step(hand, { ...short, side: "sell", quantity: "0.04" }, legs("0.06", "-0.02", "0.04"));
    await step(hand, { ...short, side: "sell", quantity: "0.28" }, legs("0.06", "-0.16", "-0.1"));
    await step(
      hand,
      { ...long, side: "sell", quantity: "0.12", reduceOnly: true },
      legs("", "-0.16", "-0.16"),
    );
    await step(hand, { ...short, side: "buy", quantity: "0.32", reduceOnly: true }, legs("", "", ""));
  });
});

/** The exit code, within five seconds. */
async function ended(program: Program, signal: NodeJS.Signals): Promise<number | null> {
  const startedMs = performance.now();
  program.kill(signal);
  const { code } = await program.exit;
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  return code;
}

describe("a restart", () => {
  it("sends nothing for unchanged positions, after SIGTERM and after SIGKILL, and copies what happened meanwhile", async () => {
    const hand = bybitApiHand(venue, "single");
    const symbol = "SOLUSDT";
    await step(hand, { symbol, side: "buy", quantity: "20" }, { single1: { [symbol]: "10" } });
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const before = await venue.account("single1");
      expect(await ended(engine, signal)).toBe(signal === "SIGTERM" ? 0 : null);
      engine = await copier.started();
      const after = await venue.account("single1");
      expect(after.orderRequests).toHaveLength(before.orderRequests.length);
      expect(after.fills).toHaveLength(before.fills.length);
    }
    expect(await ended(engine, "SIGINT")).toBe(0);
    await hand.market({ symbol, side: "sell", quantity: "30" });
    engine = await copier.started();
    await untilEqual(() => of("single1", symbol), { [symbol]: "-5" }, COPIED_MAX_MS);
    await untilEqual(() => of("single2", symbol), { [`${symbol}:2`]: "-5" }, COPIED_MAX_MS);
  }, 30_000);
});
