/** What our entries filled and the leader's did not: what of it counts as ahead of the leader, and what is bought beside it. */
import { describe, expect, it } from "vitest";
import { limitExit } from "../../../test/core/limit-exits.ts";
import { Pending } from "../../../test/core/pending.ts";
import { LEADER } from "../../../test/core/story.ts";

/** The leader's order for 100 waits, and ours for 50; nothing is heard from now on. */
function waiting(): Pending {
  const pending = new Pending();
  pending.waits("a", "buy", 100, 59_000);
  pending.isSlow = true;
  return pending;
}

function heard(pending: Pending, ...streams: readonly ("fills" | "orders" | "own")[]): Pending {
  for (const stream of streams) while (pending.hear(stream));
  pending.isSlow = false;
  pending.hearAll();
  pending.wait(20_000);
  return pending;
}

describe("what an entry of ours filled", () => {
  it("is not ahead where all of the leader's was told: what that closed meanwhile is closed at once", () => {
    const pending = waiting();
    pending.moves(59_000);
    pending.trades("sell", 60);
    for (const stream of ["fills", "own"] as const) while (pending.hear(stream));
    const [part] = pending.leg().market.copies[0]?.legs ?? [];
    expect(part?.ahead).toEqual([]);
    heard(pending);
    expect([pending.holds, pending.bought, pending.sold]).toEqual([20, 50, 30]);
  });

  it("stands for what the leader adds otherwise once it took its order back: nothing is bought to be sold again", () => {
    const pending = waiting();
    pending.takesBack("a");
    pending.fillsOwn("a", 50);
    pending.trades("buy", 40);
    heard(pending, "own", "orders", "fills");
    expect([pending.holds, pending.bought, pending.sold]).toEqual([20, 50, 30]);
  });
});

it("is not placed for an order as it stood before a list that lacks it, which came first and told its fill", () => {
  const pending = new Pending();
  const { story } = pending;
  const row = limitExit("a", {
    side: "buy",
    reduceOnly: false,
    price: "59000",
    quantity: "0.1",
    venueTimeMs: story.nowMs + 1_500,
  });
  pending.leads = 100;
  pending.listLeader();
  expect(pending.holds).toBe(50);
  const told = story.feed({ kind: "leader-order-reported", account: LEADER, order: row, atMs: story.nowMs });
  expect(told.questions).toEqual([{ kind: "snapshot", account: LEADER }]);
  pending.wait(20_000);
  expect([pending.bought, pending.rests()]).toEqual([50, []]);
});
