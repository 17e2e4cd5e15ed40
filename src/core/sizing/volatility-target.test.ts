/** Steering the follower's volatility: the factor and its bound, its age, and what moves it. */
import { describe, expect, it } from "vitest";
import { BY_VOLATILITY } from "../../../test/core/rules.ts";
import { FOLLOWER, LEADER, onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";

/** Leader 10,000, follower 1,000: a tenth at factor 1. */
function begun(volatility?: string): Story {
  const sizing = { ...BY_VOLATILITY, evidenceMaxAgeMs: 3_600_000 };
  const story = new Story({ allocation: { sizing } });
  story.equity(FOLLOWER, "1000");
  if (volatility !== undefined) story.measure(volatility);
  return story;
}

describe("volatility target", () => {
  it.each([
    ["as the leader's", "0.2", ["+100"]],
    ["a wilder leader", "0.8", ["+25"]],
    ["a calmer leader", "0.15", ["+133"]],
    ["a very calm leader, up to the bound", "0.01", ["+200"]],
    ["no whole number", "0.7", ["+28"]],
  ])("%s", (_name, volatility, orders) => {
    expect(orderTexts(begun(volatility).leaderFill("buy", "1"))).toEqual(orders);
  });

  it("sizes nothing before a measurement, and everything once there is one", () => {
    const story = begun();
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["evidence-missing"]);
    expect(orderTexts(story.measure("0.4"))).toEqual(["+50"]);
  });

  it.each(["0", "0.0"])("takes %s for no measurement: nobody swings not at all", (volatility) => {
    expect(reasonsOf(begun(volatility).leaderFill("buy", "1"))).toEqual(["evidence-missing"]);
  });

  it("does not size by an old measurement, but still follows down", () => {
    const story = begun("0.2");
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.1", "0.1");
    story.nowMs += 3_600_001;
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([story.row("0.1")], "1000");
    const added = story.leaderFill("buy", "1");
    expect(orderTexts(added)).toEqual([]);
    expect(added.denials).toMatchObject([
      { reason: "evidence-stale", detail: { annualVolatility: "0.2", ageMaxMs: 3_600_000 } },
    ]);
    expect(orderTexts(story.leaderFill("sell", "1.5"))).toEqual(["-50 reduce"]);
  });

  it("opens nothing on the other side by what another rule had sized, where it cannot size yet", () => {
    const story = new Story({ allocation: { sizing: { kind: "multiplier", multiplier: "0.1" } } });
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.1", "0.1");
    const turned = story.allocate({ sizing: BY_VOLATILITY, inverse: true });
    expect(orderTexts(turned)).toEqual(["-100 reduce"]);
    const flat = story.fill(onlyOrder(turned), "0.1", "0");
    expect([orderTexts(flat), story.leg().market.lastReason]).toEqual([[], "evidence-missing"]);
  });

  it("is fixed at each increase: a new measurement moves it only past the band", () => {
    const story = begun("0.2");
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.1", "0.1");
    expect(orderTexts(story.measure("0.21"))).toEqual([]);
    expect(orderTexts(story.leaderFill("sell", "0.1"))).toEqual(["-10 reduce"]);
  });

  it("comes down when the leader is measured wilder", () => {
    const story = begun("0.2");
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.1", "0.1");
    expect(orderTexts(story.measure("0.4"))).toEqual(["-50 reduce"]);
  });

  it("keeps the newest measurement when an older one is told late", () => {
    const story = begun("0.4");
    story.measure("0.1", story.nowMs - 1_000);
    expect(story.state.leaders.get(LEADER)?.evidence?.annualVolatility).toBe("0.4");
  });
});
