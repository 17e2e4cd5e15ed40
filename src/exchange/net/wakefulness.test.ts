/** How long the event loop is kept turning, and what that may cost at most. */
import { describe, expect, test } from "vitest";
import { Wakefulness } from "./wakefulness.ts";

const TURN_MS = 0.5;

function makeLoop() {
  let elapsedMs = 1_000;
  let waiting: (() => void) | null = null;
  const wakefulness = new Wakefulness({
    elapsedMs: () => elapsedMs,
    nextTurn: (action) => {
      expect(waiting).toBeNull();
      waiting = action;
    },
  });
  /** Lets time pass; how much of it was spent awake. */
  const pass = (ms: number): number => {
    const endMs = elapsedMs + ms;
    let awakeMs = 0;
    while (elapsedMs < endMs) {
      const action = waiting;
      waiting = null;
      if (action === null) {
        elapsedMs = endMs;
        break;
      }
      elapsedMs += TURN_MS;
      awakeMs += TURN_MS;
      action();
    }
    return awakeMs;
  };
  return { wakefulness, pass };
}

describe("after a leader's fill", () => {
  test("the loop turns for a quarter of a second, and then sleeps", () => {
    const { wakefulness, pass } = makeLoop();
    expect(pass(1_000)).toBe(0);
    wakefulness.stay();
    expect(pass(1_000)).toBe(250);
    expect(pass(1_000)).toBe(0);
  });

  test("another fill prolongs it, and one loop turns for all", () => {
    const { wakefulness, pass } = makeLoop();
    wakefulness.stay();
    pass(100);
    wakefulness.stay();
    wakefulness.stay();
    expect(pass(1_000)).toBe(250);
  });

  test("a leader who never rests costs a twentieth of a processor in the long run", () => {
    const { wakefulness, pass } = makeLoop();
    const awakeMsIn = (seconds: number): number => {
      let awakeMs = 0;
      for (let count = 0; count < seconds * 10; count++) {
        wakefulness.stay();
        awakeMs += pass(100);
      }
      return awakeMs;
    };
    const first = awakeMsIn(20);
    expect(first).toBeGreaterThan(9_500);
    expect(first).toBeLessThan(11_500);
    const later = awakeMsIn(600);
    expect(later).toBeLessThan(600_000 * 0.055);
    expect(later).toBeGreaterThan(600_000 * 0.03);
  });
});
