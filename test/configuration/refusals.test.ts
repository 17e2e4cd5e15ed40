/** Everything wrong is refused, naming file and key path or nickname, and what was probably meant; all of it at once. */
import { describe, expect, test } from "vitest";
import { describeProblem, type LoadOptions, NO_RUN_TIME } from "../../src/config.ts";
import { type Files, follower, leader, load, loaded, pair, refusals } from "./folder.ts";

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly options?: Partial<LoadOptions>;
  /** File, key path, part of the message; then the nearest choice or the nickname, when there is one. */
  readonly refusal: Readonly<Record<string, unknown>>;
}

const yaml = (text: string): Files => ({ ...pair, "config/a.yaml": text });
const accounts = (changes: object, leaderChanges: object = {}): Files => ({
  "data/accounts/leader.json": { ...leader, ...leaderChanges },
  "data/accounts/follower.json": { ...follower, ...changes },
});
const live = { "config/mode.yaml": "copy_trading: {mode: live}" };
const says = (text: string) => expect.stringContaining(text);
const inFollower = { file: "accounts/follower.json", nickname: "follower" };
const { api_key: _key, ...withoutKey } = follower;
const { api_secret: _secret, ...leaderWithoutSecret } = leader;

const cases: readonly Case[] = [
  {
    name: "unknown key",
    files: yaml("copy_trading:\n  copyin: {}\n"),
    refusal: { file: "config/a.yaml", line: 2, keyPath: "copy_trading.copyin", nearest: "copying" },
  },
  {
    name: "unknown top-level key",
    files: yaml("mode: live\n"),
    refusal: { file: "config/a.yaml", line: 1, keyPath: "mode", nearest: "copy_trading.mode" },
  },
  {
    name: "known key at the wrong place",
    files: yaml("copy_trading:\n  max_traders: 3\n"),
    refusal: { keyPath: "copy_trading.max_traders", nearest: "copy_trading.copying.max_traders" },
  },
  {
    name: "unknown key like no other lists the keys there",
    files: yaml("copy_trading: {zzz: 1}\n"),
    refusal: {
      keyPath: "copy_trading.zzz",
      message: says("mode, trader_selection, copying, risk_management"),
    },
  },
  {
    name: "unknown choice",
    files: yaml("copy_trading:\n  mode: papper\n"),
    refusal: {
      line: 2,
      keyPath: "copy_trading.mode",
      message: says("paper, live, backtest"),
      nearest: "paper",
    },
  },
  {
    name: "number out of range",
    files: yaml("copy_trading:\n  copying:\n    position_scaling: -1\n"),
    refusal: {
      line: 3,
      keyPath: "copy_trading.copying.position_scaling",
      message: says("above 0, at most 100, got -1"),
    },
  },
  {
    name: "text in place of a number",
    files: yaml("risk: {max_leverage: high}"),
    refusal: { keyPath: "risk.max_leverage", message: says('a number from 1 to 200, got "high"') },
  },
  {
    name: "share above one",
    files: yaml("copy_trading: {risk_management: {stop_loss: 5}}"),
    refusal: {
      keyPath: "copy_trading.risk_management.stop_loss",
      message: says("must be off, a share above 0 and at most 1, or a group such as"),
    },
  },
  {
    name: "a key without a value",
    files: yaml("copy_trading: {mode: }"),
    refusal: { keyPath: "copy_trading.mode", message: says("got nothing") },
  },
  {
    name: "a value in place of a group",
    files: yaml("engine: 15"),
    refusal: { keyPath: "engine", message: says("group of keys, got 15") },
  },
  {
    name: "the same top-level key in two files",
    files: { ...yaml("risk: {max_leverage: 2}"), "config/b.yml": "\nrisk: {max_leverage: 3}" },
    refusal: { file: "config/b.yml", line: 2, keyPath: "risk", message: says("a.yaml") },
  },
  {
    name: "the same key twice in one file",
    files: yaml("risk: {max_leverage: 2}\nrisk: {max_leverage: 3}\n"),
    refusal: { file: "config/a.yaml", line: 2, message: says("duplicate key") },
  },
  {
    name: "broken YAML",
    files: yaml("paper:\n  balance: [1\nrisk: {}\n"),
    refusal: { file: "config/a.yaml", message: says("not valid YAML") },
  },
  {
    name: "YAML that is a list",
    files: yaml("- 1\n"),
    refusal: { file: "config/a.yaml", keyPath: "", message: says("keys at its top level") },
  },
  {
    name: "stale sooner than the next snapshot",
    files: yaml("engine: {snapshot_interval_seconds: 90}"),
    refusal: { keyPath: "engine.leader_stale_after_seconds", message: says("longer than") },
  },
  {
    name: "mode backtest names its command",
    files: yaml("copy_trading: {mode: backtest}"),
    refusal: { file: "config/a.yaml", keyPath: "copy_trading.mode", message: says("copytrader backtest") },
  },
  {
    name: "more leaders than max_traders",
    files: {
      ...yaml("copy_trading: {copying: {max_traders: 1}}"),
      "data/accounts/follower.json": { ...follower, leader: "leader" },
      "data/accounts/other.json": { ...leader, nickname: "other", api_key: "k2" },
    },
    refusal: {
      file: "config/a.yaml",
      keyPath: "copy_trading.copying.max_traders",
      message: says('"leader", "other"'),
    },
  },
  {
    name: "live follower without --live",
    files: { ...accounts({ account_type: "live" }), ...live },
    refusal: { ...inFollower, keyPath: "account_type", message: says("--live") },
  },
  {
    name: "follower at a real-money host under another type",
    files: { ...accounts({ account_type: "demo", url: "https://api.bybit.com" }), ...live },
    refusal: { ...inFollower, keyPath: "account_type", nearest: "live" },
  },
  {
    name: "unknown key in an account file",
    files: accounts({ copy_multipler: 2 }),
    refusal: { ...inFollower, keyPath: "copy_multipler", line: 8, nearest: "copy_multiplier" },
  },
  {
    name: "unknown role",
    files: accounts({ role: "slvae" }),
    refusal: { ...inFollower, keyPath: "role", nearest: "slave" },
  },
  {
    name: "unknown account type",
    files: accounts({ account_type: "test-net" }),
    refusal: { ...inFollower, keyPath: "account_type", nearest: "testnet" },
  },
  {
    name: "missing nickname",
    files: { ...pair, "data/accounts/x.json": { role: "follower" } },
    refusal: { file: "accounts/x.json", keyPath: "nickname", message: says("is missing") },
  },
  {
    name: "nickname used twice, capitals aside",
    files: { ...pair, "data/accounts/x.json": { ...follower, nickname: "FOLLOWER" } },
    refusal: { file: "accounts/x.json", keyPath: "nickname", message: says("accounts/follower.json") },
  },
  {
    name: "negative multiplier",
    files: accounts({ copy_multiplier: -1 }),
    refusal: { ...inFollower, keyPath: "copy_multiplier", message: says("above 0") },
  },
  {
    name: "empty list of symbols",
    files: accounts({ symbols_to_copy: [] }),
    refusal: { ...inFollower, keyPath: "symbols_to_copy", message: says("at least one") },
  },
  {
    name: "symbol in small letters",
    files: accounts({ symbols_to_copy: ["btcusdt"] }),
    refusal: { ...inFollower, keyPath: "symbols_to_copy.0", message: says("capitals") },
  },
  {
    name: "no symbol in common with the leader",
    files: accounts({ symbols_to_copy: ["ETHUSDT"] }, { symbols_to_copy: ["BTCUSDT"] }),
    refusal: { ...inFollower, keyPath: "symbols_to_copy", message: says("nothing would be copied") },
  },
  {
    name: "fixed-notional without an amount",
    files: accounts({ sizing: "fixed-notional" }),
    refusal: {
      ...inFollower,
      keyPath: "fixed_notional",
      message: says("is needed with sizing fixed-notional"),
    },
  },
  {
    name: "fixed-quantity without a quantity, chosen in YAML",
    files: yaml("copy_trading: {copying: {sizing: fixed-quantity}}"),
    refusal: { keyPath: "fixed_quantity", message: says("(from config/a.yaml): the quantity") },
  },
  {
    name: "volatility-target without a target",
    files: accounts({ sizing: "volatility-target" }),
    refusal: { ...inFollower, keyPath: "volatility_target", message: says("0.2 for 20 %") },
  },
  {
    name: "a fixed sum without the sum",
    files: accounts({ sizing: "equity-proportional", capital_base: "fixed-sum" }),
    refusal: { ...inFollower, keyPath: "capital_amount", message: says("capital_base fixed-sum") },
  },
  {
    name: "an amount that its sizing does not use",
    files: accounts({ sizing: "fixed-quantity", fixed_quantity: 1, fixed_notional: 100 }),
    refusal: {
      ...inFollower,
      keyPath: "fixed_notional",
      message: says("no effect with sizing fixed-quantity"),
    },
  },
  {
    name: "a capital base that its sizing does not use",
    files: accounts({ capital_base: "balance" }),
    refusal: { ...inFollower, keyPath: "capital_base", message: says("no effect with sizing multiplier") },
  },
  {
    name: "a sum beside another capital base",
    files: accounts({ sizing: "equity-proportional", capital_amount: 100 }),
    refusal: {
      ...inFollower,
      keyPath: "capital_amount",
      message: says("no effect with capital_base equity"),
    },
  },
  {
    name: "a multiplier beside a fixed size",
    files: accounts({ sizing: "fixed-notional", fixed_notional: 100, copy_multiplier: 2 }),
    refusal: { ...inFollower, keyPath: "copy_multiplier", message: says("use position_scaling") },
  },
  {
    name: "two sizes in one override",
    files: accounts({ overrides: { BTCUSDT: { fixed_notional: 100, copy_multiplier: 2 } } }),
    refusal: { ...inFollower, keyPath: "overrides.BTCUSDT", message: says("only one of") },
  },
  {
    name: "an override that says nothing",
    files: accounts({ overrides: { BTCUSDT: {} } }),
    refusal: { ...inFollower, keyPath: "overrides.BTCUSDT", message: says("must say one of") },
  },
  {
    name: "an unknown key in an override",
    files: accounts({ overrides: { "BTC*": { max_leverag: 2 } } }),
    refusal: { ...inFollower, keyPath: "overrides.BTC*.max_leverag", nearest: "max_leverage" },
  },
  {
    name: "an override for something that is no symbol",
    files: accounts({ overrides: { btc: { max_leverage: 2 } } }),
    refusal: { ...inFollower, keyPath: "overrides.btc", message: says("symbol or pattern in capitals") },
  },
  {
    name: "an override out of range",
    files: yaml("copy_trading: {copying: {overrides: {BTCUSDT: {max_leverage: 500}}}}"),
    refusal: {
      keyPath: "copy_trading.copying.overrides.BTCUSDT.max_leverage",
      message: says("from 1 to 200, got 500"),
    },
  },
  {
    name: "multiplier beside equity-proportional sizing",
    files: accounts({ sizing: "equity-proportional", copy_multiplier: 2 }),
    refusal: { ...inFollower, keyPath: "copy_multiplier", message: says("position_scaling") },
  },
  {
    name: "unknown leader",
    files: accounts({ leader: "laeder" }),
    refusal: { ...inFollower, keyPath: "leader", nearest: "leader" },
  },
  {
    name: "several leaders and none named",
    files: { ...pair, "data/accounts/other.json": { ...leader, nickname: "other", api_key: "k2" } },
    refusal: { ...inFollower, keyPath: "leader", message: says('"leader", "other"') },
  },
  {
    name: "a leader that is not enabled",
    files: {
      ...accounts({ leader: "other" }),
      "data/accounts/other.json": { ...leader, nickname: "other", enabled: false },
    },
    refusal: { ...inFollower, keyPath: "leader", message: says("not enabled") },
  },
  {
    name: "no leader at all",
    files: { "data/accounts/follower.json": follower },
    refusal: { file: "data/accounts", keyPath: "role", message: says("copytrader init") },
  },
  {
    name: "unencrypted address of another machine",
    files: accounts({}, { url: "http://api.bybit.com" }),
    refusal: { file: "accounts/leader.json", nickname: "leader", keyPath: "url", message: says("https://") },
  },
  {
    name: "address with a path",
    files: accounts({ url: "https://api.bybit.com/v5" }),
    refusal: { ...inFollower, keyPath: "url", message: says("without a path") },
  },
  {
    name: "stream address that is none",
    files: accounts({ stream_url: "https://stream.bybit.com" }),
    refusal: { ...inFollower, keyPath: "stream_url", message: says("wss://") },
  },
  {
    name: "stream of another host than the exchange's",
    files: accounts({
      account_type: "demo",
      url: "https://api-demo.bybit.com",
      stream_url: "wss://bybit.com.evil.test",
    }),
    refusal: { ...inFollower, keyPath: "stream_url", message: says("no host of Bybit's") },
  },
  {
    name: "missing secret of a leader",
    files: { ...pair, "data/accounts/leader.json": leaderWithoutSecret },
    refusal: {
      nickname: "leader",
      keyPath: "api_secret",
      message: says("LEADER_API_SECRET or MASTER_API_SECRET"),
    },
  },
  {
    name: "missing key of a follower that trades",
    files: { ...pair, ...live, "data/accounts/follower.json": withoutKey },
    refusal: { ...inFollower, keyPath: "api_key", message: says("FOLLOWER_API_KEY or SLAVE_API_KEY") },
  },
  {
    name: "one key for two accounts of a venue",
    files: { ...accounts({ url: leader.url, api_key: "leader-key" }), ...live },
    refusal: { keyPath: "api_key", message: says("every account needs its own") },
  },
  {
    name: "two nicknames that read the same variables",
    files: {
      ...pair,
      "data/accounts/a.json": { ...follower, nickname: "a-b" },
      "data/accounts/b.json": { ...follower, nickname: "a.b" },
    },
    options: { env: { A_B_API_KEY: "x" } },
    refusal: { file: "accounts/b.json", nickname: "a.b", keyPath: "nickname", message: says("A_B_API_KEY") },
  },
  {
    name: "a paper follower of leaders at different venues",
    files: {
      ...accounts({ leader: ["leader", "other"] }),
      "data/accounts/other.json": { ...leader, nickname: "other", url: "http://127.0.0.1:9009" },
    },
    refusal: { ...inFollower, keyPath: "leader", message: says("share one") },
  },
  {
    name: "a broken account file",
    files: { ...pair, "data/accounts/x.json": '{\n  "nickname": "x",\n  "api_secret": "tell' },
    refusal: { file: "accounts/x.json", keyPath: "", message: says("not valid JSON") },
  },
  {
    name: "an account file with a key twice",
    files: { ...pair, "data/accounts/x.json": '{"nickname": "x",\n"role": "slave",\n"role": "master"}' },
    refusal: { file: "accounts/x.json", line: 3, message: says("same key twice") },
  },
  {
    name: "an account file that is a list",
    files: { ...pair, "data/accounts/x.json": "[]" },
    refusal: { file: "accounts/x.json", keyPath: "", message: says("group of keys") },
  },
  {
    name: "users of the Telegram bot without a role",
    files: { ...pair, "config/telegram_auth.json": { authorized_users: [{ user_id: 1, permissions: [] }] } },
    refusal: {
      file: "config/telegram_auth.json",
      keyPath: "authorized_users.0.role",
      message: says("is missing"),
    },
  },
  {
    name: "an unknown log level in the environment",
    files: pair,
    options: { env: { LOG_LEVEL: "DEBUGG" } },
    refusal: { file: "environment", keyPath: "LOG_LEVEL", nearest: "debug" },
  },
  {
    name: "a run-time value that is none",
    files: pair,
    options: {
      runTime: {
        ...NO_RUN_TIME,
        allocations: [{ leader: "leader", follower: "follower", values: { copy_multiplier: "twice" } }],
      },
    },
    refusal: { nickname: "follower", keyPath: "copy_multiplier", message: says("above 0") },
  },
];

test.each(cases)("$name", ({ files, options, refusal }) => {
  const found = refusals(files, options);
  expect(found).toContainEqual(expect.objectContaining(refusal));
  expect(found.filter((problem) => problem.file === "").map(describeProblem)).toEqual([]);
});

test("all problems of all files are told together", () => {
  const files = {
    "config/a.yaml": "copy_trading: {mod: live}\npaper: {balance: 0}\n",
    "data/accounts/leader.json": { ...leader, url: "ftp://x" },
    "data/accounts/follower.json": { ...follower, sizing: "equity" },
  };
  expect(refusals(files).map(({ file, keyPath }) => `${file} ${keyPath}`)).toEqual([
    "config/a.yaml copy_trading.mod",
    "config/a.yaml paper.balance",
    "accounts/follower.json sizing",
    "accounts/leader.json url",
  ]);
});

describe("a file as long as may be, full of", () => {
  const many = (count: number, one: (index: number) => string, between = ", ") =>
    Array.from({ length: count }, (_, index) => one(index)).join(between);
  const keys = many(60_000, (index) => `"key${index}": 1`);

  test.each([
    ["unknown keys", yaml(many(60_000, (index) => `key${index}: 1`, "\n")), 100, "not a known key"],
    ["unknown keys of a group", yaml(`risk: {${keys}}`), 100, "not a known key"],
    ["unknown keys of an account", { "data/accounts/x.json": `{${keys}}` }, 100, "not a known key"],
    ["keys that are written twice", yaml(`risk: {${keys}, ${keys.slice(0, 500)}}`), 20, "duplicate key"],
    ["mistakes", yaml(`risk: [${",".repeat(150_000)}]`), 20, "not valid YAML"],
    [
      "aliases",
      yaml(`a: [${many(20_000, (index) => `&a${index} 1, *a${index}`)}]`),
      1,
      "more than 1000 aliases",
    ],
  ] as const)("%s costs seconds, and some of them are told", (_, files, most, message) => {
    const found = refusals(files).filter((problem) => problem.message.includes(message));
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(most);
  });
});

test("a problem reads as one line with its place first", () => {
  const [problem] = refusals(yaml("copy_trading:\n  mode: papper\n"));
  expect(problem && describeProblem(problem)).toBe(
    'config/a.yaml:2: copy_trading.mode: must be one of paper, live, backtest, got "papper"; did you mean "paper"?',
  );
});

test("what cannot be started can still be inspected", () => {
  const files = {
    ...accounts({ account_type: "live", sl_loss_tiers_usd: [5] }),
    "config/a.yaml": "copy_trading: {mode: live}",
  };
  expect(load(files).ok).toBe(false);
  expect(loaded(files, { purpose: "inspect" }).mode.value).toBe("live");
});
