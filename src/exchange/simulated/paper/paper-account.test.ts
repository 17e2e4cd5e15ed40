/** Paper followers: filled on the real venue's book after a delay, with fees, never at a price that nobody showed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approved, BTC, book, ETH, makePaper, type PaperFollower } from "../../../../test/paper-fixture.ts";
import type { ConnectionEvent } from "../../exchange.ts";

function fills(follower: PaperFollower): string[] {
  return follower
    .of("follower-filled")
    .map(({ side, quantity, price, fee }) => `${side} ${quantity} at ${price}, fee ${fee}`);
}

/** A venue with prices and one open account. */
function started() {
  const paper = makePaper();
  paper.books.say(BTC, { mark: "60000", ...book("59999.9", "60000.1") });
  const follower = paper.account("f");
  follower.connection.open();
  paper.clock.advance(100);
  follower.events.length = 0;
  return { ...paper, follower };
}

describe("fills", () => {
  it("walk the book level by level and pay the taker fee on each", () => {
    const { books, clock, follower } = started();
    books.say(BTC, {
      mark: "60000",
      bids: [["59990", "1"]],
      asks: [
        ["60000", "0.1"],
        ["60010", "0.2"],
        ["60020", "5"],
      ],
    });
    const order = approved("f", BTC, 500);
    follower.connection.submit([order]);
    clock.advance(50);
    expect(fills(follower)).toEqual([
      "buy 0.1 at 60000, fee 3.3",
      "buy 0.2 at 60010, fee 6.6011",
      "buy 0.2 at 60020, fee 6.6022",
    ]);
    expect(follower.of("order-reported").at(-1)?.order).toMatchObject({
      clientOrderId: order.clientOrderId,
      status: "filled",
      filledQuantity: "0.5",
      averagePrice: "60012",
    });
    expect(follower.of("follower-position-reported").at(-1)?.position).toMatchObject({
      quantity: "0.5",
      entryPrice: "60012",
      leg: "net",
    });
    // 10000 - 16.5033 of fees - 0.5 x 12 below the entry
    expect(follower.of("equity-reported").at(-1)?.equity).toBe("9977.4967");
  });

  it("tell the acceptance first, then the fills, the order's end, the position and the equity, all of one sequence", () => {
    const { clock, follower } = started();
    follower.connection.submit([approved("f", BTC, 100)]);
    clock.advance(50);
    const kinds = follower.events.map(({ kind }) => kind);
    expect(kinds).toEqual([
      "order-accepted",
      "order-reported",
      "follower-filled",
      "order-reported",
      "follower-position-reported",
      "equity-reported",
    ]);
    const [fill] = follower.of("follower-filled");
    const [position] = follower.of("follower-position-reported");
    expect(position?.position.sequence).toBe(fill?.sequence);
  });

  it("happen at the book of the moment in which the order arrives, not of the one in which it was sent", () => {
    const { books, clock, follower } = started();
    follower.connection.submit([approved("f", BTC, 100)]);
    clock.advance(49);
    expect(follower.events).toEqual([]);
    books.say(BTC, { mark: "60100", ...book("60099.9", "60100.1") });
    clock.advance(1);
    expect(fills(follower)).toEqual(["buy 0.1 at 60100.1, fee 3.3055055"]);
  });

  it("leave the rest of an order unfilled when the book is too thin", () => {
    const { books, clock, follower } = started();
    books.say(BTC, { mark: "60000", ...book("59999.9", "60000.1", "0.04") });
    follower.connection.submit([approved("f", BTC, 100)]);
    clock.advance(50);
    expect(follower.of("order-reported").at(-1)?.order).toMatchObject({
      status: "cancelled",
      filledQuantity: "0.04",
      venueReason: "EC_NoImmediateQtyToFill",
    });
  });

  it("of several followers share what the book holds at one moment", () => {
    const { books, clock, account, follower } = started();
    const other = account("g");
    other.connection.open();
    books.say(BTC, {
      mark: "60000",
      bids: [],
      asks: [
        ["60000", "0.1"],
        ["60001", "0.1"],
      ],
    });
    follower.connection.submit([approved("f", BTC, 100)]);
    other.connection.submit([approved("g", BTC, 100)]);
    clock.advance(50);
    expect(fills(follower)[0]).toContain("at 60000,");
    expect(fills(other)[0]).toContain("at 60001,");
  });

  it("are exactly the visible book walked from its best, whatever the book and the order", () => {
    const level = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 400 }));
    fc.assert(
      fc.property(
        fc.uniqueArray(level, { minLength: 1, maxLength: 20, selector: ([at]) => at }),
        fc.integer({ min: 1, max: 1500 }),
        (levels, lots) => {
          const { books, clock, follower } = started();
          const asks = [...levels].sort(([left], [right]) => left - right);
          const text = asks.map(
            ([at, size]) => [(60000 + at / 10).toFixed(1), (size / 1000).toFixed(3)] as const,
          );
          books.say(BTC, { mark: "60000", bids: [], asks: text });
          follower.connection.submit([approved("f", BTC, lots)]);
          clock.advance(50);
          const filled = follower.of("follower-filled").map(({ quantity, price }) => `${price} ${quantity}`);
          expect(filled).toEqual(walk(asks, lots));
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** The book walked by hand. */
function walk(asks: readonly (readonly [at: number, size: number])[], lots: number): string[] {
  const taken: string[] = [];
  let left = lots;
  for (const [at, size] of asks) {
    const part = Math.min(left, size);
    if (part > 0) taken.push(`${String(60000 + at / 10)} ${String(part / 1000)}`);
    left -= part;
  }
  return taken;
}

describe("without prices", () => {
  it("an order is refused for now, and its instrument is followed", () => {
    const { clock, books, follower } = started();
    follower.connection.submit([approved("f", ETH, 10)]);
    clock.advance(50);
    expect(follower.of("order-rejected").map(({ rejection }) => rejection.class)).toEqual(["try-again"]);
    expect(books.followed.has(ETH)).toBe(true);
  });

  it("an order is refused for now once the book is lost, and filled when it is back", () => {
    const { clock, books, follower } = started();
    books.lose(BTC);
    follower.connection.submit([approved("f", BTC, 100)]);
    clock.advance(50);
    expect(follower.of("order-rejected").map(({ rejection }) => rejection.class)).toEqual(["try-again"]);
    books.say(BTC, { mark: "61000", ...book("60999", "61001") });
    follower.connection.submit([approved("f", BTC, 100)]);
    clock.advance(50);
    expect(fills(follower)).toEqual(["buy 0.1 at 61001, fee 3.355055"]);
  });

  it("a question about an instrument waits for them, and fails when they do not come", () => {
    const { clock, books, follower } = started();
    follower.connection.describeMarket(ETH);
    clock.advance(1000);
    expect(follower.events).toEqual([]);
    books.say(ETH, { mark: "3000", ...book("2999", "3001") });
    expect(follower.of("market-described")).toMatchObject([
      { instrument: ETH, mode: "one-way", leverage: "10" },
    ]);
    books.lose(BTC);
    follower.connection.describeMarket(BTC);
    clock.advance(4000);
    expect(follower.of("question-failed")).toMatchObject([{ question: "describe-market", subject: BTC }]);
  });
});

describe("the contract", () => {
  it("is an account that may trade and can withdraw nothing", () => {
    const { follower, clock } = started();
    const seen: unknown[] = [];
    follower.connection.inspect((result) => seen.push(result));
    expect(seen).toEqual([]);
    clock.advance(0);
    expect(seen).toMatchObject([{ canTrade: true, canWithdraw: false, readOnly: false, equity: "10000" }]);
  });

  it("opens with the connection up and a snapshot", () => {
    const { clock, account } = makePaper();
    const follower = account("f");
    follower.connection.open();
    expect(follower.events).toEqual([]);
    clock.advance(50);
    expect(follower.events).toMatchObject([
      { kind: "connection-changed", state: "up" },
      { kind: "follower-snapshot-taken", positions: [], orders: [], equity: { equity: "10000" } },
    ]);
  });

  it("takes an order once, however often it is sent, and finds it with its fills", () => {
    const { clock, follower } = started();
    const order = approved("f", BTC, 100);
    follower.connection.submit([order]);
    follower.connection.submit([order]);
    clock.advance(50);
    expect(follower.of("follower-filled")).toHaveLength(1);
    expect(follower.of("order-outcome-unknown")).toHaveLength(1);
    const [filled] = follower.of("follower-filled");
    follower.events.length = 0;
    follower.connection.lookUp(order.clientOrderId, BTC);
    clock.advance(50);
    expect(follower.events.map(({ kind }) => kind)).toEqual(["follower-filled", "order-reported"]);
    expect(follower.of("follower-filled")[0]).toMatchObject({
      tradeId: filled?.tradeId,
      sequence: filled?.sequence,
    });
  });

  it("says that it does not know an order that never came", () => {
    const { clock, follower } = started();
    follower.connection.lookUp(approved("f", BTC, 1).clientOrderId, BTC);
    clock.advance(50);
    expect(follower.events).toMatchObject([{ kind: "order-not-found", serverTimeMs: clock.nowMs() }]);
  });

  it("sets leverage, also to what it is already, and refuses what the instrument does not allow", () => {
    const { clock, follower } = started();
    for (const leverage of ["25", "25", "1000"]) follower.connection.setLeverage(BTC, leverage);
    clock.advance(50);
    const answers = follower.events.filter(({ kind }) => kind.startsWith("leverage"));
    expect(answers).toMatchObject([
      { kind: "leverage-set", leverage: "25" },
      { kind: "leverage-set", leverage: "25" },
      { kind: "leverage-refused", rejection: { class: "leverage-too-high" } },
    ]);
  });

  it.each<[string, number, Parameters<typeof approved>[3], string]>([
    ["too large for the money", 2_000, {}, "insufficient-margin"],
    ["larger than any order", 600_000, {}, "above-maximum"],
    ["of a leg that there is not", 100, { leg: "long" }, "position-mode-mismatch"],
    ["to reduce what is not held", 100, { reduceOnly: true }, "reduce-only-violation"],
  ])("refuses an order %s", (_what, lots, more, expected) => {
    const { books, clock, follower } = started();
    books.say(BTC, { mark: "60000", ...book("59999.9", "60000.1", "100000") });
    follower.connection.submit([approved("f", BTC, lots, more)]);
    clock.advance(50);
    expect(follower.of("order-rejected").map(({ rejection }) => rejection.class)).toEqual([expected]);
  });

  it("says nothing more once it is closed", () => {
    const { clock, follower } = started();
    follower.connection.submit([approved("f", BTC, 100)]);
    follower.connection.requestSnapshot();
    follower.connection.close();
    clock.advance(10_000);
    expect(follower.events).toEqual([]);
  });
});

describe("time", () => {
  it("brings funding at the real venue's rate, as money and not as a fill", () => {
    const { books, clock, follower } = started();
    books.say(BTC, { mark: "60000", fundingRate: "0.0002", ...book("59999.9", "60000", "10") });
    follower.connection.submit([approved("f", BTC, 100)]);
    clock.advance(50);
    const before = Number(follower.of("equity-reported").at(-1)?.equity);
    follower.events.length = 0;
    clock.advance(8 * 3_600_000);
    expect(follower.of("follower-filled")).toEqual([]);
    const [paid, ...others] = follower.of("funding-settled");
    expect(paid).toMatchObject({ account: "f", instrument: BTC, leg: "net", payment: "-1.2" });
    expect(others).toEqual([]);
    expect(Number(follower.of("equity-reported").at(-1)?.equity)).toBeCloseTo(
      before - 0.1 * 60000 * 0.0002,
      8,
    );
  });

  it("liquidates what the account cannot carry any more, as fills of no order of ours", () => {
    const { books, clock, follower } = started();
    follower.connection.setLeverage(BTC, "100");
    clock.advance(50);
    follower.connection.submit([approved("f", BTC, 10_000)]);
    clock.advance(50);
    follower.events.length = 0;
    books.say(BTC, { mark: "58500", ...book("58499", "58501") });
    const [fill] = follower.of("follower-filled");
    expect(fill).toMatchObject({ side: "sell", quantity: "10" });
    expect(fill?.clientOrderId).toBeUndefined();
    expect(lastPosition(follower.events)).toMatchObject({ quantity: "0", entryPrice: "" });
  });
});

function lastPosition(events: readonly ConnectionEvent[]): unknown {
  const reports = events.flatMap((event) => (event.kind === "follower-position-reported" ? [event] : []));
  return reports.at(-1)?.position;
}
