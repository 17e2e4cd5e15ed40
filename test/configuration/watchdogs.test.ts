/** The thresholds of the watchdogs: what is in force, what `start` says, and what is refused. */
import { expect, test } from "vitest";
import { clockErrorMsMax, describeProblem } from "../../src/config.ts";
import { loaded, pair, refusals } from "./folder.ts";

const KEYS = [
  ["stream_late_seconds", "streamLateSeconds", 3, 5, [0.5, 61]],
  ["prices_late_seconds", "pricesLateSeconds", 3, 5, [0.5, 61]],
  ["poll_seconds", "pollSeconds", 3, 1.5, [0, 16]],
  ["clock_share_percent", "clockSharePercent", 20, 10, [4, 51]],
  ["disk_warning_megabytes", "diskWarningMegabytes", 1_000, 400, [49, 1e7]],
  ["disk_stop_megabytes", "diskStopMegabytes", 200, 50, [19, 1e7]],
  ["journal_sync_seconds", "journalSyncSeconds", 5, 2, [0, 301]],
  ["database_behind_seconds", "databaseBehindSeconds", 60, 30, [19, 1e6]],
  ["loop_delay_ms", "loopDelayMs", 250, 40, [10, 20_000]],
] as const;

const stated = (yaml: string) => ({ ...pair, "config/watch.yaml": `watchdogs:\n${yaml}` });

test.each(KEYS)(
  "%s has a careful default, is taken from a file, and has bounds",
  (key, name, standard, own, beyond) => {
    expect(loaded(pair).watchdogs[name]).toEqual({ value: standard, source: "default" });
    const { watchdogs, values } = loaded(stated(`  ${key}: ${own}\n`));
    expect(watchdogs[name]).toEqual({ value: own, source: "config/watch.yaml" });
    expect(values).toContainEqual({ keyPath: `watchdogs.${key}`, value: own, source: "config/watch.yaml" });
    for (const value of beyond) {
      const [problem = ""] = refusals(stated(`  ${key}: ${value}\n`)).map(describeProblem);
      expect(problem).toContain(`watch.yaml:2: watchdogs.${key}: `);
    }
  },
);

test("a bound that stops openings has to lie below the one that warns of it", () => {
  const problems = refusals(stated("  disk_stop_megabytes: 500\n  disk_warning_megabytes: 500\n"));
  expect(problems.map(describeProblem)).toEqual([
    expect.stringContaining(
      "watch.yaml:2: watchdogs.disk_stop_megabytes: is 500, but must be less than watchdogs.disk_warning_megabytes (500)",
    ),
  ]);
});

test("an unknown key is refused with the nearest one", () => {
  const [problem = ""] = refusals(stated("  pol_seconds: 3\n")).map(describeProblem);
  expect(problem).toContain("watchdogs.pol_seconds");
  expect(problem).toContain("poll_seconds");
});

test("start says each threshold with its source", () => {
  const text = loaded(stated("  disk_stop_megabytes: 300\n")).watchdogNotes.join("\n");
  for (const part of [
    "a stream tells nothing of a change for 3 s (default): reconnect, and poll every 3 s (default)",
    "a leader is unconfirmed for 60 s (default), a follower for 60 s (default): nothing is opened",
    "off by 1000 ms, 20 % of a request's window (default)",
    "less than 300 MB (config/watch.yaml): nothing is opened",
    "kept waiting for 250 ms (default): told",
  ])
    expect(text).toContain(part);
});

test.each([
  [5_000, 20, 1_000],
  [5_000, 50, 2_500],
  [1_500, 20, 500],
])("of a window of %i ms, %i %% are %i ms, but half a second at least", (windowMs, value, wanted) => {
  expect(clockErrorMsMax({ clockSharePercent: { value, source: "default" } }, windowMs)).toBe(wanted);
});
