/** Orders whose record a power cut took may still be on their way. */
import { expect, test } from "vitest";
import { settledSinceBoot } from "./since-boot.ts";

const stop = new AbortController().signal;

test("a machine that has been up for long waits for nothing", async () => {
  const settled = settledSinceBoot(stop).then(() => "at once");
  const later = new Promise((resolve) => setTimeout(resolve, 0, "later"));
  expect(await Promise.race([settled, later])).toBe("at once");
});

test("one that has just booted waits until ten seconds are over", async () => {
  const before = performance.now();
  await settledSinceBoot(stop, () => 9_800);
  expect(performance.now() - before).toBeGreaterThanOrEqual(195);
});

test("and can be stopped meanwhile", async () => {
  await settledSinceBoot(AbortSignal.timeout(20), () => 0);
});
