/** Every step from what the leader holds to the order or its reason, in the words that status and journal show. */
import { describe, expect, it } from "vitest";
import { Pending } from "../../test/core/pending.ts";
import { BTC, FOLLOWER, onlyOrder, Story, type StoryOptions } from "../../test/core/story.ts";
import { TwoLeaders } from "../../test/core/two-leaders.ts";
import { encodeCheckpoint } from "./checkpoint.ts";
import { explainFollower, explainPath, type PathStep, type PositionPath } from "./explain-path.ts";
import { NO_LIMITS } from "./risk-settings.ts";
import type { State } from "./state.ts";

function pathOf(state: State, leg = "net"): PositionPath {
  const market = state.followers.get(FOLLOWER)?.markets.get(BTC);
  if (market === undefined) throw new Error("no market");
  const before = encodeCheckpoint(state);
  const found = explainPath(state, market).find((path) => path.leg === leg);
  expect(encodeCheckpoint(state)).toBe(before);
  return found ?? expect.fail(`no path of ${leg}`);
}

function texts({ leaders, account }: PositionPath): string[] {
  return [...leaders.flatMap(({ steps }) => steps), ...account].map(({ text }) => text);
}

function bought(options: StoryOptions = {}, quantity = "1"): Story {
  const story = new Story(options);
  story.leaderFill("buy", quantity);
  return story;
}

describe("a position at its target", () => {
  it("is told from the leader to what is held", () => {
    const story = new Story();
    story.fill(onlyOrder(story.leaderFill("buy", "1.001")), "0.5", "0.5");
    expect(texts(pathOf(story.state))).toEqual([
      "leader holds 1.001 of BTCUSDT",
      "copied as 1.001 of BTCUSDT",
      "sized by multiplier 0.5 to 0.5005",
      "rounded towards zero to the step 0.001: 0.5",
      "target 0.5, holds 0.5",
      "at-target (targetLots 500)",
      "target 0.5",
      "holds 0.5 of ours",
      "nothing to send",
    ]);
  });
});

describe("the steps between", () => {
  it("name a scaling, the other side and the inverse", () => {
    const story = bought({
      mode: "hedge",
      allocation: { positionScaling: "0.8", inverse: true, side: "long" },
    });
    expect(texts(pathOf(story.state, "short")).slice(0, 4)).toEqual([
      "leader holds 1 of BTCUSDT",
      "copied as -1 of BTCUSDT short (inverse, long only)",
      "sized by multiplier 0.5 x position_scaling 0.8 to -0.4",
      "rounded towards zero to the step 0.001: -0.4",
    ]);
  });

  it("name the capitals of a proportion", () => {
    const story = new Story({
      allocation: { sizing: { kind: "equity-proportional", rebalanceBand: "0.1" } },
      bare: true,
    });
    story.leaderSnapshot([], "30000");
    story.followerSnapshot([], "10000");
    story.price("60000");
    story.describe("one-way");
    story.leaderFill("buy", "1");
    expect(texts(pathOf(story.state))[2]).toBe(
      "sized by equity-proportional (equity 10000 / 30000) to 0.33333333",
    );
  });

  it("name what was given up, and why", () => {
    const story = new Story();
    story.reject(onlyOrder(story.leaderFill("buy", "1")), "insufficient-margin");
    expect(texts(pathOf(story.state))).toContain("given up: 0.5 (refused-by-exchange)");
  });

  it("name the wait for an approval", () => {
    const story = bought({ allocation: { autoCopy: false } });
    expect(texts(pathOf(story.state))).toContain(
      "may hold 0 now: more waits for approval (proposal 1), 900 s more at most",
    );
  });
});

describe("orders of the leader's that wait", () => {
  function waiting(options: StoryOptions = {}): PathStep[] {
    const pending = new Pending(options);
    pending.waits("a", "buy", 100, 59_000);
    pending.waits("b", "buy", 40, 61_000, true);
    const follower = pending.story.state.followers.get(FOLLOWER);
    const [path] = follower === undefined ? [] : explainFollower(pending.story.state, follower);
    return path?.leaders.flatMap(({ steps }) => steps).filter(({ step }) => step === "pending") ?? [];
  }

  it("are told with what rests for each, also where nobody holds anything", () => {
    expect(waiting()).toEqual([
      {
        step: "pending",
        text: "its order a to buy 0.1 waits: here 0.05 at 59000; 0.05 rests",
        numbers: {
          order: "a",
          side: "buy",
          quantity: "0.1",
          wanted: "0.05",
          rests: "0.05",
          ahead: "0",
          places: "0",
        },
      },
      expect.objectContaining({
        text: "its order b to buy 0.04 waits: here 0.02 when the last price rises to 61000; 0.02 rests",
      }),
    ]);
  });

  it("are told with the reason where they do not rest", () => {
    const [first] = waiting({ allocation: { autoCopy: false } });
    expect(first?.text).toBe(
      "its order a to buy 0.1 waits: here 0.05 at 59000; 0 rests; pending-asks (order a, side buy, quantity 0.1)",
    );
    expect(first?.numbers).toMatchObject({ reason: "pending-asks", rests: "0" });
  });

  it("are told to be in doubt where one of them may have filled", () => {
    const pending = new Pending();
    pending.waits("a", "buy", 100, 59_000);
    pending.isSlow = true;
    pending.fillsLeader("a", 100);
    pending.reports();
    const follower = pending.story.state.followers.get(FOLLOWER);
    const [path] = follower === undefined ? [] : explainFollower(pending.story.state, follower);
    expect(path?.leaders.flatMap(({ steps }) => steps).map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        "may hold 0 now: more waits for news of the leader",
        "its order a to buy 0.1 waits: here 0.05 at 59000; 0.05 rests; waits to hear whether it filled",
      ]),
    );
  });

  it("are not told of without copy_pending", () => {
    expect(waiting({ allocation: { copyPending: false } })).toEqual([]);
  });
});

describe("at the end stands", () => {
  it("the order in flight", () => {
    const path = pathOf(bought().state);
    expect(texts(path).slice(-2)).toEqual(["in flight: 0.5", "waits for the order in flight"]);
  });

  it("the order that is due, with its value and kind", () => {
    const story = new Story();
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    story.reject(onlyOrder(story.leaderFill("sell", "1")), "try-again");
    story.nowMs += 10_000;
    story.state.nowMs = story.nowMs;
    expect(texts(pathOf(story.state)).at(-1)).toBe("order: sell 0.5 at about 60000, reduce-only");
  });

  it("what a limit of the account leaves, and the order of that", () => {
    const story = new Story();
    const limits = { ...NO_LIMITS, portfolioExposure: { share: "0.9", measure: "gross" } } as const;
    const accounts = story.settings.accounts.map((one) =>
      one.account === FOLLOWER ? { ...one, limits } : one,
    );
    story.configure({ ...story.settings, accounts });
    story.reject(onlyOrder(story.leaderFill("buy", "1")), "try-again");
    story.nowMs += 10_000;
    story.state.nowMs = story.nowMs;
    expect(texts(pathOf(story.state)).slice(-2)).toEqual([
      expect.stringMatching(/^room for 0\.15 more: portfolio-exposure \(.*share 0\.9/),
      "order: buy 0.15 at about 60000",
    ]);
  });

  it("the reason with its numbers", () => {
    const story = bought({ instrument: { minNotional: "40000" } });
    expect(pathOf(story.state).account.at(-1)).toEqual({
      step: "reason",
      text: "below-minimum-notional (lots 500, leastLots 667, priceTicks 600000)",
      numbers: { reason: "below-minimum-notional", lots: 500, leastLots: 667, priceTicks: 600_000 },
    });
  });

  it("the limit that one leader's copy meets", () => {
    const story = new Story();
    story.nowMs += 60_000;
    story.followerSnapshot([]);
    story.leaderFill("buy", "1");
    expect(texts(pathOf(story.state)).join()).toMatch(
      /may hold 0 now: leader-stale \(ageMs 6000\d, limitMs 60000\)/,
    );
  });
});

it("several leaders are told one by one, then together", () => {
  const leaders = new TwoLeaders();
  leaders.filled(leaders.first("buy", "1"), "1");
  leaders.second("sell", "0.4");
  const path = pathOf(leaders.story.state);
  expect(path.leaders.map(({ leader, steps }) => [leader, steps.at(-1)?.text])).toEqual([
    ["leader", "target 1, holds 1"],
    ["second", "target -0.4, holds 0"],
  ]);
  expect(path.account.map(({ text }) => text)).toEqual([
    "2 leaders together: target 0.6",
    "holds 1 of ours",
    "in flight: -0.4",
    "waits for the order in flight",
  ]);
});
