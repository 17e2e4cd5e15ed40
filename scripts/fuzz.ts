/**
 * Hostile input against every parser at the border, for longer than the suite does, or all properties of the suite with cases of
 * their own. A failure prints its seed and the smallest input that shows it; `--seed` repeats it.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { countOf, readArguments, refuse } from "./arguments.ts";

const HELP = `npm run fuzz -- [--runs N] [--seed S] [--only PART]
npm run fuzz -- --properties [--seed S] [--only PART]

  --runs N      inputs for each parser (20000)
  --properties  all properties of the suite instead, as many cases as the suite draws, new ones each time
  --seed S      repeat a run
  --only PART   only files whose path contains PART, such as exchange, journal, configuration`;

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const text = { type: "string" } as const;
const {
  runs = "20000",
  properties = false,
  seed = String(Date.now() % 2 ** 31),
  only = "",
} = readArguments(HELP, { runs: text, properties: { type: "boolean" }, seed: text, only: text });
const inputs = countOf("runs", runs);
const places = properties ? ["src/**/*.test.ts", "test/**/*.test.ts"] : ["test/fuzz/*.test.ts"];
const files = globSync(places, { cwd: ROOT }).filter(
  (file) => file.includes(only) && readFileSync(`${ROOT}/${file}`, "utf8").includes('"fast-check"'),
);
if (files.length === 0) refuse(`--only ${only}: no file of ${places.join(" or ")} contains that in its path`);

console.error(`seed ${countOf("seed", seed)}`);
const { status } = spawnSync(
  process.execPath,
  [`${ROOT}/node_modules/vitest/vitest.mjs`, "run", ...files, "--testTimeout=86400000"],
  {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, FUZZ_SEED: seed, ...(properties ? {} : { FUZZ_RUNS: String(inputs) }) },
  },
);
process.exitCode = status ?? 1;
