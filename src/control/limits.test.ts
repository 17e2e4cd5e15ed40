/** What `limits` says: use, most and headroom by the figures that the limits themselves compare. */
import { describe, expect, it } from "vitest";
import { Portfolio, type PortfolioOptions } from "../../test/core/portfolio.ts";
import { FOLLOWER } from "../../test/core/story.ts";
import type { LimitUse } from "./control.ts";
import { limitsOf } from "./limits.ts";

/** Two leaders, one of ETH worth 5,000 and one of BTC worth 2,000; ten times leverage, 10,000 USDT of equity. */
function traded(options: PortfolioOptions): readonly LimitUse[] {
  const story = new Portfolio({ ...options, leaders: ["leader", "second"] });
  story.measured("leader", { style: "scalping", correlations: { second: "0.25" } });
  story.fillAll(story.leads("ETHUSDT", "sell", "2"));
  story.fillAll(story.leads("BTCUSDT", "buy", "0.04", "second"));
  return limitsOf(story.state, null, FOLLOWER).followers[0]?.limits ?? [];
}

const gross = (share: string) => ({ share, measure: "gross" }) as const;

describe("the use of a limit", () => {
  it.each([
    ["max_portfolio_exposure", { portfolioExposure: gross("1") }, "", ["7000", "10000", "3000"]],
    [
      "max_portfolio_exposure",
      { portfolioExposure: { share: "1", measure: "net" } },
      "",
      ["3000", "10000", "7000"],
    ],
    [
      "max_portfolio_exposure",
      { portfolioExposure: { share: "1", measure: "margin" } },
      "",
      ["700", "10000", "9300"],
    ],
    ["max_portfolio_leverage", { portfolioLeverage: "0.8" }, "", ["7000", "8000", "1000"]],
    ["max_trader_exposure", { traderExposure: gross("0.5") }, "leader", ["5000", "5000", "0"]],
    ["max_strategy_exposure", { strategyExposure: gross("0.6") }, "scalping", ["5000", "6000", "1000"]],
    ["max_symbol_exposure", { symbolExposure: gross("0.5") }, "BTCUSDT", ["2000", "5000", "3000"]],
    ["max_sector_concentration", { sectorConcentration: "0.5" }, "bitcoin", ["2000", "5000", "3000"]],
    // No report of the account came since the orders, so their margin is reserved beside what the venue says is free.
    ["free_margin_reserve", { freeMarginReserve: "0.05" }, "", ["1400", "9500", "8100"]],
    ["max_orders_per_minute", { ordersPerMinute: 5 }, "", ["2", "5", "3"]],
    ["correlation_limit", { correlation: "0.5" }, "leader and second", ["0.25", "0.5", "0.25"]],
  ] as const)("%s with %j", (limit, limits, of, [use, most, headroom]) => {
    const row = traded({ limits, available: "9300" }).find((one) => one.limit === limit && one.of === of);
    expect(row).toMatchObject({ use, most, headroom, note: "" });
  });

  it.each([
    ["max_symbol_notional", "leader ETHUSDT", { symbolNotionalMax: "6000" }, ["5000", "6000", "1000"]],
    ["max_leader_notional", "second", { leaderNotionalMax: "2500" }, ["2000", "2500", "500"]],
    ["max_order_notional", "leader", { orderNotionalMax: "9000" }, ["", "9000", ""]],
    [
      "max_symbol_notional",
      "leader ETHUSDT",
      { symbolNotionalMax: "99", overrides: [{ pattern: "ETH*", symbolNotionalMax: "6000" }] },
      ["5000", "6000", "1000"],
    ],
    [
      "max_order_notional",
      "leader ETH*",
      { overrides: [{ pattern: "ETH*", orderNotionalMax: "9000" }] },
      ["", "9000", ""],
    ],
  ] as const)("%s of %s", (limit, of, allocation, [use, most, headroom]) => {
    const row = traded({ allocation }).find((one) => one.limit === limit && one.of === of);
    expect(row).toMatchObject({ use, most, headroom, unit: "USDT" });
  });

  it("says what does not act for want of evidence", () => {
    const rows = traded({ limits: { strategyExposure: gross("1") } });
    expect(rows).toContainEqual(
      expect.objectContaining({ of: "second", note: "off: the style is not measured" }),
    );
  });

  it.each([
    ["off: the correlation was measured 31.0 days ago, and counts for 30.0", {}],
    ["denies: the correlation was measured 31.0 days ago, and counts for 30.0", { withoutEvidence: "deny" }],
  ] as const)("says of an old measurement that the limit %s", (note, without) => {
    const story = new Portfolio({
      limits: { correlation: "0.5", ...without },
      leaders: ["leader", "second"],
    });
    story.measured("leader", { correlations: { second: "0.25" } }, story.nowMs - 31 * 86_400_000);
    const rows = limitsOf(story.state, null, FOLLOWER).followers[0]?.limits;
    expect(rows).toMatchObject([{ limit: "correlation_limit", of: "leader and second", note }]);
  });

  it("is nothing while a limit is off, and its key is listed", () => {
    const story = new Portfolio({ limits: { portfolioLeverage: "3" } });
    const [report] = limitsOf(story.state, null).followers;
    expect(report?.limits.map(({ limit }) => limit)).toEqual(["max_portfolio_leverage"]);
    expect(report?.off).toHaveLength(18);
    expect(report?.off).toEqual(expect.arrayContaining(["max_portfolio_exposure", "stop_loss"]));
  });

  it("is of a follower that exists", () => {
    expect(() => limitsOf(new Portfolio().state, null, "nobody")).toThrow(/there are: follower/);
  });
});
