/** `copytrader metrics` as a shell sees it. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "metrics-"));
  writeFileSync(
    join(folder, "good.csv"),
    "date,ANNA,BTC\n2024-01-01,0.1,0.02\n2024-01-02,-0.05,-0.01\n2024-01-03,0.02,0.01\n",
  );
  writeFileSync(join(folder, "bad.csv"), "date,ANNA\n2024-01-01,0.1\n2024-01-02,much\n2024-01-09,0.1,1\n");
  const alike = Array.from({ length: 28 }, (_, day) => {
    const value = Math.sin(day * day) / 50;
    return `2024-02-${String(day + 1).padStart(2, "0")},${value},${value * 0.7 + Math.cos(3 * day) / 500}`;
  });
  writeFileSync(join(folder, "alike.csv"), `date,ANNA,BTC\n${alike.join("\n")}\n`);
  writeFileSync(join(folder, "gap.csv"), "date,ANNA\n2024-01-01,0.1\n2024-01-04,0.2\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) => runProgram(["metrics", ...args], { cwd: folder });

describe("copytrader metrics", () => {
  it("prints the figures of each series as JSON, the benchmark not against itself", async () => {
    const { code, stdout } = await run(
      "good.csv",
      "--benchmark",
      "BTC",
      "--periods-per-year",
      "252",
      "--json",
    );
    expect(code).toBe(0);
    const { series, drawdowns, inputs, benchmark, periods_per_year } = JSON.parse(stdout);
    expect(Object.keys(series)).toEqual(["ANNA", "BTC"]);
    expect(series.ANNA).toMatchObject({ drawdown_episodes: 1, longest_drawdown_days: 2, best_day: 0.1 });
    expect(series.ANNA.total_return).toBeCloseTo(1.1 * 0.95 * 1.02 - 1, 14);
    expect(series.ANNA.beta).toBeGreaterThan(1);
    expect(series.BTC.beta).toBeUndefined();
    expect(drawdowns.ANNA.max_drawdown_episode).toMatchObject({
      peak: "2024-01-01",
      trough: "2024-01-02",
      recovery: null,
      days: 2,
    });
    expect(inputs.BTC).toEqual({
      n_returns: 3,
      first_return_date: "2024-01-01",
      last_return_date: "2024-01-03",
    });
    expect([benchmark, periods_per_year]).toEqual(["BTC", 252]);
  });

  it("prints a table of at most 100 columns", async () => {
    const { code, stdout } = await run("good.csv", "--benchmark", "BTC");
    expect(code).toBe(0);
    expect(stdout).toMatch(/Sharpe ratio +\d/);
    expect(stdout).toMatch(/Total return +6\.59 % +1\.99 %/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("names file, line and column of what is wrong", async () => {
    const { code, stderr, stdout } = await run("bad.csv");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain('bad.csv, line 3, column ANNA: "much" is no number');
    expect(stderr).toContain("bad.csv, line 4: the row has 3 cells, the header 2");
    const json = await run("bad.csv", "--json");
    expect(json.code).toBe(2);
    const { error } = JSON.parse(json.stdout);
    expect(error.problems[0]).toMatchObject({ file: "bad.csv", line: 3, column: "ANNA" });
  });

  it("refuses an unknown benchmark, an absent file and a bad number of periods", async () => {
    const unknown = await run("good.csv", "--benchmark", "ETH");
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('no series "ETH"; it has ANNA, BTC'),
    ]);
    const absent = await run("absent.csv");
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringContaining("there is no file absent.csv")]);
    expect((await run("good.csv", "--periods-per-year", "0")).code).toBe(2);
    expect((await run(".")).code).toBe(2);
  });

  it("writes a page of the series that were chosen, into nothing but an .html file", async () => {
    const { code, stdout } = await run(
      "good.csv",
      "--benchmark",
      "BTC",
      "--series",
      "ANNA",
      "--html",
      "page.html",
      "--json",
    );
    expect([code, JSON.parse(stdout).html, Object.keys(JSON.parse(stdout).series)]).toEqual([
      0,
      "page.html",
      ["ANNA"],
    ]);
    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page).toContain("<title>ANNA: record of returns</title>");
    expect(page).toContain(">BTC<");
    const wrong = await run("good.csv", "--html", "good.csv");
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("has to end in .html")]);
    const unknown = await run("good.csv", "--series", "ANN");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('no series "ANN"')]);
  });

  it("says that days are missing", async () => {
    const { code, stderr } = await run("gap.csv");
    expect([code, stderr]).toEqual([0, expect.stringContaining("2 of 4 days have no row")]);
  });
});

describe("copytrader evidence", () => {
  it("prints what records prove, the same for the same seed", async () => {
    const [first, second] = await Promise.all([
      runProgram(["evidence", "good.csv", "--resamples", "50", "--json"], { cwd: folder }),
      runProgram(["evidence", "good.csv", "--resamples", "50", "--json"], { cwd: folder }),
    ]);
    expect(first.code).toBe(0);
    expect(first.stdout).toBe(second.stdout);
    const found = JSON.parse(first.stdout);
    expect(found.probabilistic_sharpe.map(({ id }: { id: string }) => id)).toEqual(["ANNA", "BTC"]);
    expect(found.deflated_sharpe[0]).toMatchObject({ number_of_trials: 2, selected: "BTC" });
    expect(found.bootstrap[0]).toMatchObject({ id: "ANNA", resamples: 50, seed: 1, confidence: 0.95 });
  });

  it("prints a table of at most 100 columns with what it comes to", async () => {
    const { code, stdout } = await runProgram(["evidence", "good.csv", "--resamples", "0"], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toContain("more than luck");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("refuses what cannot be read", async () => {
    const { code, stderr } = await runProgram(["evidence", "bad.csv"], { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining("line 3, column ANNA")]);
  });
});

describe("copytrader correlations", () => {
  const correlations = (...args: readonly string[]) => runProgram(["correlations", ...args], { cwd: folder });

  it("prints how alike series are, as JSON and for people", async () => {
    const json = await correlations("alike.csv", "--resamples", "20", "--json");
    expect(json.code).toBe(0);
    const found = JSON.parse(json.stdout);
    expect(found.names).toEqual(["ANNA", "BTC"]);
    expect(found.pairs[0]).toMatchObject({ one: "ANNA", other: "BTC", days: 28 });
    expect(found.clusters).toMatchObject({ alike: 0.7, groups: [["ANNA", "BTC"]] });
    const { code, stdout } = await correlations("alike.csv", "--resamples", "0");
    expect([code, stdout]).toEqual([0, expect.stringContaining("- ANNA, BTC")]);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("refuses one series, an unknown one and a correlation beyond 1", async () => {
    const one = await correlations("gap.csv");
    expect([one.code, one.stderr]).toEqual([2, expect.stringContaining("correlations need two")]);
    expect((await correlations("good.csv", "--series", "EVE")).code).toBe(2);
    expect((await correlations("good.csv", "--alike", "2")).code).toBe(2);
  });
});

it("a long result arrives whole at a reader that takes its time", async () => {
  const names = Array.from({ length: 150 }, (_, at) => `TRADER${at}`);
  const rows = Array.from(
    { length: 5 },
    (_, day) => `2024-01-0${day + 1},${names.map((_, at) => Math.sin(day + at) / 10).join(",")}`,
  );
  writeFileSync(join(folder, "many.csv"), `date,${names.join(",")}\n${rows.join("\n")}\n`);
  const copytrader = fileURLToPath(new URL("../../bin/copytrader", import.meta.url));
  const late = `"${copytrader}" metrics many.csv --json | (sleep 1; cat)`;
  const { stdout } = await promisify(execFile)("sh", ["-c", late], { cwd: folder, maxBuffer: 10_000_000 });
  expect(stdout.length).toBeGreaterThan(200_000);
  expect(Object.keys(JSON.parse(stdout).series)).toEqual(names);
});
