/** Settings that an earlier version of the program recorded. */
import { expect, test } from "vitest";
import { AccountId } from "./model/identifiers.ts";
import { completedAllocation, plainAllocation } from "./settings.ts";

const [leader, follower] = [AccountId("leader"), AccountId("follower")];

test.each([
  [{}, {}],
  [{ copyExisting: true }, { startMode: "all" }],
  [{ copyExisting: false }, { startMode: "new-only" }],
  [{ positionScaling: "0.8" }, { positionScaling: "0.8" }],
])("of an allocation recorded with %j", (recorded, expected) => {
  const known = { id: plainAllocation(leader, follower).id, leader, follower };
  expect(completedAllocation({ ...known, ...recorded })).toEqual({
    ...plainAllocation(leader, follower),
    ...expected,
  });
});
