/**
 * Hostile input against every parser at the border, for longer than the suite does. A failure prints its seed and the smallest
 * input that shows it; `--seed` repeats it.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { countOf, readArguments } from "./arguments.ts";

const HELP = `npm run fuzz -- [--runs N] [--seed S] [--only PART]

  --runs N     inputs for each parser (20000)
  --seed S     repeat a run
  --only PART  only files of test/fuzz whose name contains PART, such as exchange, journal, configuration`;

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const text = { type: "string" } as const;
const { runs = "20000", seed, only = "" } = readArguments(HELP, { runs: text, seed: text, only: text });

const { status } = spawnSync(
  process.execPath,
  [`${ROOT}/node_modules/vitest/vitest.mjs`, "run", `test/fuzz/${only}`, "--testTimeout=86400000"],
  {
    cwd: ROOT,
    stdio: "inherit",
    env: {
      ...process.env,
      FUZZ_RUNS: String(countOf("runs", runs)),
      ...(seed === undefined ? {} : { FUZZ_SEED: seed }),
    },
  },
);
process.exitCode = status ?? 1;
