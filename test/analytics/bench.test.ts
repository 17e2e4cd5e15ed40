/** The measurements run; where numpy is at hand both sides compute the same figures (it ends with an error else). */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const scriptAt = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));
const execute = promisify(execFile);

it("measures figures and correlations, and prints ratios", async () => {
  const sizes = ["--traders", "60", "--series", "30", "--days", "90", "--rounds", "1"];
  const { stdout } = await execute(process.execPath, [scriptAt("bench-analytics.ts"), ...sizes, "--json"]);
  const { figures, correlation } = JSON.parse(stdout);
  expect(figures).toMatchObject({ traders: 60, days: 90, perTrader: 46 });
  expect(figures.plainOverFast).toBeGreaterThan(0);
  expect(correlation.loopsOverFast).toBeGreaterThan(0);
});

it("measures the backtest, its fast path and the bare loops beside it", async () => {
  const sizes = [
    "--days",
    "3",
    "--followers",
    "20",
    "--many-days",
    "2",
    "--engine-days",
    "1",
    "--rounds",
    "1",
  ];
  const { stdout } = await execute(process.execPath, [scriptAt("bench-backtest.ts"), ...sizes, "--json"]);
  const { fast, engine } = JSON.parse(stdout);
  expect(fast).toMatchObject({ followers: 20, leaderFills: 144 });
  expect(fast.oneFollower.overFloor).toBeGreaterThan(0);
  expect(fast.manyFollowers.overFloor).toBeGreaterThan(0);
  expect(engine.engineEventsPerSecond).toBeGreaterThan(0);
});

it("measures the commands of somebody who studies many traders", async () => {
  const sizes = ["--traders", "4", "--days", "40", "--trips", "12"];
  const { stdout } = await execute(process.execPath, [scriptAt("bench-traders.ts"), ...sizes, "--json"]);
  const { fills, steps } = JSON.parse(stdout);
  expect(fills).toBe(96);
  expect(steps.map(({ name }: { name: string }) => name)).toEqual([
    "import of a tenth",
    "import",
    "bars",
    "first ranking",
    "next ranking",
    "import of new fills",
    "ranking after them",
    "list",
  ]);
});
