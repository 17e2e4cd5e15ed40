/** Every setting that can change a result is left out by its own name, and nothing else is. */
import { describe, expect, it } from "vitest";
import { loadCopyTerms } from "../../config.ts";
import { AccountId } from "../../core/model/identifiers.ts";
import { plainAllocation } from "../../core/settings.ts";
import type { LifeTerms } from "./engine-lives.ts";
import { accountLimits, copyingCosts, relationSettings, SETTING_FIELDS, together } from "./left-out.ts";

const IDS = { leader: AccountId("anna"), follower: AccountId("me") };

function terms(settings: Readonly<Record<string, unknown>> = {}): LifeTerms {
  const loaded = loadCopyTerms("/nowhere", IDS, settings);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return {
    equity: "1000",
    allocation: loaded.terms.allocation,
    settings: loaded.terms.follower,
    delay: { medianMs: 1_000, spread: 0.5, seed: 1 },
    orderLatencyMs: 50,
    slippage: { kind: "impact", halfSpreadBps: 1, factor: 1 },
    feeRates: { maker: "0.001", taker: "0.001" },
    paysFunding: true,
    hasSteps: true,
  };
}

/** What says who copies whom and how large, or is about what a record does not have: orders that rest, questions, ends. */
const NO_COSTS = [
  ...["id", "leader", "follower", "sizing", "positionScaling", "inverse", "symbolMap", "marginMode"],
  ...["autoCopy", "proposalExpiresMs", "copyStops", "copyPending", "restMs", "exitSlippageBpsAlert"],
  ...["exitParity", "exitRestMs", "stopMode"],
];

describe("what is left out", () => {
  it("knows each setting of an allocation: a new one has to be put on either side", () => {
    const known = new Set([...NO_COSTS, ...SETTING_FIELDS]);
    const all = Object.keys(plainAllocation(IDS.leader, IDS.follower));
    expect(all.filter((field) => !known.has(field))).toEqual([]);
  });

  it("is nothing of a relation by default, and the limits that are on by default", () => {
    expect(relationSettings(terms())).toEqual([]);
    expect(accountLimits(terms()).map(({ name }) => name)).toEqual([
      "max_portfolio_exposure",
      "free_margin_reserve",
      "max_orders_per_minute",
      "max_daily_loss",
      "max_account_drawdown",
      "liquidation_guard",
    ]);
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ["copy_side", { copy_side: "long" }],
    ["delay_execution", { delay_execution: 5 }],
    ["max_symbol_notional", { max_symbol_notional: 100 }],
    ["max_order_notional", { max_order_notional: 100 }],
    ["max_leader_notional", { max_leader_notional: 100 }],
    ["max_slippage_bps, on_runaway", { max_slippage_bps: 5 }],
    ["stop_loss, position_stop", { position_stop: 0.1 }],
    ["symbols_to_copy, symbols_to_skip", { symbols_to_skip: ["DOGEUSDT"] }],
    ["trading_hours", { trading_hours: ["Mon-Fri 08:00-17:00"] }],
    ["max_positions", { max_positions: 3 }],
    ["max_leverage, leverage_mode", { max_leverage: 3 }],
    ["start_mode", { start_mode: "new-only" }],
  ])("takes %s back by itself", (name, settings) => {
    const set = terms({ ...settings, position_scaling: 2 });
    const found = relationSettings(set);
    expect(found.map((one) => one.name)).toEqual([name]);
    expect(together(found)(set)).toEqual(terms({ position_scaling: 2 }));
  });

  it("takes a limit and a guard back by themselves", () => {
    const set = terms({ max_symbol_exposure: 0.3, max_daily_loss: 0.1 });
    const without = (name: string) => {
      const found = accountLimits(set).find((one) => one.name === name);
      return found?.without(set).settings;
    };
    expect(without("max_symbol_exposure")).toMatchObject({
      limits: { symbolExposure: null, portfolioExposure: { share: "10" } },
      guards: { dailyLoss: { limit: { value: "0.1" } } },
    });
    expect(without("max_daily_loss")?.guards.dailyLoss).toBeNull();
    const none = together(accountLimits(set))(set);
    expect(accountLimits(none)).toEqual([]);
  });

  it("leaves no cost of copying, all of them out", () => {
    expect(together(copyingCosts())(terms())).toMatchObject({
      delay: { medianMs: 0, spread: 0 },
      orderLatencyMs: 0,
      slippage: { kind: "fixed", bps: 0 },
      feeRates: { maker: "0", taker: "0" },
      paysFunding: false,
      hasSteps: false,
    });
  });
});
