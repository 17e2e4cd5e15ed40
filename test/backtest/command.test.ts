/** The command on folders of raw files: what it says, what it keeps, and what it says where it was asked wrongly. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePast } from "./recorded-past.ts";
import { writePast } from "./written-past.ts";

const BIN = fileURLToPath(new URL("../../bin/copytrader", import.meta.url));

/** Copies the first by name, with all. */
const MINE = `export default {
  contract: 1,
  kind: "strategy",
  name: "mine",
  description: "the first by name",
  rebalancingHours: 24,
  choose: ({ candidates }: { candidates: readonly { trader: string }[] }) => {
    const [first] = candidates.map(({ trader }) => trader).toSorted();
    return {
      wishes: candidates.map(({ trader }) => ({
        trader,
        weight: trader === first ? 1 : 0,
        reason: trader === first ? "own-in" : "own-out",
        numbers: {},
      })),
    };
  },
};
`;

/** Passes who has finished enough positions by then. */
const ENOUGH = `export default {
  contract: 1,
  kind: "trader-filter",
  name: "enough",
  description: "finished positions",
  unit: "count",
  asks: "at-least",
  bound: 8,
  figure: ({ trips, style }: { trips: readonly unknown[]; style: object | null }) =>
    style === null ? 0 : trips.length,
};
`;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe("copytrader backtest", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "backtest-"));
    writePast(folder, makePast(3, 26));
    mkdirSync(join(folder, "config"));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(...more: readonly string[]): Promise<Ran> {
    const given = (name: string, value: string) => (more.includes(name) ? [] : [name, value]);
    const args = [
      "backtest",
      ...given("--start-date", "2024-05-04"),
      ...given("--end-date", "2024-05-25"),
      ...given("--traders", join(folder, "fills")),
      ...given("--market", join(folder, "market")),
      ...["--data", join(folder, "data"), "--config", join(folder, "config")],
      ...["--resamples", "200"],
      ...more,
    ];
    return new Promise((resolve) => {
      execFile(BIN, args, { env: { ...process.env, NO_COLOR: "1" } }, (error, out, err) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
      );
    });
  }

  it("lives through the past, keeps what is finished, and says the same again", async () => {
    const html = join(folder, "report.html");
    const args = [
      "--strategy",
      "copy_all",
      "--strategies",
      "copy_all,portfolio",
      "--compare",
      "--html",
      html,
    ];
    const first = await run(...args, "--json");
    expect([first.code, first.err]).toEqual([0, ""]);
    const report = JSON.parse(first.out);
    expect(report.strategies.map(({ strategy }: { strategy: string }) => strategy)).toEqual([
      "copy_all",
      "portfolio_copying",
    ]);
    const [all] = report.strategies;
    expect(all.days).toHaveLength(22);
    expect(all.happenings.fills).toBeGreaterThan(20);
    // What leaders brought is what the account gained, to rounding of what is unrealised.
    const gained = all.leaders.reduce(
      (sum: number, { profit }: { profit: string }) => sum + Number(profit),
      0,
    );
    expect(gained).toBeCloseTo(all.equityTo - all.equityFrom, 3);
    // What fees less funding took, a day of the mean equity and of each value traded.
    const { fees, funding, traded } = all.happenings;
    expect(all.hurdle.ofValueTraded).toBeCloseTo((fees - funding) / traded, 12);
    expect(all.hurdle.ofEquityPerDay).toBeCloseTo((all.hurdle.ofValueTraded * all.turnover) / 22, 9);
    // What leaders have in the risk of the days lived through is the whole of it.
    const { figures, leaders, beta } = all.risk;
    expect(leaders).toEqual(expect.arrayContaining(["trader-1"]));
    for (const { whole, parts } of [figures.valueAtRisk, figures.shortfall, figures.annualVolatility, beta])
      expect(parts.reduce((sum: number, part: number) => sum + part, 0)).toBeCloseTo(whole, 9);
    expect(figures.annualVolatility.whole).toBeCloseTo(all.figures.annual_volatility, 9);
    // Of everybody who could be chosen last: in or out, and by which numbers.
    expect(all.lastVerdicts.map(({ trader }: { trader: string }) => trader).sort()).toEqual([
      "trader-1",
      "trader-2",
      "trader-3",
      "trader-4",
    ]);
    const [, portfolio] = report.strategies;
    const last = portfolio.lastVerdicts[0];
    expect(last).toMatchObject({ reason: expect.any(String), numbers: expect.any(Object) });
    expect(report.comparisons).toHaveLength(1);
    expect(report.basis).toMatchObject({ traders: 4, active: 4, withoutBars: [] });
    expect(readFileSync(html, "utf8")).toContain("<svg");
    expect(readFileSync(html, "utf8")).toContain("Risk by leader");
    expect(readFileSync(html, "utf8")).toMatch(/The last decision, 2024-05-\d\d/);
    expect(readFileSync(html, "utf8")).toContain(`<td>${last.reason}</td>`);
    const kept = readdirSync(join(folder, "data", "backtests")).filter((name) => name.endsWith(".json"));
    expect(kept).toHaveLength(2);
    const again = await run(...args, "--json");
    expect(again.out).toBe(first.out);
    const text = await run(...args);
    expect(text.out).toContain("Against copy_all");
    // Every leader's part of the risk, below the whole.
    expect(text.out).toMatch(/risk by leader +VaR 95 % +CVaR 95 % +Volatility a year +Draw-down +Beta/);
    expect(text.out).toMatch(/\ntogether +-?\d[^\n]* %[^\n]*-\d+\.\d\d %/);
    for (const leader of leaders) expect(text.out).toMatch(new RegExp(`\\n${leader} .*( %.*){4}`));
    const dayCost = (100 * all.hurdle.ofEquityPerDay).toFixed(3);
    expect(text.out).toMatch(new RegExp(`To earn back a day, of equity +${dayCost} %`));
    expect(readFileSync(html, "utf8")).toContain(`${dayCost} %`);
    expect(text.out).toMatch(new RegExp(`${last.trader} +\\S+.* (in|out), ${last.reason}`));
    expect(text.out).toContain("survivorship: 4 traders");
    expect(Math.max(...text.out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  }, 180_000);

  it("says before all figures who copied nobody, by which bounds, and what to change", async () => {
    const args = ["--end-date", "2024-05-08", "--strategies", "selective"];
    const { warnings, strategies } = JSON.parse((await run(...args, "--json")).out);
    expect(strategies[0].equityTo).toBe(strategies[0].equityFrom);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^selective_copying copied nobody: at none of its moments \(5\) .* Of 4 at the last one: 4 record-too-short \(too few days of it are known; min_days 30\)/,
    );
    expect(warnings[0]).toContain("other min_days under strategies.selective_copying in the configuration");
    const { out } = await run(...args);
    expect(out.split("\n")[0]).toMatch(/^! selective_copying copied nobody/);
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    [
      "a strategy that there is not",
      ["--strategy", "selectiv_copying"],
      /no strategy "selectiv_copying"; selective_copying was probably meant/,
    ],
    [
      "a strategy by less than its short name",
      ["--strategies", "selective,portfoli"],
      /no strategy "portfoli"; portfolio was probably meant.*portfolio_copying \(portfolio\)/,
    ],
    ["a date that is none", ["--start-date", "2024-02-30"], /start-date.*must be a date/],
    [
      "an end before the beginning",
      ["--end-date", "2024-05-01"],
      /--end-date: 2024-05-01 is not after --start-date 2024-05-04/,
    ],
    [
      "a time without fills",
      ["--start-date", "2023-01-01", "--end-date", "2023-02-01"],
      /no trader has a fill from 2023-01-01 to 2023-02-01/,
    ],
    ["a configuration that is not there", ["--config", "/nowhere"], /--config <dir>.*no folder \/nowhere/],
    [
      "a page into a folder that is not there",
      ["--html", "/nowhere/a.html"],
      /--html: there is no folder \/nowhere/,
    ],
    ["a folder that is not there", ["--market", "/nowhere"], /--market: there is no folder \/nowhere/],
    ["a folder without fills", ["--traders", "/proc/self/fd"], /--traders: no file in/],
  ])("names %s", async (_, args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err.replaceAll("\n", " ")).toMatch(message);
  });

  it("knows the options of the configuration, and strategies and filters of the user's own", async () => {
    const config = join(folder, "config");
    mkdirSync(join(config, "extensions"), { recursive: true });
    writeFileSync(
      join(config, "a.yaml"),
      "portfolio: { strategy: mine }\nstrategies: { portfolio_copying: { max_traders: 2, min_days: 20 } }\n",
    );
    writeFileSync(join(config, "extensions", "mine.ts"), MINE);
    writeFileSync(join(config, "extensions", "enough.ts"), ENOUGH);
    const args = ["--end-date", "2024-05-06", "--compare", "--strategies", "mine,portfolio", "--json"];
    const { code, out, err } = await run(...args);
    for (const name of readdirSync(config)) rmSync(join(config, name), { recursive: true });
    expect([code, err]).toEqual([0, ""]);
    const [mine, portfolio] = JSON.parse(out).strategies;
    expect(mine).toMatchObject({ strategy: "mine", options: { code: expect.any(String) } });
    expect(mine.decisions.map(({ allocations }: { allocations: unknown[] }) => allocations.length)).toEqual([
      1, 1, 1,
    ]);
    expect(portfolio.options).toMatchObject({ max_traders: 2, min_days: 20 });
    // By what was known at each decision: 6, 7, 4 and 5 trips at the first, 8, 12, 8 and 9 at the last.
    const refused = portfolio.decisions.map(
      ({ outBy }: { outBy: Record<string, Record<string, number>> }) => outBy["failed-filter"]?.enough ?? 0,
    );
    expect(refused).toEqual([4, 3, 0]);
  });

  it("names a configuration that does not hold", async () => {
    const config = join(folder, "config");
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, "a.yaml"), "copy_trading:\n  copying:\n    delay_execution: -1\n");
    const { code, err } = await run("--strategy", "copy_all");
    rmSync(join(config, "a.yaml"));
    expect(code).toBe(2);
    expect(err).toContain("delay_execution");
  });
});
