/** `copytrader traders style` as a user calls it: a grid trader on recorded bars, somebody with one trip, and what goes wrong. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { killPrograms, runProgram } from "./program.ts";

const BAR_MS = 5 * 60_000;
const START = Date.UTC(2024, 4, 1);
const DAYS = 24;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "traders-style-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(killPrograms);

const run = (...args: readonly string[]) => runProgram(args, { cwd: folder });

/** Waves of a day with smaller ones on them. */
const priceAt = (bar: number) =>
  1_000 * (1 + 0.03 * Math.sin((2 * Math.PI * bar) / 288) + 0.002 * Math.sin(bar / 3));

function writeBars(): void {
  const rows = Array.from({ length: DAYS * 288 }, (_, bar) => {
    const [open, close] = [priceAt(bar - 1), priceAt(bar)];
    const cells = [open, Math.max(open, close) + 0.5, Math.min(open, close) - 0.5, close];
    return [START + bar * BAR_MS, ...cells.map((price) => price.toFixed(4)), 10].join(",");
  });
  const text = ["open_time_ms,open,high,low,close,volume", ...rows, ""].join("\n");
  writeFileSync(join(folder, "ETHUSDT.csv"), text);
}

/** Buys as the wave falls, in six steps, and sells all half a day later; once a day. */
function writeFills(): void {
  const rows: string[] = [];
  const trade = (bar: number, side: string, quantity: number) =>
    rows.push(
      `${START + bar * BAR_MS + 1_000},ETHUSDT,${side},${priceAt(bar - 1).toFixed(4)},${quantity},-0.2,`,
    );
  for (let day = 8; day < DAYS - 1; day++) {
    const top = day * 288 + 100;
    for (let step = 0; step < 6; step++) trade(top + step * 18, "buy", 1);
    trade(top + 230, "sell", 6);
  }
  writeFileSync(
    join(folder, "grid.csv"),
    ["time,symbol,side,price,quantity,fee,realized_pnl", ...rows, ""].join("\n"),
  );
  writeFileSync(
    join(folder, "novice.csv"),
    [
      "time,symbol,side,price,quantity,fee,realized_pnl",
      `${START},ETHUSDT,buy,1000,1,0,`,
      `${START + BAR_MS},ETHUSDT,sell,1001,1,0,`,
      "",
    ].join("\n"),
  );
}

test("a grid trader is told from the fills and the bars, and one trip tells nothing", async () => {
  writeBars();
  writeFills();
  expect((await run("market", "import", "ETHUSDT.csv", "--venue", "other")).code).toBe(0);
  expect((await run("traders", "import", "grid.csv", "novice.csv")).code).toBe(0);
  const { code, stdout } = await run("traders", "style", "--json");
  expect(code).toBe(0);
  const [grid, novice] = JSON.parse(stdout).traders;
  expect(grid).toMatchObject({ id: "grid", label: "martingale", trips: 15, marketShare: 1 });
  expect(grid.features).toMatchObject({ win_rate: 1, averaged_down: 1 });
  expect(grid.features.ladder_regularity).toBeGreaterThan(0.5);
  const sum = Object.values<number>(grid.probabilities).reduce((all, one) => all + one, 0);
  expect(sum).toBeCloseTo(1, 9);
  expect(grid.concentration.coins.largest).toEqual({ sector: "ETH", share: 1 });
  expect(novice).toMatchObject({ label: "unknown", probabilities: null, trips: 1 });
  const text = (await run("traders", "style")).stdout;
  expect(text).toMatch(/^grid +martingale/m);
  expect(text).toContain("unknown (1): fewer than 10 round trips that were seen whole");
});

test("a trader that is not known is told; where there are none, that is said", async () => {
  const unknown = await run("traders", "style", "nobody");
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain("there is no trader nobody");
  const none = await run("traders", "style", "--json");
  expect(none.code).toBe(1);
  expect(JSON.parse(none.stdout).error.message).toBe("none of these traders has a fill");
});
