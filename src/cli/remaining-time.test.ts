import { describe, expect, it } from "vitest";
import { RemainingTime } from "./remaining-time.ts";

describe("the time that is left", () => {
  let nowMs = 0;
  const at = (ms: number) => {
    nowMs = ms;
  };

  it("goes by what was worked at, and not by what was found again", () => {
    at(0);
    const remaining = new RemainingTime(() => nowMs);
    expect(remaining.text(10)).toBe("");
    at(2_000);
    remaining.reached(5, false);
    expect(remaining.text(5)).toBe("");
    at(12_000);
    remaining.reached(6, true);
    expect(remaining.text(4)).toBe(", about 40 s left");
    expect(remaining.text(60)).toBe(", about 10 min left");
    expect(remaining.text(900)).toBe(", about 2.5 h left");
    expect(remaining.text(0)).toBe(", about 1 s left");
  });
});
