/** The keys of monitoring: what is in force, what `start` says, and what is refused. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listKeys } from "../../src/config/key-facts.ts";
import { monitoringSection } from "../../src/config/monitoring-keys.ts";
import type { MonitoringValues } from "../../src/config/monitoring-values.ts";
import { describeMonitoring, describeProblem } from "../../src/config.ts";
import { loaded, pair, refusals } from "./folder.ts";

const stated = (yaml: string) => ({ ...pair, "config/traders.yaml": `traders:\n  monitoring:\n${yaml}` });

type Row = readonly [
  key: string,
  name: keyof MonitoringValues,
  standard: unknown,
  own: string,
  taken: unknown,
  wrong: string,
];

/** A key without a row fails the test below. */
const ROWS: readonly Row[] = [
  ["interval_hours", "intervalHours", 6, "0.5", 0.5, "501"],
  ["watch", "watch", [], '["okx:540D011FDACCB47A"]', ["okx:540D011FDACCB47A"], '["540D011FDACCB47A"]'],
  ["on_failed_filter", "onFailedFilter", "warn", "pause", "pause", "stop"],
  ["on_style_change", "onStyleChange", "warn", "close", "close", "stop"],
  ["on_decay", "onDecay", "warn", "replace", "replace", "stop"],
  ["on_correlation", "onCorrelation", "warn", "pause", "pause", "stop"],
  ["on_lock_step", "onLockStep", "warn", "pause", "pause", "stop"],
  ["replacements", "replacements", null, "[leader]", ["leader"], "leader"],
  ["correlation_limit", "correlationLimit", 0.7, "0.9", 0.9, "1.1"],
  ["decay_window_days", "decayWindowDays", 90, "30", 30, "19"],
  ["decay_false_alarms", "decayFalseAlarms", 0.05, "0.01", 0.01, "0"],
];

test.each(ROWS)("%s has a default, is taken from a file, and is refused where it is wrong", (...row) => {
  const [key, name, standard, own, taken, wrong] = row;
  expect(loaded(pair).monitoring[name]).toEqual({ value: standard, source: "default" });
  const { monitoring, values } = loaded(stated(`    ${key}: ${own}\n`));
  expect(monitoring[name]).toEqual({ value: taken, source: "config/traders.yaml" });
  const shown = Array.isArray(taken) ? taken.join(", ") : taken;
  const keyPath = `traders.monitoring.${key}`;
  expect(values).toContainEqual({ keyPath, value: shown, source: "config/traders.yaml" });
  const [problem = ""] = refusals(stated(`    ${key}: ${wrong}\n`)).map(describeProblem);
  expect(problem).toContain(`traders.yaml:3: ${keyPath}`);
});

const guide = readFileSync(new URL("../../docs/copy-trading-guide.md", import.meta.url), "utf8");

test("each key has a row above, and the guide tells of it", () => {
  const keys = listKeys(monitoringSection()).map(({ keyPath }) => keyPath);
  expect(ROWS.map(([key]) => key)).toEqual(keys);
  for (const key of keys) expect(guide).toMatch(new RegExp(`\\b${key}\\b`));
});

test("a replacement has to be a leader that is there; the nearest is named", () => {
  const [problem = ""] = refusals(stated("    replacements: [leadr]\n")).map(describeProblem);
  expect(problem).toContain(
    'traders.yaml:3: traders.monitoring.replacements: has "leadr", which is no leader; leaders are "leader"',
  );
  expect(problem).toContain("leader");
});

test("start says how often it looks and what it does, with the source of each", () => {
  const [line = ""] = describeMonitoring(
    loaded(stated("    on_decay: pause\n    replacements: [leader]\n")).monitoring,
  );
  expect(line).toBe(
    "monitoring: leaders are looked at every 6 hours (default): on_failed_filter warn (default), on_style_change warn (default), on_decay pause (config/traders.yaml), on_correlation warn (default), on_lock_step warn (default); replaced by the best of leader",
  );
  const off = describeMonitoring(loaded(stated("    interval_hours: 0\n")).monitoring);
  expect(off).toEqual(["monitoring off (config/traders.yaml): no leader's record is measured or looked at"]);
});
