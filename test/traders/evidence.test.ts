/** From imported fills and marks to daily returns: what is assumed is told, sums agree with the books, and nothing is made twice. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COPY_DEFAULTS } from "../../src/analytics/copying/copy-settings.ts";
import { PositionLedger } from "../../src/analytics/positions/position-ledger.ts";
import { openMarketHistory } from "../../src/market/history-folder.ts";
import { openSqliteTraderStore } from "../../src/store/sqlite/sqlite-trader-store.ts";
import type { TraderFillRecord, TraderRecord, TraderStore } from "../../src/store/trader-store.ts";
import { NO_LIST } from "../../src/traders/copying/copied-market.ts";
import type { CopySources } from "../../src/traders/copying/follower-net.ts";
import { openMarketMoves } from "../../src/traders/copying/market-moves.ts";
import { traderEvidence } from "../../src/traders/evidence.ts";
import { keptEvidence } from "../../src/traders/kept-evidence.ts";
import { keptInterval } from "../../src/traders/kept-interval.ts";
import { openStyles, openStylesThenAndNow } from "../../src/traders/kept-style.ts";
import { openTraderMarks, type TraderMarks } from "../../src/traders/marks.ts";
import { positionFills } from "../../src/traders/position-fills.ts";
import { rankEntry } from "../../src/traders/rank-entry.ts";
import { hasShared, sharedNote } from "../shared.ts";
import { leadFills } from "./lead-fills.ts";
import { takeCsv } from "./take-csv.ts";

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2024, 4, 1);
const ALL = { fromMs: FIRST_MS, toMs: FIRST_MS + 100 * DAY_MS };

let folder = "";
let store: TraderStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "evidence-"));
  store = await openSqliteTraderStore(join(folder, "traders.db"));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** `hours price quantity side` for each fill. */
async function take(rows: readonly string[], statedEquity: string | null = null): Promise<TraderRecord> {
  const lines = rows.map((row) => {
    const [hours, price, quantity, side] = row.split(" ");
    return `${FIRST_MS + Number(hours) * 3_600_000},BTCUSDT,${side},${price},${quantity},-1`;
  });
  return takeCsv(store, folder, { lines: ["time,symbol,side,price,quantity,fee", ...lines], statedEquity });
}

const history = () => openMarketHistory(join(folder, "market"));
const marks = (): TraderMarks => openTraderMarks(history(), "bybit", ALL);
const sources = (): CopySources => ({
  marks: marks(),
  moves: openMarketMoves(history(), "bybit"),
  instruments: NO_LIST,
});

/** Closes of daily bars from the first day on. */
function bars(...closes: readonly number[]): void {
  const times = Float64Array.from(closes, (_, day) => FIRST_MS + day * DAY_MS);
  const close = Float64Array.from(closes);
  history().write(
    { venue: "bybit", symbol: "BTCUSDT", kind: "bars", intervalMs: DAY_MS },
    { times, columns: [close, close, close, close, close] },
    [{ fromMs: FIRST_MS, toMs: FIRST_MS + closes.length * DAY_MS }],
  );
}

const evidence = async (trader: TraderRecord, equity: string | null = null) =>
  (await keptEvidence(store, trader, { marks: marks(), equity })) ?? expect.fail("no evidence");

describe("evidence", () => {
  it("is returns on the stated capital, at marks", async () => {
    bars(110, 105);
    const trader = await take(["10 100 1 buy", "50 107 1 sell"], "1000");
    const found = await evidence(trader);
    expect(found.days).toEqual(["2024-05-01", "2024-05-02", "2024-05-03"]);
    expect([...found.pnl]).toEqual([9, -5, 1]);
    expect([...found.returns]).toEqual([9 / 1000, -5 / 1009, 1 / 1004]);
    expect(found).toMatchObject({
      base: 1000,
      isBaseStated: true,
      trips: [{ side: "long", pnl: 7, fees: 2 }],
    });
    expect(found.assumptions.map(({ word }) => word)).toEqual([
      "capital-stated",
      "no-transfers",
      "part-days",
    ]);
  });

  it("says which transfers it leaves out, made anew when they become known", async () => {
    const trader = await take(["10 100 1 buy", "50 107 1 sell"], "1000");
    const told = async () => {
      const [record] = await store.traders();
      const found = await evidence(record ?? trader);
      return found.assumptions.find(({ word }) => word.includes("transfers"));
    };
    expect(await told()).toMatchObject({ word: "no-transfers", text: expect.stringContaining("a deposit") });
    const paid = (hours: number, amount: string | null) =>
      ({ id: `${hours}`, timeMs: FIRST_MS + hours * 3_600_000, kind: "deposit", amount, asset: "" }) as const;
    // Before the first fill: part of the capital at the beginning.
    await store.takeTransfers(trader, { readMs: 1, rows: [paid(9, "1000"), paid(51, "-1000")] });
    const text = "nothing was paid in or out meanwhile, as its source tells";
    expect(await told()).toEqual({ word: "no-transfers", text });
    const rows = [paid(20, "500.25"), paid(21, "1"), paid(22, "-20"), paid(23, null)];
    await store.takeTransfers(trader, { readMs: 2, rows });
    const found = await told();
    expect(found?.word).toBe("transfers-not-counted");
    expect(found?.text).toContain(
      "2 payments in of 501.25 together, 1 payment out of 20.00 together, 1 of an amount that is not told",
    );
  });

  it("estimates a capital that nobody stated, and says what that does", async () => {
    const found = await evidence(await take(["10 100 1 buy", "50 107 1 sell"]));
    expect(found).toMatchObject({ base: 101, isBaseStated: false });
    expect([...found.pnl]).toEqual([-1, 0, 6]);
    const texts = Object.fromEntries(found.assumptions.map(({ word, text }) => [word, text]));
    expect(Object.keys(texts)).toEqual([
      "capital-estimated",
      "no-transfers",
      "part-days",
      "last-price-as-mark",
    ]);
    expect(texts["capital-estimated"]).toContain(
      "taken is 101.00, the least with which everything could have been held",
    );
    expect(texts["last-price-as-mark"]).toBe(
      "held on days without a mark: BTCUSDT; the last known price stands in, so gains and losses come late and draw-downs look smaller",
    );
  });

  it("says when a stated capital cannot be true", async () => {
    const found = await evidence(await take(["10 100 1 buy", "50 40 1 sell"], "50"));
    expect([...found.returns]).toEqual([-1 / 50, 0, -1]);
    expect(found.assumptions.at(-1)?.text).toContain("on 2024-05-03 the losses reach the capital");
  });

  it("is made anew for other fills, another capital and other marks, and for nothing else", async () => {
    const trader = await take(["10 100 1 buy", "50 107 1 sell"]);
    const basis = async (of: TraderRecord, equity: string | null = null) => {
      await evidence(of, equity);
      return (await store.derived(of, "evidence"))?.basis;
    };
    const first = await basis(trader);
    expect(await basis(await take(["10 100 1 buy", "50 107 1 sell"]))).toBe(first);
    const other = [
      await basis(trader, "5000"),
      await basis(await take(["10 100 1 buy", "50 107 1 sell", "51 107 1 buy"])),
    ];
    bars(110, 105);
    other.push(await basis(trader));
    expect(new Set([first, ...other]).size).toBe(4);
    // What is kept is what is given.
    const kept = await store.derived(trader, "evidence");
    await store.saveDerived(trader, "evidence", {
      basis: kept?.basis ?? "",
      json: '{"returns":[7],"pnl":[],"dailyPeaks":[]}',
    });
    expect([...(await evidence(trader)).returns]).toEqual([7]);
  });

  it("leaves a ranking what it needs, which is made anew with the evidence and for another resampling", async () => {
    const trips = ["10 100 1 buy", "34 107 1 sell", "35 107 1 buy", "60 103 1 sell"];
    const trader = await take(trips);
    const entry = (of: TraderRecord) =>
      rankEntry(store, of, { needs: { days: 2, trips: 1 }, sources: sources(), settings: COPY_DEFAULTS });
    const interval = async (seed: number) => {
      const of = await entry(trader);
      return keptInterval(store, trader, {
        name: "sharpe-interval",
        of,
        resampling: { resamples: 20, seed },
      });
    };
    const first = await entry(trader);
    expect(first).toMatchObject({
      judged: { days: 3, trips: 2 },
      firstDay: "2024-05-01",
      moments: {
        "BTCUSDT buy": [10, 35].map((hour) => FIRST_MS / 1000 + hour * 3600),
        "BTCUSDT sell": [34, 60].map((hour) => FIRST_MS / 1000 + hour * 3600),
      },
    });
    expect([...first.returns]).toEqual([...(await evidence(trader)).returns]);
    expect(await interval(1)).toHaveLength(2);
    // What is kept is what is given, until something changes.
    for (const name of ["rank-entry", "sharpe-interval"]) {
      const kept = (await store.derived(trader, name)) ?? expect.fail(`no ${name}`);
      const json = name === "rank-entry" ? kept.json.replace('"days":3', '"days":33') : "[7,8]";
      await store.saveDerived(trader, name, { basis: kept.basis, json });
    }
    expect(await entry(trader)).toMatchObject({ judged: { days: 33 } });
    expect(await interval(1)).toEqual([7, 8]);
    expect(await interval(2)).not.toEqual([7, 8]);
    expect((await entry(await take([...trips, "61 103 1 buy"]))).judged).toMatchObject({ days: 3, trips: 2 });
  });
});

describe("a style", () => {
  it("is told anew for other fills, other markets and other sectors, and for nothing else", async () => {
    const told = async (trader: TraderRecord, sectors: ReadonlyMap<string, string> = new Map()) => {
      const style = await openStyles(history(), sectors)(store, trader);
      const kept = await store.derived(trader, "style");
      expect(JSON.parse(kept?.json ?? "")).toEqual(style);
      return kept?.basis;
    };
    const trader = await take(["0 100 2 buy", "30 110 2 sell"]);
    const first = await told(trader);
    expect(await told(trader)).toBe(first);
    const mine = await told(trader, new Map([["BTC", "mine"]]));
    bars(100, 110, 105);
    const known = await told(trader);
    const longer = await told(await take(["0 100 2 buy", "30 110 2 sell", "61 103 1 buy"]));
    expect(new Set([first, mine, known, longer]).size).toBe(4);
  });

  it("of before and of lately is kept beside it, told from the same trips, until there are others", async () => {
    const told = (trader: TraderRecord) => openStylesThenAndNow(history())(store, trader);
    const trips = ["0 100 2 buy", "30 110 2 sell"];
    const trader = await take(trips);
    expect(await told(trader)).toEqual({ before: null, now: null, trips: 1 });
    const name = "styles-then-and-now";
    const { basis } = (await store.derived(trader, name)) ?? expect.fail("nothing is kept");
    await store.saveDerived(trader, name, { basis, json: '{"before":null,"now":null,"trips":7}' });
    expect(await told(trader)).toMatchObject({ trips: 7 });
    expect(await told(await take([...trips, "61 103 1 buy", "62 104 1 sell"]))).toMatchObject({ trips: 2 });
  });
});

describe.skipIf(!hasShared)(`evidence of recorded leads${sharedNote}`, () => {
  const nowhere: TraderMarks = { markAt: () => null, sourceOf: () => null, basis: () => "" };
  const recordOf = (trader: string): TraderRecord => ({
    venue: "binance",
    trader,
    firstSeenMs: 0,
    lastSeenMs: 0,
    history: "unknown",
    statedEquity: null,
    revision: 1,
    rejectedRows: 0,
  });

  it("adds up to the books: realised, open at the last price, and fees", async () => {
    let compared = 0;
    for (const [id, fills] of leadFills()) {
      const { books, profit, last } = bookProfit(fills);
      // What was held before is counted from its first price on, which the books cannot know.
      if (books.some(({ isCarriedIn }) => isCarriedIn)) continue;
      compared += 1;
      const open = books.reduce((sum, { symbol, leg, quantity, cost }) => {
        const value = quantity.toNumber() * (last.get(`${symbol} ${leg}`) ?? 0);
        return sum + value - quantity.sign * cost.toNumber();
      }, 0);
      const found = await traderEvidence({
        trader: recordOf(id),
        fills: async function* () {
          yield fills;
        },
        marks: nowhere,
        equity: null,
        quality: [],
      });
      const total = (found?.pnl ?? new Float64Array()).reduce((sum, pnl) => sum + pnl, 0);
      expect(Math.abs(total - (profit + open)), id).toBeLessThan(1e-6);
      expect(Math.min(...(found?.returns ?? [])), id).toBeGreaterThan(-1);
    }
    expect(compared).toBeGreaterThan(20);
  });
});

function bookProfit(fills: readonly TraderFillRecord[]) {
  const ledger = new PositionLedger("fifo");
  const last = new Map<string, number>();
  let fees = 0;
  for (const fill of fills) {
    for (const exact of positionFills(fill)) ledger.apply(exact);
    last.set(`${fill.symbol} ${fill.leg}`, Number(fill.price));
    fees += Number(fill.fee);
  }
  const books = [...ledger.books];
  return { books, last, profit: fees + books.reduce((sum, { pnl }) => sum + pnl.toNumber(), 0) };
}
