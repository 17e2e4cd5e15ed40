/** A failing history loses all that its breach does not need, and the same one always loses the same. */
import { describe, expect, it } from "vitest";
import { NO_LIMITS } from "../../src/core/risk-settings.ts";
import { plainAllocation } from "../../src/core/settings.ts";
import type { Happening } from "./happenings.ts";
import { invariantOf } from "./invariant-name.ts";
import { NO_FAULTS } from "./model-connection.ts";
import type { Recording } from "./recording.ts";
import { shrink } from "./shrink.ts";
import { simulateRecorded } from "./simulate.ts";
import { storyOf } from "./story.ts";

const { recording } = simulateRecorded(12, 60, "ruled");

/** What happens at any depth. */
function flat(happenings: readonly Happening[]): readonly Happening[] {
  return happenings.flatMap((one) => (one.kind === "down" ? [one, ...flat(one.meanwhile)] : [one]));
}

/** Two prices of one symbol, and a leader's trade before them. */
function breaks({ happenings, before }: Recording): boolean {
  const all = flat([...before, ...happenings]);
  const trade = all.findIndex(({ kind }) => kind === "trade");
  const prices = all.filter(
    (one, place) => one.kind === "price" && one.symbol === "DOGEUSDT" && place > trade,
  );
  return trade >= 0 && prices.length >= 2;
}

describe("shrinking", () => {
  const shrunk = shrink(recording, breaks, 2_000);

  it("leaves only what the breach needs", () => {
    const { happenings, before, closes, setting } = shrunk.recording;
    expect(breaks(recording)).toBe(true);
    expect(breaks(shrunk.recording)).toBe(true);
    expect(flat([...before, ...happenings]).map(({ kind }) => kind)).toEqual(["trade", "price", "price"]);
    expect(closes).toEqual([]);
    const [allocation, ...others] = setting.allocations;
    expect(others).toEqual([]);
    expect(allocation).toEqual(plainAllocation(allocation?.leader as never, allocation?.follower as never));
    for (const { guards, limits = NO_LIMITS } of setting.accounts) {
      expect(guards).toBeUndefined();
      expect(limits).toEqual(NO_LIMITS);
    }
  });

  it("gives the same each time, and ends with the number of tries", () => {
    expect(shrink(recording, breaks, 2_000)).toEqual(shrunk);
    expect(shrink(recording, breaks, 5).tries).toBe(5);
  });

  it("calms the network where the breach does not need its faults", () => {
    const faults = { ...NO_FAULTS, answerLost: 0.4, readLost: 0.2 };
    const stormy: Recording = {
      ...recording,
      before: [],
      happenings: [{ kind: "faults", faults }],
      closes: [],
    };
    const needs = ({ happenings }: Recording): boolean =>
      happenings.some((one) => one.kind === "faults" && one.faults.answerLost > 0);
    const calm = { ...NO_FAULTS, answerLost: 0.4 };
    expect(shrink(stormy, needs, 500).recording.happenings).toEqual([{ kind: "faults", faults: calm }]);
  });
});

it("tells who is there, when what happened, and what was decided", () => {
  const story = storyOf(shrink(recording, breaks, 2_000).recording);
  expect(story.find((line) => line.startsWith("follower"))).toMatch(
    /^follower follower\d: (one-way|hedge), \d+ USDT/u,
  );
  expect(story.find((line) => line.includes(" copies "))).toMatch(/^follower\d copies leader\d: /u);
  expect(story.filter((line) => line.includes("DOGEUSDT is at "))).toHaveLength(2);
  expect(story.some((line) => /^ +\d+\.\d{3} s {2}leader\d (buy|sell)s /u.test(line))).toBe(true);
});

it.each([
  ["past-target: follower2 DOGEUSDT net ct0: ours -44, at most 42.4", "past-target"],
  [
    "leader-filled: ctfm6owhsp000300000000o0 counts 4, the venue filled 3",
    "an order counts N, the venue filled N",
  ],
  ["1767 follower1 BTCUSDT@model net order 4: more than the 3 owned", "more than the N owned"],
  ['recovery differs: "legs":[{"a": 1 <> 2', "recovery differs"],
  ["stopped: Error: no account leader2\n    at somewhere", "stopped: Error: no account leader"],
])("names the invariant of %s", (breach, name) => {
  expect(invariantOf(breach)).toBe(name);
});
