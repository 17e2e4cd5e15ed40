/** Loss tiers: cuts that copying does not undo, each level once, and what ends them. */
import { describe, expect, it } from "vitest";
import { guarded, held, marked, TIERS, tick, watch } from "../../../test/core/guarded.ts";
import { FOLLOWER, LEADER, onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";
import { TwoLeaders } from "../../../test/core/two-leaders.ts";
import { Lots } from "../model/amounts.ts";
import { targetLots } from "../target.ts";
import type { LossTiers } from "./guard-settings.ts";
import { cutTarget } from "./stop.ts";

const DAY_MS = 86_400_000;

function target(story: Story): number {
  return targetLots(story.leg().market, "net");
}

/** 0.5 BTC at 60,000: each 200 of the mark are 100 USDT. */
function atRisk(tiers: Partial<LossTiers> = {}): Story {
  const story = guarded({ tiers: { ...TIERS, ...tiers } });
  held(story, "1");
  return story;
}

describe("loss tiers", () => {
  it("do nothing above the first level", () => {
    const story = atRisk();
    expect(orderTexts(marked(story, "59800.2"))).toEqual([]);
    expect(target(story)).toBe(500);
  });

  it("cut an equal part of what was held at the first level at each, and close at the last", () => {
    const story = atRisk();
    const first = marked(story, "59800");
    expect(orderTexts(first)).toEqual(["-125 reduce"]);
    story.fill(onlyOrder(first), "0.125", "0.375");
    story.equity(FOLLOWER, "9900");
    const second = marked(story, "59533.3");
    expect(orderTexts(second)).toEqual(["-125 reduce"]);
    story.fill(onlyOrder(second), "0.125", "0.25");
    expect(orderTexts(story.equity(FOLLOWER, "9600"))).toEqual(["-250 reduce"]);
    expect(target(story)).toBe(0);
  });

  it("leave what is rounded up to the venue's minimum under a cut, and cut what was rounded up before", () => {
    const [copy] = atRisk().leg().market.copies;
    const [part] = copy?.legs ?? [];
    if (part === undefined) throw new Error("no copy");
    const cut = { stop: 1, keeps: { part: 1, whole: 2 }, began: null, untilFlat: false };
    const rounded = { ...part, wantedLots: Lots(54), excessLots: Lots(5), waivedLots: Lots(0) };
    expect(cutTarget({ ...rounded, cuts: [cut] })).toBe(32);
    expect(cutTarget({ ...rounded, cuts: [{ ...cut, excessLots: Lots(5) }] })).toBe(29);
  });

  it("take all levels that a jump passes at once", () => {
    const decision = marked(atRisk(), "59300");
    expect(orderTexts(decision)).toEqual(["-375 reduce"]);
    expect(decision.stops.map(({ level, keeps }) => [level, keeps])).toEqual([[3, { part: 1, whole: 4 }]]);
  });

  it("count what the owner holds, too, and never touch it", () => {
    const story = guarded({ tiers: TIERS }, {}, { followerHolds: [new Story().row("1")] });
    // 1 BTC of the owner's: 100 of the mark are 100 USDT; nothing is ours to cut.
    expect(orderTexts(marked(story, "59900"))).toEqual([]);
    expect(story.state.followers.get(FOLLOWER)?.stops.map(({ level }) => level)).toEqual([1]);
  });

  it("act once at each level, however the price swings round it", () => {
    const story = atRisk();
    story.fill(onlyOrder(marked(story, "59800")), "0.125", "0.375");
    for (const mark of ["59900", "59800", "60100", "59800"]) {
      const decision = marked(story, mark);
      expect(orderTexts(decision)).toEqual([]);
      expect(decision.stops).toEqual([]);
    }
  });

  it("leave a cut that no increase of the leader outgrows, and copy what is new at the share that is left", () => {
    const story = atRisk();
    story.fill(onlyOrder(marked(story, "59800")), "0.125", "0.375");
    const added = story.leaderFill("buy", "3");
    expect(orderTexts(added)).toEqual([]);
    expect(reasonsOf(added)).toEqual(["cut"]);
    expect(target(story)).toBe(375);
    // Also not by closing and buying again.
    story.fill(onlyOrder(story.leaderFill("sell", "4")), "0.375", "0");
    expect(orderTexts(story.leaderFill("buy", "9"))).toEqual(["+375"]);
  });

  it("copy another leader's first position at the share that is left", () => {
    const two = new TwoLeaders();
    watch(two.story, { tiers: TIERS });
    two.story.equity(FOLLOWER, "10000");
    two.filled(two.first("buy", "0.8"), "0.8");
    const cut = two.story.equity(FOLLOWER, "9900");
    expect(orderTexts(cut)).toEqual(["-200 reduce"]);
    two.filled(cut, "0.6");
    expect(orderTexts(two.second("buy", "0.4"))).toEqual(["+300"]);
  });

  it("follow the leader down below the cut", () => {
    const story = atRisk();
    story.fill(onlyOrder(marked(story, "59800")), "0.125", "0.375");
    expect(orderTexts(story.leaderFill("sell", "0.5"))).toEqual(["-188 reduce"]);
    expect(target(story)).toBe(187);
  });

  it("act while paused, halted, and with leader data of long ago", () => {
    const story = atRisk();
    story.command({ kind: "pause", account: FOLLOWER });
    story.feed({ kind: "account-refused", account: FOLLOWER, cause: "any", atMs: story.nowMs });
    story.feed({ kind: "connection-changed", account: LEADER, state: "down", cause: "", atMs: story.nowMs });
    story.nowMs += 10 * 60_000;
    expect(orderTexts(marked(story, "59400"))).toEqual(["-375 reduce"]);
  });

  it("are lifted by a release, which wants back what was cut and measures anew", () => {
    const story = atRisk();
    story.fill(onlyOrder(marked(story, "59800")), "0.125", "0.375");
    story.equity(FOLLOWER, "9900");
    const released = story.command({ kind: "release", account: FOLLOWER });
    expect(orderTexts(released)).toEqual(["+125"]);
    story.fill(onlyOrder(released), "0.125", "0.5");
    story.equity(FOLLOWER, "9900");
    expect(orderTexts(marked(story, "59600.2"))).toEqual([]);
    expect(orderTexts(marked(story, "59600"))).toEqual(["-125 reduce"]);
  });

  it("end with their cool-off, restarts included", () => {
    const story = atRisk({ coolOffMs: 3_600_000 });
    story.fill(onlyOrder(marked(story, "59800")), "0.125", "0.375");
    story.nowMs += 3_000_000;
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([story.row("0.375")], "9900");
    expect(target(story)).toBe(375);
    story.nowMs += 600_000;
    story.leaderSnapshot([story.row("1")]);
    expect(orderTexts(story.followerSnapshot([story.row("0.375")], "9900"))).toEqual(["+125"]);
  });

  it("count from the first equity, the day's first or the largest, as told", () => {
    const levels = (reference: LossTiers["reference"]) => {
      const story = atRisk({ reference });
      marked(story, "60200");
      story.nowMs += DAY_MS;
      tick(story);
      story.leaderSnapshot([story.row("1")]);
      story.followerSnapshot([story.row("0.5")], "10050");
      marked(story, "60000");
      return story.state.followers.get(FOLLOWER)?.stops.map(({ detail }) => detail.loss) ?? [];
    };
    expect(levels("start")).toEqual([]);
    expect(levels("day")).toEqual(["100"]);
    expect(levels("peak")).toEqual(["150"]);
  });

  it("see a level that new settings put below the present loss with those settings", () => {
    const story = guarded({});
    held(story, "1");
    marked(story, "59800");
    expect(orderTexts(watch(story, { tiers: TIERS }))).toEqual(["-125 reduce"]);
  });
});

describe("loss tiers that are changed while running", () => {
  const level = (loss: string, action: LossTiers["levels"][number]["action"], part = 0) => ({
    loss,
    action,
    share: action === "reduce" ? { part, whole: 10 } : null,
  });
  const changed = (story: Story, ...levels: LossTiers["levels"]) =>
    watch(story, { tiers: { ...TIERS, levels } });
  const standing = (story: Story) =>
    story.state.followers
      .get(FOLLOWER)
      ?.stops.map(({ action, keeps, bars, untilMs }) => ({ action, keeps, bars, untilMs }));

  it("strike at the new amount, at once where it is lost already", () => {
    const story = atRisk({ levels: [level("1000", "close")] });
    expect(orderTexts(marked(story, "59800"))).toEqual([]);
    expect(orderTexts(changed(story, level("150", "close")))).toEqual([]);
    expect(orderTexts(marked(story, "59700.2"))).toEqual([]);
    expect(orderTexts(marked(story, "59700"))).toEqual(["-500 reduce"]);
    const other = atRisk({ levels: [level("1000", "close")] });
    marked(other, "59800");
    expect(orderTexts(changed(other, level("100", "reduce", 5)))).toEqual(["-250 reduce"]);
  });

  it("strike although fewer of them are reached than a stop stands for", () => {
    const story = atRisk({ levels: [level("50", "reduce", 1), level("100", "reduce", 1)] });
    story.fill(onlyOrder(marked(story, "59800")), "0.1", "0.4");
    expect(orderTexts(changed(story, level("150", "close")))).toEqual([]);
    story.equity(FOLLOWER, "9900");
    expect(orderTexts(marked(story, "59675"))).toEqual(["-400 reduce"]);
  });

  it.each([
    ["milder", [level("50", "reduce", 1), level("60", "reduce", 1)]],
    ["larger", [level("5000", "close")]],
    ["none", []],
  ])("loosen nothing of what stands when they become %s", (_, levels) => {
    const story = atRisk({ levels: [level("100", "halt"), level("101", "close")], coolOffMs: 60_000 });
    story.fill(onlyOrder(marked(story, "59797")), "0.5", "0");
    const before = standing(story);
    expect(before).toEqual([{ action: "close", keeps: { part: 0, whole: 1 }, bars: true, untilMs: null }]);
    changed(story, ...levels);
    story.equity(FOLLOWER, "9800");
    expect(standing(story)).toEqual(before);
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual([]);
    story.nowMs += DAY_MS;
    tick(story);
    expect(standing(story)).toEqual(before);
  });

  it("count from the day's first equity or the largest one, once they say so", () => {
    const story = atRisk();
    story.nowMs += DAY_MS;
    story.equity(FOLLOWER, "9950");
    story.equity(FOLLOWER, "10020");
    story.equity(FOLLOWER, "9940");
    const tiersOf = () => story.state.followers.get(FOLLOWER)?.watch.tiers;
    expect(tiersOf()).toBe("10000");
    watch(story, { tiers: { ...TIERS, reference: "day" } });
    expect(tiersOf()).toBe("9950");
    watch(story, { tiers: { ...TIERS, reference: "peak" } });
    expect(tiersOf()).toBe("10020");
    watch(story, { tiers: { ...TIERS, reference: "start" } });
    expect(tiersOf()).toBe("10020");
  });
});
