/** `copytrader optimise` as a shell sees it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bybitReturns, golden } from "../analytics/golden.ts";
import { hasShared, sharedNote } from "../shared.ts";
import { runProgram } from "./program.ts";

let folder = "";
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const day = (at: number) => new Date(Date.UTC(2024, 0, 1 + at)).toISOString().slice(0, 10);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "optimise-"));
  const rows = Array.from({ length: 60 }, (_, at) => {
    const market = Math.sin(at * at) / 50;
    return `${day(at)},${market + Math.cos(at) / 90 + 0.002},${market / 2 + Math.sin(5 * at) / 70},${at < 10 ? "" : Math.cos(at * at * at) / 40 + 0.001}`;
  });
  write("good.csv", `date,ANNA,BERT,CARO\n${rows.join("\n")}\n`);
  write(
    "flat.csv",
    `date,ANNA,IDLE\n${rows.map((row) => `${row.split(",").slice(0, 2).join(",")},0`).join("\n")}\n`,
  );
  write("gap.csv", "date,ANNA,BERT\n2024-01-01,0.1,0.1\n2024-01-02,,0.1\n2024-01-03,0.1,NaN\n");
  write("apart.csv", "date,ANNA,BERT\n2024-01-01,0.1,\n2024-01-02,0.1,\n2024-01-03,,0.1\n2024-01-04,,0.1\n");
  write("held.csv", "name,weight\nANNA,0.6\nBERT,0.2\nGONE,0.2\n");
  write("bad-held.csv", "name,weight\nANNA,0.6\nBERT,much\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) => runProgram(["optimise", ...args], { cwd: folder });
const json = async (...args: readonly string[]) => {
  const { code, stdout } = await run(...args, "--json");
  return { code, told: JSON.parse(stdout) };
};

describe("copytrader optimise", () => {
  it("prints weights, objective and contributions to risk, with equal weight beside", async () => {
    const { code, told } = await json("good.csv", "--method", "minimum_variance", "--bounds", "0,0.5");
    expect(code).toBe(0);
    expect(Object.keys(told.weights)).toEqual(["ANNA", "BERT", "CARO"]);
    const { ANNA, BERT, CARO } = told.weights;
    expect(ANNA + BERT + CARO).toBeCloseTo(1, 12);
    expect(Math.max(ANNA, BERT, CARO)).toBeLessThanOrEqual(0.5);
    expect(told.objective).toBe(told.figures.variance);
    expect(
      told.riskContributions.ANNA + told.riskContributions.BERT + told.riskContributions.CARO,
    ).toBeCloseTo(1, 12);
    expect(told.equalWeight.weights).toEqual({ ANNA: 1 / 3, BERT: 1 / 3, CARO: 1 / 3 });
    expect(told.equalWeight.objective).toBeGreaterThan(told.objective);
    expect(told.inputs).toEqual({ rows: 50, first: "2024-01-11", last: "2024-02-29", rowsLeftOut: 10 });
    expect([told.method, told.covariance]).toEqual(["minimum_variance", "sample"]);
  });

  it("prints a table of at most 100 columns by the default scheme", async () => {
    const { code, stdout, stderr } = await run("good.csv");
    expect(code).toBe(0);
    expect(stderr).toContain("10 of 60 rows are left out: not all series have them");
    expect(stdout).toContain("equal_risk_contribution over 50 rows, 2024-01-11 to 2024-02-29; covariance");
    expect(stdout).toMatch(/Name +Weight +Of the risk +Equal weight/);
    expect(stdout).toMatch(/ANNA +\d+\.\d\d % +33\.33 % +33\.33 %/);
    expect(stdout).toMatch(/Volatility a year +\d+\.\d\d % +\d+\.\d\d %/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("takes budgets, caps, what is held, costs, turnover and a minimum position", async () => {
    const budgets = ["--budget", "ANNA=2", "--budget", "BERT=1", "--budget", "CARO=1"];
    const budgeted = await json("good.csv", "--method", "equal_risk_contribution", ...budgets);
    expect(budgeted.told.riskContributions.ANNA).toBeCloseTo(0.5, 9);
    const capped = await json("good.csv", "--group", "two=0.4:ANNA,BERT", "--bounds-of", "CARO=0,0.7");
    expect(capped.told.weights.ANNA + capped.told.weights.BERT).toBeCloseTo(0.4, 9);
    expect(capped.told.notes.join()).toContain("contributions to risk are no longer those asked for");
    const held = await json("good.csv", "--current", "held.csv", "--turnover", "0.5");
    expect(held.told.turnover).toBeLessThanOrEqual(0.5 + 1e-8);
    const costly = await json(
      "good.csv",
      "--current",
      "held.csv",
      "--cost-rate",
      "0.9",
      "--holding-days",
      "5",
    );
    expect(costly.told.turnover).toBeCloseTo(0.4, 6);
    const minimum = await json("good.csv", "--method", "minimum_variance", "--min-position", "0.45");
    const some = Object.values<number>(minimum.told.weights).filter((weight) => weight !== 0);
    expect(Math.min(...some)).toBeGreaterThanOrEqual(0.45 - 1e-9);
    const kelly = await json("good.csv", "--method", "fractional_kelly", "--kelly-fraction", "0.01");
    expect(kelly.told.cash).toBeGreaterThan(0.5);
  });

  it("explains what cannot hold together, and exits with 1", async () => {
    const { code, told } = await json("good.csv", "--bounds", "0,0.3");
    expect(code).toBe(1);
    expect(told.error).toEqual({
      kind: "infeasible",
      message: "no weights hold this constraint: upper bounds of 3 names that sum to 0.9 (see --bounds)",
      problems: [{ message: "upper bounds: each would have to be 0.033334 higher" }],
    });
    const text = await run("good.csv", "--bounds", "0,0.3");
    expect([text.code, text.stdout]).toEqual([1, ""]);
    expect(text.stderr).toContain("  upper bounds: each would have to be 0.033334 higher");
    const grouped = await json("good.csv", "--bounds-of", "CARO=0,0.5", "--group", "two=0.4:ANNA,BERT");
    expect(grouped.told.error.message).toMatch(/^no weights hold .* \(see --bounds-of, --group\)$/);
    const flat = await json("flat.csv");
    expect([flat.code, flat.told.error.kind]).toEqual([1, "degenerate"]);
    expect(flat.told.error.message).toContain("IDLE does not vary in the 60 rows");
  });

  it("names line, column and option of what is asked wrongly, and exits with 2", async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [["gap.csv"], 'gap.csv, line 4, column BERT: "NaN" is no number'],
      [
        ["apart.csv"],
        "fewer than two rows have all series: BERT begins on 2024-01-03, ANNA ends on 2024-01-02",
      ],
      [["none.csv"], "there is no file none.csv"],
      [["good.csv", "--series", "ZOE"], 'has no series "ZOE"'],
      [["good.csv", "--method", "best"], "It must be one of equal_weight,"],
      [["good.csv", "--covariance", "true"], "It must be one of sample,"],
      [["good.csv", "--bounds", "0.5"], "It must be two shares of the money, like 0,0.25."],
      [["good.csv", "--bounds", "0.5,0.2"], "the wrong way round"],
      [["good.csv", "--bounds-of", "ZOE=0,1"], "bounds are given for ZOE, which has no returns"],
      [["good.csv", "--group", "two"], "It must be a group with its cap and members"],
      [["good.csv", "--budget", "ANNA=2"], "BERT has no risk budget"],
      [["good.csv", "--turnover", "0.5"], "--turnover needs --current FILE"],
      [["good.csv", "--cost-rate", "0.1"], "--cost-rate needs --current FILE"],
      [["good.csv", "--method", "minimum_varianc"], "minimum_variance was probably meant"],
      [["good.csv", "--holding-days", "5"], "--holding-days goes with --cost-rate"],
      [["good.csv", "--current", "none.csv"], "--current: there is no file none.csv"],
      [["good.csv", "--current", "bad-held.csv"], '--current: bad-held.csv, line 3: "much" is no weight'],
      [["good.csv", "--kelly-fraction", "0.5"], "a Kelly fraction goes with fractional_kelly"],
    ];
    for (const [args, message] of wrong) {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout], args.join(" ")).toEqual([2, ""]);
      expect(stderr, args.join(" ")).toContain(message);
    }
  });
});

interface GoldenSet {
  readonly input: {
    readonly symbols: readonly string[];
    readonly first_close: string;
    readonly last_close: string;
  };
  readonly portfolios: Readonly<
    Record<string, { readonly weights: readonly number[]; readonly objective?: number }>
  >;
}

describe.skipIf(!hasShared)(`copytrader optimise beside the reference${sharedNote}`, () => {
  const [set] = hasShared ? golden<{ readonly sets: readonly GoldenSet[] }>("portfolio").sets : [];

  it.each(Object.entries(set?.portfolios ?? {}))("%s", async (name, { weights, objective }) => {
    const { symbols = [], first_close = "", last_close = "" } = set?.input ?? {};
    const series = symbols.map((symbol) => bybitReturns(symbol, first_close, last_close));
    const rows = (series[0]?.dates ?? []).map((date, at) =>
      [date, ...series.map(({ returns }) => returns[at])].join(","),
    );
    write("coins.csv", `date,${symbols.join(",")}\n${rows.join("\n")}\n`);
    const bounds = /_(0_(?:1|0\.25))(?=$|_on)/.exec(name)?.[1];
    const method = bounds === undefined ? name : name.replace(`_${bounds}`, "");
    const words = bounds === undefined ? [] : ["--bounds", bounds.replace("_", ",")];
    const { code, told } = await json("coins.csv", "--method", method, ...words);
    expect(code).toBe(0);
    for (const [at, symbol] of symbols.entries())
      expect(Math.abs(told.weights[symbol] - (weights[at] ?? 9)), symbol).toBeLessThan(1e-5);
    if (objective !== undefined) expect(Math.abs(told.objective / objective - 1)).toBeLessThan(1e-6);
  });
});
