/**
 * Paper trading from end to end: the simulated Bybit exchange stands for the real venue, its public stream is read over
 * real sockets, and paper fills are compared with what that venue showed.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ConnectionEvent } from "../../src/exchange/exchange.ts";
import type { BookRow } from "../../src/exchange/simulated/venue-types.ts";
import { approvedOrder } from "../conformance/order-fixture.ts";
import { type PaperTestAccount, PaperWorld } from "./paper-world.ts";

/**
 * The venue's newest books: what an order may meet. Counted, not timed: a busy machine delays the venue, which is in
 * this process, as much as the reader of its stream. However busy it was made, an order met one of the newest two.
 */
const BOOKS_OF_A_MOMENT = 3;

let ids = 0;
function submit(world: PaperWorld, account: PaperTestAccount, lots: number, reduceOnly = false): string {
  const clientOrderId = `ct-paper-${++ids}`;
  const { account: name } = account.connection;
  const order = approvedOrder({
    account: name,
    instrument: world.instrument,
    lots,
    clientOrderId,
    reduceOnly,
  });
  account.connection.submit([order]);
  return clientOrderId;
}

async function opened(world: PaperWorld, account = world.make()): Promise<PaperTestAccount> {
  account.connection.open();
  await account.next("follower-snapshot-taken");
  return account;
}

type Fill = Extract<ConnectionEvent, { readonly kind: "follower-filled" }>;

async function filled(account: PaperTestAccount, id: string): Promise<readonly Fill[]> {
  await account.next(
    "order-reported",
    ({ order }) => order.clientOrderId === id && order.status === "filled",
  );
  return account.events.flatMap((event) =>
    event.kind === "follower-filled" && event.clientOrderId === id ? [event] : [],
  );
}

describe("in a moving market", () => {
  let world: PaperWorld;
  /** Every book that the venue put into a frame or an answer, in order: none is missed, however late a timer is. */
  const shown: BookRow[] = [];

  beforeAll(async () => {
    world = await PaperWorld.start({ kind: "moving", stepMs: 50, symbols: ["BTCUSDT"] });
    const { venue } = world.exchange;
    const read = venue.book.bind(venue);
    vi.spyOn(venue, "book").mockImplementation((symbol, depth) => {
      const book = read(symbol, depth);
      if (book !== undefined) shown.push(book);
      return book;
    });
  });
  afterAll(() => world.close());

  test("every fill is at a price, and of no more than the size, that the venue showed a moment ago (pain 39)", async () => {
    const account = await opened(world, world.make({ balance: "10000000" }));
    account.connection.setLeverage(world.instrument, "10");
    await account.next("leverage-set");
    for (const lots of [100, 20_000, -20_100]) {
      const sentAtMs = Date.now();
      const fills = await filled(account, submit(world, account, lots));
      const recent = shown.slice(-BOOKS_OF_A_MOMENT);
      expect(fills.length).toBeGreaterThan(Math.abs(lots) > 1000 ? 1 : 0);
      expect(recent.some((book) => fills.every((fill) => isIn(book, fill)))).toBe(true);
      for (const fill of fills) expect(fill.venueTimeMs - sentAtMs).toBeGreaterThanOrEqual(49);
    }
    const traded = account.events.flatMap((event) => (event.kind === "follower-filled" ? [event] : []));
    for (const { price, quantity, fee } of traded) {
      expect(Number(fee)).toBeCloseTo(Number(price) * Number(quantity) * 0.00055, 6);
    }
    account.connection.close();
  });

  test("the simulated book follows the venue's", async () => {
    await expect
      .poll(() => {
        world.paperVenue.show(world.instrument);
        const paper = world.paperVenue.ask((venue) => venue.book("BTCUSDT", 50));
        return shown.slice(-40).some((book) => same(book, paper));
      })
      .toBe(true);
  });
});

function isIn(book: BookRow, { side, price, quantity }: Fill): boolean {
  const levels = side === "buy" ? book.asks : book.bids;
  return levels.some((level) => Number(level[0]) === Number(price) && Number(level[1]) >= Number(quantity));
}

function same(left: BookRow | undefined, right: BookRow | undefined): boolean {
  const text = (row: BookRow | undefined) => JSON.stringify([row?.bids, row?.asks]);
  return text(left) === text(right);
}

describe("when the stream misbehaves", () => {
  let world: PaperWorld;

  beforeAll(async () => {
    world = await PaperWorld.start("flat", { renewAfterMs: 200, silenceMsMax: 600 });
    await world.control("/control/prices/BTCUSDT", { last: "60000" });
  });
  afterEach(() => world.control("/control/faults", {}));
  afterAll(() => world.close());

  test("a quiet market stays tradable, its book being asked for anew again and again", async () => {
    const account = await opened(world);
    const renewals = () => {
      expect(world.paperVenue.show(world.instrument)).toBe(true);
      return world.paperVenue.ask((venue) => venue.book("BTCUSDT", 1)?.updateId ?? 0);
    };
    const before = renewals();
    await expect.poll(renewals).toBeGreaterThan(before + 5);
    await filled(account, submit(world, account, 10));
    account.connection.close();
  });

  test("nothing is filled while the stream is cut, and all goes on once it is back", async () => {
    const account = await opened(world);
    await world.control("/control/faults", { streamDisconnect: true });
    await expect.poll(() => world.paperVenue.show(world.instrument)).toBe(false);
    const refused = submit(world, account, 10);
    const rejected = await account.next("order-rejected", (event) => event.clientOrderId === refused);
    expect(rejected.rejection.class).toBe("try-again");
    await world.control("/control/faults", {});
    await world.control("/control/prices/BTCUSDT", { last: "61000" });
    await world.shown();
    const [fill] = await filled(account, submit(world, account, 10));
    expect(Number(fill?.price)).toBeCloseTo(61_000, -2);
    account.connection.close();
  });

  test("nothing is filled on the book of a stream that has fallen silent", async () => {
    const account = await opened(world);
    await world.control("/control/faults", { streamSilent: true });
    await world.control("/control/prices/BTCUSDT", { last: "65000" });
    await expect.poll(() => world.paperVenue.show(world.instrument)).toBe(false);
    const id = submit(world, account, 10);
    await account.next("order-rejected", (event) => event.clientOrderId === id);
    await world.control("/control/faults", {});
    await world.shown();
    const [fill] = await filled(account, submit(world, account, 10));
    expect(Number(fill?.price)).toBeCloseTo(65_000, -2);
    account.connection.close();
  });

  test("a paper account comes back after a restart and can close what it holds", async () => {
    const before = await opened(world);
    await filled(before, submit(world, before, 25));
    before.events.length = 0;
    before.connection.requestSnapshot();
    const { positions, equity } = await before.next("follower-snapshot-taken");
    before.connection.close();
    await world.restart();
    const restore = {
      equity: equity.equity,
      positions: positions.map(({ instrument, leg, quantity, entryPrice }) => ({
        instrument,
        leg,
        quantity,
        entryPrice,
      })),
      sequenceFloor: before.lastSequence,
    };
    const after = await opened(world, world.make({ restore }, before.connection.account));
    const snapshot = await after.next("follower-snapshot-taken");
    expect(Number(snapshot.equity.equity)).toBeCloseTo(Number(equity.equity), 6);
    const [fill] = await filled(after, submit(world, after, -25, true));
    expect(fill?.sequence).toBeGreaterThan(before.lastSequence);
    await after.until(() => after.held("net") === 0);
    after.connection.close();
  });
});
