/** Stops and loss limits: where they may stand, what they mean, what is refused, and what `start` says of them. */
import { describe, expect, test } from "vitest";
import { describeStartLimits } from "../../src/config.ts";
import type { AccountGuards, RelationGuards } from "../../src/core/guard/guard-settings.ts";
import { type Files, follower, leader, loaded, refusals } from "./folder.ts";

function files(account: object = {}, yaml = ""): Files {
  return {
    "data/accounts/leader.json": leader,
    "data/accounts/follower.json": { ...follower, ...account },
    ...(yaml === "" ? {} : { "config/risk.yaml": `copy_trading: {risk_management: {${yaml}}}` }),
  };
}

function accountGuards(account: object, yaml = ""): AccountGuards | undefined {
  return loaded(files(account, yaml)).settings.accounts.find(({ role }) => role === "follower")?.guards;
}

function relationGuards(account: object, yaml = ""): RelationGuards | undefined {
  return loaded(files(account, yaml)).settings.allocations[0]?.guards;
}

const share = (value: string) => ({ kind: "share", value });

describe("a guard in force", () => {
  test.each([
    ["max_daily_loss", "off", { dailyLoss: null }],
    ["max_daily_loss", 0.1, { dailyLoss: { limit: share("0.1"), action: "pause", coolOffMs: null } }],
    [
      "max_daily_loss",
      { usd: 500, action: "close", cool_off_minutes: 90 },
      { dailyLoss: { limit: { kind: "amount", value: "500" }, action: "close", coolOffMs: 5_400_000 } },
    ],
    [
      "max_account_drawdown",
      { share: "0.3", action: "halt" },
      { drawdown: { limit: share("0.3"), action: "halt", coolOffMs: null } },
    ],
    ["liquidation_guard", "off", { liquidation: null }],
    [
      "liquidation_guard",
      "cut",
      { liquidation: { action: "cut", distance: "0.05", nearerThanLeader: "0.5", coolOffMs: null } },
    ],
    [
      "liquidation_guard",
      { action: "mirror", distance: 0.1, nearer_than_leader: 0.8, cool_off_minutes: 1 },
      { liquidation: { action: "mirror", distance: "0.1", nearerThanLeader: "0.8", coolOffMs: 60_000 } },
    ],
    ["sl_loss_tiers_usd", [], { tiers: null }],
  ])("%s: %j for the account", (name, value, expected) => {
    expect(accountGuards({ [name]: value })).toMatchObject(expected);
  });

  test.each([
    ["stop_loss", 0.05, { stopLoss: { share: "0.05", from: "start", action: "close", coolOffMs: null } }],
    [
      "stop_loss",
      { share: 0.1, from: "peak", action: "replace", cool_off_minutes: 5 },
      { stopLoss: { share: "0.1", from: "peak", action: "replace", coolOffMs: 300_000 } },
    ],
    ["position_stop", 0.2, { positionStop: { share: "0.2", coolOffMs: null } }],
    ["allocated_capital", 2500, { allocatedCapital: "2500" }],
  ])("%s: %j for the relation", (name, value, expected) => {
    expect(relationGuards({ [name]: value })).toMatchObject(expected);
  });

  test("a plain list of tiers means equal parts in any order, and the largest closes", () => {
    expect(accountGuards({ sl_loss_tiers_usd: [100, 25, 50] })?.tiers).toEqual({
      levels: [
        { loss: "25", action: "reduce", share: { part: 1, whole: 3 } },
        { loss: "50", action: "reduce", share: { part: 1, whole: 3 } },
        { loss: "100", action: "close", share: null },
      ],
      reference: "start",
      coolOffMs: null,
    });
  });

  test("tiers in the long form mean what they say", () => {
    const sl_loss_tiers_usd = [
      { loss_usd: 300, action: "halt" },
      { loss_usd: 100, action: "reduce", share: 0.25 },
      { loss_usd: "200", action: "pause" },
    ];
    const more = { sl_reference: "day", cool_off_minutes: 30 };
    expect(accountGuards({ sl_loss_tiers_usd, ...more })?.tiers).toEqual({
      levels: [
        { loss: "100", action: "reduce", share: { part: 250_000, whole: 1_000_000 } },
        { loss: "200", action: "pause", share: null },
        { loss: "300", action: "halt", share: null },
      ],
      reference: "day",
      coolOffMs: 1_800_000,
    });
  });

  test("an account file comes before YAML, and YAML before the default", () => {
    const yaml = "max_daily_loss: 0.2, stop_loss: 0.3";
    expect(accountGuards({ max_daily_loss: 0.1 }, yaml)?.dailyLoss?.limit).toEqual(share("0.1"));
    expect(accountGuards({}, yaml)?.dailyLoss?.limit).toEqual(share("0.2"));
    expect(accountGuards({}, yaml)?.drawdown?.limit).toEqual(share("0.5"));
    expect(relationGuards({}, yaml)?.stopLoss?.share).toBe("0.3");
  });
});

describe("what is wrong with a guard", () => {
  const whole = {
    stop_loss: "must be off, a share above 0 and at most 1, or a group such as {share: 0.05, from: peak",
    max_daily_loss:
      "must be off, a share above 0 and at most 1, or a group such as {share: 0.1, action: close}",
    liquidation_guard: "must be off, warn, cut, mirror, or a group such as {action: cut",
    max_portfolio_exposure: "must be off, a number from 0 to 1000 (times equity), or a group such as",
    free_margin_reserve: "must be off or a number from 0 to 1",
  };

  test.each([
    ["stop_loss", 2],
    ["stop_loss", "of"],
    ["stop_loss", -0.5],
    ["max_daily_loss", "5%"],
    ["max_daily_loss", 1.5],
    ["liquidation_guard", 3],
    ["max_portfolio_exposure", -1],
    ["max_portfolio_exposure", "none"],
    ["free_margin_reserve", 2],
  ] as const)("%s: %j is told with every form that is right", (name, value) => {
    const [found, ...others] = refusals(files({ [name]: value }));
    expect(found).toMatchObject({ keyPath: name, message: expect.stringContaining(whole[name]) });
    expect(others).toEqual([]);
  });

  test.each([
    ["stop_loss", { share: 0.1, form: "peak" }, "stop_loss.form", "from"],
    ["stop_loss", { share: 0.1, from: "peek" }, "stop_loss.from", "peak"],
    ["max_daily_loss", { usd: 5, acton: "close" }, "max_daily_loss.acton", "action"],
    ["max_daily_loss", { sahre: 0.1 }, "max_daily_loss.sahre", "share"],
    ["liquidation_guard", "cutt", "liquidation_guard", "cut"],
    ["liquidation_guard", { action: "cut", distanc: 1 }, "liquidation_guard.distanc", "distance"],
    ["max_trader_exposure", { share: 1, mesure: "net" }, "max_trader_exposure.mesure", "measure"],
    ["sl_loss_tiers_usd", [{ loss_usd: 1, acton: "x" }], "sl_loss_tiers_usd.0.acton", "action"],
    ["symbol_map", { AAA: { symbol: "BBB", unit: 2 } }, "symbol_map.AAA.unit", "units"],
    ["overrides", { BTCUSDT: { max_lever: 2 } }, "overrides.BTCUSDT.max_lever", "max_leverage"],
  ])("%s: %j is told with what was probably meant", (name, value, keyPath, meant) => {
    const found = refusals(files({ [name]: value })).find((one) => one.keyPath === keyPath);
    expect(found).toMatchObject({ nearest: meant });
    const inYaml = refusals(files({}, `${name}: ${JSON.stringify(value)}`));
    const isOfCopying = name === "symbol_map" || name === "overrides";
    if (!isOfCopying) expect(inYaml.some(({ keyPath: path }) => path.endsWith(keyPath))).toBe(true);
  });
});

describe("a guard that is refused", () => {
  test.each([
    ["stop_loss", 0, "above 0"],
    ["stop_loss", { share: 0.1, action: "halt" }, "close, pause or replace"],
    ["position_stop", 1.5, "at most 1"],
    ["max_daily_loss", { share: 0.1, usd: 5 }, "{usd: 500"],
    ["max_account_drawdown", "none", "at most 1"],
    ["liquidation_guard", "add-margin", "mirror"],
    ["cool_off_minutes", -1, "from 0"],
    ["sl_loss_tiers_usd", [0], "above 0"],
    ["sl_loss_tiers_usd", [50, 50], "names a loss twice"],
    ["sl_loss_tiers_usd", [{ loss_usd: 1, action: "reduce" }], "must have a share"],
    ["sl_loss_tiers_usd", [{ loss_usd: 1, action: "close", share: 1 }], "must have a share"],
    [
      "sl_loss_tiers_usd",
      [
        { loss_usd: 1, action: "reduce", share: 0.6 },
        { loss_usd: 2, action: "reduce", share: 0.5 },
      ],
      "more than 1",
    ],
  ])("%s: %j", (name, value, message) => {
    const found = refusals(files({ [name]: value }));
    expect(found.map((one) => one.message).join(" ")).toContain(message);
    expect(found.every(({ keyPath }) => keyPath.startsWith(name))).toBe(true);
  });
});

test("start says each with its source, and what is off", () => {
  const lines = describeStartLimits(loaded(files({ sl_loss_tiers_usd: [100, 50] }, "stop_loss: 0.05")));
  expect(lines).toEqual(
    expect.arrayContaining([
      "sl_loss_tiers_usd USDT since start: 50 reduce by 1/2, 100 close; until released (accounts/follower.json)",
      "max_daily_loss 0.25 of the day's first equity: pause until released (default)",
      "max_account_drawdown 0.5 of the largest equity: pause until released (default)",
      "stop_loss 0.05 of its part of the equity from its start: close until released (config/risk.yaml)",
      "liquidation_guard warn below a distance of 0.05 (default)",
      "off: position_stop",
    ]),
  );
});

test("start says all of the long forms", () => {
  const guards = {
    sl_loss_tiers_usd: [
      { loss_usd: 100, action: "reduce", share: 0.5 },
      { loss_usd: 400, action: "close" },
    ],
    stop_loss: 0.05,
    allocated_capital: 2000,
    liquidation_guard: { action: "cut", distance: 0.08, nearer_than_leader: 0.4 },
  };
  expect(describeStartLimits(loaded(files(guards)))).toEqual(
    expect.arrayContaining([
      "sl_loss_tiers_usd USDT since start: 100 reduce by 0.5, 400 close; until released (accounts/follower.json)",
      "stop_loss 0.05 of 2000 USDT from its start: close until released (accounts/follower.json)",
      "liquidation_guard cut below a distance of 0.08, or of 0.4 of the leader's (accounts/follower.json)",
    ]),
  );
});

test("on a leader they have no effect, and that is said", () => {
  const { warnings } = loaded({
    ...files(),
    "data/accounts/leader.json": { ...leader, max_daily_loss: 0.1 },
  });
  expect(warnings).toContainEqual(expect.objectContaining({ nickname: "leader", keyPath: "max_daily_loss" }));
});
