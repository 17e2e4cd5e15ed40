/** What the venue's risk tiers leave of the leverage that is wanted, by what the position comes to at its target (pain 22). */
import { describe, expect, it, test } from "vitest";
import { BTC, FOLLOWER, onlyOrder, orderTexts, Story, type StoryOptions } from "../../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import type { Decision } from "../decision.ts";
import type { RiskTierRow } from "../event.ts";
import { explainFollower } from "../explain-path.ts";
import { knowsTiers } from "../risk-tiers.ts";

const TIERS: readonly RiskTierRow[] = [
  { limit: "6000000", maxLeverage: "50" },
  { limit: "2000000", maxLeverage: "100" },
  { limit: "12000000", maxLeverage: "33.33" },
];

const FOLLOW = { leverage: { kind: "follow" }, leverageMax: "100" } as const;

function list(story: Story, tiers: readonly RiskTierRow[] = TIERS): Decision {
  return story.feed({ kind: "risk-tiers-listed", instrument: BTC, tiers, atMs: story.nowMs });
}

function leverageSet(story: Story, leverage: string): Decision {
  const { nowMs: atMs } = story;
  return story.feed({ kind: "leverage-set", account: FOLLOWER, instrument: BTC, leverage, atMs });
}

const asked = ({ questions }: Decision) =>
  questions.flatMap((one) => (one.kind === "set-leverage" ? [one.leverageHundredths / 100] : []));

interface Opening {
  readonly story: Story;
  readonly decision: Decision;
}

/** The leader holds twice `quantity` at 100x and the follower, at 100x too, nothing yet. */
function opened(quantity: number, price: string, options: StoryOptions = { allocation: FOLLOW }): Opening {
  const story = new Story({ ...options, bare: true });
  list(story);
  story.leaderSnapshot([story.row(String(2 * quantity), "net", "100")]);
  story.followerSnapshot([]);
  story.price(price);
  return { story, decision: story.describe("one-way", "100") };
}

test.each([
  [0.001, "50000", [], ["+1"]],
  [39.999, "50000", [], ["+39999"]],
  [40, "50000", [], ["+40000"]],
  [40.001, "50000", [50], []],
  [-40, "50000", [], ["-40000"]],
  [-40.001, "50000", [50], []],
  [40, "50000.1", [50], []],
  [120, "50000", [50], []],
  [120.001, "50000", [33.33], []],
  [240, "50000", [33.33], []],
  [240.001, "50000", [33.33], []],
] as const)("a target of %d at %s: asks for %j, sends %j", (quantity, price, leverages, orders) => {
  const { decision } = opened(quantity, price);
  expect([asked(decision), orderTexts(decision)]).toEqual([leverages, orders]);
});

test.each([
  [{ leverage: { kind: "fixed", leverage: "80" }, leverageMax: "100" }, [50]],
  [{ leverage: { kind: "fixed", leverage: "40" }, leverageMax: "100" }, [40]],
  [{ leverage: { kind: "follow" }, leverageMax: "60" }, [50]],
  [{ leverage: { kind: "follow" }, leverageMax: "20" }, [20]],
  [{ leverage: { kind: "leave" }, leverageMax: "100" }, []],
] as const)("%j at a target in the second tier asks for %j", (allocation, leverages) => {
  expect(asked(opened(60, "50000", { allocation }).decision)).toEqual(leverages);
});

describe("a clamp", () => {
  it("is set before the order goes, and recorded with its numbers", () => {
    const { story, decision } = opened(60, "50000");
    expect(decision.questions).toMatchObject([
      {
        kind: "set-leverage",
        leverageHundredths: 5_000,
        clamp: { wanted: 100, used: 50, notional: "3000000", tierLimit: "6000000" },
      },
    ]);
    expect(orderTexts(leverageSet(story, "50"))).toEqual(["+60000"]);
  });

  it("is told on the path to the position as long as it holds", () => {
    const { story } = opened(60, "50000");
    leverageSet(story, "50");
    const follower = story.state.followers.get(FOLLOWER);
    const paths = follower === undefined ? [] : explainFollower(story.state, follower);
    expect(paths.flatMap(({ account }) => account).filter(({ step }) => step === "leverage")).toEqual([
      {
        step: "leverage",
        text: "leverage 50 instead of 100: the position comes to 3000000, in the risk tier up to 6000000",
        numbers: { wanted: 100, used: 50, notional: "3000000", tierLimit: "6000000" },
      },
    ]);
  });

  it("goes by the dearest of the prices that are told", () => {
    const { story } = opened(40, "50000");
    const other = new Story({ allocation: FOLLOW, bare: true });
    list(other);
    other.leaderSnapshot([other.row("80", "net", "100")]);
    other.followerSnapshot([]);
    other.book("49999", "50001", "50000");
    expect([asked(other.describe("one-way", "100")), story.state.riskTiers.size]).toEqual([[50], 1]);
  });

  it("is not there while nobody told of tiers", () => {
    const story = new Story({ allocation: FOLLOW, bare: true });
    story.leaderSnapshot([story.row("200", "net", "100")]);
    story.followerSnapshot([]);
    story.price("50000");
    expect(orderTexts(story.describe("one-way", "100"))).toEqual(["+100000"]);
  });
});

describe("a position that is held", () => {
  /** Holds 40 at 50000, where the first tier ends. */
  function holding(): Story {
    const { story, decision } = opened(40, "50000");
    story.report(onlyOrder(decision), "40");
    story.followerSnapshot([story.row("40", "net", "100")]);
    return story;
  }

  /** What is asked when the market is looked at once its price is this; it is set. */
  function askedAt(story: Story, price: string): number[] {
    story.price(price);
    const leverages = asked(story.describe("one-way", ""));
    for (const leverage of leverages) leverageSet(story, String(leverage));
    return leverages;
  }

  it("is lowered when its price has taken it past the limit, and raised again with a tenth of room only", () => {
    const story = holding();
    const prices = ["50000", "50001", "50000", "49000", "45455", "45454", "50000"];
    expect(prices.map((price) => askedAt(story, price))).toEqual([[], [50], [], [], [], [100], []]);
  });

  it("is looked at anew when the venue changes its tiers", () => {
    const story = holding();
    const lower = [{ limit: "2500000", maxLeverage: "25" }];
    expect([asked(list(story, lower)), asked(list(story, lower))]).toEqual([[25], []]);
  });
});

describe("tiers", () => {
  it("are kept in a checkpoint, and absent from one that knows none", () => {
    const { story } = opened(60, "50000");
    const text = encodeCheckpoint(story.state);
    const read = decodeCheckpoint(text);
    expect([read.riskTiers, encodeCheckpoint(read)]).toEqual([story.state.riskTiers, text]);
    expect(encodeCheckpoint(new Story().state)).not.toContain("riskTiers");
  });

  it("that are known already need not be told again, in whatever order", () => {
    const story = new Story();
    const known = (tiers: readonly RiskTierRow[]) =>
      knowsTiers(story.state, { kind: "risk-tiers-listed", instrument: BTC, tiers, atMs: story.nowMs });
    expect([known(TIERS), known([])]).toEqual([false, true]);
    list(story);
    expect([known(TIERS.toReversed()), known(TIERS.slice(1)), known([])]).toEqual([true, false, false]);
  });

  it("leave out rows that make no sense, and never allow a larger position more", () => {
    const story = new Story();
    list(story, [
      { limit: "100", maxLeverage: "20" },
      { limit: "200", maxLeverage: "30" },
      { limit: "0", maxLeverage: "50" },
      { limit: "300", maxLeverage: "0.5" },
      { limit: "much", maxLeverage: "5" },
    ]);
    expect(story.state.riskTiers.get(BTC)).toEqual([
      { limit: 100_000_000, leverageHundredths: 2_000 },
      { limit: 200_000_000, leverageHundredths: 2_000 },
    ]);
  });
});
