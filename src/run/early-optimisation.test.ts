/** Flags of the platform change with its versions: one that it does not know would be said on every start, and do nothing. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { EARLY_OPTIMISATION } from "./early-optimisation.ts";

test("the platform knows every flag", () => {
  const { status, stderr } = spawnSync(process.execPath, [...EARLY_OPTIMISATION, "-e", ""], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
