/**
 * `copytrader strategies optimise` on a past in which one option truly matters, and on one in which nothing does: what it answers, what it keeps, what it
 * counts, and what it says where it was asked wrongly.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import type { TraderFillRecord } from "../../src/store/trader-store.ts";
import { until } from "../e2e/await.ts";
import { type Exit, killPrograms, Program, runProgram } from "../e2e/program.ts";
import { type BarRow, fillOf, HOUR_MS, makePast } from "./recorded-past.ts";

const DAYS = 72;
const MINUTE_MS = 60_000;

/** Goes with the bar of some hours in so many cases of all, from its first minute to its last. */
function tradesOf(bars: readonly BarRow[], hits: number, seed: number): readonly TraderFillRecord[] {
  const random = seededRandom(seed);
  return bars.flatMap(([openMs, open, , , close], at) => {
    if (at % 13 !== 0) return [];
    const isHit = random() < hits;
    const size = close > open === isHit ? 0.5 : -0.5;
    const trade = (ms: number, by: number, realises: boolean) =>
      fillOf({
        timeMs: openMs + ms,
        symbol: "BTCUSDT",
        by,
        price: Number((open + ((close - open) * ms) / HOUR_MS).toFixed(1)),
        realises,
      });
    return [trade(MINUTE_MS, size, false), trade(HOUR_MS - MINUTE_MS, -size, true)];
  });
}

describe("copytrader strategies optimise", () => {
  let folder = "";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "optimise-"));
    const { bars } = makePast(3, DAYS);
    const own = bars.get("BTCUSDT") ?? [];
    const traders = { good: 0.95, bad: 0.35, worse: 0.3 };
    mkdirSync(join(folder, "fills"));
    const rows = Object.entries(traders).flatMap(([trader, hits], seed) =>
      tradesOf(own, hits, seed).map(({ timeMs, symbol, side, price, quantity, realizedPnl }) =>
        [trader, "binance", timeMs, symbol, side, "net", price, quantity, realizedPnl, "0"].join(","),
      ),
    );
    const header = "trader,venue,time,symbol,side,position_side,price,quantity,realized_pnl,fee";
    writeFileSync(join(folder, "fills", "fills.csv"), `${[header, ...rows].join("\n")}\n`);
    const market = join(folder, "market", "binance_um", "1h");
    mkdirSync(market, { recursive: true });
    writeFileSync(
      join(market, "BTCUSDT.csv"),
      `open_time_ms,open,high,low,close,volume\n${own.map((row) => row.join(",")).join("\n")}\n`,
    );
    mkdirSync(join(folder, "config"));
    writeFileSync(
      join(folder, "config", "a.yaml"),
      "strategies: { portfolio_copying: { min_days: 20, correlation_limit: off, weights: equal_weight } }\n",
    );
  });

  afterAll(async () => {
    await killPrograms();
    rmSync(folder, { recursive: true, force: true });
  });

  const argsOf = (name: string, ...more: readonly string[]) => [
    ...["strategies", "optimise", name],
    ...["--start-date", "2024-05-23", "--end-date", "2024-07-11"],
    ...["--traders", join(folder, "fills"), "--market", join(folder, "market")],
    ...["--data", join(folder, "data"), "--config", join(folder, "config")],
    ...more,
  ];
  const run = (name: string, ...more: readonly string[]): Promise<Exit> => runProgram(argsOf(name, ...more));

  const kept = () => readdirSync(join(folder, "data", "backtests")).filter((name) => name.endsWith(".json"));
  const noted = () =>
    readFileSync(join(folder, "data", "strategy-trials.jsonl"), "utf8").split("\n").length - 1;

  it("finds what truly matters, says what to write, and asking again costs nothing and counts once", async () => {
    const grid = ["--grid", "max_traders=1,2", "--resamples", "500"];
    const first = await run("portfolio", ...grid, "--json");
    expect([first.code, first.stderr]).toEqual([0, ""]);
    const report = JSON.parse(first.stdout);
    expect(report).toMatchObject({
      strategy: "portfolio_copying",
      isDefault: false,
      base: { max_traders: 10, min_days: 20, correlation_limit: null },
      combinations: 2,
      outcomes: 3,
      purgeDays: 1,
      embargoDays: 365,
      judged: { best: 1, isBetter: true, isProven: true, counts: { now: 3, earlier: 0, all: 3 } },
      answer: { verdict: "better" },
    });
    expect(report.days).toHaveLength(50);
    expect(report.trials.map(({ options }: { options: object }) => options)).toEqual([
      {},
      { max_traders: 1 },
      { max_traders: 2 },
    ]);
    expect(report.answer.yaml).toBe("strategies:\n  portfolio_copying:\n    max_traders: 1");
    // What was chosen forward is one more backtest, and no trial.
    expect([kept().length, noted()]).toEqual([4, 3]);
    const again = await run("portfolio", ...grid, "--json");
    expect(again.stdout).toBe(first.stdout);
    expect([kept().length, noted()]).toEqual([4, 3]);
    const text = await run("portfolio", ...grid);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain(
      "portfolio_copying is better with max_traders 1 than with what is configured.",
    );
    expect(Math.max(...text.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  }, 300_000);

  it("says no where nothing matters, and counts what was tried before", async () => {
    const { code, stdout } = await run("portfolio", "--grid", "min_weight=0.01", "--json");
    expect(code).toBe(1);
    const { judged, answer, outcomes } = JSON.parse(stdout);
    expect(judged).toMatchObject({ best: 0, counts: { now: 2, earlier: 2, all: 4 } });
    expect([outcomes, answer.verdict, answer.yaml]).toEqual([1, "nothing-better", null]);
    expect(answer.head).toBe(
      "Nothing beats what is configured: leave the options of portfolio_copying as they are.",
    );
  }, 300_000);

  it("is interrupted cleanly, and what is finished is kept", async () => {
    const before = kept().length;
    const program = new Program(argsOf("portfolio", "--grid", "max_weight=0.3,0.35,0.4,0.45"));
    await until(() => kept().length > before, 240_000, "a trial is finished");
    program.kill("SIGINT");
    const { code, stderr, stdout } = await program.exit;
    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr).toMatch(/\d trials are finished and kept; the one at work begins anew/);
    expect(noted()).toBe(kept().length - 1);
  }, 300_000);

  it.each<readonly [string, string, readonly string[], RegExp]>([
    ["a strategy that there is not", "portfolo", [], /no strategy "portfolo"; portfolio was probably meant/],
    [
      "an option that there is not",
      "portfolio",
      ["--grid", "max_trader=1"],
      /--grid max_trader: is no option.*max_traders was probably meant/,
    ],
    [
      "a value that does not hold",
      "portfolio",
      ["--grid", "max_traders=0,3"],
      /--grid max_traders: must be a whole number from 1/,
    ],
    [
      "an option without usual values",
      "portfolio",
      ["--grid", "position_scaling"],
      /position_scaling: there are no usual values/,
    ],
    [
      "an option twice",
      "portfolio",
      ["--grid", "min_days=20", "--grid", "min_days"],
      /min_days stands there twice/,
    ],
    ["too few resamples", "portfolio", ["--resamples", "10"], /--resamples must be at least 200/],
    ["too few parts", "portfolio", ["--folds", "1"], /must be a whole number from 2 to 50/],
    [
      "an end before the beginning",
      "portfolio",
      ["--end-date", "2024-05-01"],
      /--end-date: 2024-05-01 is not after --start-date 2024-05-23/,
    ],
  ])("names %s", async (_, name, more, message) => {
    const { code, stderr } = await run(name, ...more);
    expect(code).toBe(2);
    expect(stderr.replaceAll("\n", " ")).toMatch(message);
  });
});
