/** What is logged and kept: defaults, files, bounds, and what `start` says. */
import { expect, test } from "vitest";
import { describeLogging, describeProblem } from "../../src/config.ts";
import { loaded, pair, refusals } from "./folder.ts";

const stated = (yaml: string) => ({ ...pair, "config/logs.yaml": `logging:\n${yaml}` });

test.each([
  ["file_megabytes", "fileMegabytes", 10, 2.5, [0, 1_001]],
  ["keep_days", "keepDays", 14, 3, [0, 4_000]],
  ["max_megabytes", "maxMegabytes", 500, 100, [9, 1e7]],
] as const)("%s has a default, is taken from a file, and has bounds", (key, name, standard, own, beyond) => {
  expect(loaded(pair).logging[name]).toEqual({ value: standard, source: "default" });
  const { logging, values } = loaded(stated(`  ${key}: ${own}\n`));
  expect(logging[name]).toEqual({ value: own, source: "config/logs.yaml" });
  expect(values).toContainEqual({ keyPath: `logging.${key}`, value: own, source: "config/logs.yaml" });
  for (const value of beyond) {
    const [problem = ""] = refusals(stated(`  ${key}: ${value}\n`)).map(describeProblem);
    expect(problem).toContain(`logs.yaml:2: logging.${key}: `);
  }
});

test("all channels' files have to fit", () => {
  const told = (yaml: string) => refusals(stated(yaml)).map(describeProblem);
  expect(told("  max_megabytes: 80\n")).toEqual([
    expect.stringContaining(
      "logs.yaml:2: logging.max_megabytes: is 80, but must hold 9 files of logging.file_megabytes (10)",
    ),
  ]);
  expect(told("  max_megabytes: 800\n  file_megabytes: 100\n")).toEqual([
    expect.stringContaining(
      "logs.yaml:3: logging.file_megabytes: is 100, but 9 files of it must fit into logging.max_megabytes (800)",
    ),
  ]);
});

test("start says it with its sources", () => {
  expect(describeLogging(loaded(stated("  keep_days: 3\n"), { env: { LOG_LEVEL: "warn" } }).logging)).toBe(
    "logs: from level warn (environment) on; files of 10 MB (default), kept for 3 days (config/logs.yaml), 500 MB (default) in all",
  );
});
