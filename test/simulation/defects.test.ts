/**
 * A simulator that notices nothing proves nothing: every deliberate defect must be caught by some schedule. Those that are soon
 * caught are tried here; all of them by `npm run mutate`.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFECTS, withDefect } from "./defects.ts";
import { runDefect } from "./run-defect.ts";

const SCHEDULES = 15;
const EVENTS = 200;

describe("deliberate defects", () => {
  it.each(DEFECTS)("$name: has its place", (defect) => {
    const source = readFileSync(new URL(`../../src/${defect.file}`, import.meta.url), "utf8");
    expect(withDefect(source, defect)).not.toBe(source);
  });

  it.concurrent.each(DEFECTS.filter(({ late }) => late !== true))(
    "$name: is noticed",
    { timeout: 120_000 },
    async (defect) => {
      expect(await runDefect(defect, SCHEDULES, EVENTS)).not.toBeNull();
    },
  );

  it("are more than twenty in the suite", () => {
    expect(DEFECTS.filter(({ late }) => late !== true).length).toBeGreaterThan(20);
  });
});
