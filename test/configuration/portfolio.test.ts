/** The keys of the portfolio and of the strategies: what is in force, what `start` says, and what is refused. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listKeys, section } from "../../src/config/key-facts.ts";
import { portfolioKeys, strategiesSection } from "../../src/config/portfolio-keys.ts";
import type { PortfolioValues } from "../../src/config/portfolio-values.ts";
import { describeProblem } from "../../src/config.ts";
import { STRATEGY_REASONS } from "../../src/strategies/reasons.ts";
import { STRATEGY_KINDS } from "../../src/strategies/registry.ts";
import { follower, leader, loaded, pair, refusals } from "./folder.ts";

const EQUITY = "copy_trading: {copying: {sizing: equity-proportional}}\n";
const stated = (yaml: string) => ({ ...pair, "config/a.yaml": EQUITY, "config/portfolio.yaml": yaml });
const told = (files: Parameters<typeof refusals>[0]) => refusals(files).map(describeProblem).join("\n");

type Row = readonly [
  key: string,
  name: Exclude<keyof PortfolioValues, "options">,
  standard: unknown,
  own: string,
  taken: unknown,
  wrong: string,
];

/** A key without a row fails the test below. */
const ROWS: readonly Row[] = [
  ["strategy", "strategy", null, "selective", "selective_copying", "[]"],
  ["strategy_followers", "strategyFollowers", null, "[follower]", ["follower"], "[]"],
  ["rebalancing", "rebalancing", "propose", "automatic", "automatic", "always"],
  ["rebalancing_frequency", "rebalancingFrequency", 24, "6", 6, "-1"],
  ["weight_band", "weightBand", 0.1, "0.2", 0.2, "2"],
  ["cost_horizon_days", "costHorizonDays", 30, "10", 10, "0"],
  ["expected_sharpe", "expectedSharpe", 1, "2", 2, "0"],
  ["lookback_days", "lookbackDays", 365, "90", 90, "29"],
];

test.each(ROWS)("%s has a default, is taken from a file, and is refused where it is wrong", (...row) => {
  const [key, name, standard, own, taken, wrong] = row;
  expect(loaded(pair).portfolio[name]).toEqual({ value: standard, source: "default" });
  const { portfolio, values, notInForce } = loaded(stated(`portfolio:\n  ${key}: ${own}\n`));
  expect(portfolio[name]).toEqual({ value: taken, source: "config/portfolio.yaml" });
  const shown = Array.isArray(taken) ? taken.join(", ") : taken;
  expect(values).toContainEqual({
    keyPath: `portfolio.${key}`,
    value: shown,
    source: "config/portfolio.yaml",
  });
  expect(notInForce).toEqual([]);
  expect(told(stated(`portfolio:\n  ${key}: ${wrong}\n`))).toContain(`portfolio.yaml:2: portfolio.${key}`);
});

const docs = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

test("each key has a row above, and the guides tell of it and of every option", () => {
  const keys = listKeys(section(portfolioKeys())).map(({ keyPath }) => keyPath);
  expect(ROWS.map(([key]) => key)).toEqual(keys);
  for (const key of keys) expect(docs("copy-trading-guide.md")).toMatch(new RegExp(`\\b${key}\\b`));
  const options = listKeys(strategiesSection()).map(({ keyPath }) => keyPath.split("."));
  for (const [name = "", option = ""] of options) {
    expect(docs("strategy-guide.md")).toContain(`\`${name}\``);
    expect(docs("strategy-guide.md")).toContain(`\`${option}\``);
  }
});

const OPTIONS = STRATEGY_KINDS.flatMap(({ name, options }) =>
  Object.entries(options).map(([option, facts]) => [name, option, facts] as const),
);

/** Another value than the default, and a wrong one. */
function samplesOf({ form, default: standard }: (typeof OPTIONS)[number][2]): readonly [unknown, unknown] {
  switch (form.kind) {
    case "flag":
      return [standard !== true, "yes"];
    case "flag-or-shares":
      return ["lead=0.5, other=0.3", "lead=0.9, other=0.3"];
    case "choice":
      return [form.of.find((word) => word !== standard), "nothing"];
    case "number":
      return [form.isWhole ? Number(standard) + 1 : Number(standard) / 2 + 0.01, form.max + 1];
  }
}

test.each(OPTIONS)("%s: %s is an option in YAML, with the default of the strategy", (name, option, facts) => {
  const [own, wrong] = samplesOf(facts);
  const portfolio = { strategy: name };
  const yaml = (value: unknown) => JSON.stringify({ portfolio, strategies: { [name]: { [option]: value } } });
  const standard = loaded(stated(JSON.stringify({ portfolio }))).portfolio.options[option];
  expect(standard).toEqual({ value: facts.default, source: "default" });
  const found = loaded(stated(yaml(own)));
  expect(found.portfolio.options[option]).toEqual({ value: own, source: "config/portfolio.yaml" });
  expect(found.portfolioNotes.join("\n")).toContain(`${option} ${own} (config/portfolio.yaml)`);
  expect(told(stated(yaml(wrong)))).toContain(`strategies.${name}.${option}`);
  if (facts.form.kind === "number" && facts.form.canBeOff)
    expect(loaded(stated(yaml("off"))).portfolio.options[option]?.value).toBeNull();
});

test("the guide tells every reason in the words of the program", () => {
  for (const [word, sentence] of Object.entries(STRATEGY_REASONS))
    expect(docs("strategy-guide.md")).toContain(`| \`${word}\` | ${sentence} |`);
});

test("options stand under the short name of a strategy as well, but not under both", () => {
  const short = "portfolio: {strategy: selective}\nstrategies: {selective: {min_trades: 7}}\n";
  expect(loaded(stated(short)).portfolio.options.min_trades?.value).toBe(7);
  const both = "strategies: {selective: {min_trades: 7}, selective_copying: {min_trades: 8}}\n";
  expect(told(stated(both))).toContain("strategies.selective");
});

test("an option that there is not is refused, with the nearest", () => {
  const wrong = "strategies:\n  portfolio_copying:\n    corelation_limit: 0.5\n";
  expect(told(stated(wrong))).toMatch(/strategies\.portfolio_copying\.corelation_limit.*correlation_limit/s);
});

test("what the earlier system said elsewhere counts where the strategy says nothing", () => {
  const files = {
    ...pair,
    "config/a.yaml":
      "copy_trading: {trader_selection: {min_performance: 0.3, max_drawdown: 0.1, min_trades: 9}, copying: {sizing: equity-proportional, max_traders: 4, position_scaling: '0.8'}, risk_management: {correlation_limit: 'off'}}",
  };
  const of = (strategy: string) =>
    loaded({ ...files, "config/b.yaml": `portfolio: {strategy: ${strategy}, rebalancing_frequency: 12}` });
  const selective = of("selective").portfolio.options;
  const value = (name: string) => [selective[name]?.value, selective[name]?.source];
  expect(value("min_performance")).toEqual([0.3, "config/a.yaml"]);
  expect(value("max_drawdown")).toEqual([0.1, "config/a.yaml"]);
  expect(value("min_trades")).toEqual([9, "config/a.yaml"]);
  expect(value("max_traders")).toEqual([4, "config/a.yaml"]);
  expect(value("position_scaling")).toEqual([0.8, "config/a.yaml"]);
  expect(of("portfolio").portfolio.options.correlation_limit).toEqual({
    value: null,
    source: "config/a.yaml",
  });
  const hours = { value: 12, source: "config/b.yaml" };
  expect(of("portfolio").portfolio.rebalancingFrequency).toEqual(hours);
  expect(of("portfolio").portfolio.options.rebalancing_frequency).toEqual(hours);
  expect(of("portfolio").portfolio.byStrategy.dynamic_copying?.rebalancing_frequency).toEqual(hours);
});

test("start says what decides, when, for whom, and that nothing happens by itself", () => {
  expect(loaded(pair).portfolioNotes).toEqual([]);
  expect(loaded(stated("portfolio: {strategy: dynamic}")).portfolioNotes[0]).toBe(
    "strategy dynamic_copying (config/portfolio.yaml) decides every 24 hours (default) for every follower, and proposes; `copytrader rebalance --execute` carries out (default)",
  );
  const hours = "portfolio: {strategy: dynamic}\nstrategies: {dynamic_copying: {rebalancing_frequency: 72}}";
  expect(loaded(stated(hours)).portfolioNotes[0]).toContain("decides every 72 hours (config/portfolio.yaml)");
  const itsOwn = loaded(stated("portfolio: {strategy: mine}"));
  expect(itsOwn.portfolioNotes[0]).toContain("decides as often as its own file says for every follower");
  expect(itsOwn.values.map(({ keyPath }) => keyPath)).not.toContain("portfolio.rebalancing_frequency");
  const own =
    "portfolio: {strategy: mine, rebalancing: automatic, rebalancing_frequency: 0, strategy_followers: [follower]}";
  expect(loaded(stated(own)).portfolioNotes[0]).toBe(
    "strategy mine (config/portfolio.yaml) decides only when asked (config/portfolio.yaml) for the followers follower, and its decisions are carried out without asking (config/portfolio.yaml)",
  );
});

test("a strategy needs followers that there are, whose sizes follow the equity, and their factor", () => {
  const strategy = "portfolio: {strategy: selective}";
  expect(told({ ...pair, "config/a.yaml": strategy })).toContain(
    'follower.json: account "follower": sizing: is multiplier (default), which follows no share of the equity: strategy selective_copying needs equity-proportional or volatility-target',
  );
  expect(told(stated("portfolio: {strategy: selective, strategy_followers: [folower]}"))).toContain(
    'portfolio.strategy_followers: has "folower", which is no follower; followers are "follower"; did you mean "follower"?',
  );
  const scaled = {
    "data/accounts/leader.json": leader,
    "data/accounts/follower.json": { ...follower, position_scaling: 0.5 },
    "config/a.yaml": EQUITY,
    "config/b.yaml": strategy,
  };
  expect(told(scaled)).toContain("carries the weights of strategy selective_copying");
  const other = {
    ...follower,
    nickname: "other",
    url: "http://127.0.0.1:9003",
    api_key: "o",
    api_secret: "o",
  };
  const some = {
    ...stated("portfolio: {strategy: selective, strategy_followers: [follower]}"),
    "data/accounts/other.json": { ...other, sizing: "multiplier" },
  };
  expect(told(some)).toBe("");
});
