/** Orders whose record a power cut took may still be on their way. */
import { expect, test } from "vitest";
import { settledSinceBoot } from "./since-boot.ts";

const stop = new AbortController().signal;

test("a machine that has been up for long waits for nothing", async () => {
  const before = performance.now();
  await settledSinceBoot(stop);
  expect(performance.now() - before).toBeLessThan(1_000);
});

test("one that has just booted waits until ten seconds are over", async () => {
  const before = performance.now();
  await settledSinceBoot(stop, () => 9_800);
  expect(performance.now() - before).toBeGreaterThanOrEqual(195);
});

test("and can be stopped meanwhile", async () => {
  await settledSinceBoot(AbortSignal.timeout(20), () => 0);
});
