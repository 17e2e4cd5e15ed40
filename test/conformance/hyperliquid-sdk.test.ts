/** The unmodified SDK works against the Hyperliquid of our own, and the connector reads what was recorded of the real one. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { HttpTransport, InfoClient, SubscriptionClient, WebSocketTransport } from "@nktkas/hyperliquid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { VenueId } from "../../src/core/model/identifiers.ts";
import { ticksFrom } from "../../src/core/model/instrument.ts";
import { Chains } from "../../src/exchange/hyperliquid/chains.ts";
import { parseInstruments } from "../../src/exchange/hyperliquid/instruments.ts";
import { parseFills, parseState } from "../../src/exchange/hyperliquid/parse.ts";
import { isRow, type RawRow } from "../../src/exchange/raw.ts";
import { address } from "../hyperliquid/following.ts";
import { HyperliquidServer } from "../hyperliquid/server.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";

const TRADER = address(7);

function recorded(path: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(sharedPath(`data/${path}`))).toString());
}

/** Messages of market data as a real stream carried them, without the time of receipt. */
function recordedMessages(): readonly RawRow[] {
  const text = gunzipSync(
    readFileSync(sharedPath("data/venue/hyperliquid/ws_bbo_l2book_trades_90s.jsonl.gz")),
  );
  return text
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the unmodified SDK", () => {
  let server: HyperliquidServer;
  let socket: WebSocketTransport;

  beforeAll(async () => {
    server = await new HyperliquidServer({ recorded: hasShared ? recordedMessages() : [] }).start();
    socket = new WebSocketTransport({ url: server.wsUrl });
  });
  afterAll(async () => {
    await socket.close();
    await server.close();
  });

  test("reads lists, states, roles and fills over HTTP", async () => {
    server.trade(TRADER, "BTC", "buy", "0.25", 2);
    const info = new InfoClient({ transport: new HttpTransport({ apiUrl: `${server.url}/` }) });
    const { universe } = await info.meta();
    expect(universe.map(({ name }) => name)).toContain("kPEPE");
    const { assetPositions } = await info.clearinghouseState({ user: TRADER });
    expect(assetPositions.map(({ position }) => [position.coin, position.szi])).toEqual([["BTC", "0.25"]]);
    expect(await info.userRole({ user: TRADER })).toEqual({ role: "user" });
    expect(await info.userFills({ user: TRADER })).toHaveLength(2);
    expect(await info.userFillsByTime({ user: TRADER, startTime: 0 })).toHaveLength(2);
  });

  test("asks and subscribes over a stream: a snapshot, then what is traded", async () => {
    const client = new SubscriptionClient({ transport: socket });
    const heard: { readonly isSnapshot: boolean; readonly fills: number }[] = [];
    const other = address(8);
    const subscription = await client.userFills({ user: other }, ({ fills, isSnapshot }) =>
      heard.push({ isSnapshot: isSnapshot === true, fills: fills.length }),
    );
    server.trade(other, "ETH", "sell", "1", 3);
    await expect
      .poll(() => heard)
      .toEqual([
        { isSnapshot: true, fills: 0 },
        { isSnapshot: false, fills: 3 },
      ]);
    const info = new InfoClient({ transport: socket });
    expect((await info.clearinghouseState({ user: other })).assetPositions).toHaveLength(1);
    await subscription.unsubscribe();
  });

  test.skipIf(!hasShared)(`hears recorded market data${sharedNote}`, async () => {
    const client = new SubscriptionClient({ transport: socket });
    const books: number[] = [];
    await client.l2Book({ coin: "BTC" }, ({ levels }) => books.push(levels[0].length));
    const isBook = ({ channel, data }: RawRow) => channel === "l2Book" && isRow(data) && data.coin === "BTC";
    await expect.poll(() => books.length).toBe(recordedMessages().filter(isBook).length);
    expect(books.length).toBeGreaterThan(10);
  });
});

describe.skipIf(!hasShared)(`what was recorded of the real venue${sharedNote}`, () => {
  const pairs = ["acc3", "acc6", "acc7", "acc10"];

  test.each(pairs)("fills of %s are a whole chain, in their order or turned round", (pair) => {
    const { leader } = recorded(`traders/hyperliquid_pairs/${pair}.json.gz`) as {
      leader: { fills: unknown[] };
    };
    for (const rows of [leader.fills, leader.fills.toReversed()]) {
      const { fills, spot } = parseFills(rows);
      expect([fills.length, spot]).toEqual([leader.fills.length, 0]);
      const chains = new Chains();
      const first = new Set<string>();
      const broken = fills.filter((fill) => {
        const isFirst = !first.has(fill.coin);
        first.add(fill.coin);
        return chains.fill(fill)?.isContinued === false && !isFirst;
      });
      expect(broken).toEqual([]);
    }
  });

  test.each(pairs)("prices of %s are on the ticks that decimals of sizes allow", (pair) => {
    const { leader } = recorded(`traders/hyperliquid_pairs/${pair}.json.gz`) as {
      leader: { fills: RawRow[] };
    };
    for (const coin of new Set(leader.fills.map((fill) => String(fill.coin)))) {
      const fills = leader.fills.filter((fill) => fill.coin === coin);
      const decimals = Math.max(
        ...fills.map(
          ({ sz }) =>
            String(sz)
              .replace(/\.?0+$/, "")
              .split(".")[1]?.length ?? 0,
        ),
      );
      const { instruments } = parseInstruments(
        { universe: [{ name: coin, szDecimals: decimals, maxLeverage: 10 }] },
        VenueId("api.hyperliquid.xyz"),
      );
      const [instrument] = instruments;
      if (instrument === undefined) throw new Error(`no instrument for ${coin}`);
      expect(fills.filter(({ px }) => ticksFrom(instrument, String(px)) === undefined)).toEqual([]);
    }
  });

  test("fills of 2023, which have no trade id, are told apart", () => {
    const [call] = recorded("venue/hyperliquid/rest/get_user_fills.json.gz") as { response: unknown[] }[];
    const { fills } = parseFills(call?.response);
    expect(new Set(fills.map(({ coin, tid }) => `${coin} ${tid}`)).size).toBe(fills.length);
  });

  test("a list of coins is read whole", () => {
    const [call] = recorded("venue/hyperliquid/rest/get_info.json.gz") as { response: unknown }[];
    const { instruments, unreadable } = parseInstruments(call?.response, VenueId("api.hyperliquid.xyz"));
    expect(instruments.length).toBeGreaterThan(10);
    expect(unreadable).toEqual([]);
  });

  test("a state is read with its positions", () => {
    const [call] = recorded("venue/hyperliquid/rest/get_user_state.json.gz") as { response: RawRow }[];
    const stamped = isRow(call?.response) ? { time: 1_700_000_000_000, ...call.response } : {};
    const state = parseState(stamped);
    expect(state.positions[0]).toMatchObject({
      coin: "BTC",
      quantity: "-0.00785",
      leverage: "20",
      entryPrice: "26951.0",
    });
  });
});
