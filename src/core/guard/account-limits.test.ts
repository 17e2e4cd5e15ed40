/** Limits on an account's loss in a day and from its peak: what they stop, and until when. */
import { describe, expect, it } from "vitest";
import { guarded, held, marked, NO_GUARDS, tick, watch } from "../../../test/core/guarded.ts";
import { Portfolio, told } from "../../../test/core/portfolio.ts";
import { FOLLOWER, LEADER, orderTexts, reasonsOf, type Story } from "../../../test/core/story.ts";
import type { LossLimit } from "./guard-settings.ts";

const PAUSE: LossLimit = { limit: { kind: "share", value: "0.05" }, action: "pause", coolOffMs: null };
const DAY_MS = 86_400_000;

/** 0.5 BTC at 60,000 on 10,000: a mark of 59,000 is a loss of 500, 5 %. */
function atRisk(guards: Parameters<typeof guarded>[0]): Story {
  const story = guarded(guards);
  held(story, "1");
  return story;
}

function stops(story: Story): string[] {
  return (story.state.followers.get(FOLLOWER)?.stops ?? []).map(({ guard }) => guard);
}

describe("the daily loss limit", () => {
  it("keeps from growing at a loss of its share, and leaves what is held", () => {
    const story = atRisk({ dailyLoss: PAUSE });
    expect(marked(story, "59000.2").stops).toEqual([]);
    const decision = marked(story, "59000");
    expect(decision.stops.map(({ detail }) => detail)).toEqual([
      { loss: "500", limit: "500", from: "10000", equity: "9500", action: "pause" },
    ]);
    expect(orderTexts(decision)).toEqual([]);
    const added = story.leaderFill("buy", "1", { price: "59000" });
    expect([orderTexts(added), reasonsOf(added)]).toEqual([[], ["stopped"]]);
    expect(orderTexts(story.leaderFill("sell", "1.5", { price: "59000" }))).toEqual(["-250 reduce"]);
  });

  it("can be an amount, and close", () => {
    const limit = { kind: "amount", value: "300" } as const;
    const story = atRisk({ dailyLoss: { limit, action: "close", coolOffMs: null } });
    expect(orderTexts(marked(story, "59400"))).toEqual(["-500 reduce"]);
  });

  it("counts each day of UTC from its first equity, and what it stopped stays stopped over midnight", () => {
    const story = atRisk({ dailyLoss: PAUSE });
    marked(story, "59400");
    story.nowMs += DAY_MS;
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([story.row("0.5")], "9700");
    expect(marked(story, "58900").stops).toEqual([]);
    expect(marked(story, "58400").stops).toHaveLength(1);
    story.nowMs += DAY_MS;
    tick(story);
    expect(stops(story)).toEqual(["daily-loss"]);
  });

  it("is not ended by resume, but by release, and then counts from there", () => {
    const story = atRisk({ dailyLoss: PAUSE });
    marked(story, "59000");
    story.command({ kind: "resume", account: FOLLOWER });
    expect(stops(story)).toEqual(["daily-loss"]);
    story.command({ kind: "release", account: FOLLOWER });
    expect(stops(story)).toEqual([]);
    expect(marked(story, "58800").stops).toEqual([]);
  });
});

describe("the drawdown limit", () => {
  it("counts from the largest equity, over days", () => {
    const story = atRisk({ drawdown: PAUSE });
    marked(story, "62000");
    story.nowMs += 3 * DAY_MS;
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([story.row("0.5")], "11000");
    expect(marked(story, "60900.2").stops).toEqual([]);
    expect(marked(story, "60900").stops.map(({ detail }) => detail.from)).toEqual(["11000"]);
  });

  it("pauses until its cool-off ends, a halt until it is released", () => {
    const stands = (action: LossLimit["action"]) => {
      const story = atRisk({ drawdown: { ...PAUSE, action, coolOffMs: 1_000 } });
      marked(story, "59000");
      story.nowMs += 2_000;
      tick(story);
      return stops(story);
    };
    expect(stands("pause")).toEqual([]);
    expect(stands("halt")).toEqual(["drawdown"]);
  });

  it("does not buy back what it closed when its cool-off ends, but copies what is new", () => {
    const story = atRisk({ drawdown: { ...PAUSE, action: "close", coolOffMs: 5_000 } });
    const [closing] = marked(story, "59000").orders;
    if (closing !== undefined) story.fill(closing.order, "0.5", "0");
    story.equity(FOLLOWER, "9500");
    story.nowMs += 6_000;
    expect(orderTexts(tick(story))).toEqual([]);
    expect(orderTexts(story.leaderFill("buy", "1", { price: "59000" }))).toEqual(["+500"]);
  });

  it.each([
    ["released", (story: Story) => story.command({ kind: "release", account: FOLLOWER })],
    ["over", (story: Story) => tick(story)],
  ])("counts anew from when it is %s, also what is lost before the next look", (_, end) => {
    const story = atRisk({ drawdown: { ...PAUSE, coolOffMs: 1_000 } });
    marked(story, "59000");
    story.nowMs += 2_000;
    end(story);
    expect(marked(story, "58000").stops.map(({ detail }) => detail.from)).toEqual(["9500"]);
  });

  it("does not look at an equity of an earlier run", () => {
    const story = atRisk({ drawdown: PAUSE });
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    expect(marked(story, "1000").stops).toEqual([]);
    story.leaderSnapshot([story.row("1")]);
    expect(story.followerSnapshot([story.row("0.5")], "9000").stops).toHaveLength(1);
  });

  it("ends nothing of a stop when the account comes back after a restart", () => {
    const story = atRisk({ drawdown: PAUSE });
    marked(story, "59000");
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    story.leaderSnapshot([story.row("2")]);
    story.followerSnapshot([story.row("0.5")], "12000");
    expect(stops(story)).toEqual(["drawdown"]);
    expect(reasonsOf(story.leaderFill("buy", "1", { price: "59000" }))).toContain("stopped");
  });
});

it("a leader is not needed for any of it", () => {
  const story = atRisk({ drawdown: { ...PAUSE, action: "close" } });
  story.feed({ kind: "connection-changed", account: LEADER, state: "down", cause: "", atMs: story.nowMs });
  expect(orderTexts(marked(story, "59000"))).toEqual(["-500 reduce"]);
});

describe("what several markets lose between two looks", () => {
  /** 0.1 BTC at 50,000 and 2 ETH at 2,500 on 10,000: half of what the limit allows is lost by each as it falls by a twentieth. */
  function both(): Portfolio {
    const portfolio = new Portfolio();
    const { settings } = portfolio;
    const guards = { ...NO_GUARDS, dailyLoss: { ...PAUSE, action: "close" } } as const;
    const accounts = settings.accounts.map((one) => (one.account === FOLLOWER ? { ...one, guards } : one));
    portfolio.feed({
      kind: "settings-changed",
      settings: { ...settings, accounts },
      atMs: portfolio.nowMs,
    });
    portfolio.fillAll(portfolio.leads("BTCUSDT", "buy", "0.1"));
    portfolio.fillAll(portfolio.leads("ETHUSDT", "buy", "2"));
    portfolio.figures("10000");
    return portfolio;
  }

  function next(portfolio: Portfolio, btc: string, eth: string) {
    portfolio.price("BTCUSDT", btc);
    portfolio.price("ETHUSDT", eth);
    portfolio.nowMs += 50;
    return portfolio.feed({ kind: "clock-ticked", atMs: portfolio.nowMs });
  }

  it("is one loss", () => {
    const portfolio = both();
    expect(next(portfolio, "47500", "2375.1").stops).toEqual([]);
    const decision = next(portfolio, "47500", "2375");
    expect(decision.stops.map(({ detail }) => [detail.loss, detail.equity])).toEqual([["500", "9500"]]);
    expect(told(decision)).toEqual(["BTCUSDT -100 reduce", "ETHUSDT -2000 reduce"]);
    expect(told(next(both(), "47500", "2375"))).toEqual(told(decision));
  });

  it("is less by what another gains meanwhile", () => {
    const portfolio = both();
    expect(next(portfolio, "44500", "2530").stops).toEqual([]);
    expect(next(portfolio, "44400", "2530").stops.map(({ detail }) => detail.loss)).toEqual(["500"]);
  });
});

describe("a loss limit that is changed while its stop stands", () => {
  const standing = (story: Story) =>
    story.state.followers.get(FOLLOWER)?.stops.map(({ action, untilMs }) => [action, untilMs]);

  it("goes further where it asks for more, and never less far", () => {
    const story = atRisk({ dailyLoss: PAUSE });
    marked(story, "59000");
    const closing: LossLimit = {
      limit: { kind: "amount", value: "100" },
      action: "close",
      coolOffMs: 60_000,
    };
    const decision = watch(story, { dailyLoss: closing });
    expect(orderTexts(decision)).toEqual(["-500 reduce"]);
    expect(standing(story)).toEqual([["close", null]]);
    watch(story, { dailyLoss: { ...PAUSE, limit: { kind: "share", value: "0.9" } } });
    watch(story, {});
    expect(standing(story)).toEqual([["close", null]]);
  });
});
