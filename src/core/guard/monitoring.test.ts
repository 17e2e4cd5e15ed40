/** What was found of a leader's record stops its copies: paused, closed, or closed to be replaced. */
import { describe, expect, it } from "vitest";
import { held } from "../../../test/core/guarded.ts";
import { FOLLOWER, LEADER, onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";
import { SECOND, TwoLeaders } from "../../../test/core/two-leaders.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import type { Command } from "../event.ts";
import { AccountId } from "../model/identifiers.ts";

type Stop = Extract<Command, { readonly kind: "stop" }>;

const detail = { finding: "decay", value: "8.1", limit: "6.2" };
const stop = (action: Stop["action"], leader = LEADER): Stop => {
  return { kind: "stop", account: FOLLOWER, leader, action, detail };
};

function holding(): Story {
  const story = new Story();
  held(story, "1");
  return story;
}

describe("a finding about a leader", () => {
  it("that pauses lets nothing grow, with its numbers as the reason, and lets reductions go", () => {
    const story = holding();
    expect(orderTexts(story.command(stop("pause")))).toEqual([]);
    const refused = story.leaderFill("buy", "1");
    expect(reasonsOf(refused)).toEqual(["stopped"]);
    expect(refused.denials.map((one) => one.detail)).toEqual([{ guard: "monitoring", ...detail }]);
    expect(orderTexts(story.leaderFill("sell", "1.5"))).toEqual(["-250 reduce"]);
  });

  it("that closes closes what was copied of it, and buys nothing before a release", () => {
    const story = holding();
    story.fill(onlyOrder(story.command(stop("close"))), "0.5", "0");
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["stopped"]);
    expect(orderTexts(story.command({ kind: "release", account: FOLLOWER, leader: LEADER }))).toEqual([
      "+1000",
    ]);
  });

  it("leaves the copies of others as they are", () => {
    const two = new TwoLeaders();
    two.filled(two.first("buy", "0.5"), "0.5");
    two.filled(two.second("buy", "0.2"), "0.7");
    expect(orderTexts(two.story.command(stop("close")))).toEqual(["-500 reduce"]);
    expect(two.story.command(stop("close", SECOND)).orders.length).toBe(0);
  });

  it("is made harsher by a later one, never milder", () => {
    const story = holding();
    story.command(stop("pause"));
    expect(orderTexts(story.command(stop("close")))).toEqual(["-500 reduce"]);
    story.command(stop("pause"));
    const [standing, ...others] = story.state.followers.get(FOLLOWER)?.stops ?? [];
    expect([standing?.action, others.length]).toEqual(["close", 0]);
  });

  it("of somebody who is not copied stops nothing", () => {
    const story = holding();
    story.command(stop("close", AccountId("stranger")));
    expect(story.state.followers.get(FOLLOWER)?.stops).toEqual([]);
  });

  it("stands after a restart, and is in a checkpoint as it was", () => {
    const story = holding();
    story.command({ ...stop("replace"), replacements: [AccountId("alice")] });
    const text = encodeCheckpoint(story.state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    story.configure(story.settings);
    expect(story.state.followers.get(FOLLOWER)?.stops.map(({ replacements }) => replacements)).toEqual([
      ["alice"],
    ]);
  });
});
