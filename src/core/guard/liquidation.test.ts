/** The liquidation price of a follower beside the mark and beside its leader's (pain 37). */
import { describe, expect, it } from "vitest";
import { guarded, held, marked } from "../../../test/core/guarded.ts";
import { FOLLOWER, LEADER, onlyOrder, orderTexts, reasonsOf, type Story } from "../../../test/core/story.ts";
import type { PositionRow } from "../event.ts";
import type { LiquidationGuard } from "./guard-settings.ts";

const GUARD: LiquidationGuard = { distance: "0.1", nearerThanLeader: "0.5", action: "cut", coolOffMs: null };

/** The follower holds 0.5 of the leader's 1; liquidation prices as stated. */
function stated(guard: Partial<LiquidationGuard>, own: string, leaders = ""): Story {
  const story = guarded({ liquidation: { ...GUARD, ...guard } });
  held(story, "1");
  state(story, LEADER, "1", leaders);
  state(story, FOLLOWER, "0.5", own);
  return story;
}

function state(story: Story, account: typeof LEADER, quantity: string, liquidationPrice: string): void {
  story.nowMs += 1;
  const position: PositionRow = { ...story.row(quantity), liquidationPrice };
  const kind = account === LEADER ? "leader-position-reported" : "follower-position-reported";
  story.feed({ kind, account, position, receivedAtMs: story.nowMs });
}

describe("the liquidation guard", () => {
  it("does nothing while the price is far or not stated", () => {
    expect(marked(stated({}, "50000"), "59000").stops).toEqual([]);
    expect(marked(stated({}, ""), "20000").stops).toEqual([]);
  });

  it("cuts what is held until the distance would be the limit again", () => {
    const story = stated({}, "54000");
    // 57,000 is 3,000 from 54,000: 5.26 % where 10 % is wanted, so a little more than half is kept.
    const decision = marked(story, "57000");
    expect(orderTexts(decision)).toEqual(["-237 reduce"]);
    expect(decision.stops[0]).toMatchObject({ guard: "liquidation", detail: { distance: "0.052631" } });
  });

  it("cuts again only after a statement that knows of the first cut", () => {
    const story = stated({}, "54000");
    story.fill(onlyOrder(marked(story, "57000")), "0.237", "0.263");
    state(story, FOLLOWER, "0.263", "54000");
    const deeper = marked(story, "56900");
    expect(orderTexts(deeper)).toEqual(["-129 reduce"]);
    expect(marked(story, "56800").stops).toEqual([]);
  });

  it("acts when the follower is much nearer to it than its leader", () => {
    expect(marked(stated({}, "50000", "30000"), "59000").stops).toHaveLength(1);
    expect(marked(stated({}, "50000", "42000"), "59000").stops).toEqual([]);
  });

  it("mirrors: holds as much as keeps the leader's distance", () => {
    const story = stated({ action: "mirror" }, "50000", "20000");
    // 10,000 and 40,000 of 60,000: a quarter has the leader's distance.
    expect(orderTexts(marked(story, "60000.1"))).toEqual(["-375 reduce"]);
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual([]);
  });

  it("only warns when it is told to, and not again and again", () => {
    const story = stated({ action: "warn" }, "54000");
    const decision = marked(story, "57000");
    expect([orderTexts(decision), decision.stops.map(({ action }) => action)]).toEqual([[], ["warn"]]);
    expect(marked(story, "56900").stops).toEqual([]);
    expect(orderTexts(story.leaderFill("buy", "1", { price: "57000" }))).toEqual(["+500"]);
  });

  it("knows when a leader's liquidation price moves without a trade", () => {
    const story = stated({}, "50000", "30000");
    const before = story.state.leaders.get(LEADER)?.holdings.values().next().value?.get("net");
    expect(before?.liquidationBefore).toBeNull();
    state(story, LEADER, "1", "20000");
    expect(before).toMatchObject({ liquidationBefore: 300_000, liquidationTicks: 200_000 });
  });
});
