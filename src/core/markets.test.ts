/** Who only looks at the copies of a market changes nothing there. */
import { expect, it } from "vitest";
import { Story } from "../../test/core/story.ts";
import { copyLeg, knownLeg } from "./markets.ts";

it("a leg that was not used yet is made by who folds, and not by who looks", () => {
  const story = new Story();
  story.leaderFill("buy", "1");
  const [copy] = story.leg().market.copies;
  if (copy === undefined) throw new Error("nothing is copied");
  expect(copy.legs).toHaveLength(1);
  expect(knownLeg(copy, "short")).toMatchObject({ leg: "short", heldLots: 0 });
  expect(copy.legs).toHaveLength(1);
  expect(copyLeg(copy, "short")).toBe(knownLeg(copy, "short"));
  expect(copy.legs).toHaveLength(2);
});
