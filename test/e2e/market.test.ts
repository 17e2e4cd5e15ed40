/** `copytrader market` as a shell sees it: fetched from a simulated venue with a past, imported from files, listed. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openMarketHistory } from "../../src/market/history-folder.ts";
import { readInstruments } from "../../src/market/instrument-file.ts";
import { startTestExchange, type TestExchange } from "../conformance/bybit-server/clients.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";
import { runCommand } from "./in-process.ts";
import { killPrograms, Program } from "./program.ts";

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const FROM = Date.UTC(2024, 4, 1);
const LISTED = Date.UTC(2024, 3, 20);

let exchange: TestExchange;
let folder = "";
beforeAll(async () => {
  exchange = await startTestExchange({ limits: "real" });
  exchange.venue.setInstrument({ symbol: "SOLUSDT", launchTimeMs: LISTED });
  const bars = Array.from({ length: 20 * 288 }, (_, at) => ({
    ...{ openTimeMs: FROM - 10 * DAY + at * 5 * MINUTE, open: 140 + (at % 7), high: 150, low: 130 },
    ...{ close: 140 + ((at + 1) % 7), volume: 10 + (at % 3) },
  }));
  const marks = bars.map(({ volume: _volume, ...bar }) => ({ ...bar, high: 149 }));
  const funding = Array.from({ length: 60 }, (_, at) => ({
    ...{ time: FROM - 10 * DAY + at * 8 * 60 * MINUTE + (at % 4), fundingRate: `0.000${100 + at}` },
  }));
  exchange.venue.addPast("SOLUSDT", { bars, marks, funding });
});
afterAll(async () => {
  await killPrograms();
  await exchange.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "market-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const market = (...args: readonly string[]) => runCommand(["market", ...args], { cwd: folder });
const fetchSol = (...more: readonly string[]) =>
  market("fetch", "SOLUSDT", "--venue", exchange.rest, "--rate", "40", ...more);
const history = () => openMarketHistory(join(folder, "data", "market"));
const venue = () => new URL(exchange.rest).host;
const range = (fromMs: number, toMs: number) => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});

describe("market fetch", () => {
  test("brings bars, marks and funding as the venue has them, and only what is missing the next time", async () => {
    const first = await fetchSol("--from", "2024-05-01", "--to", "2024-05-03", "--json");
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout).series).toMatchObject([
      { symbol: "SOLUSDT", kind: "bars", interval: "5m", rows: 864, pages: 1, missing: [], failure: null },
      { kind: "marks", rows: 864 },
      { kind: "funding", interval: null, rows: 9 },
    ]);
    const bars = history().read(
      { venue: venue(), symbol: "SOLUSDT", kind: "bars", intervalMs: 5 * MINUTE },
      { fromMs: FROM, toMs: FROM + 5 * MINUTE },
    );
    // Number 2880 of the past: 2880 % 7 is 3.
    expect(bars.columns.map(([value]) => value)).toEqual([143, 150, 130, 144, 10]);
    const marks = history().read(
      { venue: venue(), symbol: "SOLUSDT", kind: "marks", intervalMs: 5 * MINUTE },
      { fromMs: FROM, toMs: FROM + 5 * MINUTE },
    );
    expect(marks.columns.map(([value]) => value)).toEqual([143, 149, 130, 144]);
    const again = await fetchSol("--from", "2024-05-01", "--to", "2024-05-04", "--json");
    expect(JSON.parse(again.stdout).series).toMatchObject([{ rows: 288 }, { rows: 288 }, { rows: 3 }]);
    const nothing = await fetchSol("--from", "2024-05-01", "--to", "2024-05-04");
    expect(nothing.stdout).toMatch(/SOLUSDT +bars 5m +0 +0 +complete/);
    const listed = JSON.parse((await market("list", "--json")).stdout).series;
    expect(listed[0]).toMatchObject({
      ...{ venue: venue(), symbol: "SOLUSDT", kind: "bars", rows: 1152, missingBars: 0, holes: [] },
      covered: [range(FROM, FROM + 4 * DAY)],
    });
  });

  test("begins with the listing, and says so", async () => {
    const { code, stderr } = await fetchSol("--from", "2024-01-01", "--to", "2024-04-22", "--kinds", "bars");
    expect(code).toBe(0);
    expect(stderr).toContain("SOLUSDT was listed on 2024-04-20: there is nothing before");
    expect(history().list()[0]?.covered[0]?.fromMs).toBe(LISTED);
  });

  test.each([
    ["a symbol that is not known", ["BTCUSTD", "--from", "2024-05-01"], "BTCUSTD; did you mean BTCUSDT?"],
    [
      "dates the wrong way round",
      ["SOLUSDT", "--from", "2024-05-03", "--to", "2024-05-01"],
      "--to: 2024-05-01 is not after --from 2024-05-03",
    ],
    [
      "a time before the listing",
      ["SOLUSDT", "--from", "2024-01-01", "--to", "2024-02-01"],
      "listed on 2024-04-20, after all",
    ],
    ["a date that is none", ["SOLUSDT", "--from", "2024-02-30"], "It must be a date"],
    ["the future", ["SOLUSDT", "--from", "2199-01-01"], "is in the future"],
    [
      "an interval that the venue has not",
      ["SOLUSDT", "--from", "2024-05-01", "--interval", "7m"],
      "the venue has bars of 1m, 3m",
    ],
    [
      "kinds that are none",
      ["SOLUSDT", "--from", "2024-05-01", "--kinds", "bars,ticks"],
      "bars, marks, funding",
    ],
    ["a rate out of bounds", ["SOLUSDT", "--from", "2024-05-01", "--rate", "900"], "--rate must be 1 to 40"],
  ])("%s is refused before anything is fetched", async (_what, args, complaint) => {
    const { code, stderr } = await market("fetch", "--venue", exchange.rest, ...args);
    expect(stderr).toContain(complaint);
    expect(code).toBe(2);
    expect(history().list()).toEqual([]);
  });

  test("an address where nobody answers is told", async () => {
    const { code, stdout } = await market(
      ...["fetch", "SOLUSDT", "--from", "2024-05-01", "--venue", "http://127.0.0.1:9", "--json"],
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ kind: "venue" });
  });

  test("Ctrl-C leaves what was had, and the same command goes on there", async () => {
    const args = ["market", "fetch", "SOLUSDT", "--venue", exchange.rest, "--from", "2024-04-21"];
    const more = ["--to", "2024-05-08", "--kinds", "bars", "--rate", "1"];
    const program = new Program([...args, ...more], { cwd: folder });
    await expect.poll(() => history().list()[0]?.rows ?? 0, { timeout: 20_000 }).toBeGreaterThan(0);
    program.kill("SIGINT");
    const { code, stderr } = await program.exit;
    expect(stderr).toContain("interrupted: what was had is kept");
    expect(code).toBe(130);
    const had = history().list()[0]?.rows ?? 0;
    const next = await fetchSol("--from", "2024-04-21", "--to", "2024-05-08", "--kinds", "bars", "--json");
    expect(JSON.parse(next.stdout).series[0].rows).toBe(18 * 288 - had);
  });
});

describe("market import", () => {
  const HEADER = "open_time_ms,open,high,low,close,volume";
  const line = (at: number, price = 100) =>
    `${FROM + at * 60 * MINUTE},${price},${price + 1},${price - 1},${price},5`;

  test("takes overlapping files once, keeps what was there, and writes what it refused", async () => {
    const one = [HEADER, ...Array.from({ length: 12 }, (_, at) => line(at)), ""].join("\n");
    const two = [
      HEADER,
      ...Array.from({ length: 14 }, (_, at) => line(at + 10, at === 0 ? 200 : 100)),
      "x",
      "",
    ];
    writeFileSync(join(folder, "BTCUSDT_20240501.csv"), one);
    writeFileSync(join(folder, "BTCUSDT_20240502.csv.gz"), gzipSync(two.join("\n")));
    const files = ["BTCUSDT_20240501.csv", "BTCUSDT_20240502.csv.gz"];
    const { code, stdout } = await market(
      ...["import", ...files, "--venue", "binance", "--keep-last", "--rejects", "rejects.csv", "--json"],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files.map(({ series }: { series: unknown[] }) => series[0])).toMatchObject([
      { symbol: "BTCUSDT", interval: "1h", added: 12, repeated: 0, conflicting: 0 },
      { added: 12, repeated: 1, conflicting: 1, conflicts: ["2024-05-01T10:00:00.000Z"] },
    ]);
    expect(readFileSync(join(folder, "rejects.csv"), "utf8")).toBe(
      'file,line,reason,row\n"BTCUSDT_20240502.csv.gz",16,"1 cells where the header has 6","x"\n',
    );
    expect(history().list()[0]).toMatchObject({
      rows: 24,
      missingBars: 0,
      covered: [{ fromMs: FROM, toMs: FROM + DAY }],
    });
  });

  test("leaves out a last bar that may not have ended, and does not cover a hole", async () => {
    writeFileSync(join(folder, "ETHUSDT.csv"), [HEADER, line(0), line(1), line(4), line(5), ""].join("\n"));
    const { stdout } = await market("import", "ETHUSDT.csv", "--venue", "bybit");
    expect(stdout).toContain("the last bar was left out");
    expect(
      history()
        .list()[0]
        ?.covered.map(({ fromMs, toMs }) => [fromMs - FROM, toMs - FROM]),
    ).toEqual([
      [0, 120 * MINUTE],
      [240 * MINUTE, 300 * MINUTE],
    ]);
  });

  test.each([
    ["a file that is not there", ["none.csv", "--venue", "x"], 2, "there is no file none.csv"],
    ["a folder that names no venue", ["some.csv"], 2, "--venue says it"],
    ["a file that holds no market", ["some.csv", "--venue", "x"], 1, "neither bars nor funding"],
    ["a scale that is none", ["some.csv", "--venue", "x", "--scale", "0"], 2, "above zero"],
  ])("%s is told", async (_what, args, exitCode, complaint) => {
    writeFileSync(join(folder, "some.csv"), "timestamp,value\n1,2\n");
    const { code, stdout, stderr } = await market("import", ...args);
    expect(stdout + stderr).toContain(complaint);
    expect(code).toBe(exitCode);
  });

  test.skipIf(!hasShared)(`takes the recorded collections${sharedNote}`, async () => {
    const files = [
      "bybit_linear/1d_all_symbols",
      "bybit_linear/funding/WIFUSDT",
      "binance_um/mark_8h/BTCUSDT",
    ].map((name) => sharedPath(`data/market/${name}.csv.gz`));
    const { code, stdout } = await market("import", ...files, "--json");
    expect(code).toBe(0);
    const [days, wif, mark] = JSON.parse(stdout).files;
    expect(days.series).toHaveLength(287);
    expect(days.rejects).toEqual([
      { line: 25_794, reason: "a price is not above zero", text: expect.any(String) },
    ]);
    expect(wif.series[0]).toMatchObject({ venue: "bybit", kind: "funding", added: 457 });
    expect(wif.series[0].covered).toHaveLength(2);
    expect(mark.series[0]).toMatchObject({ venue: "binance", kind: "marks", interval: "8h", added: 1641 });
    const pepe = sharedPath("data/market/binance_um/1h/PEPEUSDT.csv.gz");
    expect((await market("import", pepe)).stdout).toContain("--symbol 1000PEPEUSDT --scale 1000");
  });
});

test("market list says that there is nothing yet", async () => {
  const { code, stdout } = await market("list");
  expect(stdout).toContain("there is no market history yet");
  expect(code).toBe(0);
});

describe("market sectors", () => {
  test("shows the sector of each coin, the owner's own before the program's", async () => {
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "data", "sectors.json"), '{"PEPE": "frogs", "NEWCOIN": "ai"}');
    const { code, stdout } = await market("sectors", "PEPE", "1000BONK", "NEWCOIN", "NEVERHEARD", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).coins).toEqual([
      { coin: "PEPE", sector: "frogs", isOwn: true },
      { coin: "1000BONK", sector: "memes", isOwn: false },
      { coin: "NEWCOIN", sector: "ai", isOwn: true },
      { coin: "NEVERHEARD", sector: null, isOwn: false },
    ]);
    expect((await market("sectors")).stdout).toMatch(/^frogs +PEPE\*$/m);
  });

  test.each([
    ["no JSON", "{", "sectors.json is not JSON"],
    ["no object", "[]", "an object of coin and sector is expected"],
    ["a coin in small letters", '{"pepe": "memes"}', '"pepe" is no coin'],
    ["a sector that is none", '{"PEPE": "Memes!"}', "PEPE: a sector is written in small letters"],
  ])("a file with %s is told by name", async (_what, text, complaint) => {
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "data", "sectors.json"), text);
    const { code, stderr } = await market("sectors");
    expect(stderr).toContain(complaint);
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(1);
  });
});

describe("market instruments", () => {
  test("brings steps and minima as the venue has them, all of them", async () => {
    const { code, stdout } = await market("instruments", "--venue", exchange.rest, "--json");
    expect(code).toBe(0);
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ venue: venue(), isComplete: true, rejects: [] });
    const stored = readInstruments(join(folder, "data", "instruments"), venue());
    expect(stored?.specs).toHaveLength(told.instruments);
    expect(stored?.specs.find(({ symbol }) => symbol === "SOLUSDT")).toMatchObject({
      quantityStep: "0.1",
      minNotional: "5",
      status: "trading",
    });
  });

  test("takes them out of a file, and what it cannot read is asked wrongly", async () => {
    const path = join(folder, "list.csv");
    writeFileSync(path, "symbol,tick_size,min_order_qty,max_order_qty\nXUSDT,0.1,1,100\nYUSDT,0,1,1\n");
    const { code, stdout } = await market("instruments", path);
    expect(code).toBe(0);
    expect(stdout).toContain("1 instruments of bybit");
    expect(stdout).toContain("refused: 3: YUSDT: tickSize must be above zero, got 0");
    expect(stdout).toContain("note: taken where the file has none: min_notional_value: 5 USDT");
    writeFileSync(path, "a,b\n1,2\n");
    expect(await market("instruments", path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("it has no column symbol"),
    });
    expect((await market("instruments", "nowhere.csv")).code).toBe(2);
  });

  test("tells of a venue that cannot be reached", async () => {
    const { code, stderr } = await market("instruments", "--venue", "http://127.0.0.1:1");
    expect(code).toBe(1);
    expect(stderr).toContain("http://127.0.0.1:1: ");
  });
});
