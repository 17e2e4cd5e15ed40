/** What is in force and why: precedence, modes, environment, symbols, and what the core is given. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AllocationValues } from "../../src/config/allocation-keys.ts";
import { defaults } from "../../src/config/defaults.ts";
import { describeStart, describeStartLimits, NO_RUN_TIME } from "../../src/config.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { NO_LIMITS } from "../../src/core/risk-settings.ts";
import { plainAllocation } from "../../src/core/settings.ts";
import { type Files, follower, leader, loaded, pair } from "./folder.ts";
import { groups, names, samples } from "./samples.ts";

/** Where there is no default nothing is in force. */
const initial: Readonly<Record<string, unknown>> = defaults.allocation;

test("every key of an allocation takes the strongest source: run time, account file, YAML, default", () => {
  const stated = fc.option(fc.nat(1), { nil: undefined });
  const layers = fc.record({
    name: fc.constantFrom(...names),
    runTime: stated,
    account: stated,
    yaml: stated,
  });
  fc.assert(
    fc.property(layers, ({ name, runTime, account, yaml }) => {
      const { values, group, beside } = samples[name];
      const isStated = [runTime, account, yaml].some((index) => index !== undefined);
      // With equity-proportional sizing a multiplier elsewhere would be refused; here only one key is stated.
      const value = (index: number | undefined) => (index === undefined ? {} : { [name]: values[index] });
      const files = {
        ...pair,
        ...yamlFile(group, value(yaml)),
        "data/accounts/follower.json": { ...follower, ...(isStated ? beside : {}), ...value(account) },
      };
      const override: AllocationValues = value(runTime);
      const { allocations } = loaded(files, {
        runTime: {
          ...NO_RUN_TIME,
          allocations: [{ leader: "leader", follower: "follower", values: override }],
        },
      });
      const expected = [
        ...(runTime === undefined ? [] : [{ value: values[runTime], source: "run-time" }]),
        ...(account === undefined ? [] : [{ value: values[account], source: "accounts/follower.json" }]),
        ...(yaml === undefined ? [] : [{ value: values[yaml], source: `config/${groups[group]}` }]),
        { value: initial[name] ?? null, source: "default" },
      ][0];
      expect(allocations[0]?.values[name]).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

function yamlFile(group: string, values: object): Files {
  const content = group === "copying" ? { copy_trading: { copying: values } } : { [group]: values };
  return { [`config/${groups[group]}`]: JSON.stringify(content) };
}

test("nothing but account files gives the documented defaults", () => {
  const configuration = loaded(pair);
  expect(configuration.settings).toEqual({
    accounts: [
      {
        account: "follower",
        venue: "127.0.0.1:9001",
        role: "follower",
        paper: true,
        limits: {
          ...NO_LIMITS,
          portfolioExposure: { share: "10", measure: "gross" },
          freeMarginReserve: "0.05",
          ordersPerMinute: 600,
          evidenceMaxAgeMs: 7 * 86_400_000,
        },
        guards: {
          tiers: null,
          dailyLoss: { limit: { kind: "share", value: "0.25" }, action: "pause", coolOffMs: null },
          drawdown: { limit: { kind: "share", value: "0.5" }, action: "pause", coolOffMs: null },
          liquidation: { action: "warn", distance: "0.05", nearerThanLeader: "0", coolOffMs: null },
        },
      },
      { account: "leader", venue: "127.0.0.1:9001", role: "leader" },
    ],
    allocations: [
      {
        ...plainAllocation(AccountId("leader"), AccountId("follower")),
        sizing: { kind: "multiplier", multiplier: "1" },
        leverageMax: "10",
      },
    ],
    leaderStaleAfterMs: 60_000,
    followerStaleAfterMs: 60_000,
    snapshotIntervalMs: 15_000,
    orderWindowMs: 5_000,
  });
  expect(configuration.values.every(({ source }) => source === "default")).toBe(true);
  expect(describeStart(configuration)).toEqual([
    "mode paper (no copy_trading.mode is set): followers are filled inside on public prices; nothing is sent",
    "every follower begins with 10000 USDT (default)",
    "1 leader(s), 1 follower(s)",
  ]);
  expect(describeStartLimits(configuration)).toEqual([
    "max_portfolio_exposure 10 x equity, gross (default)",
    "free_margin_reserve 0.05 x equity stays free (default)",
    "max_orders_per_minute 600 that add risk (default)",
    "max_leverage 10x (default)",
    "off: max_trader_exposure, max_strategy_exposure, max_symbol_exposure, max_portfolio_leverage, correlation_limit, max_portfolio_var_95, max_portfolio_cvar_95, max_portfolio_volatility, max_portfolio_beta, max_sector_concentration",
    "max_daily_loss 0.25 of the day's first equity: pause until released (default)",
    "max_account_drawdown 0.5 of the largest equity: pause until released (default)",
    "liquidation_guard warn below a distance of 0.05 (default)",
    "off: sl_loss_tiers_usd, stop_loss, position_stop",
  ]);
});

test("amounts arrive exactly, however they were written", () => {
  const changes = {
    copy_multiplier: "0.1000000000000000001",
    position_scaling: 1e-7,
    minimum_notional_policy: "round-up",
  };
  const files = { ...pair, "data/accounts/follower.json": { ...follower, ...changes } };
  expect(loaded(files).settings.allocations[0]).toMatchObject({
    sizing: { kind: "multiplier", multiplier: "0.1000000000000000001" },
    positionScaling: "0.0000001",
    minimumPolicy: { kind: "round-up", excessMax: "1" },
  });
});

test("examples, other files and folders are not read, and groups that are commented out are empty", () => {
  const files = {
    ...pair,
    "config/a.yaml": "copy_trading:\n  copying:\n    # max_traders: 1\n",
    "config/a.yaml.example": "nonsense: {",
    "config/notes.txt": "mode: live",
    "config/old/b.yaml": "nonsense: {",
    "config/empty.yml": "# nothing\n",
    "data/accounts/x.json.example": "nonsense",
  };
  expect(loaded(files).mode.source).toBe("default");
});

describe("where followers trade", () => {
  const live = { "config/a.yaml": "copy_trading: {mode: live}" };

  test("a configuration folder that is not there is told, and defaults apply", () => {
    expect(loaded(pair).warnings).toMatchObject([{ file: expect.stringContaining("config") }]);
    expect(loaded({ ...pair, ...live }).warnings).toEqual([]);
  });

  test.each([
    ["simulated", "http://127.0.0.1:9002", false],
    ["demo", "https://api-demo.bybit.com", false],
    ["testnet", "https://api-testnet.bybit.com", false],
    ["live", "https://api.bybit.com", true],
  ])("type %s in mode live at its own venue, --live only for live", (accountType, url, needsLive) => {
    const files = {
      ...pair,
      ...live,
      "data/accounts/follower.json": { ...follower, account_type: accountType, url },
    };
    const { accounts } = loaded(files, { live: needsLive });
    expect(accounts[0]).toMatchObject({ execution: "venue", accountType, url, venue: new URL(url).host });
  });

  test("in paper mode inside, at the leader's venue, without key and address", () => {
    const files = {
      "data/accounts/a.json": { ...leader, account_type: "live", url: "https://api.bybit.com/" },
      "data/accounts/b.json": { nickname: "b", role: "slave" },
    };
    expect(loaded(files).accounts).toMatchObject([
      { execution: "read-only", url: "https://api.bybit.com" },
      { execution: "paper", url: "https://api.bybit.com", venue: "api.bybit.com", credentials: null },
    ]);
  });

  test("a live leader is read without --live", () => {
    const files = { ...pair, ...live, "data/accounts/leader.json": { ...leader, account_type: "live" } };
    expect(loaded(files).accounts[1]).toMatchObject({ execution: "read-only", accountType: "live" });
  });

  test("address and type are inferred from each other", () => {
    const { url: _url, ...typeOnly } = { ...leader, account_type: "testnet" };
    const { account_type: _type, ...urlOnly } = { ...follower, url: "https://api-demo.bybit.com" };
    const files = { ...live, "data/accounts/a.json": typeOnly, "data/accounts/b.json": urlOnly };
    expect(loaded(files).accounts).toMatchObject([
      { url: "https://api-testnet.bybit.com", accountType: "testnet" },
      { url: "https://api-demo.bybit.com", accountType: "demo" },
    ]);
  });

  test("--live without mode live is told to have no effect", () => {
    expect(loaded(pair, { live: true }).warnings).toContainEqual(
      expect.objectContaining({ keyPath: "--live" }),
    );
  });
});

describe("keys from the environment", () => {
  const bare = (account: object) => ({ ...account, api_key: undefined, api_secret: undefined });
  const bareFiles = {
    "data/accounts/leader.json": bare(leader),
    "data/accounts/follower.json": bare(follower),
  };
  const variables = (prefix: string, value: string) => ({
    [`${prefix}_API_KEY`]: value,
    [`${prefix}_API_SECRET`]: value,
  });
  const env = (prefix: string, value: string) =>
    Object.entries(variables(prefix, value))
      .map((one) => one.join("="))
      .join("\n");
  const leaderKey = (files: Files, options = {}) => {
    const account = loaded(files, options).accounts.find(({ role }) => role === "leader");
    return [account?.credentials?.apiKey, account?.credentialsSource];
  };

  test("environment before .env before the account file", () => {
    const withFile = { ...pair, ".env": env("MASTER", "from-env-file") };
    expect(leaderKey(pair)).toEqual(["leader-key", "accounts/leader.json"]);
    expect(leaderKey(withFile)).toEqual(["from-env-file", ".env"]);
    expect(leaderKey(withFile, { env: variables("MASTER", "from-environment") })).toEqual([
      "from-environment",
      "environment",
    ]);
  });

  test("the nickname's own variable comes before the role's", () => {
    const both = { ...variables("MASTER", "role"), ...variables("LEADER", "nickname") };
    expect(leaderKey(bareFiles, { env: both })[0]).toBe("nickname");
  });

  test("a sole pair trades with MASTER_ and SLAVE_", () => {
    const files = { ...bareFiles, "config/a.yaml": "copy_trading: {mode: live}" };
    const { accounts } = loaded(files, { env: { ...variables("MASTER", "m"), ...variables("SLAVE", "s") } });
    expect(accounts.map(({ credentials }) => credentials?.apiKey)).toEqual(["s", "m"]);
  });

  test("several accounts by nickname, other signs as _", () => {
    const files = {
      "config/a.yaml": "copy_trading: {mode: live}",
      "data/accounts/leader.json": leader,
      "data/accounts/a.json": bare({ ...follower, nickname: "slave-1" }),
      "data/accounts/b.json": bare({ ...follower, nickname: "Zoë 2" }),
    };
    const { accounts } = loaded(files, {
      env: { ...variables("SLAVE_1", "one"), ...variables("ZO__2", "two") },
    });
    expect(accounts.map(({ credentials }) => credentials?.apiKey)).toEqual(["one", "two", "leader-key"]);
  });

  test("a placeholder gives way to a real key, and is told when nothing else is there", () => {
    expect(leaderKey({ ...pair, ".env": env("MASTER", "your_master_api_key") })[0]).toBe("leader-key");
    const only = { ...bareFiles, ".env": env("MASTER", "your_master_api_key") };
    expect(loaded(only).warnings).toContainEqual(
      expect.objectContaining({ nickname: "leader", keyPath: "api_key" }),
    );
  });
});

test.each([
  [{ LOG_LEVEL: "DEBUG" }, "debug", "environment"],
  [{ LOG_LEVEL: "WARNING", DEBUG_MODE: "true" }, "warn", "environment"],
  [{ DEBUG_MODE: "true" }, "debug", "environment"],
  [{ DEBUG_MODE: "false" }, "error", "config/a.yaml"],
  [{}, "error", "config/a.yaml"],
])("the log level with %j is %s", (env, value, source) => {
  const files = { ...pair, "config/a.yaml": "logging: {level: error}" };
  expect(loaded(files, { env }).logging.level).toEqual({ value, source });
});

test("the journal is kept for 90 days and 2 GB unless it says otherwise", () => {
  expect(loaded(pair).journal).toEqual({
    keepDays: { value: 90, source: "default" },
    maxMegabytes: { value: 2_048, source: "default" },
  });
  const files = { ...pair, "config/a.yaml": "journal: {keep_days: 7.5, max_megabytes: 64}" };
  expect(loaded(files).journal).toEqual({
    keepDays: { value: 7.5, source: "config/a.yaml" },
    maxMegabytes: { value: 64, source: "config/a.yaml" },
  });
});

test("a leader's symbols bound all its followers; a follower narrows, with a warning for what is lost", () => {
  const files = {
    "data/accounts/leader.json": { ...leader, symbols_to_copy: ["BTCUSDT", "ETHUSDT"] },
    "data/accounts/a.json": { ...follower, nickname: "a" },
    "data/accounts/b.json": { ...follower, nickname: "b", symbols_to_copy: ["ETHUSDT", "SOLUSDT"] },
  };
  const { allocations, warnings } = loaded(files);
  expect(allocations.map(({ symbols }) => symbols)).toEqual([
    { value: ["BTCUSDT", "ETHUSDT"], source: "accounts/leader.json" },
    { value: ["ETHUSDT"], source: "accounts/b.json within accounts/leader.json" },
  ]);
  const lost = { nickname: "b", message: expect.stringContaining("SOLUSDT") };
  expect(warnings).toContainEqual(expect.objectContaining(lost));
});

test("a follower may copy several leaders, each an allocation", () => {
  const files = {
    "data/accounts/a.json": { ...leader, nickname: "a" },
    "data/accounts/b.json": { ...leader, nickname: "b", api_key: "key-b" },
    "data/accounts/c.json": { ...follower, leader: ["a", "b"] },
  };
  expect(loaded(files).settings.allocations.map(({ id }) => id)).toEqual(["a>follower", "b>follower"]);
});

test("an account that is not enabled is left out", () => {
  const files = {
    ...pair,
    "data/accounts/x.json": { ...follower, nickname: "x", enabled: false, sl_loss_tiers_usd: [1] },
  };
  const { accounts, notInForce } = loaded(files, { live: true });
  expect(accounts).toHaveLength(2);
  expect(notInForce).toEqual([]);
});
