/** Loss tiers as a file holds them and as they are edited: what was not touched comes back as it was. */
import { describe, expect, it } from "vitest";
import { writtenText, writtenValueOf } from "../../web/src/format/written-value.ts";
import { saidOneByOne, tiersOf, writtenTiers } from "../../web/src/pages/risk/tiers.ts";

describe("loss tiers", () => {
  it.each([
    [[100, 200, 400]],
    [[]],
    [
      [
        { loss_usd: 100, action: "reduce", share: 0.5 },
        { loss_usd: 400, action: "close" },
      ],
    ],
  ])("come back as they were: %j", (value) => {
    const tiers = tiersOf(value);
    expect(tiers === null ? null : writtenTiers(tiers)).toEqual(value);
  });

  it("are left to be edited as text where they are written otherwise", () => {
    expect([
      tiersOf("every day"),
      tiersOf([{ loss: 5 }]),
      tiersOf([{ loss_usd: 5, action: "laugh" }]),
    ]).toEqual([null, null, null]);
  });

  it("said one by one mean the same: equal parts that never exceed the whole, and a close at the largest", () => {
    expect(writtenTiers(saidOneByOne(tiersOf([400, 100, 200])?.tiers ?? []))).toEqual([
      { loss_usd: 100, action: "reduce", share: 0.3333 },
      { loss_usd: 200, action: "reduce", share: 0.3333 },
      { loss_usd: 400, action: "close" },
    ]);
  });

  it("send what is no number as it was typed, for the server to say what is wrong with it", () => {
    expect(writtenTiers({ isEqual: true, tiers: [{ loss: "1e3", action: "close", share: "" }] })).toEqual([
      "1e3",
    ]);
  });
});

describe("a setting in a field", () => {
  it.each([["multiplier"], [0.5], [true], [["BTCUSDT"]], [null]])("comes back as it was: %j", (value) => {
    expect(writtenValueOf(writtenText(value))).toEqual(value);
  });
});
