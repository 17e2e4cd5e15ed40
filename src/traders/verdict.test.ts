import { describe, expect, it } from "vitest";
import type { TraderRecord } from "../store/trader-store.ts";
import { hasFigures, type JudgedRecord, judgedRecord, verdictOf, withReason } from "./verdict.ts";

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
} as const;

function evidence(days: number, words: JudgedRecord["words"] = []): JudgedRecord {
  return { days, trips: 1, words };
}

describe("the verdict on a record", () => {
  it("is that it can be judged when nothing speaks against it, with what its data leave open", () => {
    const found = verdictOf(trader, evidence(30, ["open-positions", "capital-estimated"]), NEEDS);
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
    ["days-unsure", verdictOf(trader, evidence(30, ["venue-profit-only"]), NEEDS), false],
    ["capital-used-up", verdictOf(trader, evidence(30, ["capital-used-up"]), NEEDS), false],
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

  it.each([
    ["who adds to losers in most trips", 10, 8, true],
    ["not who does it now and then", 10, 2, false],
    ["nobody of whom too few trips are known", 9, 9, false],
  ])("warns of a loss that has not come yet: %s", (_, trips, adding, warned) => {
    const add = (price: number) => ({ atMs: 1, quantity: 1, price, averageEntry: 100 });
    const record = {
      days: Array.from({ length: 30 }, () => ""),
      trips: Array.from({ length: trips }, (__, at) => ({ ...trip, adds: [add(at < adding ? 90 : 110)] })),
      assumptions: [],
      quality: [],
    };
    const { word, reservations } = verdictOf(trader, judgedRecord(record), NEEDS);
    expect(word).toBe("judgeable");
    expect(reservations.map((one) => one.word)).toEqual(warned ? ["adds-to-losers"] : []);
  });
});
