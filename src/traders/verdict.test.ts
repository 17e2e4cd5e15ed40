import { describe, expect, it } from "vitest";
import type { TraderRecord } from "../store/trader-store.ts";
import type { Assumption, AssumptionWord, TraderEvidence } from "./evidence.ts";
import type { QualityWord } from "./quality.ts";
import { hasFigures, verdictOf, withReason } from "./verdict.ts";

const NEEDS = { days: 30, trips: 1 };
const trader: TraderRecord = {
  venue: "binance",
  trader: "alice",
  firstSeenMs: 0,
  lastSeenMs: 0,
  history: "complete",
  statedEquity: null,
  revision: 1,
  rejectedRows: 0,
};
const trip = {
  symbol: "BTCUSDT",
  side: "long",
  openMs: 0,
  closeMs: 1,
  pnl: 1,
  fees: 0,
  maxQuantity: 1,
  maxNotional: 1,
  adds: [],
} as const;

function evidence(
  days: number,
  {
    assumed = [],
    quality = [],
  }: { assumed?: readonly AssumptionWord[]; quality?: readonly QualityWord[] } = {},
): TraderEvidence {
  return {
    trader: { venue: "binance", trader: "alice" },
    days: Array.from({ length: days }, (_, day) => `day ${day}`),
    returns: new Float64Array(days),
    pnl: new Float64Array(days),
    base: 1,
    isBaseStated: true,
    peakNotional: 1,
    trips: [trip],
    assumptions: assumed.map((word): Assumption => ({ word, text: "" })),
    quality: quality.map((word) => ({ word, count: 0 })),
  };
}

describe("the verdict on a record", () => {
  it("is that it can be judged when nothing speaks against it, with what its data leave open", () => {
    const found = verdictOf(
      trader,
      evidence(30, { assumed: ["capital-estimated"], quality: ["open-positions"] }),
      NEEDS,
    );
    expect(found).toMatchObject({ word: "judgeable", reasons: [] });
    expect(found.reservations.map(({ word }) => word)).toEqual(["capital-estimated", "open-positions"]);
    expect(hasFigures(found)).toBe(true);
  });

  it("is the gravest reason, and tells the others", () => {
    const cut = { ...trader, history: "truncated" } as const;
    const found = verdictOf(cut, evidence(1), { days: 30, trips: 2 });
    expect(found.word).toBe("too-short");
    expect(found.reasons).toEqual([
      { word: "too-short", text: "1 day of record, 30 are needed" },
      { word: "truncated", text: "its source cut the history: what came before is not seen" },
      { word: "few-trips", text: "1 finished round trip seen whole, 2 are needed" },
    ]);
    expect(hasFigures(found)).toBe(false);
  });

  it.each([
    ["truncated", verdictOf({ ...trader, history: "truncated" }, evidence(30), NEEDS), true],
    ["few-trips", verdictOf(trader, evidence(30), { days: 30, trips: 2 }), true],
    ["days-unsure", verdictOf(trader, evidence(30, { assumed: ["venue-profit-only"] }), NEEDS), false],
    ["capital-used-up", verdictOf(trader, evidence(30, { assumed: ["capital-used-up"] }), NEEDS), false],
    ["empty", verdictOf(trader, null, NEEDS), false],
  ])("is %s, and says whether a figure can be made", (word, found, figures) => {
    expect(found.word).toBe(word);
    expect(hasFigures(found)).toBe(figures);
  });

  it("gives no figure of an account whose record another one stands for", () => {
    const twin = withReason(verdictOf(trader, evidence(30), NEEDS), { word: "same-as-another", text: "" });
    expect(twin.word).toBe("same-as-another");
    expect(hasFigures(twin)).toBe(false);
  });
});
