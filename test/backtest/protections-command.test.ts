/** The command on folders of raw files: what it compares, what it keeps, and what it says where it was asked wrongly. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProtectionsReport } from "../../src/control/protections/protections.ts";
import { makePast } from "./recorded-past.ts";
import { writePast } from "./written-past.ts";

const BIN = fileURLToPath(new URL("../../bin/copytrader", import.meta.url));

describe("copytrader protections", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "protections-"));
    writePast(folder, makePast(3, 26, 3));
    mkdirSync(join(folder, "config"));
    mkdirSync(join(folder, "empty"));
    writeFileSync(
      join(folder, "config", "a.yaml"),
      "copy_trading: { risk_management: { position_stop: { share: 0.01, cool_off_minutes: 60 }, stop_loss: { share: 0.9, from: peak } } }\n",
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(...more: readonly string[]) {
    const given = (name: string, value: string) => (more.includes(name) ? [] : [name, value]);
    const args = [
      "protections",
      ...given("--start-date", "2024-05-04"),
      ...given("--end-date", "2024-05-25"),
      ...given("--config", join(folder, "config")),
      ...["--traders", join(folder, "fills"), "--market", join(folder, "market")],
      ...["--data", join(folder, "data"), "--resamples", "200"],
      ...more,
    ];
    return new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
      execFile(BIN, args, { env: { ...process.env, NO_COLOR: "1" }, maxBuffer: 1e8 }, (error, out, err) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
      );
    });
  }

  it("holds what is configured and others against the same without it, keeps the runs, and says the same again", async () => {
    const html = join(folder, "page.html");
    const args = ["trader-1", "trader-2", "--only", "position_stop,trailing_stop", "--html", html];
    const first = await run(...args, "--json");
    expect([first.code, first.err]).toEqual([0, ""]);
    const report = JSON.parse(first.out) as ProtectionsReport & { readonly assumptions: readonly string[] };
    const [position, trailing] = report.protections;
    expect(report.protections.map(({ protection }) => protection)).toEqual([
      "position_stop",
      "trailing_stop",
    ]);
    expect(report.comparisons).toBe(5);
    expect(position?.inUse).toBe("0.01 of the position: close while the leader holds it");
    expect(position?.rungs.map(({ label }) => label)).toEqual(["as configured", "tighter", "looser"]);
    const [configured] = position?.rungs ?? [];
    expect(configured?.struck).toBeGreaterThan(5);
    expect(configured?.with.equityTo).toBe(report.configured.equityTo);
    expect(Number(configured?.with.equityTo) - Number(position?.without.equityTo)).toBeCloseTo(
      Number(configured?.saved),
      8,
    );
    expect(configured?.interval?.[0]).toBeLessThan(configured?.interval?.[1] ?? 0);
    expect(configured?.adjustedChance).toBeGreaterThanOrEqual(configured?.chance ?? 1);
    // Until the first strike both ways are one: what it cut is held without it, too.
    expect(configured?.strikes[0]?.positions[0]?.afterwards).not.toBeNull();
    // A trailing stop of 90 % and its half strike nobody; twice as much there is not.
    expect(trailing?.rungs.map(({ label }) => label)).toEqual(["as configured", "tighter"]);
    for (const rung of trailing?.rungs ?? [])
      expect(rung).toMatchObject({ saved: "0", isSame: true, struck: 0, verdict: "no-difference" });
    expect(report.assumptions.join()).toContain("5 comparisons were made here");
    expect(readFileSync(html, "utf8")).toContain("<svg");
    const kept = readdirSync(join(folder, "data", "backtests")).filter((name) =>
      name.startsWith("protections-"),
    );
    // A tighter and a looser position stop, a tighter trailing stop, and each without it: as that trailing stop never struck, what is
    // configured is one with it, and is not lived through.
    expect(kept).toHaveLength(5);
    const again = await run(...args, "--json");
    expect(again.out).toBe(first.out);
    const text = await run(...args);
    expect(text.out).toContain("position_stop: in use (");
    // What never struck stands in the table as well, with nothing.
    expect(text.out.match(/\n(as configured|tighter) +0 +0 +- .* never struck: no/g)).toHaveLength(2);
    expect(Math.max(...text.out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  }, 300_000);

  it("tries what was asked for, over whom a strategy chooses", async () => {
    const asked = [
      "--try",
      "stop_loss={share: 0.02, from: peak}",
      "--try",
      "sl_loss_tiers_usd=[50,90]; sl_reference=peak",
    ];
    const { code, out, err } = await run(
      ...["--strategy", "all", "--end-date", "2024-05-16", "--config", join(folder, "empty"), "--json"],
      ...asked,
    );
    expect([code, err]).toEqual([0, ""]);
    const { protections, copied } = JSON.parse(out) as ProtectionsReport;
    expect(copied).toBe("copy_all");
    expect(protections.map(({ protection }) => protection)).toEqual(["loss_tiers", "trailing_stop"]);
    const rules = protections.flatMap(({ rungs }) => rungs.map(({ label, rule }) => [label, rule]));
    expect(rules).toEqual([
      ["as asked", "USDT since peak: 50 reduce by 1/2, 90 close; until released"],
      ["as asked", "0.02 of its part of the equity from its best result: close until released"],
    ]);
  }, 180_000);

  it.each<readonly [string, readonly string[], RegExp]>([
    ["nobody to copy", ["--config", tmpdir()], /name at least one leader/],
    ["a configuration that is not there", ["--config", "/nowhere"], /--config <dir>.*no folder \/nowhere/],
    [
      "a page into a folder that is not there",
      ["trader-1", "--html", "/nowhere/a.html"],
      /--html: there is no folder \/nowhere/,
    ],
    ["a leader and a strategy", ["trader-1", "--strategy", "all"], /do not go together/],
    [
      "a leader that there is not",
      ["trader-9"],
      /there is no trader "trader-9"; trader-\d was probably meant/,
    ],
    ["a strategy that there is not", ["--strategy", "alll"], /there is no strategy "alll"/],
    [
      "a protection that there is not",
      ["trader-1", "--only", "trailing_stops"],
      /--only: there is no protection "trailing_stops"; trailing_stop was probably meant/,
    ],
    [
      "a setting that is none",
      ["trader-1", "--try", "position_stop"],
      /--try: "position_stop" must be key=value/,
    ],
    [
      "a value that does not hold",
      ["trader-1", "--try", "position_stop=2"],
      /--try: position_stop must be off/,
    ],
    [
      "a key that there is not",
      ["trader-1", "--try", "position_stp=0.1"],
      /--try: position_stp is not a known key; position_stop was probably meant/,
    ],
    ["a key that is no stop", ["trader-1", "--try", "copy_multiplier=2"], /--try: .*copy_multiplier/],
    [
      "a setting of what is not looked at",
      ["trader-1", "--only", "cool_off", "--try", "position_stop=0.1"],
      /none of these settings is one of a protection that is looked at/,
    ],
    ["a page that is none", ["trader-1", "--html", "page.txt"], /--html: page.txt has to end in .html/],
  ])("names %s", async (_, args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err.replaceAll("\n", " ")).toMatch(message);
  });
});
