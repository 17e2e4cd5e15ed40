/** Capital bases of proportional sizing, and what a proportion that lacks a figure does. */
import { describe, expect, it } from "vitest";
import { proportional } from "../../../test/core/rules.ts";
import { FOLLOWER, LEADER, onlyOrder, orderTexts, Story } from "../../../test/core/story.ts";
import type { CapitalBase } from "../settings.ts";

/** Leader: equity 20,000, balance 16,000. Follower: equity 1,000, balance 1,200, free 600. */
function begun(capital: CapitalBase): Story {
  const story = new Story({ allocation: { sizing: proportional(capital) } });
  story.equity(LEADER, "20000", "16000");
  told(story, "1000", "600", "1200");
  return story;
}

function told(story: Story, equity: string, available: string, balance: string) {
  const { nowMs: atMs } = story;
  return story.feed({ kind: "equity-reported", account: FOLLOWER, equity, available, balance, atMs });
}

describe("the base", () => {
  it.each<readonly [string, CapitalBase, readonly string[]]>([
    ["equity with equity", { kind: "equity" }, ["+100"]],
    ["balance with balance", { kind: "balance" }, ["+150"]],
    ["free margin with the leader's equity", { kind: "free-margin" }, ["+60"]],
    ["a fixed sum with the leader's equity", { kind: "fixed-sum", amount: "5000" }, ["+500"]],
  ])("%s", (_name, capital, orders) => {
    expect(orderTexts(begun(capital).leaderFill("buy", "2"))).toEqual(orders);
  });

  it("balance is not moved by open profit", () => {
    const story = begun({ kind: "balance" });
    story.fill(onlyOrder(story.leaderFill("buy", "2")), "0.15", "0.15");
    expect(orderTexts(told(story, "9000", "600", "1200"))).toEqual([]);
    expect(orderTexts(told(story, "9000", "600", "2400"))).toEqual(["+150"]);
  });

  it("balance that nobody tells is a reason, and equity does not stand in for it", () => {
    const story = new Story({ allocation: { sizing: proportional({ kind: "balance" }) } });
    expect(story.leaderFill("buy", "2").denials).toMatchObject([
      {
        reason: "equity-unknown",
        detail: { capitalBase: "balance", followerCapital: "", leaderCapital: "" },
      },
    ]);
  });

  it("free margin is looked at once per position, since the copy itself uses it up", () => {
    const story = begun({ kind: "free-margin" });
    story.fill(onlyOrder(story.leaderFill("buy", "2")), "0.06", "0.06");
    expect(orderTexts(told(story, "1000", "100", "1200"))).toEqual([]);
    const added = onlyOrder(story.leaderFill("buy", "2"));
    expect(added.lots).toBe(60);
    story.fill(added, "0.06", "0.12");
    story.fill(onlyOrder(story.leaderFill("sell", "4")), "0.12", "0");
    expect(orderTexts(story.leaderFill("buy", "4"))).toEqual(["+20"]);
  });

  it("a fixed sum follows the leader's equity, not the follower's", () => {
    const story = begun({ kind: "fixed-sum", amount: "5000" });
    story.fill(onlyOrder(story.leaderFill("buy", "2")), "0.5", "0.5");
    expect(orderTexts(told(story, "2", "1", "2"))).toEqual([]);
    expect(orderTexts(story.equity(LEADER, "40000"))).toEqual(["-250 reduce"]);
  });
});

describe("a proportion whose equity got lost", () => {
  function lost(): Story {
    const story = begun({ kind: "equity" });
    story.fill(onlyOrder(story.leaderFill("buy", "2")), "0.1", "0.1");
    story.equity(LEADER, "");
    return story;
  }

  it("closes when the leader turns, and opens nothing on the other side", () => {
    const story = lost();
    const turned = story.leaderFill("sell", "3");
    expect(orderTexts(turned)).toEqual(["-100 reduce"]);
    expect(orderTexts(story.fill(onlyOrder(turned), "0.1", "0"))).toEqual([]);
    expect(story.leg().market.lastReason).toBe("equity-unknown");
    expect(orderTexts(story.equity(LEADER, "10000"))).toEqual(["-100"]);
  });

  it("goes down in step also after its settings changed", () => {
    const story = lost();
    expect(
      orderTexts(story.allocate({ sizing: proportional({ kind: "equity" }), positionScaling: "2" })),
    ).toEqual([]);
    expect(orderTexts(story.leaderFill("sell", "0.5"))).toEqual(["-25 reduce"]);
  });
});
