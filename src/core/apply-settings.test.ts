/** Allocations that begin, change and end, symbols that are filtered, instruments that appear and change. */
import { describe, expect, it } from "vitest";
import { BTC, BTC_SPEC, onlyOrder, orderTexts, reasonsOf, Story } from "../../test/core/story.ts";

function holding(): Story {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

describe("an allocation", () => {
  it("that changes moves the target at once", () => {
    const story = holding();
    const changed = story.allocate({ sizing: { kind: "multiplier", multiplier: "0.8" } });
    expect(orderTexts(changed)).toEqual(["+300"]);
    story.fill(onlyOrder(changed), "0.3", "0.8");
    expect(orderTexts(story.allocate({ sizing: { kind: "multiplier", multiplier: "0.1" } }))).toEqual([
      "-700 reduce",
    ]);
  });

  it("that ends closes what it wanted, and stays ended", () => {
    const story = holding();
    const ended = story.allocate();
    expect(orderTexts(ended)).toEqual(["-500 reduce"]);
    story.fill(onlyOrder(ended), "0.5", "0");
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual([]);
    story.describe("hedge");
    expect(orderTexts(story.followerSnapshot([]))).toEqual([]);
  });

  it("that comes back copies again, with its new numbers", () => {
    const story = holding();
    story.fill(onlyOrder(story.allocate()), "0.5", "0");
    expect(orderTexts(story.allocate({ sizing: { kind: "multiplier", multiplier: "0.2" } }))).toEqual([
      "+200",
    ]);
  });

  it("that ends while a change waits gives the change its reason", () => {
    const story = new Story({ bare: true });
    story.leaderSnapshot([]);
    story.followerSnapshot([]);
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual([]);
    expect(reasonsOf(story.allocate())).toEqual(["allocation-ended"]);
  });

  it("that does not copy what existed copies only what comes after", () => {
    const story = new Story({ allocation: { startMode: "new-only" }, bare: true });
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    story.price("60000");
    const described = story.describe("one-way");
    expect(orderTexts(described)).toEqual([]);
    expect(reasonsOf(described)).toEqual(["waived"]);
    expect(orderTexts(story.leaderFill("buy", "0.2"))).toEqual(["+100"]);
  });

  it("copies what existed when told so", () => {
    const story = new Story({ bare: true });
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    story.price("60000");
    expect(orderTexts(story.describe("one-way"))).toEqual(["+500"]);
  });
});

describe("symbols", () => {
  it("that are filtered out are closed, and copied again when let in", () => {
    const story = holding();
    const filtered = story.allocate({ symbols: ["ETHUSDT"] });
    expect(orderTexts(filtered)).toEqual(["-500 reduce"]);
    story.fill(onlyOrder(filtered), "0.5", "0");
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["symbol-filtered"]);
    expect(orderTexts(story.allocate({ symbols: ["BTCUSDT"] }))).toEqual(["+1000"]);
  });
});

describe("an instrument", () => {
  it("that stops trading takes no increases, and its new limits hold at once", () => {
    const story = holding();
    const list = (spec: Partial<typeof BTC_SPEC>): string[] =>
      orderTexts(
        story.feed({
          kind: "instruments-listed",
          instruments: [{ ...BTC_SPEC, ...spec }],
          atMs: story.nowMs,
        }),
      );
    list({ status: "closed" });
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["instrument-not-trading"]);
    expect(list({ maxMarketQuantity: "0.2" })).toEqual(["+200"]);
  });

  it("with a new tick alone goes on, valued by prices in the new one", () => {
    const story = holding();
    const instruments = [{ ...BTC_SPEC, tickSize: "0.01" }];
    story.feed({ kind: "instruments-listed", instruments, atMs: story.nowMs });
    story.price("60000.01");
    expect(story.state.quotes.get(BTC)?.mark).toBe(6_000_001);
    expect(orderTexts(story.leaderFill("buy", "1", { price: "60000.01" }))).toEqual(["+500"]);
  });
});
