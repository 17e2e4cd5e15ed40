/** A simulator that notices nothing proves nothing: every deliberate defect must be caught by some schedule. */
import { describe, expect, it } from "vitest";
import { DEFECTS } from "./defects.ts";
import { runDefect } from "./run-defect.ts";

const SCHEDULES = 80;
const EVENTS = 200;

describe("deliberate defects", () => {
  it.concurrent.each(DEFECTS)("$name: is noticed", { timeout: 120_000 }, async (defect) => {
    expect(await runDefect(defect, SCHEDULES, EVENTS)).not.toBeNull();
  });
});
