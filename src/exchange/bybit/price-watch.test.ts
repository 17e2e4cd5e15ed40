/** A public price stream that answers pings and tells no prices, or is gone, under a virtual clock against a scripted venue. */
import { describe, expect, test } from "vitest";
import { ScriptedBybit, VENUE } from "../../../test/conformance/scripted-bybit.ts";
import { InstrumentId } from "../../core/model/identifiers.ts";
import { openBybitMarket } from "./market-feed.ts";

/** A venue whose marks are `marks`; its stream tells each as it is set, unless it is silent. */
function priced(...symbols: readonly string[]) {
  const bybit = new ScriptedBybit();
  const { clock, sockets } = bybit.outside;
  const marks = new Map(symbols.map((symbol) => [symbol, "100"]));
  const told: string[] = [];
  const refused = new Set<string>();
  let tells: "all" | "subscriptions" | "nothing" = "all";
  const rowOf = (symbol: string) => {
    const mark = marks.get(symbol);
    return { symbol, bid1Price: mark, ask1Price: mark, markPrice: mark };
  };
  bybit.answers.set("/v5/market/tickers", (_request, query) => {
    const asked = query.get("symbol") ?? "";
    return { list: (asked === "" ? [...marks.keys()] : [asked]).map(rowOf) };
  });
  const say = (symbol: string): void =>
    sockets
      .last("/v5/public/linear")
      ?.say({ topic: `tickers.${symbol}`, type: "snapshot", data: rowOf(symbol) });
  const answer = sockets.onSent;
  sockets.onSent = (socket, text) => {
    const asked = symbols.filter((symbol) => text.includes(`tickers.${symbol}"`));
    if (!text.includes("subscribe")) return answer(socket, text);
    const success = !asked.some((symbol) => refused.has(symbol));
    const { req_id } = JSON.parse(text);
    clock.setTimer(2, () => {
      socket.say({ success, ret_msg: "", op: "subscribe", conn_id: "1", req_id });
      if (success && tells !== "nothing") for (const symbol of asked) say(symbol);
    });
  };
  const feed = openBybitMarket({
    venue: VENUE,
    urls: { rest: "https://rest.test", stream: "wss://stream.test", publicStream: "wss://stream.test" },
    outside: bybit.outside,
    budget: bybit.budget,
    listener: ({ instrument, mark }) => told.push(`${instrument.split("@")[0]} ${mark}`),
  });
  feed.follow(symbols.map((symbol) => InstrumentId(symbol, VENUE)));
  clock.advance(100);
  const asked = () => bybit.asked.filter((line) => line.includes("/v5/market/tickers")).length;
  return {
    feed,
    clock,
    lastSocket: () => sockets.last("/v5/public/linear"),
    sockets: () => sockets.opened.filter(({ url }) => url.endsWith("/public/linear")).length,
    tells: (what: typeof tells) => {
      tells = what;
    },
    refuses: (symbol: string) => refused.add(symbol),
    accepts: (yes: boolean) => {
      sockets.accepts = yes;
    },
    /** Moves a mark; it is told by the stream where that tells all. */
    set: (symbol: string, mark: string) => {
      marks.set(symbol, mark);
      if (tells === "all" && !refused.has(symbol)) say(symbol);
    },
    told: () => told.splice(0),
    askedIn: (seconds: number) => {
      const before = asked();
      clock.advance(seconds * 1_000);
      return asked() - before;
    },
  };
}

describe("a price stream that answers pings but tells no prices (pain 10)", () => {
  test("is sound while it tells what REST shows, or nothing moves; a look costs one request", () => {
    const world = priced("BTCUSDT");
    expect(world.told()).toEqual(["BTCUSDT 100"]);
    for (let mark = 101; mark < 160; mark += 1) {
      world.set("BTCUSDT", String(mark));
      world.clock.advance(1_000);
    }
    expect(world.askedIn(600)).toBe(120);
    expect(world.feed.priceHealth).toEqual({ state: "sound", sinceMs: 0, missed: 0, downSinceMs: null });
    expect(world.sockets()).toBe(1);
  });

  test("is seen within seconds, given up for another, and prices are read by REST until one is proven", () => {
    const world = priced("BTCUSDT");
    world.tells("subscriptions");
    world.told();
    world.set("BTCUSDT", "90");
    world.clock.advance(5_100);
    expect(world.feed.priceHealth).toMatchObject({ state: "late", missed: 1 });
    expect(world.told()).toEqual([]);
    world.clock.advance(3_100);
    expect(world.feed.priceHealth).toMatchObject({ state: "silent", missed: 1 });
    world.clock.advance(1_000);
    expect(world.sockets()).toBe(2);
    expect(world.told()).toEqual(["BTCUSDT 90"]);
    // The new stream tells its first prices, and falls silent again.
    for (let mark = 89; mark > 69; mark -= 1) {
      world.set("BTCUSDT", String(mark));
      world.clock.advance(3_100);
      expect(world.told()).toContain(`BTCUSDT ${mark}`);
    }
    expect(world.feed.priceHealth).toMatchObject({ state: "silent" });
    world.tells("all");
    for (let mark = 69; mark > 49; mark -= 1) {
      world.set("BTCUSDT", String(mark));
      world.clock.advance(1_000);
    }
    expect(world.feed.priceHealth).toEqual({ state: "sound", sinceMs: 0, missed: 0, downSinceMs: null });
    expect(world.askedIn(60)).toBe(12);
  });

  test("that stays silent costs ever fewer connections", () => {
    const world = priced("BTCUSDT");
    world.tells("subscriptions");
    for (let mark = 1_000; mark > 400; mark -= 1) {
      world.set("BTCUSDT", String(mark));
      world.clock.advance(3_000);
    }
    expect(world.sockets()).toBeGreaterThan(5);
    expect(world.sockets()).toBeLessThan(30);
  });

  test("never told anything after it was subscribed: given up as well", () => {
    const world = priced("BTCUSDT");
    world.lastSocket()?.breakOff();
    world.tells("nothing");
    world.clock.advance(12_000);
    expect(world.feed.priceHealth).toMatchObject({ state: "silent" });
    expect(world.sockets()).toBeGreaterThanOrEqual(3);
  });

  test("of one symbol alone is found in its turn, and the others need not be read", () => {
    const symbols = Array.from({ length: 12 }, (_, index) => `COIN${index}USDT`);
    const world = priced(...symbols);
    world.tells("subscriptions");
    world.set("COIN9USDT", "90");
    world.tells("all");
    for (let second = 0; second < 20; second += 1) {
      for (const symbol of symbols) if (symbol !== "COIN9USDT") world.set(symbol, String(100 + second));
      world.clock.advance(1_000);
    }
    expect(world.feed.priceHealth).toMatchObject({ state: "silent", missed: 1 });
    expect(world.told()).toContain("COIN9USDT 90");
  });
});

test("while no price stream stands all prices are read by REST, and it is said since when", () => {
  const world = priced("BTCUSDT", "ETHUSDT");
  world.told();
  const fromMs = world.clock.nowMs();
  world.accepts(false);
  world.lastSocket()?.breakOff();
  world.tells("nothing");
  for (let mark = 99; mark > 79; mark -= 1) {
    world.set("ETHUSDT", String(mark));
    world.clock.advance(3_100);
    expect(world.told()).toContain(`ETHUSDT ${mark}`);
  }
  expect(world.feed.priceHealth).toMatchObject({ state: "sound", downSinceMs: fromMs });
  world.accepts(true);
  world.tells("all");
  world.clock.advance(11_000);
  expect(world.feed.priceHealth).toMatchObject({ downSinceMs: null });
  expect(world.askedIn(60)).toBe(24);
});

test("a symbol that the venue gives no topic for is read by REST in its turn, and the stream is not suspected", () => {
  const world = priced("BTCUSDT", "ODDUSDT");
  world.refuses("ODDUSDT");
  world.lastSocket()?.breakOff();
  world.clock.advance(2_000);
  for (let mark = 99; mark > 79; mark -= 1) {
    world.set("ODDUSDT", String(mark));
    world.clock.advance(5_000);
    expect(world.told()).toContain(`ODDUSDT ${mark}`);
  }
  expect(world.feed.priceHealth).toEqual({ state: "sound", sinceMs: 0, missed: 0, downSinceMs: null });
  expect(world.sockets()).toBe(2);
});

test("a closed feed asks nothing", () => {
  const world = priced("BTCUSDT");
  world.feed.close();
  expect(world.askedIn(600)).toBe(0);
});

test("a price that stands still is told three times a minute, while the venue shows it", () => {
  const world = priced("BTCUSDT");
  expect(world.told()).toEqual(["BTCUSDT 100"]);
  world.clock.advance(59_000);
  expect(world.told()).toEqual(["BTCUSDT 100", "BTCUSDT 100"]);
  // The venue shows another, which the stream does not tell.
  world.tells("subscriptions");
  world.set("BTCUSDT", "90");
  world.clock.advance(7_000);
  expect(world.told()).toEqual([]);
});
