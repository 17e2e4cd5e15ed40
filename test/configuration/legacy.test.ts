/** The files of the two earlier systems load as they are, one by one and together, and no key of theirs is unknown. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { accountSchema, telegramAuthSchema } from "../../src/config/account-schema.ts";
import { listKeys } from "../../src/config/key-facts.ts";
import { yamlSchema } from "../../src/config/yaml-schema.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { plainAllocation } from "../../src/core/settings.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";
import { loaded } from "./folder.ts";

const text = (name: string) => readFileSync(sharedPath(`legacy/${name}`), "utf8");
const together = () => ({
  "config/copy_trading_config.yaml": text("copy_trading_config.yaml"),
  "config/trader_config.yaml": text("trader_config.yaml"),
  "config/telegram_auth.json": text("telegram_auth.json"),
  "data/accounts/master.json": text("master.json"),
  "data/accounts/slave1.json": text("slave1.json"),
  ".env": text("env.example"),
});

describe.skipIf(!hasShared)(`files of the earlier systems${sharedNote}`, () => {
  test("all of them together load, in paper mode, with a warning for the demo account at a testnet host", () => {
    const { mode, settings, warnings, accounts } = loaded(together());
    expect(mode).toEqual({ value: "paper", source: "config/copy_trading_config.yaml" });
    expect(settings.allocations).toEqual([
      {
        ...plainAllocation(AccountId("master"), AccountId("slave1")),
        positionScaling: "0.8",
        symbols: ["BTCUSDT", "ETHUSDT", "ADAUSDT"],
        delayMs: 5_000,
        guards: {
          stopLoss: { share: "0.05", from: "start", action: "close", coolOffMs: null },
          positionStop: null,
          allocatedCapital: null,
        },
      },
    ]);
    expect(settings.accounts[1]?.guards?.tiers?.levels).toEqual([
      { loss: "25", action: "reduce", share: { part: 1, whole: 3 } },
      { loss: "50", action: "reduce", share: { part: 1, whole: 3 } },
      { loss: "100", action: "close", share: null },
    ]);
    expect(warnings).toContainEqual(expect.objectContaining({ nickname: "slave1", keyPath: "account_type" }));
    expect(accounts.map(({ account, execution }) => [account, execution])).toEqual([
      ["master", "read-only"],
      ["slave1", "paper"],
    ]);
  });

  test("the account files alone load", () => {
    const { "data/accounts/master.json": master, "data/accounts/slave1.json": slave } = together();
    const { mode } = loaded({ "data/accounts/master.json": master, "data/accounts/slave1.json": slave });
    expect(mode).toEqual({ value: "paper", source: "default" });
  });

  test("every filter of theirs is in force, with its value and where it comes from", () => {
    const { filters, notInForce } = loaded(together());
    const values = Object.fromEntries(Object.entries(filters).map(([name, { value }]) => [name, value]));
    expect(values).toEqual({
      min_performance: 0.15,
      max_drawdown: 0.2,
      min_trades: 100,
      min_track_record: 365,
      min_sharpe_ratio: 1,
      min_calmar_ratio: 1.5,
      min_win_rate: 0.55,
      min_profit_factor: 1.2,
      max_volatility: 0.25,
      max_var_95: 0.03,
      max_beta: 1.5,
      allowed_strategies: ["trend_following", "mean_reversion", "arbitrage"],
      max_sector_concentration: 0.4,
      min_strategy_diversity: 3,
      beta_benchmark: "BTCUSDT",
    });
    expect(filters.max_drawdown.source).toBe("config/copy_trading_config.yaml");
    expect(filters.max_beta.source).toBe("config/trader_config.yaml");
    expect(notInForce.filter(({ keyPath }) => keyPath.includes("traders"))).toEqual([]);
  });

  test.each(["copy_trading_config.yaml", "trader_config.yaml"])(
    "%s: every key path is a known key",
    (name) => {
      const known = listKeys(yamlSchema).map(({ keyPath }) => keyPath);
      expect(known).toEqual(expect.arrayContaining(leavesOf(parse(text(name)))));
    },
  );

  test.each(["master.json", "slave1.json"])("%s: every key is a known key", (name) => {
    const known = listKeys(accountSchema).map(({ keyPath }) => keyPath);
    expect(known).toEqual(expect.arrayContaining(leavesOf(JSON.parse(text(name)))));
  });

  test("telegram_auth.json fits its schema", () => {
    expect(telegramAuthSchema.safeParse(JSON.parse(text("telegram_auth.json"))).success).toBe(true);
  });
});

function leavesOf(value: unknown, prefix = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [prefix];
  return Object.entries(value).flatMap(([name, inner]) =>
    leavesOf(inner, prefix === "" ? name : `${prefix}.${name}`),
  );
}
