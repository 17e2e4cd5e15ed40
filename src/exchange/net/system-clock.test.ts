/** The clock that everything above is handed: it goes forward whatever is done to the machine's. */
import { expect, test } from "vitest";
import { SteadyTime, systemClock } from "./system-clock.ts";

const START_MS = 1_700_000_000_000;

function makeTime() {
  let wallMs = START_MS;
  let elapsedMs = 12.25;
  const time = new SteadyTime(
    () => wallMs,
    () => elapsedMs,
  );
  return {
    time,
    pass: (ms: number) => {
      wallMs += ms;
      elapsedMs += ms;
    },
    set: (byMs: number) => {
      wallMs += byMs;
    },
  };
}

test("tells the machine's time", () => {
  const { time, pass } = makeTime();
  expect(time.nowMs()).toBe(START_MS);
  pass(250);
  expect(time.nowMs()).toBe(START_MS + 250);
  // However long the machine sets this process aside between them.
  const [beforeMs, nowMs, afterMs] = [Date.now(), systemClock.nowMs(), Date.now()];
  expect(nowMs).toBeGreaterThan(beforeMs - 50);
  expect(nowMs).toBeLessThan(afterMs + 50);
});

test("goes on at its pace when the machine's clock is set back", () => {
  const { time, pass, set } = makeTime();
  time.nowMs();
  set(-3_600_000);
  expect(time.nowMs()).toBe(START_MS);
  pass(5_000);
  expect(time.nowMs()).toBe(START_MS + 5_000);
});

test("follows the machine's clock forward", () => {
  const { time, set } = makeTime();
  time.nowMs();
  set(3_600_000);
  expect(time.nowMs()).toBe(START_MS + 3_600_000);
});

test("a process that is set aside between the two readings does not come out ahead", () => {
  let nowMs = 0;
  let isSetAside = false;
  const read = (from: number) => () => {
    const read = from + nowMs;
    if (isSetAside) nowMs += 30;
    return read;
  };
  const time = new SteadyTime(read(START_MS), read(12.25));
  isSetAside = true;
  time.nowMs();
  isSetAside = false;
  expect(time.nowMs()).toBeLessThanOrEqual(START_MS + nowMs);
});
