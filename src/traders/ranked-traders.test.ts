/** The order of a ranking: by what a follower gets, or by the traders' own results. */
import { describe, expect, it } from "vitest";
import type { RankEntry } from "./rank-entry.ts";
import { rankTraders } from "./ranked-traders.ts";

const DAYS = 60;
const EDGE = { gross: 10, delay: 1, slippage: 1, fees: 2, sizes: 0, funding: 0, net: 6 };
const PARTS = { edge: 0.6, costs: 0.7, size: 1, holding: 1, listed: null, bursts: 1 };

/** Returns that go up and down by a percent about their mean. */
function returns(mean: number): Float64Array {
  return Float64Array.from({ length: DAYS }, (_, day) => mean + (day % 2 === 0 ? 0.01 : -0.01));
}

function entry(trader: string, own: number, followers: Float64Array): RankEntry {
  return {
    record: {
      venue: "binance",
      trader,
      firstSeenMs: 0,
      lastSeenMs: 0,
      history: "complete",
      statedEquity: null,
      revision: 1,
      rejectedRows: 0,
    },
    judged: { days: DAYS, trips: 20, words: [] },
    firstDay: "2024-01-01",
    returns: returns(own),
    moments: {},
    basis: "own",
    follower: {
      returns: followers,
      basis: "follower's",
      edge: EDGE,
      copyability: { score: 0.8, parts: PARTS },
      words: ["unlisted", "prices-between-bars"],
    },
  };
}

const ENTRIES = [
  entry("quick", 0.004, returns(-0.001)),
  entry("slow", 0.003, returns(0.0025)),
  entry("tiny", 0.001, new Float64Array(DAYS)),
];
const OPTIONS = { needs: { days: 30, trips: 10 }, screened: 3 };
const namesOf = (by: "net" | "gross") =>
  rankTraders(ENTRIES, { ...OPTIONS, by }).traders.map(({ trader }) => trader.trader);

describe("the order", () => {
  it("is of what a follower gets, whoever it gets nothing of last", () => {
    expect(namesOf("net")).toEqual(["slow", "quick", "tiny"]);
  });

  it("is of the traders' own results where that is asked for", () => {
    expect(namesOf("gross")).toEqual(["quick", "slow", "tiny"]);
  });

  it("leaves the figures of both as they are", () => {
    const { traders } = rankTraders(ENTRIES, { ...OPTIONS, by: "net" });
    const [slow, quick, tiny] = traders;
    expect(quick?.figures?.sharpe).toBeGreaterThan(slow?.figures?.sharpe ?? Number.NaN);
    expect(quick?.follower?.figures?.sharpe).toBeLessThan(0);
    expect(slow?.follower).toMatchObject({
      edge: EDGE,
      copyability: { score: 0.8 },
      reservations: [{ word: "unlisted" }],
    });
    // Nothing was ever copied: its own record is judged all the same.
    expect(tiny).toMatchObject({ verdict: { word: "judgeable" }, follower: { figures: null } });
    expect(tiny?.figures).not.toBeNull();
  });

  it("tells of the luckiest by the same results", () => {
    const lucky = (by: "net" | "gross") => rankTraders(ENTRIES, { ...OPTIONS, by }).luckiestSharpe;
    expect(lucky("net")).not.toBe(lucky("gross"));
  });
});
