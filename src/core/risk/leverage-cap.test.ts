/** The leverage of copied positions: the leader's, a fixed one, or the owner's. */
import { describe, expect, it, test } from "vitest";
import {
  BTC,
  FOLLOWER,
  onlyOrder,
  orderTexts,
  reasonsOf,
  Story,
  type StoryOptions,
} from "../../../test/core/story.ts";
import type { Decision } from "../decision.ts";

const asked = ({ questions }: Decision) =>
  questions.flatMap((one) => (one.kind === "set-leverage" ? [one.leverageHundredths / 100] : []));

/** The leader holds something at a leverage of `leader`; the follower's market has `own`. */
function opened(options: StoryOptions, leader: string, own: string): { story: Story; decision: Decision } {
  const story = new Story({ ...options, bare: true });
  story.leaderSnapshot([story.row("1", "net", leader)]);
  story.followerSnapshot([]);
  story.price("60000");
  return { story, decision: story.describe("one-way", own) };
}

test.each([
  [{ leverage: { kind: "follow" } }, "5", "10", [5], []],
  [{ leverage: { kind: "follow" } }, "50", "5", [10], []],
  [{ leverage: { kind: "follow" } }, "5", "5", [], ["+500"]],
  [{ leverage: { kind: "fixed", leverage: "3" } }, "50", "10", [3], []],
  [{ leverage: { kind: "fixed", leverage: "3" } }, "50", "3", [], ["+500"]],
  [{ leverage: { kind: "fixed", leverage: "30" }, leverageMax: "20" }, "5", "10", [20], []],
  [{ leverage: { kind: "leave" } }, "5", "7", [], ["+500"]],
  [{ leverage: { kind: "leave" } }, "5", "10", [], ["+500"]],
] as const)(
  "%j, leader's %s, follower's %s: asks for %j, sends %j",
  (allocation, leader, own, asks, orders) => {
    const { decision } = opened({ allocation }, leader, own);
    expect([asked(decision), orderTexts(decision)]).toEqual([asks, orders]);
  },
);

describe("leave", () => {
  it("opens nothing while the owner's leverage is above the cap, and changes nothing", () => {
    const { decision } = opened({ allocation: { leverage: { kind: "leave" } } }, "5", "25");
    expect([asked(decision), orderTexts(decision), reasonsOf(decision)]).toEqual([
      [],
      [],
      ["leverage-above-cap"],
    ]);
  });
});

describe("the instrument's maximum", () => {
  it("is never passed", () => {
    const instrument = { maxLeverage: "4" };
    const allocation = { leverage: { kind: "fixed", leverage: "8" } } as const;
    expect(asked(opened({ allocation, instrument }, "8", "2").decision)).toEqual([4]);
  });
});

describe("a leverage that is so already (pains row 21)", () => {
  it("is an answer like any other: the order goes", () => {
    const { story, decision } = opened({}, "5", "10");
    expect(asked(decision)).toEqual([5]);
    const { nowMs: atMs } = story;
    const set = story.feed({ kind: "leverage-set", account: FOLLOWER, instrument: BTC, leverage: "5", atMs });
    expect(orderTexts(set)).toEqual(["+500"]);
  });
});

describe("a leverage that the risk tier does not allow (pain 22)", () => {
  const refusal = { class: "leverage-too-high", code: 110013, text: "cannot set leverage" } as const;

  it("is halved when an order of that size is refused, until one goes through", () => {
    const { story, decision } = opened({}, "10", "10");
    expect(asked(story.reject(onlyOrder(decision), "leverage-too-high"))).toEqual([]);
    const halved = story.wait(1_000).flatMap(asked);
    expect(halved).toEqual([5]);
    const { nowMs: atMs } = story;
    const set = story.feed({ kind: "leverage-set", account: FOLLOWER, instrument: BTC, leverage: "5", atMs });
    expect(orderTexts(set)).toEqual(["+500"]);
  });

  it("is given up at a leverage of one, and where the owner's is left alone", () => {
    const outcomes = [
      opened({}, "1", "1"),
      opened({ allocation: { leverage: { kind: "leave" } } }, "5", "9"),
    ].map(({ story, decision }) => {
      story.reject(onlyOrder(decision), "leverage-too-high");
      return story.wait(1_000).flatMap((one) => [...asked(one), ...orderTexts(one)]);
    });
    expect(outcomes).toEqual([[], []]);
  });

  it("is not asked for again, and the position opens with the one that stands", () => {
    const { story } = opened({}, "10", "5");
    const { nowMs: atMs } = story;
    const refused = { kind: "leverage-refused", account: FOLLOWER, instrument: BTC, leverage: "10" } as const;
    const decision = story.feed({ ...refused, rejection: refusal, atMs });
    expect([asked(decision), orderTexts(decision)]).toEqual([[], ["+500"]]);
  });
});
