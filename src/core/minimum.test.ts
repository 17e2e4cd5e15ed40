/** The venue's smallest order: 0.001 BTC worth 6 at 60,000, with a smallest value of 120, so two steps at least. */
import { describe, expect, it } from "vitest";
import { onlyOrder, orderTexts, reasonsOf, Story } from "../../test/core/story.ts";
import type { MinimumPolicy } from "./settings.ts";

function story(minimumPolicy: MinimumPolicy, minNotional = "120"): Story {
  const sizing = { kind: "multiplier", multiplier: "1" } as const;
  return new Story({ allocation: { minimumPolicy, sizing }, instrument: { minNotional } });
}

describe("an increase below the minimum (pain 25)", () => {
  it("accumulates until it reaches it", () => {
    const told = story({ kind: "accumulate" });
    const small = told.leaderFill("buy", "0.001");
    expect(small.denials).toMatchObject([
      { reason: "below-minimum-notional", detail: { lots: 1, leastLots: 2, priceTicks: 600_000 } },
    ]);
    expect(orderTexts(told.leaderFill("buy", "0.001"))).toEqual(["+2"]);
  });

  it("is skipped for good", () => {
    const told = story({ kind: "skip" });
    expect(reasonsOf(told.leaderFill("buy", "0.001"))).toEqual(["below-minimum-notional"]);
    expect(reasonsOf(told.leaderFill("buy", "0.001"))).toEqual(["below-minimum-notional"]);
    expect(orderTexts(told.leaderFill("buy", "0.005"))).toEqual(["+5"]);
  });

  it("is rounded up within the excess, and the next increase uses the excess first", () => {
    const told = story({ kind: "round-up", excessMax: "1" });
    const rounded = told.leaderFill("buy", "0.001");
    expect(orderTexts(rounded)).toEqual(["+2"]);
    told.fill(onlyOrder(rounded), "0.002", "0.002");
    const next = told.leaderFill("buy", "0.001");
    expect(orderTexts(next)).toEqual([]);
    expect(reasonsOf(next)).toEqual(["at-target"]);
    expect(orderTexts(told.leaderFill("buy", "0.002"))).toEqual(["+2"]);
  });

  describe("that fills in part and is cancelled", () => {
    /** What is ordered from the end of the rounded order on. */
    function cancelledAfter(filled: string, excessMax: string) {
      const told = story({ kind: "round-up", excessMax }, "600");
      const rounded = told.leaderFill("buy", "0.006");
      expect(orderTexts(rounded)).toEqual(["+10"]);
      const later = [
        told.report(onlyOrder(rounded), filled),
        told.followerHolds(filled),
        ...told.wait(10_000),
      ];
      return { told, ordered: later.flatMap((decision) => orderTexts(decision)) };
    }

    it.each(["0.006", "0.007"])(
      "is not rounded up again where all that was asked for is held: %s",
      (held) => {
        expect(cancelledAfter(held, "3").ordered).toEqual([]);
      },
    );

    it("gives up what was not bought, so that a smaller minimum does not buy it either", () => {
      const { told } = cancelledAfter("0.007", "3");
      expect(orderTexts(told.price("600000"))).toEqual([]);
      expect(told.leg().market.copies[0]?.legs[0]).toMatchObject({
        heldLots: 7,
        wantedLots: 6,
        excessLots: 1,
      });
    });

    it("is rounded up by what is still asked for, not by what it was rounded up to", () => {
      expect(cancelledAfter("0.003", "3").ordered).toEqual(["+10"]);
      expect(cancelledAfter("0.003", "2").ordered).toEqual([]);
    });
  });

  it.each([
    ["0.9", []],
    ["1", ["+2"]],
  ])("is rounded up only when the excess allows it: %s", (excessMax, orders) => {
    expect(orderTexts(story({ kind: "round-up", excessMax }).leaderFill("buy", "0.001"))).toEqual(orders);
  });

  it("is measured at the current price", () => {
    const told = story({ kind: "accumulate" });
    told.price("120000");
    expect(orderTexts(told.leaderFill("buy", "0.001"))).toEqual(["+1"]);
  });
});

describe("a close", () => {
  it("takes everything, below the minimum value too: no dust stays (pain 17)", () => {
    const told = story({ kind: "accumulate" });
    told.fill(onlyOrder(told.leaderFill("buy", "0.002")), "0.002", "0.002");
    const part = told.leaderFill("sell", "0.001");
    expect(orderTexts(part)).toEqual(["-1 reduce"]);
    told.fill(onlyOrder(part), "0.001", "0.001");
    expect(orderTexts(told.leaderFill("sell", "0.001"))).toEqual(["-1 reduce"]);
  });
});
