/** Figures of a venue at the edge of what the core's integers hold: refused or unknown, never an exception on the way. */
import { describe, expect, it } from "vitest";
import { BTC_SPEC, Story } from "../../../test/core/story.ts";
import { makeInstrument, nearestTicks } from "./instrument.ts";

const HUGE = "9".repeat(40);

describe("an instrument", () => {
  it("whose market orders would be smaller than a step is refused when it is made", () => {
    expect(() => makeInstrument({ ...BTC_SPEC, maxMarketQuantity: "0" })).toThrow(RangeError);
  });

  it("knows no tick for a price past 2^53", () => {
    expect(nearestTicks(makeInstrument(BTC_SPEC), HUGE)).toBeUndefined();
  });
});

describe("a statement with a figure that is too large", () => {
  it("about an entry price leaves the quantity to count", () => {
    const story = new Story();
    story.feed({
      kind: "follower-position-reported",
      account: story.leg().market.follower.account,
      position: { ...story.row("0.5"), entryPrice: HUGE },
      receivedAtMs: story.nowMs,
    });
    expect(story.leg().venue).toMatchObject({ lots: 500, entryTicks: null });
  });

  it("about a price is no price", () => {
    const story = new Story();
    expect(() => story.price(HUGE)).not.toThrow();
  });
});
