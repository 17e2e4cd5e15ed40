/** What a preview tells of exposure and limits: the figures that `limits` tells now, and would tell with every order filled. */
import { describe, expect, it } from "vitest";
import { Portfolio } from "../../test/core/portfolio.ts";
import { FOLLOWER } from "../../test/core/story.ts";
import { NO_RUN_TIME } from "../config.ts";
import { planOf } from "./commands.ts";
import { limitsOf } from "./limits.ts";
import type { OwnerCommand, PreviewReport } from "./owner-commands.ts";
import { previewReport } from "./preview-report.ts";

const LIMITS = {
  portfolioExposure: { share: "1", measure: "gross" },
  symbolExposure: { share: "0.6", measure: "gross" },
} as const;

function previewOf({ state, nowMs }: Portfolio, command: OwnerCommand): PreviewReport {
  const context = { state, runTime: NO_RUN_TIME, reconfigure: () => ({ ok: false as const, problems: [] }) };
  return previewReport(state, planOf(context, command), { running: true, asOf: nowMs });
}

/** Holds 5,000 of ETH and 2,000 of BTC; ten times leverage, 10,000 USDT of equity. */
function holding(): Portfolio {
  const story = new Portfolio({ limits: LIMITS });
  story.fillAll(story.leads("ETHUSDT", "sell", "2"));
  story.fillAll(story.leads("BTCUSDT", "buy", "0.04"));
  return story;
}

describe("the exposure in a preview", () => {
  it("is told before and after, with what would be used of each limit", () => {
    const [exposure] = previewOf(holding(), {
      kind: "close",
      follower: FOLLOWER,
      symbol: "ETHUSDT",
    }).exposures;
    expect(exposure).toEqual({
      follower: FOLLOWER,
      equity: "10000",
      gross: { before: "7000", after: "2000" },
      net: { before: "3000", after: "2000" },
      margin: { before: "700", after: "200" },
      limits: [
        {
          limit: "max_portfolio_exposure",
          of: "",
          measure: "gross",
          unit: "USDT",
          before: "7000",
          after: "2000",
          most: "10000",
          headroom: "8000",
        },
        {
          limit: "max_symbol_exposure",
          of: "BTCUSDT",
          measure: "gross",
          unit: "USDT",
          before: "2000",
          after: "2000",
          most: "6000",
          headroom: "4000",
        },
      ],
    });
  });

  it("agrees with what `limits` says now, and is left out where nothing is sent or set", () => {
    const story = holding();
    const [now] = limitsOf(story.state, null, FOLLOWER).followers;
    const [exposure] = previewOf(story, { kind: "close", follower: FOLLOWER }).exposures;
    const uses = new Map(now?.limits.map(({ limit, of, use }) => [`${limit} ${of}`, use]));
    for (const { limit, of, before } of exposure?.limits ?? [])
      expect(uses.get(`${limit} ${of}`)).toBe(before);
    expect(exposure?.gross.after).toBe("0");
    expect(previewOf(story, { kind: "pause" }).exposures).toEqual([]);
  });
});
