/**
 * What each follower's own situation makes of a leader's trade: a position or resting orders of its own, sizing by equity,
 * filtered symbols, orders below the venue's minimum. Everything not copied has its recorded reason, and no secret is
 * written anywhere but in the account files.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, type LeaderHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { keyOf, secretOf, startVenue, type Venue } from "./venue.ts";

const COPIED_MAX_MS = 1_000;
const HEALED_MAX_MS = 5_000;
const PEPE = "1000PEPEUSDT";
const FOLLOWERS = {
  holder: {},
  rester: {},
  proportional: { sizing: "equity-proportional" },
  balanced: { sizing: "equity-proportional", capital_base: "balance" },
  fixed: {
    sizing: "fixed-notional",
    fixed_notional: 630,
    overrides: { "ETH*": { fixed_quantity: 0.3 } },
    symbols_to_copy: ["BTCUSDT", "ETHUSDT"],
  },
  filtered: { symbols_to_copy: ["ETHUSDT"] },
  collecting: { copy_multiplier: 0.1, symbols_to_copy: [PEPE] },
  skipping: { copy_multiplier: 0.1, minimum_notional_policy: "skip", symbols_to_copy: [PEPE] },
  rounding: { copy_multiplier: 0.1, minimum_notional_policy: "round-up", symbols_to_copy: [PEPE] },
} as const;

type Name = keyof typeof FOLLOWERS;

let venue: Venue;
let copier: Copier;
let engine: Program;
let leader: LeaderHand;

beforeAll(async () => {
  venue = await startVenue();
  await venue.price("BTCUSDT", "60000");
  await venue.price("ETHUSDT", "3000");
  await venue.price(PEPE, "0.012");
  copier = new Copier(venue, undefined, { LOG_LEVEL: "debug" });
  await venue.putAccount("lead", { balance: "1000000" });
  copier.accountFile("lead", "leader");
  for (const [name, more] of Object.entries(FOLLOWERS)) {
    await venue.putAccount(name, { balance: "50000" });
    copier.accountFile(name, "follower", more);
  }
  leader = bybitApiHand(venue, "lead");
  await bybitApiHand(venue, "holder").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.02" });
  await bybitApiHand(venue, "rester").rest("BTCUSDT", "buy", "0.02", "59900");
  engine = await copier.started();
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

async function reasonOf(name: Name, symbol: string): Promise<string> {
  const { followers } = await copier.status();
  const rows = followers.find(({ nickname }) => nickname === name)?.instruments ?? [];
  return rows.find((row) => row.symbol === symbol)?.reason ?? "no row";
}

/** The newest recorded outcome of a follower in a symbol. */
async function recorded(name: Name, symbol: string) {
  const { stdout } = await copier.run(["journal", "--json", "--follower", name, "--symbol", symbol]);
  const [entry] = JSON.parse(stdout).entries;
  return { reason: entry?.reason, orders: entry?.orders.length, detail: entry?.detail };
}

const held = (name: Name) => () => venue.positions(name);

describe("when the leader opens in two symbols, each follower copies as it was told (pains 30, 31)", () => {
  beforeAll(async () => {
    await leader.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.11" });
    await leader.market({ symbol: "ETHUSDT", side: "sell", quantity: "2" });
  });

  it("a follower with a position of its own there gets no copy of it, only of the other, and a reason", async () => {
    await untilEqual(held("holder"), { BTCUSDT: "0.02", ETHUSDT: "-2" }, COPIED_MAX_MS);
    expect(await reasonOf("holder", "BTCUSDT")).toBe("foreign-position");
    expect(await recorded("holder", "BTCUSDT")).toMatchObject({ reason: "foreign-position", orders: 0 });
  });

  it("a follower with only resting orders of its own gets both, and keeps its orders", async () => {
    await untilEqual(held("rester"), { BTCUSDT: "0.11", ETHUSDT: "-2" }, COPIED_MAX_MS);
    const { openOrders } = await venue.account("rester");
    expect(openOrders).toMatchObject([{ side: "Buy", qty: "0.02", price: "59900" }]);
  });

  it("sizing by equity gives the twentieth of the leader's size to a twentieth of its equity", async () => {
    await untilEqual(held("proportional"), { BTCUSDT: "0.005", ETHUSDT: "-0.1" }, COPIED_MAX_MS);
  });

  it("sizing by balance gives the same to the same share of the balance, as the venue tells it", async () => {
    await untilEqual(held("balanced"), { BTCUSDT: "0.005", ETHUSDT: "-0.1" }, COPIED_MAX_MS);
  });

  it("a fixed value and a fixed quantity are held whatever the leader's size", async () => {
    await untilEqual(held("fixed"), { BTCUSDT: "0.01", ETHUSDT: "-0.3" }, COPIED_MAX_MS);
  });

  it("symbols that are not to be copied are not, with the reason", async () => {
    await untilEqual(held("filtered"), { ETHUSDT: "-2" }, COPIED_MAX_MS);
    expect(await recorded("filtered", "BTCUSDT")).toMatchObject({ reason: "symbol-filtered", orders: 0 });
  });
});

describe("a follower's own position", () => {
  it("is never reduced, neither by a smaller nor by a closed leader", async () => {
    await leader.market({ symbol: "BTCUSDT", side: "sell", quantity: "0.05", reduceOnly: true });
    await untilEqual(held("rester"), { BTCUSDT: "0.06", ETHUSDT: "-2" }, COPIED_MAX_MS);
    // 0.0105 x 0.06 / 0.11, in whole steps.
    await untilEqual(held("fixed"), { BTCUSDT: "0.005", ETHUSDT: "-0.3" }, COPIED_MAX_MS);
    await leader.market({ symbol: "BTCUSDT", side: "sell", quantity: "0.06", reduceOnly: true });
    await untilEqual(held("rester"), { ETHUSDT: "-2" }, COPIED_MAX_MS);
    expect(await venue.positions("holder")).toEqual({ BTCUSDT: "0.02", ETHUSDT: "-2" });
    const ours = (await venue.account("holder")).orderRequests.filter(
      ({ body }) => body.symbol === "BTCUSDT",
    );
    expect(ours).toHaveLength(1);
  });

  it("stops blocking once its owner has closed it", async () => {
    await bybitApiHand(venue, "holder").market({ symbol: "BTCUSDT", side: "sell", quantity: "0.02" });
    await untilEqual(held("holder"), { ETHUSDT: "-2" }, COPIED_MAX_MS);
    await untilEqual(() => reasonOf("holder", "BTCUSDT"), "", HEALED_MAX_MS);
    await leader.market({ symbol: "BTCUSDT", side: "sell", quantity: "0.03" });
    await untilEqual(held("holder"), { BTCUSDT: "-0.03", ETHUSDT: "-2" }, COPIED_MAX_MS);
    await leader.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.03", reduceOnly: true });
    await untilEqual(held("holder"), { ETHUSDT: "-2" }, COPIED_MAX_MS);
  });
});

describe("orders below the venue's minimum value of 5 USDT", () => {
  it("are collected, skipped or rounded up, as the follower's policy says", async () => {
    // A tenth of 3,000 at 0.012 is worth 3.60.
    await leader.market({ symbol: PEPE, side: "buy", quantity: "3000" });
    await untilEqual(held("rounding"), { [PEPE]: "500" }, COPIED_MAX_MS);
    await untilEqual(() => reasonOf("collecting", PEPE), "below-minimum-notional", COPIED_MAX_MS * 3);
    expect(await recorded("collecting", PEPE)).toMatchObject({ reason: "below-minimum-notional", orders: 0 });
    expect(await recorded("skipping", PEPE)).toMatchObject({ reason: "below-minimum-notional", orders: 0 });
    await leader.market({ symbol: PEPE, side: "buy", quantity: "3000" });
    await untilEqual(held("collecting"), { [PEPE]: "600" }, COPIED_MAX_MS);
    expect(await venue.positions("skipping")).toEqual({});
    await leader.market({ symbol: PEPE, side: "buy", quantity: "6000" });
    await untilEqual(held("collecting"), { [PEPE]: "1200" }, COPIED_MAX_MS);
    await untilEqual(held("skipping"), { [PEPE]: "600" }, COPIED_MAX_MS);
  });

  it("are no obstacle to closing", async () => {
    await leader.market({ symbol: PEPE, side: "sell", quantity: "12000", reduceOnly: true });
    for (const name of ["collecting", "skipping", "rounding"] as const) {
      await untilEqual(held(name), {}, COPIED_MAX_MS);
    }
  });
});

describe("secrets", () => {
  it("are in the account files and nowhere else", async () => {
    const status = await copier.run(["status", "--json"]);
    const journal = await copier.run(["journal", "--json", "--limit", "500"]);
    engine.kill("SIGTERM");
    const { code, stdout, stderr } = await engine.exit;
    expect(code).toBe(0);
    const texts = new Map([
      ["stdout", stdout],
      ["stderr", stderr],
      ["status", status.stdout + status.stderr],
      ["journal", journal.stdout + journal.stderr],
    ]);
    const files = filesBelow(copier.data).filter((file) => !file.startsWith(join(copier.data, "accounts")));
    for (const file of files) texts.set(file, readFileSync(file, "latin1"));
    expect(files.length).toBeGreaterThan(5);
    for (const [place, text] of texts) {
      for (const name of ["lead", ...Object.keys(FOLLOWERS)]) {
        expect(text.includes(secretOf(name)), `the secret of ${name} in ${place}`).toBe(false);
        expect(text.includes(keyOf(name)), `the key of ${name} in ${place}`).toBe(false);
      }
    }
  });

  it("lie in a folder that only its owner may read", () => {
    for (const name of ["", "accounts", "journal", "logs"]) {
      expect(statSync(join(copier.data, name)).mode & 0o077).toBe(0);
    }
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
