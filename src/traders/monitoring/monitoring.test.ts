/** The rules of monitoring: what raises and clears each, and that what stands comes and goes once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shrunkPairs } from "../../analytics/correlation/shrunk-pairs.ts";
import { seededRandom } from "../../analytics/numeric/random.ts";
import type { StyleVerdict } from "../../analytics/style/classify.ts";
import { stylesOf } from "../../analytics/style/model.ts";
import type { Style } from "../../analytics/style/styles.ts";
import { decayReading } from "./decay-reading.ts";
import { type CopiedLeader, diversityReadings } from "./diversity-readings.ts";
import { filterReadings } from "./filter-readings.ts";
import { findingId, PERSISTENCE, type Reading, type ReadingState } from "./finding.ts";
import { correlationReading, lockStepReading } from "./pair-readings.ts";
import { isFinding, takeReadings, type Watched } from "./standing.ts";
import { styleReading } from "./style-change.ts";

function reading(state: ReadingState, basis: number, over: Partial<Reading> = {}): Reading {
  const frame = {
    rule: "decay",
    leader: "alice",
    topic: "",
    value: "8",
    limit: "6",
    text: "",
    numbers: {},
  } as const;
  return { ...frame, state, basis: String(basis), ...over };
}

/** Takes looks one after the other, each from new data unless it says otherwise; what began and ended at which. */
function looks(rule: Reading["rule"], states: readonly ReadingState[], basisOf = (look: number) => look) {
  let watched: readonly Watched[] = [];
  const told: string[] = [];
  for (const [look, state] of states.entries()) {
    const before = watched.filter(isFinding).length;
    const taken = takeReadings(watched, [reading(state, basisOf(look), { rule })], look);
    if (taken.watched.filter(isFinding).length > before) told.push(`begins ${look}`);
    for (const _ of taken.ended) told.push(`ends ${look}`);
    // Through the file that it is kept in.
    watched = JSON.parse(JSON.stringify(taken.watched)) as readonly Watched[];
  }
  return told;
}

const [r, b, c, u] = ["raised", "between", "clear", "unknown"] as const;

describe("what stands", () => {
  it.each([
    ["decay", [c, r, r, b, b, c, c], ["begins 1", "ends 5"]],
    ["failed-filter", [r, c, r, c, c, c], ["begins 0", "ends 5"]],
    ["style-change", [r, r, c, r, b, r, r, r, c, c, c], ["begins 7", "ends 10"]],
    ["style-change", [r, r, u, r], ["begins 3"]],
    ["lock-step", [r, u, u, u, u], ["begins 0"]],
  ] as const)("of %s by %j is %j", (rule, states, wanted) => {
    expect(looks(rule, states)).toEqual(wanted);
  });

  it("does not come from looking at the same data again", () => {
    expect(looks("style-change", [r, r, r, r, r, r], (look) => Math.floor(look / 3))).toEqual([]);
    expect(looks("failed-filter", [r, c, c, c, c], (look) => Math.min(look, 1))).toEqual(["begins 0"]);
  });

  it("begins and ends in turns, each never sooner than its rule says, whatever is read", () => {
    const states = fc.array(fc.constantFrom(r, b, c, u), { maxLength: 40 });
    fc.assert(
      fc.property(states, fc.constantFrom("decay", "style-change", "failed-filter"), (read, rule) => {
        const told = looks(rule as Reading["rule"], read);
        const { begins, ends } = PERSISTENCE[rule as Reading["rule"]];
        told.forEach((one, place) => {
          const [what, at] = one.split(" ");
          expect(what).toBe(place % 2 === 0 ? "begins" : "ends");
          const known = read.slice(0, Number(at) + 1).filter((state) => state !== u);
          const [state, count] = what === "begins" ? [r, begins] : [c, ends];
          expect(known.slice(-count).every((one) => one === state)).toBe(true);
        });
      }),
    );
  });

  it("of two leaders stays with the one that was doubted first", () => {
    const pair = (leader: string, topic: string, state: ReadingState, basis: number) =>
      reading(state, basis, { rule: "correlation", leader, topic });
    const first = takeReadings([], [pair("bob", "alice", r, 1)], 1);
    const second = takeReadings(first.watched, [pair("alice", "bob", r, 2)], 2);
    expect(second.watched.map((one) => [one.reading.leader, one.sinceMs])).toEqual([["bob", 1]]);
    const over = takeReadings(second.watched, [pair("alice", "bob", c, 3)], 3);
    expect(over.ended.map((one) => one.reading.leader)).toEqual(["bob"]);
    expect(findingId(pair("a", "b", r, 1))).toBe(findingId(pair("b", "a", r, 1)));
  });

  it("of somebody who is not looked at any more is dropped", () => {
    const { watched } = takeReadings([], [reading(r, 1)], 1);
    expect(takeReadings(watched, [], 2)).toEqual({ watched: [], ended: [] });
  });
});

function verdict(label: Style, probability: number, over: Partial<StyleVerdict> = {}): StyleVerdict {
  const rest = (1 - probability) / 9;
  const frame = {
    confidence: "high",
    reasons: [],
    agreement: 0.95,
    trips: 30,
    marketShare: 1,
    features: {},
  } as const;
  return {
    ...frame,
    label,
    probabilities: stylesOf((style) => (style === label ? probability : rest)),
    ...over,
  };
}

describe("style", () => {
  const trend = verdict("trend_following", 0.9);
  it.each([
    ["another one, likely", verdict("martingale", 0.8), r],
    ["another one, hardly likely", verdict("martingale", 0.6), b],
    ["another one, that other draws do not give", verdict("martingale", 0.8, { agreement: 0.8 }), b],
    ["another one, of low confidence", verdict("martingale", 0.8, { confidence: "low" }), b],
    ["the same", verdict("trend_following", 0.5), c],
    ["unknown", verdict("martingale", 0.8, { label: "unknown", probabilities: null }), u],
  ] as const)("%s", (_, now, state) => {
    expect(styleReading("alice", { before: trend, now, trips: 80 })).toMatchObject({ state });
  });

  it("has a basis that changes with five new trips", () => {
    const basisOf = (trips: number) => styleReading("alice", { before: trend, now: trend, trips }).basis;
    expect([basisOf(80), basisOf(84), basisOf(85)]).toEqual(["16", "16", "17"]);
  });
});

it("decay is raised above the bound and clear below half of it", () => {
  const days = ["2026-01-01", "2026-01-02", "2026-01-03"];
  const at = (value: number) =>
    decayReading("alice", days, {
      kind: "measured",
      ...{ value, limit: 6, since: 1, meanBefore: 0.002, meanSince: -0.01, reference: 1, watched: 2 },
    });
  expect([at(6.1), at(6), at(3), at(2.9)].map(({ state }) => state)).toEqual([r, b, b, c]);
  expect(at(6.1).text).toBe(
    "since 2026-01-02 its days bring -1.00 % a day on average, the 1 days before 2026-01-02 brought 0.20 % a day",
  );
  expect(decayReading("alice", days, { kind: "too-short", days: 3, needed: 70 }).state).toBe(u);
});

it("a filter is raised where it fails, clear where it passes, and says nothing where it cannot be told", () => {
  const result = {
    filter: "min_sharpe_ratio",
    asks: "at-least",
    unit: "ratio",
    bound: 1,
    notes: [],
  } as const;
  const read = filterReadings(
    "alice",
    [
      { ...result, result: "failed", value: 0.4, by: 0.6, because: null },
      { ...result, result: "passed", value: 1.4, by: null, because: null },
      {
        ...result,
        result: "cannot-tell",
        value: null,
        by: null,
        because: "12 days of record, 30 are needed",
      },
    ],
    "7",
  );
  expect(read.map(({ state, text }) => [state, text])).toEqual([
    [r, "min_sharpe_ratio is 0.4, the bound 1"],
    [c, "min_sharpe_ratio is 1.4, the bound 1"],
    [u, "12 days of record, 30 are needed"],
  ]);
});

/** Daily returns of several leaders that share `common` of their variance. */
function series(count: number, days: number, common: number) {
  const random = seededRandom(count * days);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const all = Array.from({ length: days }, normal);
  return Array.from({ length: count }, (_, place) => ({
    name: String(place),
    firstRow: 0,
    returns: Float64Array.from(
      all,
      (shared) => Math.sqrt(common) * shared + Math.sqrt(1 - common) * normal(),
    ),
  }));
}

describe("two leaders", () => {
  const alice = { name: "alice", score: 1.2, basis: "1" };
  const bob = { name: "bob", score: 0.3, basis: "2" };
  const options = { daysMin: 30, confidence: 0.95 };

  it("are one bet only where the lower bound of their correlation is above the limit; the less proven is doubted", () => {
    const [sure] = shrunkPairs(series(2, 200, 0.9), options);
    const unsure = { days: 30, shrunk: { value: 0.8, interval: [0.6, 0.9] } } as const;
    const [apart] = shrunkPairs(series(2, 200, 0.2), options);
    const [short] = shrunkPairs(series(2, 29, 0.9), options);
    const read = [sure, unsure, apart, short].map((pair) => {
      if (pair === undefined) throw new Error("no pair");
      return correlationReading([alice, bob], pair, 0.7);
    });
    expect(read.map(({ state, leader, topic }) => [state, leader, topic])).toEqual([
      [r, "bob", "alice"],
      [b, "bob", "alice"],
      [c, "bob", "alice"],
      [u, "bob", "alice"],
    ]);
  });

  it("are drawn towards all pairs, with intervals that hold the truth as often as they say", () => {
    const truth = 0.5;
    const within = Array.from({ length: 60 }, (_, trial) => {
      const [pair] = shrunkPairs(series(5, 60 + trial, truth), options);
      const { value, interval } = pair?.shrunk ?? { value: Number.NaN, interval: [1, 1] as const };
      expect(Math.abs(value - truth)).toBeLessThan(0.35);
      return interval[0] <= truth && truth <= interval[1];
    }).filter(Boolean).length;
    expect(within).toBeGreaterThanOrEqual(51);
  });

  it("trade as one where lock-step says so", () => {
    const pair = { one: 0, other: 1, shared: 40, share: 0.92, correlation: null };
    expect(lockStepReading([bob, alice], pair)).toMatchObject({
      state: r,
      leader: "bob",
      text: "it trades as one with alice: the same within a second 40 times, 92 % of what both could share",
    });
    expect(lockStepReading([bob, { ...alice, score: null }], null)).toMatchObject({
      state: c,
      leader: "alice",
    });
  });
});

describe("the styles that a follower copies", () => {
  const copied = (name: string, style: CopiedLeader["style"], ...copiedBy: readonly string[]) => ({
    ...{ name, style, copiedBy },
    basis: "1",
  });
  const statesOf = (leaders: readonly CopiedLeader[], bound: number) =>
    diversityReadings(leaders, bound).map(({ follower, state }) => [follower, state]);

  it("are judged of each follower by itself, over the leaders that it copies", () => {
    const leaders = [
      copied("alice", "scalping", "one", "two"),
      copied("bob", "scalping", "one"),
      copied("carol", "carry", "two"),
      copied("dave", "breakout"),
    ];
    expect(diversityReadings(leaders, 2)).toEqual([
      {
        rule: "failed-filter",
        leader: "",
        follower: "one",
        topic: "min_strategy_diversity",
        state: "raised",
        basis: "alice:1 bob:1 2",
        value: "1",
        limit: "2",
        text: "different styles among the leaders that it copies (2): 1 (scalping), the bound 2",
        numbers: { filter: "min_strategy_diversity", by: "1", leaders: 2, styles: "scalping" },
      },
      expect.objectContaining({ follower: "two", state: "clear", value: "2" }),
    ]);
    expect(diversityReadings([copied("dave", "breakout")], 2)).toEqual([]);
  });

  it("raise nothing where those that are not known could be the ones that lack", () => {
    const unsure = [copied("alice", "scalping", "one"), copied("bob", "unknown", "one")];
    expect(statesOf(unsure, 2)).toEqual([["one", "unknown"]]);
    expect(statesOf(unsure, 1)).toEqual([["one", "clear"]]);
    expect(statesOf(unsure, 3)).toEqual([["one", "raised"]]);
  });

  it("are one finding of each follower, and none of a leader", () => {
    const readings = diversityReadings([copied("alice", "scalping", "one", "two")], 2);
    const ids = [
      ...readings,
      { rule: "failed-filter", leader: "", topic: "min_strategy_diversity" } as const,
    ];
    expect(new Set(ids.map(findingId)).size).toBe(3);
    const { watched } = takeReadings([], readings, 7);
    expect(watched.map(({ reading: { follower }, sinceMs }) => [follower, sinceMs])).toEqual([
      ["one", 7],
      ["two", 7],
    ]);
    const better = ["2", "3", "4"].map((basis) =>
      diversityReadings(
        [
          { ...copied("alice", "scalping", "one", "two"), basis },
          { ...copied("bob", "carry", "one"), basis },
        ],
        2,
      ),
    );
    let standing = watched;
    const over: (string | undefined)[][] = [];
    for (const look of better) {
      const taken = takeReadings(standing, look, 8);
      standing = taken.watched;
      over.push(taken.ended.map(({ reading: { follower } }) => follower));
    }
    expect(over).toEqual([[], [], ["one"]]);
    expect(standing.map(({ reading: { follower } }) => follower)).toEqual(["two"]);
  });
});
