/** The demo's picture in a terminal that is too low for it. */
import { expect, test } from "vitest";
import { fitting } from "./screen.ts";

const PARTS = { head: ["title", "leaders"], body: ["anna", "ben", "chloe", "dmitri"], foot: ["hint"] };

test("what has room is shown whole", () => {
  expect(fitting(PARTS, 8)).toEqual(["title", "leaders", "anna", "ben", "chloe", "dmitri", "hint"]);
});

test("otherwise the middle gives way, and says so", () => {
  expect(fitting(PARTS, 6)).toEqual([
    "title",
    "leaders",
    "anna",
    "... 3 lines more in a higher window",
    "hint",
  ]);
});
