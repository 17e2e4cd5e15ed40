/** A trader's round trips: exact, page by page, the last first; and what its record proves. Only for who may see reports. */
import { afterEach, describe, expect, test } from "vitest";
import { withTraderStore } from "../../src/control/traders.ts";
import { takeCsv } from "../traders/take-csv.ts";
import { openWorld, type World } from "./world.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2024, 4, 1);
/** Bought and sold: a gain of 2, a loss of 1 on another market, an even one that is still held. */
const FILLS = [
  "BTCUSDT,buy,100,0.1,-0.01",
  "BTCUSDT,sell,120,0.1,-0.012",
  "ETHUSDT,sell,10,1,-0.01",
  "ETHUSDT,buy,11,1,-0.01",
  "BTCUSDT,buy,100,0.3,-0.03",
  "BTCUSDT,sell,100,0.1,-0.01",
  "BTCUSDT,sell,100,0.2,-0.02",
  "BTCUSDT,buy,100,1,-0.1",
];

async function recorded(): Promise<World> {
  const world = await openWorld({
    people: {
      owner: { role: "owner" },
      stranger: { role: "operator" },
      blind: { role: "viewer", scopes: ["view_sync"] },
    },
  });
  open.push(world);
  const lines = FILLS.map((fill, at) => `${FIRST_MS + at * DAY_MS},${fill}`);
  await withTraderStore(world.parts.dataDir, (store) =>
    takeCsv(store, world.parts.dataDir, {
      lines: ["time,symbol,side,price,quantity,fee", ...lines],
      statedEquity: null,
    }),
  );
  return world;
}

describe("a trader's trades", () => {
  test("are round trips with what each came to, those that ended last first", async () => {
    const { ask } = await recorded();
    const { status, body } = await ask("GET", "/api/v1/traders/me/trades", "owner");
    expect(status).toBe(200);
    expect(body.next_cursor).toBeNull();
    expect(body.items).toMatchObject([
      { number: 3, symbol: "BTCUSDT", pnl: "0", fees: "-0.06", net: "-0.06", fills: 3, max_quantity: "0.3" },
      { number: 2, symbol: "ETHUSDT", direction: "short", pnl: "-1", fees: "-0.02", net: "-1.02" },
      {
        number: 1,
        symbol: "BTCUSDT",
        direction: "long",
        open_ms: FIRST_MS,
        close_ms: FIRST_MS + DAY_MS,
        pnl: "2",
        fees: "-0.022",
        funding: "0",
        net: "1.978",
        fills: 2,
        max_quantity: "0.1",
        max_notional: "10",
        is_partly_unseen: false,
      },
    ]);
  });

  test("come page by page, and of one instrument", async () => {
    const { ask } = await recorded();
    const numbers = async (query: string) => {
      const { body } = await ask("GET", `/api/v1/traders/me/trades?${query}`, "owner");
      return [body.items.map(({ number }: { number: number }) => number), body.next_cursor];
    };
    expect(await numbers("limit=2")).toEqual([[3, 2], "2"]);
    expect(await numbers("limit=2&cursor=2")).toEqual([[1], null]);
    expect(await numbers("limit=1&symbol=BTCUSDT")).toEqual([[3], "3"]);
    expect(await numbers("limit=1&symbol=BTCUSDT&cursor=3")).toEqual([[1], null]);
    expect(await ask("GET", "/api/v1/traders/me/trades?cursor=x", "owner")).toMatchObject({
      status: 400,
      body: { errors: [{ field: "cursor" }] },
    });
  });

  test("are for whoever may see reports; who has no record says so", async () => {
    const { ask } = await recorded();
    expect((await ask("GET", "/api/v1/traders/me/trades", "stranger")).status).toBe(200);
    expect((await ask("GET", "/api/v1/traders/me/trades", "blind")).status).toBe(403);
    expect(await ask("GET", "/api/v1/traders/leader/trades", "owner")).toMatchObject({
      status: 422,
      body: { code: "not-enough-data" },
    });
    expect((await ask("GET", "/api/v1/traders/leader/trades", "stranger")).status).toBe(404);
  });
});

describe("what a trader's record proves", () => {
  test("is told with intervals, and what copying leaves by the follower's capital", async () => {
    const { ask } = await recorded();
    const { status, body } = await ask("GET", "/api/v1/traders/me/evidence?equity=100,5000", "owner");
    expect([status, body.code]).toEqual([200, undefined]);
    expect(body).toMatchObject({
      id: "me",
      venue: "bybit",
      leader: null,
      days: 8,
      trips: 3,
      intervals: { sharpe: expect.any(Array) },
    });
    const { total_return: total, max_drawdown: deepest } = body.intervals;
    expect(total[0]).toBeLessThan(body.figures.total_return);
    expect(total[1]).toBeGreaterThan(body.figures.total_return);
    expect(deepest[0]).toBeLessThanOrEqual(deepest[1]);
    expect(body.above.map(({ benchmark }: { benchmark: number }) => benchmark)).toEqual([0, 1, 2]);
    expect(body.followers.map(({ equity }: { equity: string }) => equity)).toEqual(["100", "5000"]);
    const { gross, delay, slippage, fees, sizes, funding, net } = body.followers[1].edge;
    expect(net).toBeCloseTo(gross + funding - delay - slippage - fees - sizes, 8);
  });

  test("is asked for with capitals above zero, by whoever may see reports, of who has a record", async () => {
    const { ask } = await recorded();
    for (const equity of ["0", "1,0.0", "x", "1,2,3,4,5,6"])
      expect(await ask("GET", `/api/v1/traders/me/evidence?equity=${equity}`, "owner")).toMatchObject({
        status: 400,
        body: { errors: [{ field: "equity" }] },
      });
    expect((await ask("GET", "/api/v1/traders/me/evidence", "blind")).status).toBe(403);
    expect((await ask("GET", "/api/v1/traders/leader/evidence", "owner")).status).toBe(422);
  });
});
