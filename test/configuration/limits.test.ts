/** Limits of an account: where they may stand, which value is in force, what is refused, and what contradicts what. */
import { describe, expect, test } from "vitest";
import { describeStartLimits } from "../../src/config.ts";
import type { RiskLimits } from "../../src/core/risk-settings.ts";
import { type Files, loaded, refusals } from "./folder.ts";

const at = { url: "http://127.0.0.1:9001", account_type: "simulated" } as const;
const leader = (name: string) => ({
  nickname: name,
  role: "leader",
  ...at,
  api_key: `key${name}`,
  api_secret: "s",
});

function files(account: object = {}, yaml = "", leaders = ["leader"]): Files {
  const named = leaders.map((name) => [`data/accounts/${name}.json`, JSON.stringify(leader(name))] as const);
  const follower = { nickname: "follower", role: "follower", leader: leaders, ...at, ...account };
  return {
    ...Object.fromEntries(named),
    "data/accounts/follower.json": JSON.stringify(follower),
    ...(yaml === "" ? {} : { "config/risk.yaml": yaml }),
  };
}

function limitsOf(account: object, yaml = ""): RiskLimits | undefined {
  return loaded(files(account, yaml)).settings.accounts.find(({ role }) => role === "follower")?.limits;
}

describe("a limit in force", () => {
  test.each([
    ["max_portfolio_exposure", 0.3, { portfolioExposure: { share: "0.3", measure: "gross" } }],
    ["max_portfolio_exposure", "off", { portfolioExposure: null }],
    [
      "max_trader_exposure",
      { share: 0.1, measure: "margin" },
      { traderExposure: { share: "0.1", measure: "margin" } },
    ],
    ["max_strategy_exposure", { share: "2.5" }, { strategyExposure: { share: "2.5", measure: "gross" } }],
    ["max_symbol_exposure", { share: 3, measure: "net" }, { symbolExposure: { share: "3", measure: "net" } }],
    ["max_portfolio_leverage", 4, { portfolioLeverage: "4" }],
    ["free_margin_reserve", 0.2, { freeMarginReserve: "0.2" }],
    ["free_margin_reserve", "off", { freeMarginReserve: null }],
    ["max_orders_per_minute", 12, { ordersPerMinute: 12 }],
    ["correlation_limit", 0.7, { correlation: "0.7" }],
    ["max_portfolio_var_95", 0.03, { portfolioVar95: "0.03" }],
    ["max_portfolio_cvar_95", "0.05", { portfolioCvar95: "0.05" }],
    ["max_portfolio_volatility", 0.6, { portfolioVolatility: "0.6" }],
    ["max_portfolio_beta", "off", { portfolioBeta: null }],
    ["max_portfolio_beta", 1.5, { portfolioBeta: "1.5" }],
    ["max_sector_concentration", 0.4, { sectorConcentration: "0.4" }],
    ["without_evidence", "deny", { withoutEvidence: "deny" }],
    ["without_evidence", "off", { withoutEvidence: "off" }],
  ])("%s: %j in an account file", (name, value, expected) => {
    expect(limitsOf({ [name]: value })).toMatchObject(expected);
  });

  test("stands in YAML for all, and an account file comes before it", () => {
    const yaml = [
      "copy_trading: {risk_management: {max_portfolio_exposure: 0.3, max_trader_exposure: 0.1}}",
      "risk: {max_portfolio_leverage: 3}",
      "traders: {strategy: {max_sector_concentration: 0.4}}",
    ].join("\n");
    expect(limitsOf({ max_trader_exposure: 0.2 }, yaml)).toMatchObject({
      portfolioExposure: { share: "0.3", measure: "gross" },
      traderExposure: { share: "0.2", measure: "gross" },
      portfolioLeverage: "3",
      sectorConcentration: "0.4",
    });
  });

  test("may be above 1: exposure is leverage", () => {
    expect(limitsOf({ max_portfolio_exposure: 12.5 })?.portfolioExposure?.share).toBe("12.5");
  });

  test.each([
    ["max_portfolio_exposure", -1, "must be off, a number from 0 to 1000 (times equity)"],
    ["max_portfolio_exposure", true, "must be off, a number from 0 to 1000 (times equity)"],
    ["free_margin_reserve", true, "must be off or a number from 0 to 1"],
    ["free_margin_reserve", 1.5, "must be off or a number from 0 to 1"],
    ["max_orders_per_minute", 0.5, "must be off or a whole number from 1 to 100000"],
    ["correlation_limit", 2, "must be off or a number from -1 to 1"],
    ["max_portfolio_var_95", "3 %", "must be off or a number from 0 to 100"],
    ["max_portfolio_beta", -1, "must be off or a number from 0 to 1000"],
    ["max_order_notional", 0, "must be a number above 0"],
    ["without_evidence", "maybe", "must be one of off, deny"],
  ])("%s: %j is refused in words", (keyPath, value, words) => {
    const found = refusals(files({ [keyPath]: value }));
    expect(found).toMatchObject([{ nickname: "follower", keyPath, message: expect.stringContaining(words) }]);
  });

  test("a key of a group is refused where it stands, with the whole form", () => {
    const found = refusals(files({ max_portfolio_exposure: { share: 1, measure: "value" } }));
    expect(found).toMatchObject([
      {
        nickname: "follower",
        keyPath: "max_portfolio_exposure.measure",
        message: expect.stringMatching(
          /must be one of gross, net, margin; .*measures are gross, net and margin/,
        ),
      },
    ]);
  });

  test("is printed as one that refuses without evidence where that is stated", () => {
    const account = { correlation_limit: 0.7, without_evidence: "deny" };
    expect(describeStartLimits(loaded(files(account)))).toContain(
      "correlation_limit 0.7 (accounts/follower.json); refuses leaders whose correlation has not been measured lately",
    );
  });

  test("does not stop --live", () => {
    const yaml =
      "copy_trading: {mode: live, risk_management: {max_portfolio_exposure: 0.3, correlation_limit: 0.5}}";
    expect(loaded(files({ api_key: "k1", api_secret: "s1" }, yaml), { live: true }).notInForce).toEqual([]);
  });

  test("is printed with its source, and what it lacks", () => {
    const overrides = { "1000*": { max_symbol_notional: 50 } };
    const account = { max_trader_exposure: 0.1, correlation_limit: 0.7, max_order_notional: 500, overrides };
    expect(describeStartLimits(loaded(files(account)))).toEqual(
      expect.arrayContaining([
        "max_portfolio_exposure 10 x equity, gross (default)",
        "max_trader_exposure 0.1 x equity, gross (accounts/follower.json)",
        "correlation_limit 0.7 (accounts/follower.json); off for leaders whose correlation has not been measured lately",
        "max_order_notional 500 USDT (accounts/follower.json)",
        "max_symbol_notional 50 USDT in 1000* (accounts/follower.json)",
      ]),
    );
  });
});

describe("limits that contradict each other are explained, not refused", () => {
  const ten = Array.from({ length: 10 }, (_, index) => `leader${index}`);

  test.each([
    [
      { max_portfolio_exposure: 0.3, max_trader_exposure: 0.1 },
      ten,
      "follower: 10 leaders at max_trader_exposure 0.1 would come to 1 x equity, but max_portfolio_exposure is 0.3: it binds first, once 3 of them are full",
    ],
    [
      { max_portfolio_exposure: 0.3, max_trader_exposure: 0.5 },
      ["leader"],
      "follower: max_trader_exposure 0.5 is above max_portfolio_exposure 0.3, which binds first: max_trader_exposure never does",
    ],
    [
      { max_portfolio_exposure: 5, max_portfolio_leverage: 3 },
      ["leader"],
      "follower: max_portfolio_leverage 3 binds first: max_portfolio_exposure 5 never does, as both are gross value over equity",
    ],
    [
      { free_margin_reserve: 0.5, max_leverage: 4 },
      ["leader"],
      "follower: free_margin_reserve 0.5 binds first: at leverage 4 it is reached at 2 x equity, below max_portfolio_exposure 10",
    ],
    [
      { max_symbol_notional: 500, max_leader_notional: 400 },
      ["leader"],
      'follower: max_symbol_notional 500 is above max_leader_notional 400 for "leader", which binds first',
    ],
  ])("%j", (account, leaders, note) => {
    expect(describeStartLimits(loaded(files(account, "", leaders)))).toContain(note);
  });

  test("and nothing is said where they agree", () => {
    const lines = describeStartLimits(loaded(files({ max_trader_exposure: 5 })));
    expect(lines.filter((line) => line.startsWith("follower:"))).toEqual([]);
  });
});
