/** Which override's value counts for a symbol, and what it does to size and leverage. */
import { describe, expect, it } from "vitest";
import { onlyOrder, orderTexts, reasonsOf, Story } from "../../test/core/story.ts";
import { AccountId } from "./model/identifiers.ts";
import { leverageMaxFor, sizingFor } from "./overrides.ts";
import { type Allocation, plainAllocation, type SymbolOverride } from "./settings.ts";

const factor = (multiplier: string) => ({ kind: "multiplier", multiplier }) as const;
const lots = (quantity: string) => ({ kind: "fixed-quantity", quantity }) as const;

const allocation = (overrides: readonly SymbolOverride[]): Allocation => ({
  ...plainAllocation(AccountId("a"), AccountId("b")),
  overrides,
});

describe("of several that fit", () => {
  const all = allocation([
    { pattern: "*", sizing: factor("2"), leverageMax: "5" },
    { pattern: "1000*", sizing: factor("3"), leverageMax: "2" },
    { pattern: "*USDT", sizing: factor("4") },
    { pattern: "BTCUSDT", sizing: lots("0.01") },
  ]);

  it.each([
    ["BTCUSDT", lots("0.01"), "5"],
    ["ETHUSDT", factor("4"), "5"],
    ["1000PEPEUSDT", factor("3"), "2"],
    ["ETHUSDC", factor("2"), "5"],
  ])("%s takes each value from the most exact that states it", (symbol, sizing, leverage) => {
    expect(sizingFor(all, symbol)).toEqual(sizing);
    expect(leverageMaxFor(all, symbol)).toBe(leverage);
  });

  it("the first counts where two are equally exact", () => {
    const even = allocation([
      { pattern: "ETH*", leverageMax: "3" },
      { pattern: "*SDT", leverageMax: "4" },
    ]);
    expect(leverageMaxFor(even, "ETHUSDT")).toBe("3");
  });

  it("none leaves the allocation's own", () => {
    expect(sizingFor(allocation([{ pattern: "ETH*", sizing: factor("9") }]), "BTCUSDT")).toEqual(factor("1"));
    expect(leverageMaxFor(allocation([]), "BTCUSDT")).toBe("10");
  });
});

describe("an override", () => {
  it("sizes its symbols in place of the allocation's rule", () => {
    const story = new Story({ allocation: { overrides: [{ pattern: "BTC*", sizing: lots("0.02") }] } });
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+20"]);
  });

  it("that is put in force later moves what is held", () => {
    const story = new Story();
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    expect(
      orderTexts(story.allocate({ overrides: [{ pattern: "BTCUSDT", sizing: factor("0.2") }] })),
    ).toEqual(["-300 reduce"]);
  });

  it("caps the leverage of its symbols", () => {
    const story = new Story({ allocation: { overrides: [{ pattern: "BTCUSDT", leverageMax: "3" }] } });
    expect(story.leaderFill("buy", "1").questions).toMatchObject([
      { kind: "set-leverage", leverageHundredths: 300 },
    ]);
  });

  it("caps what one change adds in its symbols, whatever the allocation's own cap", () => {
    const capped = (more: Partial<Allocation>) => new Story({ allocation: more }).leaderFill("buy", "1");
    const overrides = [{ pattern: "BTC*", orderNotionalMax: "6000" }];
    expect(orderTexts(capped({ overrides }))).toEqual(["+100"]);
    expect(orderTexts(capped({ overrides, orderNotionalMax: "600" }))).toEqual(["+100"]);
    const other = [{ pattern: "ETH*", orderNotionalMax: "6000" }];
    expect(orderTexts(capped({ overrides: other, orderNotionalMax: "600" }))).toEqual(["+10"]);
  });

  it("caps what is held in its symbols", () => {
    const overrides = [{ pattern: "BTCUSDT", symbolNotionalMax: "6000" }];
    const story = new Story({ allocation: { overrides, symbolNotionalMax: "60000" } });
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.1", "0.1");
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["symbol-cap"]);
  });
});
