/** Followers' results are made anew where something that they are made from has changed, and nowhere else. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { COPY_DEFAULTS, type CopySettings } from "../../src/analytics/copying/copy-settings.ts";
import { openMarketHistory } from "../../src/market/history-folder.ts";
import { openSqliteTraderStore } from "../../src/store/sqlite/sqlite-trader-store.ts";
import type { TraderRecord, TraderStore } from "../../src/store/trader-store.ts";
import { type InstrumentList, NO_LIST } from "../../src/traders/copying/copied-market.ts";
import { followerNet } from "../../src/traders/copying/kept-follower-net.ts";
import { openMarketMoves } from "../../src/traders/copying/market-moves.ts";
import { keptEvidence } from "../../src/traders/kept-evidence.ts";
import { openTraderMarks } from "../../src/traders/marks.ts";
import { DAY_MS, FIRST_MS, listed } from "./copying-fixture.ts";
import { takeCsv } from "./take-csv.ts";

let folder = "";
let store: TraderStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kept-net-"));
  store = await openSqliteTraderStore(join(folder, "traders.db"));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const ROWS = ["10,buy,100,1", "30,sell,107,1"];

async function take(rows: readonly string[]): Promise<TraderRecord> {
  const lines = rows.map((row) => {
    const [hours, side, price, quantity] = row.split(",");
    return `${FIRST_MS + Number(hours) * 3_600_000},BTCUSDT,${side},${price},${quantity}`;
  });
  return takeCsv(store, folder, {
    lines: ["time,symbol,side,price,quantity", ...lines],
    statedEquity: "1000",
  });
}

const history = () => openMarketHistory(join(folder, "market"));

function bars(intervalMs: number): void {
  const times = Float64Array.from({ length: DAY_MS / intervalMs }, (_, at) => FIRST_MS + at * intervalMs);
  const price = times.map(() => 100);
  history().write(
    { venue: "bybit", symbol: "BTCUSDT", kind: "bars", intervalMs },
    { times, columns: [price, price, price, price, price] },
    [{ fromMs: FIRST_MS, toMs: FIRST_MS + DAY_MS }],
  );
}

async function net(
  trader: TraderRecord,
  {
    settings = COPY_DEFAULTS,
    instruments = NO_LIST,
    leaderEquity = null,
  }: {
    readonly settings?: CopySettings;
    readonly instruments?: InstrumentList;
    readonly leaderEquity?: string | null;
  } = {},
) {
  const marks = openTraderMarks(history(), "bybit", { fromMs: FIRST_MS, toMs: FIRST_MS + 9 * DAY_MS });
  const evidence = await keptEvidence(store, trader, { marks, equity: leaderEquity });
  if (evidence === null) return expect.fail("no evidence");
  const sources = { marks, moves: openMarketMoves(history(), "bybit"), instruments };
  return followerNet(store, trader, { evidence, sources, settings, leaderEquity });
}

/** Bases of what is kept, the newest first. */
async function bases(trader: TraderRecord): Promise<readonly string[]> {
  const document = await store.derived(trader, "follower-net");
  return (JSON.parse(document?.json ?? "[]") as readonly { readonly basis: string }[]).map(
    ({ basis }) => basis,
  );
}

it("is given as it was kept, until fills, capital, settings, instruments or bars are others", async () => {
  const trader = await take(ROWS);
  const first = await net(trader);
  expect(await net(trader)).toEqual(first);
  const seen = new Set(await bases(trader));
  expect(seen.size).toBe(1);
  const newest = async () => seen.add((await bases(trader))[0] ?? "").size;
  await net(trader, { instruments: listed({}) });
  expect(await newest()).toBe(2);
  await net(trader, { leaderEquity: "5000" });
  expect(await newest()).toBe(3);
  await net(trader, { settings: { ...COPY_DEFAULTS, delayMs: 5_000 } });
  expect(await newest()).toBe(4);
  bars(DAY_MS);
  await net(trader);
  expect(await newest()).toBe(5);
  // Shorter bars tell nothing new of marks at midnight, but of the price after the delay.
  bars(60_000);
  await net(trader);
  expect(await newest()).toBe(6);
  await net(await take([...ROWS, "31,buy,107,1"]));
  expect(await newest()).toBe(7);
});

it("is kept of a few settings beside each other, each once", async () => {
  const trader = await take(ROWS);
  for (let equity = 1; equity <= 12; equity += 1)
    await net(trader, { settings: { ...COPY_DEFAULTS, equity: String(1_000 * equity) } });
  const all = await bases(trader);
  expect(all).toHaveLength(8);
  expect(all[0]).toContain(":12000 ");
  // One of the middle is still there: nothing is made, and nothing moves.
  await net(trader, { settings: { ...COPY_DEFAULTS, equity: "7000" } });
  expect(await bases(trader)).toEqual(all);
  // Other bars leave one result of each settings.
  bars(DAY_MS);
  await net(trader, { settings: { ...COPY_DEFAULTS, equity: "7000" } });
  const after = await bases(trader);
  expect(after.filter((basis) => basis.includes(":7000 "))).toHaveLength(1);
});
