/** Books from snapshots and deltas: what a straightforward merge says, also on messages recorded at the venue. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasShared, sharedNote, sharedPath } from "../../../test/shared.ts";
import { MalformedMessage } from "../raw.ts";
import { OrderBook } from "./order-book.ts";
import { PublicMarketState } from "./public-market-state.ts";

const SNAPSHOT = {
  bids: [
    ["99", "1"],
    ["98", "2"],
  ],
  asks: [["101", "3"]],
  updateId: 10,
} as const;

describe("an order book", () => {
  it("is not known before a snapshot, and ignores deltas until then", () => {
    const book = new OrderBook();
    expect(book.change({ ...SNAPSHOT, updateId: 11 })).toBe(false);
    expect(book.levels()).toBeNull();
  });

  it("changes, adds and takes away levels, best first", () => {
    const book = new OrderBook();
    book.replace(SNAPSHOT);
    book.change({
      bids: [
        ["99", "0"],
        ["98.5", "4"],
      ],
      asks: [
        ["100", "1"],
        ["101", "2"],
      ],
      updateId: 11,
    });
    expect(book.levels()).toEqual({
      bids: [
        ["98.5", "4"],
        ["98", "2"],
      ],
      asks: [
        ["100", "1"],
        ["101", "2"],
      ],
    });
  });

  it("ignores what is not newer", () => {
    const book = new OrderBook();
    book.replace(SNAPSHOT);
    expect(book.change({ bids: [["99", "7"]], asks: [], updateId: 10 })).toBe(false);
    expect(book.levels()?.bids[0]).toEqual(["99", "1"]);
  });

  it("starts anew with a snapshot, also one of a lower number", () => {
    const book = new OrderBook();
    book.replace(SNAPSHOT);
    book.replace({ bids: [["50", "1"]], asks: [["51", "1"]], updateId: 1 });
    expect(book.levels()).toEqual({ bids: [["50", "1"]], asks: [["51", "1"]] });
  });

  it("is given up when it is crossed, until the next snapshot", () => {
    const book = new OrderBook();
    book.replace(SNAPSHOT);
    book.change({ bids: [["101", "1"]], asks: [], updateId: 11 });
    expect(book.levels()).toBeNull();
    expect(book.isKnown).toBe(false);
    book.replace({ ...SNAPSHOT, updateId: 30 });
    expect(book.levels()?.asks).toEqual([["101", "3"]]);
  });

  it("equals a book sorted from all changes, whatever they are", () => {
    const level = fc.tuple(
      fc.integer({ min: 1, max: 40 }).map(String),
      fc.integer({ min: 0, max: 5 }).map(String),
    );
    fc.assert(
      fc.property(fc.array(fc.array(level, { maxLength: 8 }), { maxLength: 20 }), (deltas) => {
        const book = new OrderBook();
        const plain = new Map<string, string>();
        book.replace({ bids: [], asks: [], updateId: 0 });
        deltas.forEach((bids, at) => {
          book.change({ bids, asks: [], updateId: at + 1 });
          for (const [price, size] of bids) plain.set(price, size);
        });
        const expected = [...plain]
          .filter(([, size]) => size !== "0")
          .sort(([a], [b]) => Number(b) - Number(a));
        expect(book.levels()?.bids).toEqual(expected);
      }),
    );
  });
});

describe("a public market", () => {
  const book = (type: string, b: unknown, u = 1) => ({ type, data: { s: "X", b, a: [["2", "1"]], u } });
  const ticker = (type: string, data: object) => ({ type, data: { symbol: "X", ...data } });

  it("is told once book and mark are known, and merges the fields of the ticker", () => {
    const state = new PublicMarketState("X");
    state.bookMessage(book("snapshot", [["1", "1"]]));
    expect(state.read()).toBeNull();
    expect(
      state.tickerMessage(ticker("snapshot", { markPrice: "1.5", lastPrice: "1.4", fundingRate: "0.0001" })),
    ).toBe(true);
    expect(state.tickerMessage(ticker("delta", { volume24h: "5" }))).toBe(false);
    expect(state.tickerMessage(ticker("delta", { markPrice: "1.6" }))).toBe(true);
    expect(state.read()).toMatchObject({
      bids: [["1", "1"]],
      mark: "1.6",
      last: "1.4",
      fundingRate: "0.0001",
    });
  });

  it("has another version after each change, and the same one while nothing changes", () => {
    const state = new PublicMarketState("X");
    state.bookMessage(book("snapshot", [["1", "1"]]));
    state.tickerMessage(ticker("snapshot", { markPrice: "1.5" }));
    const first = state.read();
    expect(state.read()).toBe(first);
    state.bookMessage(book("delta", [["1", "2"]], 2));
    expect(state.read()?.version).not.toBe(first?.version);
  });

  it.each([[[["1"]]], [[["1", "x"]]], [[["-1", "1"]]], ["none"], [null]])(
    "refuses levels such as %j",
    (levels) => {
      expect(() => new PublicMarketState("X").bookMessage(book("snapshot", levels))).toThrow(
        MalformedMessage,
      );
    },
  );
});

describe.skipIf(!hasShared)(`recorded messages${sharedNote}`, () => {
  it("give an uncrossed book of full depth after each message", () => {
    const path = sharedPath("data/venue/bybit_v5/capture/orderbook500_XRPUSDT_2024-12-01.jsonl.gz");
    const lines = gunzipSync(readFileSync(path)).toString("utf8").trim().split("\n");
    const state = new PublicMarketState("XRPUSDT");
    state.tickerMessage({ type: "snapshot", data: { markPrice: "1.95" } });
    let looked = 0;
    for (const line of lines) {
      state.bookMessage(JSON.parse(line));
      const market = state.read();
      expect(market?.bids).toHaveLength(500);
      expect(market?.asks).toHaveLength(500);
      looked++;
    }
    expect(looked).toBe(50);
  });
});
