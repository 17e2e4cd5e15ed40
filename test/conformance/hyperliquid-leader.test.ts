/** A public address of Hyperliquid as a leader, through real sockets against a Hyperliquid of our own. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InstrumentId } from "../../src/core/model/identifiers.ts";
import { ExchangeError } from "../../src/exchange/exchange-error.ts";
import { address, Following } from "../hyperliquid/following.ts";
import { HyperliquidServer, type ServerOptions } from "../hyperliquid/server.ts";
import { LEADER_STEPS } from "./leader-steps.ts";

const TRADER = address(1);

let server: HyperliquidServer;
let following: Following;

async function serve(options: ServerOptions = {}): Promise<void> {
  await close();
  server = await new HyperliquidServer(options).start();
  following = new Following(server, Object.keys(options.builders ?? {}));
}

async function close(): Promise<void> {
  following?.close();
  await server?.close();
}

beforeEach(() => serve());
afterEach(close);

async function opened(...args: Parameters<Following["follow"]>) {
  const followed = following.follow(...args);
  followed.connection.open();
  await followed.next("leader-snapshot-taken");
  return followed;
}

function snapshots(followed: Awaited<ReturnType<typeof opened>>) {
  return followed.events.filter((event) => event.kind === "leader-snapshot-taken");
}

describe("a streamed address", () => {
  test("says up, then a snapshot with its equity, its positions and the venue's time", async () => {
    server.trade(TRADER, "BTC", "sell", "0.5");
    const followed = following.follow(TRADER);
    followed.connection.open();
    const snapshot = await followed.next("leader-snapshot-taken");
    expect(followed.events[0]).toMatchObject({ kind: "connection-changed", state: "up" });
    expect(snapshot.equity).toEqual({ equity: "100000", available: "100000", balance: "100000" });
    expect(snapshot.positions).toMatchObject([
      { instrument: InstrumentId("BTC", following.venue.venue), leg: "net", quantity: "-0.5", leverage: "5" },
    ]);
    expect(Math.abs(snapshot.serverTimeMs - Date.now())).toBeLessThan(5_000);
    expect(followed.events.some(({ kind }) => kind === "leader-filled")).toBe(false);
  });

  test("open, add, partial close, flip and close are told as fills, each once, and snapshots agree", async () => {
    const followed = await opened(TRADER);
    for (const [side, size, holding] of LEADER_STEPS) {
      server.trade(TRADER, "BTC", side, size, 2);
      await followed.until(() => followed.folded("net") === holding);
    }
    const fills = followed.events.filter((event) => event.kind === "leader-filled");
    expect(fills).toHaveLength(10);
    expect(new Set(fills.map(({ sequence }) => sequence)).size).toBe(10);
    expect(fills.map(({ sequence }) => sequence)).toEqual(
      fills.map(({ sequence }) => sequence).toSorted((left, right) => left - right),
    );
    server.trade(TRADER, "ETH", "buy", "1");
    const bought = await followed.next("leader-filled", ({ instrument }) => instrument.startsWith("ETH@"));
    const before = snapshots(followed).length;
    followed.connection.requestSnapshot();
    await followed.until(() => snapshots(followed).length > before);
    const row = snapshots(followed).at(-1)?.positions[0];
    expect(row).toMatchObject({ quantity: "1" });
    expect(row?.sequence).toBe(bought.sequence);
  });

  test("fills of a lost connection are told after it, once, from the new stream's own history", async () => {
    const followed = await opened(TRADER);
    server.trade(TRADER, "BTC", "buy", "0.01");
    await followed.until(() => followed.folded("net") === 0.01);
    server.isMute = true;
    server.trade(TRADER, "BTC", "buy", "0.02", 3);
    server.isMute = false;
    server.hangUp();
    await followed.next("connection-changed", ({ state }) => state === "down");
    await followed.until(() => followed.folded("net") === 0.03);
    expect(followed.events.filter((event) => event.kind === "leader-filled")).toHaveLength(4);
    expect(server.asked.some(({ type }) => type === "userFillsByTime")).toBe(false);
  });

  test("more fills than the new stream's history holds are read page by page, before newer ones", async () => {
    await serve({ pageRows: 2_000 });
    const followed = await opened(TRADER);
    server.trade(TRADER, "BTC", "buy", "0.01");
    await followed.until(() => followed.folded("net") === 0.01);
    server.isMute = true;
    for (let count = 0; count < 50; count += 1) {
      server.trade(TRADER, "BTC", "buy", "0.001", 50);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    server.isMute = false;
    server.hangUp();
    await followed.until(() => followed.folded("net") === 0.06);
    expect(followed.events.filter((event) => event.kind === "leader-filled")).toHaveLength(2_501);
    expect(server.asked.filter(({ type }) => type === "userFillsByTime").length).toBeGreaterThanOrEqual(2);
    expect(followed.notices).toEqual([]);
  }, 20_000);

  test("a stream that answers and carries nothing is given up, and what it missed is told", async () => {
    const followed = await opened(TRADER, { watch: { lateMs: 100, pollMs: 50 } });
    server.trade(TRADER, "BTC", "buy", "0.01");
    await followed.until(() => followed.folded("net") === 0.01);
    followed.connection.requestSnapshot();
    await followed.until(() => snapshots(followed).length > 1);
    server.isMute = true;
    server.trade(TRADER, "BTC", "buy", "0.02");
    followed.connection.requestSnapshot();
    await followed.next("connection-changed", ({ state }) => state === "down");
    server.isMute = false;
    await followed.until(() => followed.folded("net") === 0.03);
  });

  test("a fill that was missed is healed by the next one, which says what was held before it", async () => {
    const followed = await opened(TRADER);
    server.trade(TRADER, "BTC", "buy", "0.01");
    await followed.until(() => followed.folded("net") === 0.01);
    server.isMute = true;
    server.trade(TRADER, "BTC", "buy", "0.05");
    server.isMute = false;
    server.trade(TRADER, "BTC", "sell", "0.02");
    const told = await followed.next("leader-position-reported");
    expect(told.position).toMatchObject({ quantity: "0.06" });
    const fill = followed.events.findLast((event) => event.kind === "leader-filled");
    expect(fill).toMatchObject({ side: "sell", quantity: "0.02", sequence: told.position.sequence + 1 });
  });

  test("spot is left out with a count, builders' markets are told under their own names", async () => {
    await serve({ builders: { xyz: ["CL"] } });
    const followed = await opened(TRADER);
    server.trade(TRADER, "@107", "buy", "5", 3);
    server.trade(TRADER, "xyz:CL", "buy", "2");
    const fill = await followed.next("leader-filled");
    expect(fill.instrument).toBe(InstrumentId("xyz:CL", following.venue.venue));
    expect(followed.notices).toEqual([
      "3 fill(s) of spot pairs were left out: spot is no position and is not copied",
    ]);
    const before = snapshots(followed).length;
    followed.connection.requestSnapshot();
    await followed.until(() => snapshots(followed).length > before);
    expect(snapshots(followed).at(-1)?.positions).toMatchObject([
      { instrument: fill.instrument, quantity: "2" },
    ]);
  });

  test("what happened while nobody followed is told after a restart, but not what was known", async () => {
    server.trade(TRADER, "BTC", "buy", "0.01");
    await new Promise((resolve) => setTimeout(resolve, 5));
    const knownUntilMs = server.nowMs();
    await new Promise((resolve) => setTimeout(resolve, 5));
    server.trade(TRADER, "BTC", "buy", "0.02");
    const followed = await opened(TRADER, { fillsSinceMs: knownUntilMs });
    await followed.until(() => followed.folded("net") === 0.02);
    expect(followed.events.filter((event) => event.kind === "leader-filled")).toHaveLength(1);
  });
});

describe("where nothing streams", () => {
  test("an address is polled: changes are told as fills, then as a snapshot", async () => {
    const followed = await opened(TRADER, { isPolled: true });
    expect(followed.events[0]).toMatchObject({ kind: "connection-changed", state: "up" });
    server.trade(TRADER, "BTC", "buy", "0.01", 2);
    await followed.until(() => followed.folded("net") === 0.01);
    server.trade(TRADER, "BTC", "sell", "0.03");
    await followed.until(() => followed.folded("net") === -0.02);
    expect(server.connections).toBe(0);
  });

  test("a polled address that cannot be read is down, and up again", async () => {
    const followed = await opened(TRADER, { isPolled: true });
    server.isBroken = true;
    await followed.next("connection-changed", ({ state }) => state === "down");
    expect(followed.events.find((event) => event.kind === "question-failed")).toMatchObject({
      question: "snapshot",
      cause: "the venue answers with status 502",
    });
    server.isBroken = false;
    followed.events.length = 0;
    await followed.next("connection-changed", ({ state }) => state === "up");
  }, 20_000);

  test("the eleventh address is polled, and nobody streams it twice", async () => {
    const followed = Array.from({ length: 11 }, (_, index) => following.follow(address(index + 1)));
    for (const { connection } of followed) connection.open();
    for (const one of followed) await one.next("leader-snapshot-taken");
    expect(server.connections).toBe(4);
    for (let index = 0; index < 11; index += 1) server.trade(address(index + 1), "BTC", "buy", "0.01");
    for (const one of followed) await one.until(() => one.folded("net") === 0.01);
    expect(server.weightInWorstMinute()).toBeLessThan(1_200);
  });

  test("an address that the venue refuses to stream, as another program uses its places, is polled", async () => {
    await serve({ usersMax: 0 });
    const followed = await opened(TRADER);
    expect(followed.notices[0]).toMatch(
      /not streamed \(Cannot track more than 0 total users.\): it is polled/,
    );
    server.trade(TRADER, "BTC", "buy", "0.01");
    await followed.until(() => followed.folded("net") === 0.01);
  });

  test("fills beyond what the venue keeps are a gap that is said, and positions are right all the same", async () => {
    await serve({ pageRows: 2_000, keptFills: 10_000 });
    const followed = await opened(TRADER, { isPolled: true });
    server.ledger(TRADER).trade({
      coin: "BTC",
      side: "buy",
      size: "12",
      price: "60000",
      pieces: 12_000,
      timeMs: Date.now() - 60_000,
    });
    await followed.until(() =>
      followed.events.some((event) => event.kind === "leader-snapshot-taken" && event.positions.length > 0),
    );
    expect(snapshots(followed).at(-1)?.positions).toMatchObject([{ quantity: "12" }]);
  }, 30_000);
});

describe("inspection", () => {
  const inspected = (of = TRADER) => new Promise((done) => following.follow(of).connection.inspectKey(done));

  test("tells that a public address can only be read", async () => {
    expect(await inspected()).toMatchObject({
      userId: TRADER,
      readOnly: true,
      canTrade: false,
      canWithdraw: false,
    });
  });

  test("names the address that is meant where an API wallet's was given", async () => {
    server.roles.set(TRADER, { role: "agent", data: { user: address(9) } });
    const refused = await inspected();
    expect(refused).toBeInstanceOf(ExchangeError);
    expect(refused).toMatchObject({
      class: "give-up",
      message: expect.stringContaining(`follow ${address(9)}`),
    });
  });

  test("says that an address was never used", async () => {
    server.roles.set(TRADER, { role: "missing" });
    expect(await inspected()).toMatchObject({ message: expect.stringContaining("was never used") });
  });
});
