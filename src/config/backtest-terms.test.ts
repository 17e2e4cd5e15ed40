/** A follower without a file copies and is limited as the YAML files say; shares of equity decide its sizes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { copyAll } from "../backtest/copy-all.ts";
import { AccountId } from "../core/model/identifiers.ts";
import type { StrategyKind } from "../strategies/kind.ts";
import { strategyKindOf } from "../strategies/registry.ts";
import { loadBacktestTerms } from "./backtest-terms.ts";
import { hoursForOwn } from "./portfolio-values.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function load(yaml: string) {
  const folder = mkdtempSync(join(tmpdir(), "terms-"));
  folders.push(folder);
  writeFileSync(join(folder, "a.yaml"), yaml);
  return loadBacktestTerms(folder, AccountId("follower"));
}

describe("the terms of a backtest", () => {
  it("are those of the configuration, whatever its mode", () => {
    const loaded = load(`
copy_trading:
  mode: backtest
  copying: { delay_execution: 3, position_scaling: 2, sizing: multiplier, max_slippage_bps: 15 }
  risk_management: { max_portfolio_exposure: 1.5, max_daily_loss: 0.1 }
  trader_selection: { min_trades: 12 }
paper: { balance: 5000 }
portfolio: { strategy: dynamic, rebalancing_frequency: 12, lookback_days: 90 }
strategies: { portfolio_copying: { max_traders: 3, rebalancing_frequency: 48 } }
`);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const { terms } = loaded;
    const allocation = terms.allocationFor(AccountId("anna"), 0.25);
    expect(allocation).toMatchObject({
      id: "anna>follower",
      sizing: { kind: "equity-proportional", capital: { kind: "equity" } },
      positionScaling: "0.25",
      delayMs: 3_000,
      slippageBpsMax: "15",
    });
    expect(terms.follower.limits.portfolioExposure).toEqual({ share: "1.5", measure: "gross" });
    expect(terms.filters.min_trades.value).toBe(12);
    expect(terms.equity).toBe("5000");
    expect(terms.portfolio).toMatchObject({
      strategy: { value: "dynamic_copying" },
      lookbackDays: { value: 90 },
    });
    const optionsOf = (name: string) => {
      const kind = strategyKindOf(name);
      return kind === undefined ? {} : terms.optionsOf(kind);
    };
    expect(optionsOf("portfolio")).toMatchObject({ max_traders: 3, rebalancing_frequency: 48, min_days: 30 });
    expect(optionsOf("selective")).toMatchObject({ rebalancing_frequency: 12, min_trades: 12 });
    expect(terms.others).toMatchObject({
      portfolio_copying: { max_traders: 3, min_days: 30 },
      selective_copying: { min_trades: 12 },
    });
    expect(terms.notes).toEqual([expect.stringContaining("sizing multiplier (config/a.yaml) does not act")]);
  });

  it("ask every strategy as often as live does: its own hours, else those of portfolio, of which 0 is only when asked", () => {
    const hours = (yaml: string) => {
      const loaded = load(yaml);
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
      const { optionsOf, portfolio } = loaded.terms;
      const of = (kind: StrategyKind | undefined) => kind && optionsOf(kind).rebalancing_frequency;
      const kinds = [strategyKindOf("selective"), strategyKindOf("portfolio"), copyAll];
      const shown = portfolio.byStrategy.selective_copying?.rebalancing_frequency?.value;
      return [...kinds.map(of), shown, hoursForOwn(portfolio)];
    };
    const own = "strategies: { portfolio_copying: { rebalancing_frequency: 48 } }";
    expect(hours(own)).toEqual([24, 48, 24, 24, null]);
    expect(hours(`portfolio: { rebalancing_frequency: 72 }\n${own}`)).toEqual([72, 48, 72, 72, 72]);
    expect(hours("portfolio: { rebalancing_frequency: 0 }")).toEqual([0, 0, 0, 0, 0]);
  });

  it("are the defaults without a configuration, and problems where it does not hold", () => {
    expect(loadBacktestTerms("/nowhere", AccountId("follower"))).toMatchObject({
      ok: true,
      terms: { notes: [] },
    });
    const loaded = load("copy_trading: { copying: { delay_execution: -1 } }");
    expect(loaded).toMatchObject({
      ok: false,
      problems: [{ keyPath: "copy_trading.copying.delay_execution" }],
    });
  });
});
