/** The stop of a relation and of a single position: by what the copies brought in, fees and funding included. */
import { describe, expect, it } from "vitest";
import { guarded, held, marked, NO_RELATION_GUARDS, tick } from "../../../test/core/guarded.ts";
import { FOLLOWER, LEADER, onlyOrder, orderTexts, reasonsOf, type Story } from "../../../test/core/story.ts";
import { TwoLeaders } from "../../../test/core/two-leaders.ts";
import type { StopLoss } from "./guard-settings.ts";

const STOP_LOSS: StopLoss = { share: "0.05", from: "start", action: "close", coolOffMs: null };

function atRisk(relation: Parameters<typeof guarded>[1]): Story {
  const story = guarded({}, relation);
  held(story, "1");
  tick(story);
  return story;
}

describe("stop_loss", () => {
  it("closes the relation at its share of the follower's equity at its start", () => {
    const story = atRisk({ stopLoss: STOP_LOSS });
    expect(orderTexts(marked(story, "59000.2"))).toEqual([]);
    const decision = marked(story, "59000");
    expect(orderTexts(decision)).toEqual(["-500 reduce"]);
    expect(decision.stops[0]).toMatchObject({ leader: LEADER, detail: { loss: "500", capital: "10000" } });
  });

  it("counts from the stated capital", () => {
    const story = atRisk({ stopLoss: STOP_LOSS, allocatedCapital: "2000" });
    expect(marked(story, "59800.2").stops).toEqual([]);
    expect(orderTexts(marked(story, "59800"))).toEqual(["-500 reduce"]);
  });

  it("trails the best result when it is told to", () => {
    const story = atRisk({ stopLoss: { ...STOP_LOSS, from: "peak" } });
    marked(story, "62000");
    expect(marked(story, "61000.2").stops).toEqual([]);
    expect(orderTexts(marked(story, "61000"))).toEqual(["-500 reduce"]);
  });

  it("only keeps from growing with pause, and asks for another leader with replace", () => {
    const acted = (action: StopLoss["action"]) => {
      const decision = marked(atRisk({ stopLoss: { ...STOP_LOSS, action } }), "59000");
      return [orderTexts(decision), decision.stops.map((stop) => stop.action)];
    };
    expect(acted("pause")).toEqual([[], ["pause"]]);
    expect(acted("replace")).toEqual([["-500 reduce"], ["replace"]]);
  });

  it("stays stopped whatever the leader does, until it is released (pain 43)", () => {
    const story = atRisk({ stopLoss: STOP_LOSS });
    story.fill(onlyOrder(marked(story, "59000")), "0.5", "0");
    expect(reasonsOf(story.leaderFill("buy", "3", { price: "59000" }))).toEqual(["stopped"]);
    story.leaderFill("sell", "4", { price: "59000" });
    expect(orderTexts(story.leaderFill("buy", "1", { price: "59000" }))).toEqual([]);
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    story.leaderSnapshot([story.row("1")]);
    expect(orderTexts(story.followerSnapshot([], "9500"))).toEqual([]);
    expect(orderTexts(story.command({ kind: "release", account: FOLLOWER, leader: LEADER }))).toEqual([
      "+500",
    ]);
  });

  it("of one leader never moves another's copies", () => {
    const two = new TwoLeaders();
    two.story.equity(FOLLOWER, "10000");
    two.filled(two.first("buy", "0.5"), "0.5");
    two.filled(two.second("buy", "0.2"), "0.7");
    const [first, ...others] = two.story.settings.allocations;
    if (first === undefined) throw new Error("no allocation");
    const guards = { ...NO_RELATION_GUARDS, stopLoss: STOP_LOSS };
    two.story.configure({ ...two.story.settings, allocations: [{ ...first, guards }, ...others] });
    expect(marked(two.story, "59500.2").stops).toEqual([]);
    // Half of the equity is the first leader's: 250.
    const closing = marked(two.story, "59500");
    expect(orderTexts(closing)).toEqual(["-500 reduce"]);
    two.filled(closing, "0.2");
    expect(two.held()).toEqual([0, 200]);
    expect(orderTexts(two.second("buy", "0.1"))).toEqual(["+100"]);
  });
});

describe("position_stop", () => {
  const rule = { positionStop: { share: "0.1", coolOffMs: null } };

  it("closes a position at its loss, and copies the leader's next one", () => {
    const story = atRisk(rule);
    expect(marked(story, "54000.2").stops).toEqual([]);
    const decision = marked(story, "54000");
    expect(orderTexts(decision)).toEqual(["-500 reduce"]);
    story.fill(onlyOrder(decision), "0.5", "0");
    expect(orderTexts(story.leaderFill("buy", "2", { price: "54000" }))).toEqual([]);
    story.leaderFill("sell", "3", { price: "54000" });
    expect(orderTexts(story.leaderFill("buy", "1", { price: "54000" }))).toEqual(["+500"]);
    tick(story);
    expect(story.state.followers.get(FOLLOWER)?.stops).toEqual([]);
  });

  it("goes on while the leader keeps so little of its position that our size of it is nothing", () => {
    const story = atRisk(rule);
    story.fill(onlyOrder(marked(story, "54000")), "0.5", "0");
    story.leaderFill("sell", "0.999", { price: "54000" });
    tick(story);
    expect(orderTexts(story.leaderFill("buy", "1", { price: "54000" }))).toEqual([]);
    expect(orderTexts(story.leaderFill("sell", "2", { price: "54000" }))).toEqual(["-499"]);
  });

  it("counts of the most that was in it, and not what earlier positions brought", () => {
    const story = atRisk(rule);
    marked(story, "66000");
    const closing = story.leaderFill("sell", "1", { price: "66000" });
    story.trade(closing, { quantity: "0.5", price: "66000", fee: "0" });
    story.fill(onlyOrder(closing), "0.5", "0");
    const again = story.leaderFill("buy", "1", { price: "66000" });
    story.trade(again, { quantity: "0.5", price: "66000", fee: "0" });
    story.fill(onlyOrder(again), "0.5", "0.5");
    tick(story);
    expect(marked(story, "59400.2").stops).toEqual([]);
    expect(orderTexts(marked(story, "59400"))).toEqual(["-500 reduce"]);
  });
});
