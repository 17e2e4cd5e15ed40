/** The answer of a what-if: which word, and what it says where little is known. */
import { describe, expect, it } from "vitest";
import type { WhatIfReport } from "./report.ts";
import { verdictOn } from "./verdict.ts";

const QUANTILES = { p5: -0.1, p25: -0.02, p50: 0.03, p75: 0.05, p95: 0.1 };
const REPORT: WhatIfReport = {
  leader: { venue: "binance", trader: "anna", history: "complete" },
  range: { fromMs: 0, toMs: 86_400_000 * 60 },
  days: 60,
  fills: 300,
  trips: 40,
  equity: 1_000,
  stated: [],
  terms: {
    delay: { medianMs: 1_000, spread: 0.5, seed: 1 },
    orderLatencyMs: 50,
    feeRate: 0.00055,
    slippage: { kind: "impact", halfSpreadBps: 1, factor: 1 },
    impactFactor: 1,
  },
  own: { capital: 1e5, isCapitalStated: true, profit: 9_000, scaledProfit: 90, copiedGross: 95 },
  follower: {
    profit: 60,
    interval: [20, 110],
    drawdown: -0.04,
    happenings: {
      ...{ leaderFills: 300, orders: 200, rejections: 0, fills: 250, traded: 1e5, fees: 55, funding: 1 },
      ...{ liquidations: 0, reasons: {}, events: 1_000 },
    },
    doubts: { unseenCloses: 0, strangePrices: 0 },
    fingerprint: "",
  },
  starts: {
    ...{ returns: QUANTILES, drawdowns: QUANTILES, lossShare: 0.3, separate: 2, horizonDays: 30, lives: 4 },
  },
  noStarts: null,
  settingCosts: [],
  idle: [],
  delays: {
    by: "light",
    points: [],
    limit: { kind: "until", delayMs: 42_000 },
    carefulLimit: { kind: "never" },
    triedMs: 3_600_000,
  },
  leftOut: [],
  capacity: {
    ...{ half: 250_000, whole: 1_000_000, wholeInterval: [0, 4e9], triedAt: 1e7, earned: 5, impact: 10 },
  },
  size: { wantedShare: 0.9, errorMax: 0.2, share: 0.95, leastEquity: 700, followsCapital: true },
  quickProfit: 61,
  taken: [],
  withoutBars: [],
  withoutFunding: [],
  unlisted: [],
  assumedSteps: [],
};

const follower = (more: Partial<WhatIfReport["follower"]>) => ({ follower: { ...REPORT.follower, ...more } });
const size = (more: Partial<WhatIfReport["size"]>) => ({ size: { ...REPORT.size, ...more } });

describe("the answer", () => {
  it.each<readonly [string, Partial<WhatIfReport>, string]>([
    ["a gain beyond chance over a long record", {}, "paid"],
    ["an interval that holds zero", follower({ interval: [-1, 110] }), "not-shown"],
    ["no interval", follower({ interval: null }), "not-shown"],
    ["few days", { days: 19 }, "not-shown"],
    ["few round trips", { trips: 9 }, "not-shown"],
    ["a record that was cut", { leader: { ...REPORT.leader, history: "truncated" } }, "not-shown"],
    ["a loss", follower({ profit: -1, interval: [-50, 40] }), "does-not-pay"],
    ["too small a capital, whatever it gained", size({ share: 0.89 }), "too-small"],
    ["fixed sizes, which no capital is too small for", size({ share: null, leastEquity: null }), "paid"],
  ])("to %s", (_, more, word) => {
    expect(verdictOn({ ...REPORT, ...more }).word).toBe(word);
  });

  it("is told with what it stands on", () => {
    expect(verdictOn(REPORT).sentences).toEqual([
      "In the 60 recorded days this follower gained 60 USDT (+6.00 %); such days drawn anew give +2.00 % to +11.00 % (95 %); on the way it was down by 4.00 % at worst",
      "Begun at another time and copied for 30 days: +3.00 % in the middle, -10.00 % to +10.00 % in nine of ten starts; 30 % of the starts lose, and one in twenty falls by 10.00 % on the way; they overlap, and there is room for 2 of them side by side",
      "With 1,000 USDT 95 % of what it trades is copied within 20 % of its exact size; from 700 USDT on it is 90 % or more",
      "Being late: the follower gains up to a delay of about 42 s, and loses beyond it (at none of them beyond chance); with all that bars leave open of prices counted against it, the follower loses however prompt it is",
      "Room: the impact of 1,000 USDT alone takes 3 % of the edge; of all who copy it together it takes half of the edge at 250,000 USDT, and all of it at 1 million USDT; these are guesses, as among such days drawn anew there are some with no edge at all",
    ]);
  });

  it.each<readonly [string, number, readonly [number, number] | null, string]>([
    ["a small part of it", 50, null, "Room: the impact of 50 USDT alone takes less than 1 % of the edge;"],
    ["more than there is", 2e6, null, "Room: the impact of 2,000,000 USDT alone takes all of the edge;"],
    [
      "a room that is known",
      1_000,
      [1_512, 4e6],
      "; such days drawn anew put all of it anywhere from 1,500 USDT to 4 million USDT",
    ],
  ])("tells the room by what the capital alone takes: %s", (_, equity, wholeInterval, text) => {
    const capacity = REPORT.capacity === null ? null : { ...REPORT.capacity, wholeInterval };
    expect(verdictOn({ ...REPORT, equity, capacity }).sentences.at(-1)).toContain(text);
  });

  it("says in words what is not known", () => {
    const { sentences } = verdictOn({
      ...REPORT,
      ...follower({ interval: null }),
      days: 3,
      trips: 1,
      starts: null,
      noStarts: "short-record",
      capacity: REPORT.capacity === null ? null : { ...REPORT.capacity, half: null, whole: null },
    });
    const all = sentences.join("\n");
    expect(all).toContain("the days are too few to say how much of that is luck");
    expect(all).toContain("The record is short (3 days, 1 finished round trip)");
    expect(all).toContain("too short to say what another start would have given");
    expect(all).toContain("How much money fits is not known");
  });

  it("has no other starts for who would not take over what is held", () => {
    const { sentences } = verdictOn({ ...REPORT, starts: null, noStarts: "start-mode" });
    expect(sentences[1]).toContain("not worked out for a start_mode other than all");
  });

  it("says what capital, or which factor, would be enough, but advises no large factor", () => {
    const told = (leastEquity: number) =>
      verdictOn({ ...REPORT, ...size({ share: 0.5, leastEquity }) }).sentences[2] ?? "";
    expect(told(1_790)).toContain(
      "from 1,800 USDT on it is 90 % or more, or with 1.8 times the position_scaling",
    );
    expect(told(40_000)).not.toContain("position_scaling");
  });
});
