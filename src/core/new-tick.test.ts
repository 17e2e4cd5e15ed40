/** A venue changes the tick size of an instrument: what was a price stays that price, and nobody lost or won anything by it. */
import { describe, expect, it } from "vitest";
import { guarded, held, marked, TIERS } from "../../test/core/guarded.ts";
import { BTC_SPEC, FOLLOWER, LEADER, onlyOrder, orderTexts, Story } from "../../test/core/story.ts";
import { WorkedStory } from "../../test/core/worked.ts";
import { proposalsOf } from "./approval.ts";
import type { Decision } from "./decision.ts";
import { priceText } from "./model/instrument.ts";

function relist(story: Story, tickSize: string): Decision {
  return story.feed({
    kind: "instruments-listed",
    instruments: [{ ...BTC_SPEC, tickSize }],
    atMs: story.nowMs,
  });
}

describe.each(["0.01", "0.1", "0.5", "1"])("a tick of %s", (tickSize) => {
  it("is no loss, and the next one counts as it is", () => {
    const story = guarded({ tiers: TIERS });
    held(story, "1");
    marked(story, "60000");
    relist(story, tickSize);
    expect(marked(story, "60000").stops).toEqual([]);
    // 0.5 at 201 less.
    expect(marked(story, "59799").stops).toMatchObject([
      { guard: "loss-tier", level: 1, detail: { equity: "9899.5" } },
    ]);
  });

  it("moves no liquidation price", () => {
    const liquidation = { distance: "0.05", nearerThanLeader: "0", action: "cut", coolOffMs: null } as const;
    const story = guarded({ liquidation });
    held(story, "1");
    for (const [account, quantity] of [
      [FOLLOWER, "0.5"],
      [LEADER, "1"],
    ] as const) {
      story.nowMs += 1;
      const kind = account === LEADER ? "leader-position-reported" : "follower-position-reported";
      const position = { ...story.row(quantity), liquidationPrice: "54000" };
      story.feed({ kind, account, position, receivedAtMs: story.nowMs });
    }
    marked(story, "60000");
    relist(story, tickSize);
    expect(marked(story, "60000").stops).toEqual([]);
    expect(marked(story, "56800").stops).toMatchObject([
      { guard: "liquidation", detail: { distance: "0.049295" } },
    ]);
  });
});

describe("a new tick", () => {
  it("leaves an order that rests where it is", () => {
    const worked = new WorkedStory({ slices: 2 });
    worked.leader("buy", "1");
    const form = () => [...worked.story.leg().working.values()].map((order) => order.form);
    expect(form()).toMatchObject([{ kind: "limit", price: 599_900 }]);
    relist(worked.story, "0.01");
    expect(form()).toMatchObject([{ kind: "limit", price: 5_999_000 }]);
  });

  it("leaves what was asked for at the price of then", () => {
    const story = new Story({ allocation: { autoCopy: false } });
    story.leaderFill("buy", "1");
    relist(story, "0.5");
    const [{ proposal, market }] = proposalsOf(story.state) as [ReturnType<typeof proposalsOf>[number]];
    expect(proposal.priceTicks === null ? null : priceText(market.instrument, proposal.priceTicks)).toBe(
      "60000",
    );
  });
});

describe("a new quantity step", () => {
  const finer = (story: Story) =>
    story.feed({
      kind: "instruments-listed",
      instruments: [{ ...BTC_SPEC, quantityStep: "0.0001", minQuantity: "0.0001" }],
      atMs: story.nowMs,
    });

  it("hurries no change that is worked, and measures it as before", () => {
    const worked = new WorkedStory({ exits: true, slices: 5, overMs: 50_000 });
    worked.leader("buy", "1");
    worked.wait(60_000);
    worked.leader("sell", "0.9");
    worked.wait(1_000);
    const before = worked.story.leg().work;
    expect(orderTexts(finer(worked.story))).toEqual([]);
    const after = worked.story.leg().work;
    expect(after?.sliceGoal).toBe((before?.sliceGoal ?? 0) * 10);
    expect(after?.atTouch).toEqual(before?.atTouch);
  });

  it("leaves approved what was", () => {
    const story = new Story({ allocation: { autoCopy: false } });
    story.leaderFill("buy", "1");
    const order = onlyOrder(
      story.command({ kind: "approve", account: FOLLOWER, proposal: 1, target: "0.5" }),
    );
    story.reject(order, "try-again");
    finer(story);
    expect(story.wait(5_000).flatMap(orderTexts)).toEqual(["+5000"]);
    expect(proposalsOf(story.state)).toEqual([]);
  });
});
