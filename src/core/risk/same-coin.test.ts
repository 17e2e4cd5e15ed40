/** One ticker at two venues may stand for two coins: prices tell. */
import { describe, expect, it } from "vitest";
import { coinStory } from "../../../test/core/coins.ts";
import { orderTexts, reasonsOf } from "../../../test/core/story.ts";

describe("an instrument that was found by its name", () => {
  it("is copied where its price is near the leader's", () => {
    expect(orderTexts(coinStory("BTCUSDT", "60000").bought("61000"))).toEqual(["+500"]);
  });

  it.each(["40000", "75000", "0.9"])(
    "is another coin where the leader paid %s and it costs 60000",
    (paid) => {
      const decision = coinStory("BTCUSDT", "60000").bought(paid);
      expect(reasonsOf(decision)).toEqual(["price-apart"]);
      expect(decision.denials[0]?.detail).toMatchObject({ symbol: "BTCUSDT", price: "60000" });
    },
  );

  it("waits for a price where none is known", () => {
    const { story, bought } = coinStory("BTCUSDT", "");
    expect(reasonsOf(bought("60000"))).toEqual(["no-price"]);
    const before = story.decisions.length;
    story.price("60000");
    story.wait(2_000);
    expect(story.decisions.slice(before).flatMap(orderTexts)).toEqual(["+500"]);
  });

  it("is the owner's word where the owner maps it", () => {
    const symbolMap = { BTC: { symbol: "BTCUSDT", units: "1" } };
    expect(orderTexts(coinStory("BTCUSDT", "60000", { symbolMap }).bought("75000"))).toEqual(["+500"]);
  });
});
