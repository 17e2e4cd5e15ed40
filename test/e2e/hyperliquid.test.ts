/**
 * A public address of Hyperliquid as leader of Bybit followers, from outside: `copytrader start` follows a Hyperliquid of our own
 * and copies onto the simulated exchange. Open, add, partial close, flip and close reach the followers, through a lost
 * connection and over a restart too; what cannot be copied stands in the journal with its reason.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { address } from "../hyperliquid/following.ts";
import { HyperliquidServer } from "../hyperliquid/server.ts";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const WHALE = address(1);
const COPIED_MAX_MS = 15_000;

let server: HyperliquidServer;
let venue: Venue;
let copier: Copier;
let engine: Program;

beforeAll(async () => {
  server = await new HyperliquidServer({ builders: { xyz: ["CL"] } }).start();
  venue = await startVenue();
  await venue.price("BTCUSDT", "60000");
  await venue.price("1000PEPEUSDT", "0.012");
  copier = new Copier(venue);
  follow("whale", WHALE);
  await venue.putAccount("half");
  await venue.putAccount("legs", { positionMode: "hedge" });
  copier.accountFile("half", "follower", { copy_multiplier: 0.5 });
  copier.accountFile("legs", "follower", { copy_multiplier: 0.5 });
  engine = await copier.started();
});

afterAll(async () => {
  await killPrograms();
  await server.close();
  copier.close();
});

function follow(nickname: string, whom: string, more: object = {}): void {
  const content = { nickname, role: "leader", venue: "hyperliquid", address: whom, url: server.url, ...more };
  copier.rawAccountFile(nickname, JSON.stringify(content, null, 2));
}

async function held(symbol: string, net: string, maxMs = COPIED_MAX_MS): Promise<void> {
  const leg = net.startsWith("-") ? 2 : 1;
  await untilEqual(() => of("half", symbol), net === "" ? {} : { [symbol]: net }, maxMs);
  await untilEqual(() => of("legs", symbol), net === "" ? {} : { [`${symbol}:${leg}`]: net }, maxMs);
}

async function of(name: string, symbol: string): Promise<Readonly<Record<string, string>>> {
  const positions = await venue.positions(name);
  return Object.fromEntries(Object.entries(positions).filter(([key]) => key.startsWith(symbol)));
}

describe("a public address at Hyperliquid", () => {
  it("is said at the start, and is copied: open, add, partial close, flip and close", async () => {
    expect(engine.stdout).toContain(`follows ${WHALE}`);
    server.trade(WHALE, "BTC", "buy", "0.1", 4);
    await held("BTCUSDT", "0.05");
    server.trade(WHALE, "BTC", "buy", "0.06");
    await held("BTCUSDT", "0.08");
    server.trade(WHALE, "BTC", "sell", "0.04", 2);
    await held("BTCUSDT", "0.06");
    server.trade(WHALE, "BTC", "sell", "0.32", 8);
    await held("BTCUSDT", "-0.1");
    server.trade(WHALE, "BTC", "buy", "0.2");
    await held("BTCUSDT", "");
  }, 30_000);

  it("is copied in coins that are counted in thousands", async () => {
    server.trade(WHALE, "kPEPE", "buy", "40000");
    await held("1000PEPEUSDT", "20000");
    server.trade(WHALE, "kPEPE", "sell", "40000");
    await held("1000PEPEUSDT", "");
  });

  it("is followed through a lost connection: what happened meanwhile is copied", async () => {
    server.isMute = true;
    server.trade(WHALE, "BTC", "buy", "0.1");
    server.hangUp();
    server.isMute = false;
    await held("BTCUSDT", "0.05", 10_000);
    server.trade(WHALE, "BTC", "sell", "0.2");
    await held("BTCUSDT", "-0.05");
  }, 30_000);

  it("is followed where the stream carries nothing: snapshots lead to the same", async () => {
    server.isMute = true;
    server.trade(WHALE, "BTC", "buy", "0.2");
    await held("BTCUSDT", "0.05", 15_000);
    server.isMute = false;
  }, 30_000);

  it("over a restart: what it did meanwhile is copied, and nothing twice", async () => {
    const before = (await venue.account("half")).fills.length;
    engine.kill("SIGKILL");
    await engine.exit;
    engine = await copier.started();
    expect((await venue.account("half")).fills).toHaveLength(before);
    engine.kill("SIGTERM");
    await engine.exit;
    server.trade(WHALE, "BTC", "buy", "0.1");
    engine = await copier.started();
    await held("BTCUSDT", "0.1", 10_000);
  });

  it("gives a reason for a coin that the followers' venue does not list, and for builders' markets", async () => {
    server.trade(WHALE, "CASHCAT", "buy", "100");
    server.trade(WHALE, "xyz:CL", "sell", "2");
    const explained = async () => (await copier.run(["status", "--explain", "--json"])).stdout;
    await until(
      async () => (await explained()).includes("xyz:CL"),
      10_000,
      "the builder's market is explained",
    );
    const text = await explained();
    expect(text).toContain("CASHCAT");
    expect(text).toContain("instrument-not-listed");
  }, 30_000);

  it("has its state in status, and passes doctor and accounts check", async () => {
    const { stdout } = await copier.run(["status"]);
    expect(stdout).toContain("whale");
    const check = await copier.run(["accounts", "check", "whale"]);
    expect(check.stdout).toContain("is public: it is read without a key");
    expect(check.stdout).toContain("the stream of fills comes up");
    expect(check.code).toBe(0);
    const doctor = await copier.run(["doctor"]);
    expect(doctor.stdout).toContain(`${server.url.slice("http://".length)} answers`);
  }, 30_000);
});

it("is added by its address alone, after a look at it", async () => {
  const other = new Copier(venue);
  const args = ["accounts", "add", "whale", "--address", WHALE, "--url", server.url, "--yes"];
  const { code, stdout, stderr } = await other.run(args);
  expect(code).toBe(0);
  expect(`${stdout}${stderr}`).toContain("is public: it is read without a key");
  const checked = await other.run(["accounts", "check", "--json"]);
  other.close();
  expect(JSON.parse(checked.stdout)).toMatchObject({
    accounts: [{ account: "whale", role: "leader", result: "ok" }],
  });
}, 30_000);

describe("what cannot be", () => {
  it.each([
    [
      { role: "follower" },
      /"keyPath":"role","nickname":"whale","message":"must be leader: accounts at Hyperliquid are followed/,
    ],
    [
      { address: "0x12" },
      /"keyPath":"address","nickname":"whale","message":"must be a public address: 0x and 40 hexadecimal digits/,
    ],
    [{ address: undefined }, /"keyPath":"address","nickname":"whale","message":"is missing/],
    [
      { api_secret: "abc" },
      /"keyPath":"api_secret","nickname":"whale","message":"must be left out.*never write a private key here/,
    ],
    [
      { account_type: "demo" },
      /"keyPath":"account_type","nickname":"whale","message":"must be live, testnet or simulated/,
    ],
    [{ venue: "bybit" }, /"keyPath":"address","nickname":"whale","message":"is for venue/],
  ])(
    "%j is refused before anything is sent",
    async (more, complaint) => {
      const other = new Copier(venue);
      const content = {
        nickname: "whale",
        role: "leader",
        venue: "hyperliquid",
        address: WHALE,
        url: server.url,
      };
      other.rawAccountFile("whale", JSON.stringify({ ...content, ...more }));
      other.accountFile("half", "follower", { leader: "whale" });
      const { code, stdout, stderr } = await other.start().exit;
      other.close();
      expect(code).toBe(2);
      expect(`${stdout}${stderr}`).toMatch(complaint);
    },
    20_000,
  );

  it("an API wallet's address is refused with the address that is meant", async () => {
    const wallet = address(3);
    server.roles.set(wallet, { role: "agent", data: { user: WHALE } });
    const other = new Copier(venue);
    const content = {
      nickname: "whale",
      role: "leader",
      venue: "hyperliquid",
      address: wallet,
      url: server.url,
    };
    other.rawAccountFile("whale", JSON.stringify(content));
    other.accountFile("half", "follower");
    const { code, stdout, stderr } = await other.start().exit;
    other.close();
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).toContain(`follow ${WHALE}`);
  });
});

it("copies on paper at the prices of the follower's venue", async () => {
  const whale = address(5);
  const paper = new Copier(venue, "copy_trading:\n  mode: paper\n");
  const content = {
    nickname: "whale",
    role: "leader",
    venue: "hyperliquid",
    address: whale,
    url: server.url,
  };
  paper.rawAccountFile("whale", JSON.stringify(content));
  paper.accountFile("half", "follower", { copy_multiplier: 0.5 });
  await paper.started();
  server.trade(whale, "BTC", "buy", "0.1");
  const rows = async () =>
    (await paper.status()).followers.flatMap(({ instruments }) =>
      instruments.map(({ symbol, held: holding }) => [symbol, holding]),
    );
  await untilEqual(rows, [["BTCUSDT", "0.05"]], 10_000);
  paper.close();
}, 40_000);
