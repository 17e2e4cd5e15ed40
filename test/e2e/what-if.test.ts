/** The command on folders of raw files: what it says to people and programs, and where it was asked wrongly. */
import { execFile, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { momentum, plantedFolder, removed } from "../what-if/planted.ts";

const BIN = fileURLToPath(new URL("../../bin/copytrader", import.meta.url));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe("copytrader what-if", () => {
  let folder = "";
  beforeAll(() => {
    folder = plantedFolder(momentum({ days: 3 }));
    mkdirSync(join(folder, "config"));
  });
  afterAll(() => removed(folder));

  function asked(args: readonly string[], past = folder): readonly string[] {
    const given = ["--traders", join(past, "fills"), "--market", join(past, "market")];
    return [
      "what-if",
      ...args,
      ...given,
      ...["--data", join(past, "data"), "--config", join(past, "config")],
      ...["--leader-equity", "100000", "--resamples", "200"],
      ...(args.includes("--lives") ? [] : ["--lives", "2"]),
    ];
  }

  function run(...args: readonly string[]): Promise<Ran> {
    return new Promise((resolve) => {
      execFile(BIN, [...asked(args)], { env: { ...process.env, NO_COLOR: "1" } }, (error, out, err) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
      );
    });
  }

  /** With the second of its lives told as begun, the first is known. */
  function interrupted(past: string, ...args: readonly string[]): Promise<Ran> {
    return new Promise((resolve) => {
      const child = spawn(BIN, [...asked(args, past)], { env: { ...process.env, NO_COLOR: "1" } });
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk) => {
        out += chunk;
      });
      child.stderr.on("data", (chunk) => {
        err += chunk;
        if (err.includes("with other delays")) child.kill("SIGINT");
      });
      child.on("close", (code) => resolve({ code: code ?? -1, out, err }));
    });
  }

  it("answers first, then says where the money goes and what it stands on", async () => {
    const { code, out, err } = await run("leader", "--equity", "5000", "max_symbol_notional=200");
    expect(code).toBe(0);
    expect(err).toContain("sizing=equity-proportional");
    const lines = out.split("\n");
    expect(lines[0]).toBe("Copying leader (binance) with 5,000 USDT");
    expect(lines[3]).toMatch(/^NOT SHOWN/);
    expect(out).toContain("The record is short (3 days)");
    expect(out).toMatch(/max_symbol_notional {2,}-\d+\.\d\d/);
    expect(out).toContain("careful: through the engine with all settings");
    expect(out.replaceAll("\n  ", " ")).toContain("it leaves out max_symbol_notional.");
    expect(out).toContain("settings: max_symbol_notional 200 (tried here).");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("tells programs the same again, and what speaks against it by its exit code", async () => {
    const args = ["leader", "--equity", "150", "--delays", "1,600", "--json"];
    const first = await run(...args);
    expect([first.code, first.err]).toEqual([1, ""]);
    const report = JSON.parse(first.out);
    expect(report.verdict).toMatchObject({ word: "too-small", sentences: expect.any(Array) });
    expect(report.size.leastEquity / 400).toBeCloseTo(1, 1);
    expect(report.delays.points.map(({ delayMs }: { delayMs: number }) => delayMs)).toEqual([1_000, 600_000]);
    expect(report.starts).toMatchObject({ horizonDays: 1, lives: 2 });
    expect((await run(...args)).out).toBe(first.out);
  });

  it("says which prices of the record it did not believe", async () => {
    const past = momentum({ days: 3 });
    const [first, last] = [past.fills[0]?.timeMs ?? 0, past.fills.at(-1)];
    const fills = past.fills.map((fill) => (fill === last ? { ...fill, price: fill.price * 1.5 } : fill));
    const bare = plantedFolder({ fills, bars: past.bars.filter(([openMs]) => openMs < first) });
    mkdirSync(join(bare, "config"));
    const ran = await new Promise<string>((resolve) => {
      execFile(BIN, [...asked(["leader"], bare)], (_error, out) => resolve(out));
    });
    removed(bare);
    expect(ran.replaceAll("\n  ", " ")).toContain(
      "1 price that traders are said to have paid was too far off the last one to be believed",
    );
  });

  it("takes a backtest's models of slippage", async () => {
    const costs = async (...args: readonly string[]) => {
      const { out } = await run("leader", "--equity", "5000", "--json", ...args);
      const { settingCosts, delays, leftOut } = JSON.parse(out);
      const found = settingCosts.find(({ name }: { name: string }) => name === "spread and impact");
      return { cost: found.cost, by: delays.by, leftOut };
    };
    const near = await costs("--slippage", "fixed", "--slippage-bps", "1");
    const far = await costs("--slippage", "fixed", "--slippage-bps", "10");
    expect([near.by, near.leftOut]).toEqual(["light", []]);
    expect(far.cost / near.cost).toBeCloseTo(10, 0);
    const deep = await costs("--slippage", "depth", "--minute-share", "0.2");
    expect([deep.by, deep.leftOut]).toEqual(["engine", ["the depth of the book"]]);
  }, 120_000);

  it("tells an interrupted question what was worked out, and no answer", async () => {
    // Long enough that no machine is done before the first word of progress.
    const long = plantedFolder(momentum({ days: 30 }));
    mkdirSync(join(long, "config"));
    const { code, out } = await interrupted(long, "leader", "--equity", "5000", "--lives", "200");
    removed(long);
    expect(code).toBe(130);
    expect(out).toMatch(/^Copying leader .*\n.*\n\nINCOMPLETE: interrupted, and no answer;/);
    expect(out).toContain("In the 30 recorded days this follower gained");
    expect(out.replaceAll("\n", " ")).toContain("Not worked out, or not to the end: other starts, what each");
    expect(out).not.toMatch(/NOT SHOWN|IT PAID|NO:/);
  }, 120_000);

  it.each<readonly [string, readonly string[], RegExp]>([
    ["a leader whom nobody knows", ["nobody"], /there is no trader nobody/],
    ["a text that is no setting", ["leader", "scaling"], /"scaling" is no setting: write key=value/],
    ["a setting that there is not", ["leader", "position_scalin=2"], /position_scalin.*position_scaling/],
    ["a capital that is none", ["leader", "--equity", "0"], /--equity.*above zero/],
    ["delays that are none", ["leader", "--delays", "0,1"], /--delays.*above 0/],
  ])("names %s", async (_, args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err.replaceAll("\n", " ")).toMatch(message);
  });
});
