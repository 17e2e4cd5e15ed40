/** The measurement of figures and correlations runs, and where numpy is at hand both sides compute the same (it ends with an error else). */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../scripts/bench-analytics.ts", import.meta.url));
const execute = promisify(execFile);

it("measures, and prints ratios", async () => {
  const sizes = ["--traders", "60", "--series", "30", "--days", "90", "--rounds", "1"];
  const { stdout } = await execute(process.execPath, [SCRIPT, ...sizes, "--json"]);
  const { figures, correlation } = JSON.parse(stdout);
  expect(figures).toMatchObject({ traders: 60, days: 90, perTrader: 46 });
  expect(figures.plainOverFast).toBeGreaterThan(0);
  expect(correlation.loopsOverFast).toBeGreaterThan(0);
});
