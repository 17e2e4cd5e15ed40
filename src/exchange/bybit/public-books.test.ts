/** Public books over a scripted venue and a virtual clock: subscriptions, silence, loss, refusals, many symbols. */
import { expect, it } from "vitest";
import { type ScriptedSocket, scriptedOutside } from "../../../test/conformance/scripted-outside.ts";
import { InstrumentId } from "../../core/model/identifiers.ts";
import { RequestBudget } from "./budget.ts";
import { bybitVenue } from "./hosts.ts";
import { type BybitBooksOptions, openBybitBooks } from "./public-books.ts";

const { venue, urls } = bybitVenue("https://venue.test");
const id = (symbol: string) => InstrumentId(symbol, venue);

interface Asked {
  readonly op: string;
  readonly req_id?: string;
  readonly args?: readonly string[];
}

/** A venue that confirms subscriptions, answering with snapshots unless told to be silent. */
function scripted(options: Partial<BybitBooksOptions> = {}) {
  const outside = scriptedOutside(() => null);
  const asked: Asked[] = [];
  const changed: InstrumentId[] = [];
  const notices: string[] = [];
  const venueIs = { silent: false, unknown: new Set<string>(), mark: "100" };
  const subscribe = (socket: ScriptedSocket, { args = [], req_id }: Asked): void => {
    const bad = args.find((topic) => venueIs.unknown.has(topic.slice(topic.lastIndexOf(".") + 1)));
    const ret_msg = bad === undefined ? "" : `error:handler not found,topic:${bad}`;
    socket.say({ op: "subscribe", success: bad === undefined, ret_msg, req_id });
    if (bad !== undefined || venueIs.silent) return;
    for (const topic of args) socket.say(snapshot(topic, venueIs.mark));
  };
  outside.sockets.onSent = (socket, text) => {
    const message: Asked = JSON.parse(text);
    asked.push(message);
    outside.clock.setTimer(2, () => {
      if (message.op === "ping") socket.say({ op: "ping", ret_msg: "pong", success: true });
      if (message.op === "subscribe") subscribe(socket, message);
    });
  };
  const books = openBybitBooks({
    venue,
    urls,
    outside,
    budget: new RequestBudget(outside.clock),
    listener: { changed: (instrument) => changed.push(instrument) },
    onNotice: (text) => notices.push(text),
    options,
  });
  const socket = () => outside.sockets.last("/v5/public/linear");
  return { outside, clock: outside.clock, books, asked, changed, notices, venueIs, socket };
}

function snapshot(topic: string, mark: string): object {
  const symbol = topic.slice(topic.lastIndexOf(".") + 1);
  if (topic.startsWith("tickers")) {
    return { topic, type: "snapshot", data: { symbol, markPrice: mark, lastPrice: mark }, cs: 1, ts: 1 };
  }
  return {
    topic,
    type: "snapshot",
    ts: 1,
    data: { s: symbol, b: [["99", "1"]], a: [["101", "1"]], u: 5, seq: 9 },
  };
}

it("follows book and ticker of a symbol, and says when both are there", () => {
  const { books, clock, changed, socket } = scripted();
  expect(books.read(id("BTCUSDT"))).toBeNull();
  books.follow([id("BTCUSDT")]);
  clock.advance(10);
  expect(changed).toEqual([id("BTCUSDT")]);
  expect(books.read(id("BTCUSDT"))).toMatchObject({ bids: [["99", "1"]], asks: [["101", "1"]], mark: "100" });
  const data = {
    s: "BTCUSDT",
    b: [
      ["99", "0"],
      ["98", "4"],
    ],
    a: [],
    u: 6,
    seq: 10,
  };
  socket()?.say({ topic: "orderbook.50.BTCUSDT", type: "delta", ts: 2, data });
  expect(books.read(id("BTCUSDT"))?.bids).toEqual([["98", "4"]]);
  expect(changed).toHaveLength(1);
  socket()?.say({
    topic: "tickers.BTCUSDT",
    type: "delta",
    data: { symbol: "BTCUSDT", markPrice: "101" },
    ts: 3,
  });
  expect(changed).toHaveLength(2);
});

it("knows nothing any more when the connection is lost, and all again after the reconnect", () => {
  const { books, clock, notices, socket } = scripted();
  books.follow([id("BTCUSDT"), id("ETHUSDT")]);
  clock.advance(10);
  socket()?.breakOff();
  expect(books.read(id("BTCUSDT"))).toBeNull();
  expect(notices[0]).toContain("was lost");
  clock.advance(2_000);
  expect(books.read(id("BTCUSDT"))).not.toBeNull();
  expect(books.read(id("ETHUSDT"))).not.toBeNull();
});

it("asks for a quiet symbol anew, and hands out no book of one that stays silent", () => {
  const { books, clock, asked, venueIs } = scripted();
  books.follow([id("BTCUSDT")]);
  clock.advance(60_000);
  expect(books.read(id("BTCUSDT"))).not.toBeNull();
  expect(asked.filter(({ op }) => op === "unsubscribe").length).toBeGreaterThan(2);
  venueIs.silent = true;
  clock.advance(45_000);
  expect(books.read(id("BTCUSDT"))).toBeNull();
  venueIs.silent = false;
  clock.advance(16_000);
  expect(books.read(id("BTCUSDT"))).not.toBeNull();
});

it("asks soon for a book that has missed a change", () => {
  const { books, clock, socket } = scripted();
  books.follow([id("BTCUSDT")]);
  clock.advance(10);
  const data = { s: "BTCUSDT", b: [["105", "1"]], a: [], u: 6, seq: 10 };
  socket()?.say({ topic: "orderbook.50.BTCUSDT", type: "delta", ts: 2, data });
  expect(books.read(id("BTCUSDT"))).toBeNull();
  clock.advance(7_000);
  expect(books.read(id("BTCUSDT"))?.bids).toEqual([["99", "1"]]);
});

it("does not let a symbol that the venue refuses take others with it", () => {
  const { books, clock, notices, venueIs } = scripted();
  venueIs.unknown.add("GONEUSDT");
  books.follow(["AUSDT", "BUSDT", "GONEUSDT", "CUSDT", "DUSDT"].map(id));
  clock.advance(100);
  expect(["AUSDT", "BUSDT", "CUSDT", "DUSDT"].filter((symbol) => books.read(id(symbol)) === null)).toEqual(
    [],
  );
  expect(books.read(id("GONEUSDT"))).toBeNull();
  expect(notices.filter((text) => text.includes("GONEUSDT"))).toHaveLength(1);
});

it("spreads many symbols over connections", () => {
  const { books, clock, outside, asked } = scripted({ symbolsPerConnection: 100 });
  const symbols = Array.from({ length: 250 }, (_, at) => id(`S${at}USDT`));
  books.follow(symbols.slice(0, 40));
  books.follow(symbols);
  clock.advance(3_000);
  expect(outside.sockets.opened).toHaveLength(3);
  expect(symbols.filter((one) => books.read(one) === null)).toEqual([]);
  const topics = asked.flatMap(({ op, args = [] }) => (op === "subscribe" ? args : []));
  expect(new Set(topics).size).toBe(500);
  expect(topics).toHaveLength(500);
});

it("reopens the connection on a message that cannot be read", () => {
  const { books, clock, outside, socket, notices } = scripted();
  books.follow([id("BTCUSDT")]);
  clock.advance(10);
  socket()?.say({
    topic: "orderbook.50.BTCUSDT",
    type: "delta",
    data: { s: "BTCUSDT", b: [[1]], a: [], u: 6 },
  });
  expect(notices[0]).toContain("could not be read");
  clock.advance(2_000);
  expect(outside.sockets.opened).toHaveLength(2);
  expect(books.read(id("BTCUSDT"))).not.toBeNull();
});

it("does nothing any more once it is closed", () => {
  const { books, clock, asked } = scripted();
  books.follow([id("BTCUSDT")]);
  clock.advance(10);
  books.close();
  const before = asked.length;
  clock.advance(120_000);
  expect(asked).toHaveLength(before);
  expect(clock.plannedCount).toBe(0);
});
