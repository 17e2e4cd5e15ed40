import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeFile, encodeFile } from "./column-file.ts";
import { openMarketHistory } from "./history-folder.ts";
import { lastClosed, openMarkReader } from "./mark-reader.ts";
import { barsOf, fundingOf, MarketDataError, type SeriesId } from "./market-history.ts";
import { tableOf } from "./table.ts";
import { uncovered, united } from "./time-ranges.ts";

const MINUTE = 60_000;
const FIVE = 5 * MINUTE;
const START = Date.UTC(2024, 0, 31, 23, 0);
const BTC: SeriesId = { venue: "bybit", symbol: "BTCUSDT", kind: "bars", intervalMs: FIVE };
const ALWAYS = { fromMs: 0, toMs: 1e14 };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "market-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Bars of five minutes from `START`, by their number. */
const bars = (...numbers: readonly number[]) =>
  tableOf(
    numbers.map((at) => [START + at * FIVE, 100 + at, 101.5 + at, 99.25 + at, 100.5 + at, 12.345]),
    5,
  );
const span = (from: number, to: number) => ({ fromMs: START + from * FIVE, toMs: START + to * FIVE });

describe("the history in a folder", () => {
  test("gives back what was written, over the end of a month, to the digit", () => {
    const history = openMarketHistory(folder);
    const written = history.write(BTC, bars(10, 11, 12, 13), [span(10, 14)]);
    expect(written).toEqual({ added: 4, repeated: 0, conflicting: 0, conflictsMs: [] });
    const read = barsOf(openMarketHistory(folder).read(BTC, ALWAYS), FIVE);
    expect([...read.openMs]).toEqual([10, 11, 12, 13].map((at) => START + at * FIVE));
    expect([...read.low]).toEqual([109.25, 110.25, 111.25, 112.25]);
    expect([...read.volume]).toEqual([12.345, 12.345, 12.345, 12.345]);
    expect(readdirSync(join(folder, "bybit", "BTCUSDT", "bars-5m")).sort()).toEqual([
      "2024-01.columns",
      "2024-02.columns",
    ]);
    expect(history.covered(BTC)).toEqual([span(10, 14)]);
  });

  test("reads a range without what lies outside", () => {
    const history = openMarketHistory(folder);
    history.write(BTC, bars(10, 11, 12, 13), [span(10, 14)]);
    expect([...history.read(BTC, span(11, 13)).times]).toEqual([START + 11 * FIVE, START + 12 * FIVE]);
    expect(history.read({ ...BTC, symbol: "ETHUSDT" }, ALWAYS).times).toHaveLength(0);
  });

  test("what is covered stands; a row outside of it gives way", () => {
    const history = openMarketHistory(folder);
    history.write(BTC, bars(0, 1, 2), [span(0, 2)]);
    const other = tableOf(
      [0, 1, 2, 3].map((at) => [START + at * FIVE, 1, 1, 1, 1, at]),
      5,
    );
    expect(history.write(BTC, other, [span(0, 4)])).toEqual({
      ...{ added: 1, repeated: 0, conflicting: 2 },
      conflictsMs: [START, START + FIVE],
    });
    expect([...(history.read(BTC, ALWAYS).columns[0] ?? [])]).toEqual([100, 101, 1, 1]);
    expect(history.write(BTC, other, []).repeated).toBe(2);
  });

  test("tells rows, covered time, missing bars and holes of every series", () => {
    const history = openMarketHistory(folder);
    history.write(BTC, bars(0, 1, 3), [span(0, 4), span(8, 9)]);
    const funding: SeriesId = { venue: "127.0.0.1:99", symbol: "xyz:CL", kind: "funding", intervalMs: 0 };
    history.write(funding, tableOf([[START + 1, -0.00012]], 1), [{ fromMs: START, toMs: START + 9 }]);
    expect(history.list()).toEqual([
      {
        ...funding,
        rows: 1,
        covered: [{ fromMs: START, toMs: START + 9 }],
        missingBars: 0,
        damaged: [],
        bytes: expect.any(Number),
      },
      {
        ...BTC,
        rows: 3,
        covered: [span(0, 4), span(8, 9)],
        missingBars: 2,
        damaged: [],
        bytes: expect.any(Number),
      },
    ]);
  });

  test("keeps funding with the venue's own milliseconds", () => {
    const history = openMarketHistory(folder);
    const series: SeriesId = { ...BTC, kind: "funding", intervalMs: 0 };
    history.write(
      series,
      tableOf(
        [
          [START + 3, -0.00012],
          [START + 480 * MINUTE, 0.0001],
        ],
        1,
      ),
      [],
    );
    const { atMs, rate } = fundingOf(history.read(series, ALWAYS));
    expect([...atMs]).toEqual([START + 3, START + 480 * MINUTE]);
    expect([...rate]).toEqual([-0.00012, 0.0001]);
  });

  test("an asked-for month without a bar is covered", () => {
    const history = openMarketHistory(folder);
    const quarter = { fromMs: Date.UTC(2023, 0), toMs: Date.UTC(2023, 3) };
    history.write(BTC, bars(), [quarter]);
    expect(history.covered(BTC)).toEqual([quarter]);
  });

  test("a damaged file is told by name; a write sets it aside and its time is no longer covered", () => {
    const notices: string[] = [];
    const history = openMarketHistory(folder, (notice) => notices.push(notice));
    history.write(BTC, bars(0, 1, 12, 13), [span(0, 14)]);
    const january = join(folder, "bybit", "BTCUSDT", "bars-5m", "2024-01.columns");
    const bytes = readFileSync(january);
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    writeFileSync(january, bytes);
    expect(() => history.read(BTC, ALWAYS)).toThrow(MarketDataError);
    expect(() => history.read(BTC, ALWAYS)).toThrow(/2024-01\.columns is damaged/);
    history.write(BTC, bars(1), [span(1, 2)]);
    expect(history.covered(BTC)).toEqual([span(1, 2), span(12, 14)]);
    expect(notices).toEqual([expect.stringContaining("2024-01.columns.damaged")]);
  });

  test("a look at what is covered finds damage too, so that it is fetched again", () => {
    const history = openMarketHistory(folder);
    history.write(BTC, bars(0, 1, 12, 13), [span(0, 14)]);
    const january = join(folder, "bybit", "BTCUSDT", "bars-5m", "2024-01.columns");
    const bytes = readFileSync(january);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    writeFileSync(january, bytes);
    expect(history.covered(BTC)).toEqual([span(12, 14)]);
    expect([...history.read(BTC, ALWAYS).times]).toEqual([START + 12 * FIVE, START + 13 * FIVE]);
  });

  test.each([0, 5, 40, 100])("cut off after %i bytes it is damaged, never short", (length) => {
    const history = openMarketHistory(folder);
    history.write(BTC, bars(0, 1, 2), [span(0, 3)]);
    const path = join(folder, "bybit", "BTCUSDT", "bars-5m", "2024-01.columns");
    truncateSync(path, length);
    expect(() => history.read(BTC, ALWAYS)).toThrow(MarketDataError);
    expect(history.list()[0]).toMatchObject(length < 100 ? { rows: 0, covered: [], damaged: [path] } : {});
  });
});

describe("a file of columns", () => {
  const price = fc.oneof(
    fc.integer({ min: 1, max: 2 ** 31 - 1 }).map((units) => units / 10 ** 5),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 1, max: 1e15 }),
  );

  test("brings every number back to the bit, on a grid or not", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), price, price), { maxLength: 50 }),
        (rows) => {
          const table = tableOf(
            rows.map(([slot, one, two]) => [START + slot * FIVE, one, two]),
            2,
          );
          const covered = [span(0, 5)];
          const read = decodeFile(encodeFile({ table, covered }, FIVE), "file");
          expect(read).toEqual({ table, covered });
        },
      ),
    );
  });

  test("with any byte changed is refused, and never read as something else", () => {
    const whole = encodeFile({ table: bars(0, 1, 5), covered: [span(0, 6)] }, FIVE);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        expect(() => decodeFile(bytes, "file")).toThrow(MarketDataError);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeFile(Buffer.from(bytes), "file")).toThrow(MarketDataError);
      }),
    );
  });

  test("prices take four bytes a row and times on a grid none", () => {
    const rows = Array.from({ length: 8_640 }, (_, at) => [START + at * FIVE, 61_234.5 + at / 10]);
    const bytes = encodeFile({ table: tableOf(rows, 1), covered: [] }, FIVE).length;
    expect(bytes).toBeLessThan(4 * 8_640 + 300);
  });
});

describe("sets of times", () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }))
    .map(([fromMs, toMs]) => ({ fromMs, toMs }));
  const held = (ranges: readonly { fromMs: number; toMs: number }[]) =>
    Array.from({ length: 42 }, (_, ms) => ranges.some(({ fromMs, toMs }) => ms >= fromMs && ms < toMs));

  test("the union holds what any of them holds, in ranges that lie apart", () => {
    fc.assert(
      fc.property(fc.array(range), (ranges) => {
        const joined = united(ranges);
        expect(held(joined)).toEqual(held(ranges));
        for (const [at, one] of joined.entries())
          expect(one.fromMs).toBeGreaterThan(joined[at - 1]?.toMs ?? -1);
      }),
    );
  });

  test("what is uncovered is the rest", () => {
    fc.assert(
      fc.property(range, fc.array(range), (whole, ranges) => {
        const joined = united(ranges);
        const [wanted, had] = [held([whole]), held(joined)];
        expect(held(uncovered(whole, joined))).toEqual(wanted.map((is, ms) => is && !had[ms]));
      }),
    );
  });
});

describe("what a market was worth", () => {
  test("is the close of the last bar that had ended, never of one that was running", () => {
    const columns = barsOf(bars(0, 1, 5), FIVE);
    expect(lastClosed(columns, START + FIVE - 1)).toBeNull();
    expect(lastClosed(columns, START + FIVE)).toEqual({ price: 100.5, atMs: START + FIVE });
    expect(lastClosed(columns, START + 2 * FIVE - 1)).toEqual({ price: 100.5, atMs: START + FIVE });
    expect(lastClosed(columns, START + 4 * FIVE)).toEqual({ price: 101.5, atMs: START + 2 * FIVE });
  });

  test("comes from the mark where there is one, from trades otherwise, and from nothing that is old", () => {
    const history = openMarketHistory(folder);
    history.write(BTC, bars(0, 1, 2, 3), [span(0, 4)]);
    const hour: SeriesId = { ...BTC, kind: "marks", intervalMs: 12 * FIVE };
    history.write(hour, tableOf([[START - 12 * FIVE, 90, 91, 89, 90.25]], 4), []);
    const five: SeriesId = { ...BTC, kind: "marks" };
    history.write(five, tableOf([[START, 100, 101, 99, 100.125]], 4), []);
    const marks = openMarkReader(history, "bybit", span(0, 100));
    expect(marks.markAt("BTCUSDT", START)).toEqual({ price: 90.25, atMs: START, from: "marks" });
    expect(marks.markAt("BTCUSDT", START + FIVE)).toEqual({
      price: 100.125,
      atMs: START + FIVE,
      from: "marks",
    });
    expect(marks.markAt("BTCUSDT", START + 4 * FIVE)).toEqual({
      ...{ price: 103.5, atMs: START + 4 * FIVE, from: "bars" },
    });
    expect(marks.markAt("BTCUSDT", START + 90 * FIVE)).toBeNull();
    expect(marks.markAt("ETHUSDT", START)).toBeNull();
  });
});
