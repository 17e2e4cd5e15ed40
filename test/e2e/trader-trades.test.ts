/** `copytrader traders trades` and the figures of `traders show`, as a user calls them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";

const DAY = Date.UTC(2024, 4, 1);
const HOUR = 3_600_000;

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trader-trades-"));
  // One that wins in an hour, one that is added to on the way down and loses after five.
  const rows = [
    "time,symbol,side,price,quantity,fee,realized_pnl",
    `${DAY},BTCUSDT,buy,60000,0.5,-15,0`,
    `${DAY + HOUR},BTCUSDT,sell,60200,0.5,-15,100`,
    `${DAY + 24 * HOUR},ETHUSDT,buy,3000,1,-1,0`,
    `${DAY + 25 * HOUR},ETHUSDT,buy,2900,1,-1,0`,
    `${DAY + 29 * HOUR},ETHUSDT,sell,2940,2,-2,-20`,
  ];
  writeFileSync(join(folder, "alice.csv"), `${rows.join("\n")}\n`);
  await runProgram(["traders", "import", "alice.csv"], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true }));

const trades = (...args: readonly string[]) => runProgram(["traders", "trades", ...args], { cwd: folder });

describe("copytrader traders trades", () => {
  it("tells the figures of round trips as JSON", async () => {
    const { code, stdout } = await trades("alice", "--json");
    expect(code).toBe(0);
    const [alice] = JSON.parse(stdout).traders;
    expect(alice).toMatchObject({
      id: "alice",
      fromMs: DAY,
      untilMs: DAY + 48 * HOUR,
      trips: 2,
      winRate: 0.5,
      holdingWinnersMs: HOUR,
      holdingLosersMs: 5 * HOUR,
      disposition: 5,
      tripsAveragedDown: 0.5,
      valueAddedLosing: 1,
      deepestLadder: 1,
      timeInMarket: 6 / 48,
      activeDays: 1,
    });
    // After fees 100 - 30 and -20 - 4.
    expect(alice.expectancy).toBeCloseTo((70 - 24) / 2, 9);
    expect(alice.profitFactor).toBeCloseTo(70 / 24, 9);
  });

  it("tells them as a table of at most 100 columns", async () => {
    const { code, stdout } = await trades();
    expect(code).toBe(0);
    expect(stdout).toMatch(/Losers over winners +5\.00/);
    expect(stdout).toMatch(/Winners +60 min/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("knows no trader of another name", async () => {
    const { code, stderr } = await trades("bob");
    expect(code).not.toBe(0);
    expect(stderr).toContain("bob");
  });
});

describe("copytrader traders show", () => {
  const show = (...args: readonly string[]) =>
    runProgram(["traders", "show", "alice", ...args], { cwd: folder });

  it("tells how somebody trades, and of what cannot be told why", async () => {
    const { figures } = JSON.parse((await show("--json")).stdout);
    expect(figures).toMatchObject({
      trips: 2,
      timeInMarket: 6 / 48,
      meanLeverage: null,
      marginTopUps: null,
      capacity: null,
      undefined: {
        meanLeverage: expect.stringContaining("--equity"),
        capacity: expect.stringContaining("bars"),
      },
    });
    expect(figures.concentration.sectors.largest.sector).toBe("bitcoin");
    const { stdout } = await show();
    expect(stdout).toContain("HOW IT TRADES");
    expect(stdout).toMatch(/leverage +unknown: its capital is not known/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("tells leverage on the capital that is stated, and capacity where bars are known", async () => {
    const hour = (at: number, price: number) =>
      `${DAY + at * HOUR},${price},${price * 1.01},${price},${price},1000`;
    const bars = [...Array.from({ length: 48 }, (_, at) => hour(at, 60_000))];
    writeFileSync(
      join(folder, "BTCUSDT.csv"),
      `open_time_ms,open,high,low,close,volume\n${bars.join("\n")}\n`,
    );
    await runProgram(["market", "import", "BTCUSDT.csv", "--venue", "binance"], { cwd: folder });
    await runProgram(["traders", "import", "alice.csv", "--equity", "10000"], { cwd: folder });
    const { figures } = JSON.parse((await show("--json")).stdout);
    expect(figures.maxLeverage).toBeCloseTo(3, 1);
    expect(figures.capacity).toBeGreaterThan(0);
    expect(figures.volumeShare).toBeCloseTo(0.5 / 1_000, 9);
    expect(Object.keys(figures.undefined)).toEqual(["marginTopUps", "marginTopUpAmount", "marginTopUpShare"]);
  });
});
