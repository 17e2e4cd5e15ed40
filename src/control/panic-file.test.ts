/** How long an engine is waited for before it is taken for one that cannot. */
import { expect, test } from "vitest";
import { ControlError } from "./control.ts";
import { answeredInTime } from "./panic-file.ts";

const failed = (failure: "unreachable" | "starting" | "unknown-follower") =>
  answeredInTime(Promise.reject(new ControlError(failure, failure)));

test("an engine that hangs, or cannot be asked, is told apart from one that says no", async () => {
  expect(await answeredInTime(Promise.resolve(7))).toBe(7);
  expect(await answeredInTime(new Promise(() => {}), 1)).toBe(null);
  expect(await failed("unreachable")).toBe(null);
  expect(await failed("starting")).toBe(null);
  await expect(failed("unknown-follower")).rejects.toMatchObject({ failure: "unknown-follower" });
});
