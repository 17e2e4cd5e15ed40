/** What was, over HTTP: orders and fills, the journal lived through again, tax lots, market history, backups, traces. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataFolderPaths } from "../../src/data-folder.ts";
import { openMarketHistory } from "../../src/market/history-folder.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { FillRecord, OrderRecord } from "../../src/store/store.ts";
import { openWorld, type World } from "./world.ts";

const KEPT = fileURLToPath(new URL("../journal/kept/0.1.0", import.meta.url));
const HOUR_MS = 3_600_000;

let world: World;
let ask: World["ask"];
beforeAll(async () => {
  const people = {
    owner: { role: "owner" },
    admin: { role: "viewer", listed: ["admin"], given: ["follower"] },
  } as const;
  world = await openWorld({ people });
  ({ ask } = world);
  cpSync(KEPT, dataFolderPaths(world.parts.dataDir).journal, { recursive: true });
});
afterAll(() => world.close());

describe("the journal lived through again", () => {
  const at = "/api/v1/journal/replay";

  test("tells of each record what was decided, and ends in the state that was", async () => {
    const { status, body } = await ask("GET", `${at}?from=300&until=383&against=true`, "owner");
    expect(status).toBe(200);
    expect(body.decisions.length).toBeGreaterThan(0);
    for (const one of body.decisions)
      expect(one).toMatchObject({ at: expect.any(Number), event: { kind: expect.any(String) } });
    expect(body.differences).toEqual([]);
    expect(body.end.last).toBeGreaterThanOrEqual(383);
    const same = await ask("GET", `${at}?from=383&until=383`, "owner");
    expect(same.body.end.stateHash).toBe(body.end.stateHash);
    expect(same.body.decisions.length).toBeLessThanOrEqual(1);
    expect(same.body.followers).toEqual(body.followers);
    const [stood] = body.followers;
    expect(stood).toMatchObject({ nickname: expect.any(String), state: "in-sync", reason: "" });
    expect(stood.instruments.length).toBeGreaterThan(0);
  });

  test.each([
    ["from=0", 400, "from"],
    ["until=2", 400, "give this or change"],
    ["from=2&change=2", 400, "give this or change"],
    ["change=99999", 400, "is not in the journal"],
    ["from=2&until=1", 400, "until"],
    ["from=1&until=9999", 400, "until"],
    ["from=99999", 400, "record 99999 is not in the journal"],
    ["from=300&follower=nobody", 404, "there is no follower"],
  ])("%s is refused with %i", async (query, status, words) => {
    const answer = await ask("GET", `${at}?${query}`, "owner");
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringContaining(words)]);
  });

  test("finds the record of a change by its number", async () => {
    const all = (await ask("GET", `${at}?from=1&until=383`, "owner")).body.decisions;
    const events = new Map<number, number>();
    for (const change of [1, 20, 150]) {
      const { body } = await ask("GET", `${at}?change=${change}`, "owner");
      expect(body.first).toBeGreaterThanOrEqual(change);
      events.set(change, body.first);
    }
    expect([...events.values()]).toEqual([...events.values()].toSorted((one, other) => one - other));
    expect(all.map(({ sequence }: { sequence: number }) => sequence)).toEqual(
      expect.arrayContaining([events.get(150)]),
    );
  });

  test("is for who sees all accounts", async () => {
    expect((await ask("GET", `${at}?from=300`, "admin")).status).toBe(403);
  });
});

describe("orders and fills", () => {
  const order = (clientOrderId: string, account: string, decidedAtMs: number): OrderRecord => ({
    ...{ clientOrderId, account, symbol: "BTCUSDT", leg: "net", side: "buy", quantity: "1" },
    ...{ filledQuantity: "1", averagePrice: "100", reduceOnly: false, purpose: "rebalance", cause: "" },
    ...{ status: "filled", venueOrderId: "v", venueReason: "", leaderPrice: "99", leaderTimeMs: 1 },
    ...{ decidedAtMs, updatedAtMs: decidedAtMs, decision: decidedAtMs },
  });
  const fill = (tradeId: string, account: string, sequence: number): FillRecord => ({
    ...{ tradeId, account, role: "follower", symbol: "BTCUSDT", leg: "net", side: "buy", quantity: "1" },
    ...{ price: "100", fee: "0.1", clientOrderId: "a", venueTimeMs: 5, sequence, positionBefore: "" },
  });

  test("are none before anything was started, and come page by page, newest first, of whom one sees", async () => {
    for (const what of ["orders", "fills"])
      expect((await ask("GET", `/api/v1/${what}`, "owner")).body).toEqual({ items: [], next_cursor: null });
    const store = await openSqliteStore({ path: dataFolderPaths(world.parts.dataDir).database });
    await store.apply([
      {
        sequence: 9,
        orders: [order("a", "follower", 1), order("b", "other", 2), order("c", "follower", 2)],
        fills: [fill("t1", "follower", 1), fill("t2", "other", 2), fill("t3", "follower", 3)],
      },
    ]);
    await store.close();
    const paged = async (what: string, key: string, as: string) => {
      const names: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
        const { body } = await ask("GET", `/api/v1/${what}?limit=1${query}`, as);
        names.push(...body.items.map((one: Record<string, string>) => one[key]));
        cursor = body.next_cursor;
      }
      return names;
    };
    expect(await paged("orders", "clientOrderId", "owner")).toEqual(["c", "b", "a"]);
    expect(await paged("orders", "clientOrderId", "admin")).toEqual(["c", "a"]);
    expect(await paged("fills", "tradeId", "owner")).toEqual(["t3", "t2", "t1"]);
    expect(await paged("fills", "tradeId", "admin")).toEqual(["t3", "t1"]);
    expect((await ask("GET", "/api/v1/fills?account=other", "owner")).body.items).toMatchObject([
      { tradeId: "t2", price: "100", fee: "0.1" },
    ]);
    const orders = async (query: string) =>
      (await ask("GET", `/api/v1/orders?${query}`, "owner")).body.items.map(
        (one: OrderRecord) => one.clientOrderId,
      );
    expect(await orders("from=2026-05-01")).toEqual([]);
    expect(await orders("from=1970-01-01T00:00:00.002Z")).toEqual(["c", "b"]);
    expect(await orders("to=1970-01-01T00:00:00.002Z")).toEqual(["a"]);
    expect(await orders("to=1h&status=filled&account=other")).toEqual(["b"]);
    expect(await orders("status=rejected")).toEqual([]);
    const fills = async (query: string) =>
      (await ask("GET", `/api/v1/fills?${query}`, "owner")).body.items.length;
    expect(await fills("from=1970-01-01T00:00:00.005Z")).toBe(3);
    expect(await fills("to=1970-01-01T00:00:00.005Z")).toBe(0);
    for (const [query, field] of [
      ["from=yesterday", "from"],
      ["from=2026-05-02&to=2026-05-01", "to"],
      ["status=lost", "status"],
    ])
      expect((await ask("GET", `/api/v1/orders?${query}`, "owner")).body.errors[0].field).toBe(field);
    expect((await ask("GET", "/api/v1/orders?account=other", "admin")).status).toBe(404);
    expect((await ask("GET", "/api/v1/orders?cursor=x", "owner")).body.errors[0].field).toBe("cursor");
  });
});

test("tax lots come page by page, with totals and the check beside them", async () => {
  const { body } = await ask("GET", "/api/v1/tax_lots?year=2026&method=average", "owner");
  expect(body).toMatchObject({ year: 2026, method: "average" });
  for (const { residual } of body.check) expect(residual).toBe("0");
  const first = (await ask("GET", "/api/v1/tax_lots?year=2026&method=average&limit=1", "owner")).body;
  expect(first.items).toEqual(body.items.slice(0, 1));
  expect(first.next_cursor).toBe(body.items.length > 1 ? "1" : null);
  expect((await ask("GET", "/api/v1/tax_lots?year=1", "owner")).body.errors[0].field).toBe("year");
});

test("market history is listed with its holes", async () => {
  const history = openMarketHistory(dataFolderPaths(world.parts.dataDir).market);
  for (const hour of [0, 2])
    history.write(
      { venue: "bybit", symbol: "BTCUSDT", kind: "funding", intervalMs: 0 },
      { times: Float64Array.of(hour * HOUR_MS), columns: [Float64Array.of(0.0001)] },
      [{ fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS }],
    );
  const { body } = await ask("GET", "/api/v1/market_history?symbol=BTCUSDT&limit=1", "owner");
  expect(body).toMatchObject({
    items: [
      {
        symbol: "BTCUSDT",
        kind: "funding",
        interval: null,
        rows: 2,
        holes: [{ from: "1970-01-01T01:00:00.000Z", to: "1970-01-01T02:00:00.000Z" }],
      },
    ],
    next_cursor: null,
  });
});

test("backups are listed, newest first, page by page", async () => {
  const { configDir, dataDir } = world.parts;
  const folder = join(dataDir, "elsewhere");
  mkdirSync(folder);
  mkdirSync(configDir);
  writeFileSync(join(configDir, "backup.yaml"), `backup:\n  folder: ${folder}\n`);
  const names = ["20260102T000000Z", "20260101T000000Z"].map((at) => `copytrader-${at}.backup`);
  for (const name of names) writeFileSync(join(folder, name), "x");
  const listed = async (query = "") => (await ask("GET", `/api/v1/backups/files${query}`, "owner")).body;
  expect(await listed()).toMatchObject({ folder, items: names.map((name) => ({ name, bytes: 1 })) });
  const first = await listed("?limit=1");
  expect(first).toMatchObject({ items: [{ name: names[0] }], next_cursor: names[0] });
  expect(await listed(`?cursor=${first.next_cursor}`)).toMatchObject({ items: [{ name: names[1] }] });
  expect((await ask("GET", "/api/v1/backups/files", "admin")).status).toBe(403);
  expect((await ask("POST", "/api/v1/backups", "admin", { body: {} })).status).toBe(403);
});

test("traces are the log in a collector's form, for owners", async () => {
  const { logs } = dataFolderPaths(world.parts.dataDir);
  mkdirSync(logs);
  const time = new Date().toISOString();
  const line = {
    time,
    level: "info",
    channel: "trading",
    message: "leader changed",
    correlation: "c7",
    leader: "anna",
  };
  writeFileSync(join(logs, "trading.log"), `${JSON.stringify(line)}\n`);
  const { body } = await ask("GET", "/api/v1/traces?since=5m", "owner");
  expect(body.resourceSpans[0].scopeSpans[0].spans).toMatchObject([{ name: "anna changed" }]);
  expect((await ask("GET", "/api/v1/traces", "admin")).status).toBe(403);
  expect((await ask("GET", "/api/v1/traces?since=never", "owner")).body.errors[0].field).toBe("since");
});
