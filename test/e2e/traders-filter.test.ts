/** `copytrader traders filter` and `rank --passing` as a user calls them: who passes, who fails by how much, of whom it cannot be told. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "./in-process.ts";
import { killPrograms } from "./program.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2024, 4, 1);
const DAYS = 40;

let folder = "";
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "traders-filter-"));
  mkdirSync(join(folder, "config"));
  for (const [name, profitOf] of Object.entries(TRADERS)) writeFills(name, profitOf);
  const files = Object.keys(TRADERS).map((name) => `${name}.csv`);
  expect((await run("traders", "import", ...files, "--equity", "1000")).code).toBe(0);
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(killPrograms);

const run = (...args: readonly string[]) => runCommand(args, { cwd: folder });
const yaml = (text: string) => writeFileSync(join(folder, "config", "filters.yaml"), text);

/** The profit of each day's one round trip; null on days without one. */
const TRADERS: Readonly<Record<string, (day: number) => number | null>> = {
  steady: (day) => (day % 4 === 3 ? -5 : 10),
  wild: (day) => (day === 20 ? -400 : 20),
  novice: (day) => (day < 3 ? 10 : null),
};

/** Bought and sold within an hour, so that nothing is held at a day's end and no price is needed. */
function writeFills(name: string, profitOf: (day: number) => number | null): void {
  const rows = Array.from({ length: DAYS }, (_, day) => {
    const profit = profitOf(day);
    const at = START + day * DAY_MS;
    if (profit === null) return [];
    const symbol = day % 2 === 0 ? "BTCUSDT" : "NEVERHEARDUSDT";
    return [`${at},${symbol},buy,1000,1,0`, `${at + 3_600_000},${symbol},sell,${1_000 + profit},1,0`];
  }).flat();
  writeFileSync(join(folder, `${name}.csv`), ["time,symbol,side,price,quantity,fee", ...rows, ""].join("\n"));
}

const THREE = `copy_trading: {trader_selection: {max_drawdown: 0.2, min_trades: 30}}
traders: {performance: {min_win_rate: 0.7}}
`;

describe("traders filter", () => {
  test("says who passes, and of the others what they fail by how much or why it cannot be told", async () => {
    yaml(THREE);
    const { code, stdout } = await run("traders", "filter", "--json");
    expect(code).toBe(0);
    const { filters, benchmark, traders, set } = JSON.parse(stdout);
    expect(filters).toEqual([
      { filter: "max_drawdown", unit: "fraction", asks: "at-most", bound: 0.2 },
      { filter: "min_trades", unit: "count", asks: "at-least", bound: 30 },
      { filter: "min_win_rate", unit: "fraction", asks: "at-least", bound: 0.7 },
    ]);
    expect([benchmark, set]).toEqual([null, null]);
    const [novice, steady, wild] = traders;
    expect(steady).toMatchObject({ id: "steady", venue: "other", passes: true });
    expect(wild).toMatchObject({
      id: "wild",
      passes: false,
      results: [
        { result: "failed", value: expect.closeTo(400 / 1_400), by: expect.closeTo(400 / 1_400 - 0.2) },
        { result: "passed", value: 40, by: null },
        { result: "passed", value: 39 / 40 },
      ],
    });
    expect(novice).toMatchObject({
      id: "novice",
      passes: false,
      results: [
        { result: "cannot-tell", value: null, because: "3 days of record, 30 are needed" },
        { result: "failed", value: 3, by: 27 },
        { result: "cannot-tell", because: "3 finished round trips seen whole, 10 are needed" },
      ],
    });
  });

  test("says the same to people", async () => {
    yaml(THREE);
    const all = await run("traders", "filter");
    expect(all.stdout).toContain("1 of 3 traders passes all 3 filters of ./config.\nThey are: steady\n");
    expect(all.stdout).toMatch(/^max_drawdown +1 +1 +1 {2}at most 20 %$/m);
    expect(all.stdout).toMatch(/^wild +1 of 3 {2}max_drawdown 28.6 % \(8.6 points too high\)$/m);
    expect(all.stdout).toMatch(
      /^novice +3 of 3 {2}min_trades 3 \(27 too few\); cannot tell max_drawdown: 3 days/m,
    );
    const one = await run("traders", "filter", "wild");
    expect(one.code).toBe(1);
    expect(one.stdout).toMatch(/^max_drawdown +failed +28.6 % {2}at most 20 % +8.6 points too high$/m);
    expect(one.stdout).toMatch(/^min_win_rate +passed +97.5 % {2}at least 70 %$/m);
  });

  test("takes beta, styles and sectors from the market history and sectors.json", async () => {
    const closes = Array.from({ length: DAYS + 2 }, (_, day) => 100 + ((day * 7) % 11));
    const bars = closes.map(
      (close, day) => `${START + (day - 1) * DAY_MS},${close},${close},${close},${close},1`,
    );
    writeFileSync(
      join(folder, "BTCUSDT.csv"),
      ["open_time_ms,open,high,low,close,volume", ...bars, ""].join("\n"),
    );
    expect((await run("market", "import", "BTCUSDT.csv", "--venue", "other")).code).toBe(0);
    yaml(
      "traders: {risk: {max_beta: 5}, strategy: {max_sector_concentration: 0.6, min_strategy_diversity: 1}}\n",
    );
    const judged = async () => JSON.parse((await run("traders", "filter", "steady", "--json")).stdout);
    const before = await judged();
    expect(before.benchmark).toBe("BTCUSDT");
    expect(before.traders[0].results).toMatchObject([
      { filter: "max_beta", result: "passed", value: expect.any(Number) },
      {
        filter: "max_sector_concentration",
        result: "cannot-tell",
        because: expect.stringContaining("sectors.json"),
      },
    ]);
    expect(await judged()).toEqual(before);
    writeFileSync(join(folder, "data", "sectors.json"), '{"NEVERHEARD": "rumours"}');
    const { traders, set } = await judged();
    expect(traders[0].results[1]).toMatchObject({ result: "passed", value: expect.closeTo(0.5) });
    // Of these bars no style is told with more than low confidence.
    expect(set).toMatchObject({
      filter: "min_strategy_diversity",
      result: "cannot-tell",
      because: "the style of 1 of them is not known well enough; the others show 0",
    });
    const named = await run("traders", "filter", "steady", "wild", "novice");
    expect(named.stdout.replaceAll(/\s+/g, " ")).toContain(
      "min_strategy_diversity (at least 1) is about those who are copied together, here the 3 named: cannot be told: the style of 3",
    );
    yaml("traders: {risk: {max_beta: 5, beta_benchmark: ETHUSDT}}\n");
    expect((await judged()).traders[0].results).toMatchObject([
      {
        result: "cannot-tell",
        because: expect.stringContaining("the price of ETHUSDT is known on 0 of its 40 days"),
      },
    ]);
  });

  test("is asked wrongly without filters, with a value that is none, and about somebody who is none", async () => {
    const none = await run("traders", "filter", "--json");
    expect(none.code).toBe(2);
    expect(JSON.parse(none.stdout).error.message).toContain("no filter is set");
    yaml("traders:\n  risk:\n    max_var_95: 3\n");
    const wrong = await run("traders", "filter");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain(
      "filters.yaml:3: traders.risk.max_var_95: must be a number from 0 to 1, got 3",
    );
    yaml(THREE);
    const unknown = await run("traders", "filter", "nobody");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("there is no trader nobody")]);
  });

  test("has nobody to judge in an empty folder", async () => {
    yaml(THREE);
    const { code, stderr } = await run("traders", "filter", "--data", "elsewhere");
    expect([code, stderr]).toEqual([1, expect.stringContaining("traders import FILE")]);
  });
});

test("rank --passing shows those who pass, and counts all", async () => {
  yaml(THREE);
  const ranked = async (...args: readonly string[]) => {
    const { code, stdout } = await run("traders", "rank", "--resamples", "0", "--json", ...args);
    return { code, ...JSON.parse(stdout) };
  };
  const all = await ranked();
  const passing = await ranked("--passing");
  expect(passing.code).toBe(0);
  expect(passing.traders).toEqual(all.traders.filter(({ id }: { id: string }) => id === "steady"));
  expect([passing.screened, passing.luckiestSharpe]).toEqual([3, all.luckiestSharpe]);
});

describe("filters and importers of one's own", () => {
  const EXAMPLES = fileURLToPath(new URL("../../examples/extensions/", import.meta.url));
  const own = () => join(folder, "config", "extensions");
  beforeEach(() => {
    cpSync(EXAMPLES, own(), { recursive: true });
    chmodSync(own(), 0o755);
  });

  test("work from the folder of examples as it is copied", async () => {
    const { traders, filters } = JSON.parse((await run("traders", "filter", "--json")).stdout);
    expect(filters).toEqual([{ filter: "keeps-losses-short", unit: "ratio", asks: "at-most", bound: 2 }]);
    expect(traders).toMatchObject([
      {
        id: "novice",
        passes: false,
        results: [{ result: "cannot-tell", because: "too few trips won and lost to compare their times" }],
      },
      { id: "steady", passes: true, results: [{ result: "passed", value: 1, by: null }] },
      { id: "wild", passes: true },
    ]);
    writeFileSync(
      join(folder, "log.txt"),
      "2024-05-01 10:00:00|alice|B|BTCUSDT|0.5|60000|15\n2024-05-01 14:30:00|alice|S|BTCUSDT|0.5|60100|15.025\nnonsense\n2024-05-01 15:00:00|alice|B|BTCUSDT|0|1|0\n",
    );
    const imported = await run("traders", "import", "log.txt", "--json");
    expect(imported.code).toBe(0);
    expect(JSON.parse(imported.stdout).files).toMatchObject([
      { format: "pipe-log", fills: 2, added: 2, rejected: 2, rejects: [{ line: 3 }, { line: 4 }] },
    ]);
    const shown = JSON.parse((await run("traders", "show", "alice", "--json")).stdout);
    expect(shown).toMatchObject({ id: "alice", fills: 2, realizedPnl: "50", fees: "-30.025" });
  });

  test("are named with what is wrong in their files", async () => {
    writeFileSync(
      join(own(), "odd.ts"),
      'export default { contract: 1, kind: "trader-filter", name: "odd" };\n',
    );
    const filtered = await run("traders", "filter");
    expect(filtered.code).toBe(2);
    expect(filtered.stderr).toMatch(/extensions\/odd\.ts: description: must be one line/);
    rmSync(join(own(), "odd.ts"));
    const text = `export default { contract: 1, kind: "trader-filter", name: "broken", description: "", unit: "ratio",
      asks: "at-least", bound: 1, figure: () => { throw new Error("out of order"); } };\n`;
    writeFileSync(join(own(), "broken.ts"), text);
    const broken = await run("traders", "filter", "steady", "--json");
    expect(JSON.parse(broken.stdout).traders[0]).toMatchObject({
      passes: false,
      results: expect.arrayContaining([
        expect.objectContaining({
          filter: "broken",
          result: "cannot-tell",
          because: expect.stringMatching(/extensions\/broken\.ts failed: Error: out of order/),
        }),
      ]),
    });
    const strange = await run("traders", "import", "steady.csv", "--format", "bar-log");
    expect([strange.code, strange.stderr]).toEqual([
      2,
      expect.stringContaining("there is no format bar-log; there are"),
    ]);
    expect(strange.stderr).toContain("pipe-log");
    const failing = await run("traders", "import", "steady.csv", "--format", "pipe-log", "--json");
    expect(JSON.parse(failing.stdout).files).toMatchObject([{ format: "pipe-log", fills: 0, rejected: 81 }]);
    expect(failing.code).toBe(1);
  });
});
