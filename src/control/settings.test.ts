/** Settings changed while running: what is refused and with which words, what a preview shows, what stays, and who may not overwrite whom. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Files, follower, leader, loaded } from "../../test/configuration/folder.ts";
import { held, marked } from "../../test/core/guarded.ts";
import { FOLLOWER, Story, VENUE } from "../../test/core/story.ts";
import type { Configuration } from "../config.ts";
import { readRunTime } from "../config.ts";
import type { Command } from "../core/event.ts";
import { NO_OWN_CODE } from "../core/own-code.ts";
import type { Settings } from "../core/settings.ts";
import { ControlError, type ControlFailure } from "./control.ts";
import type { OwnerCommand } from "./owner-commands.ts";
import { RunningControl } from "./running.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "settings-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const yaml = `copy_trading:
  mode: live
  copying: { max_traders: 4, position_scaling: 0.5 }
  risk_management: { correlation_limit: 0.9, max_daily_loss: 0.2 }
portfolio: { rebalancing_frequency: 12 }
strategies: { selective_copying: { max_traders: 3, rebalancing_frequency: 6 } }
`;
/** Where the story's accounts are. */
const place = { url: `https://${VENUE}` };
const ownFile = { ...follower, ...place, sl_loss_tiers_usd: [1000, 2000], max_trader_exposure: 2 };
const files: Files = {
  "data/accounts/leader.json": { ...leader, ...place },
  "config/a.yaml": yaml,
  "data/accounts/follower.json": ownFile,
};

class Running {
  readonly story = new Story();
  readonly configured: Configuration[] = [];
  control: RunningControl;

  constructor() {
    this.control = this.#begin();
    this.#settle();
  }

  /** A new process: of what was decided only the data folder tells. */
  restart(): void {
    this.control = this.#begin();
    this.#settle();
  }

  #begin(): RunningControl {
    const { story } = this;
    const engine = {
      running: true,
      state: story.state,
      own: NO_OWN_CODE,
      writeAll: () => true,
      command: (command: Command) => void story.command(command),
      configure: (settings: Settings) => void story.configure(settings),
    };
    return new RunningControl({
      engine,
      configuration: loaded(files, { runTime: readRunTime(dataDir) }),
      dataDir,
      ownStrategies: ["mine"],
      configured: (configuration) => this.configured.push(configuration),
    });
  }

  #settle(): void {
    const { settings } = loaded(files, { runTime: readRunTime(dataDir) });
    this.story.configure(settings);
  }

  async settings(scope: "follower" | "portfolio" = "follower") {
    const { followers, portfolio } = await this.control.ask({ kind: "changeable-settings" });
    const found = scope === "follower" ? followers[0] : portfolio;
    if (found === undefined) throw new Error("no settings");
    const rows = found.settings.filter(({ source }) => source === "run-time");
    return {
      revision: found.revision,
      decided: Object.fromEntries(rows.map((one) => [one.keyPath, one.value])),
    };
  }

  valueOf = async (keyPath: string, scope: "follower" | "portfolio" = "portfolio") => {
    const { followers, portfolio } = await this.control.ask({ kind: "changeable-settings" });
    const rows = (scope === "follower" ? followers[0] : portfolio)?.settings ?? [];
    const row = rows.find((one) => one.keyPath === keyPath);
    return row === undefined ? undefined : [row.value, row.source];
  };

  refusal(command: OwnerCommand): Promise<readonly [ControlFailure, string]> {
    return this.control.ask(command as never).then(
      () => ["failure", "was not refused"],
      (error: unknown) => {
        if (error instanceof ControlError) return [error.failure, error.message];
        throw error;
      },
    );
  }
}

const set = (values: Readonly<Record<string, unknown>>) =>
  ({ kind: "settings", follower: FOLLOWER, values }) as const;
const setAll = (values: Readonly<Record<string, unknown>>) =>
  ({ kind: "portfolio-settings", values }) as const;

describe("a follower's settings", () => {
  test("are in force at once, before its file, shown with their source, and hold after a restart", async () => {
    const running = new Running();
    const values = {
      sl_loss_tiers_usd: [50, 100],
      max_trader_exposure: "off",
      max_account_drawdown: { usd: 500 },
    };
    const report = await running.control.ask(set(values));
    expect(report).toMatchObject({ command: "settings", followers: [FOLLOWER], running: true });
    const guards = () => running.story.state.guards.get(FOLLOWER);
    expect(guards()?.tiers?.levels.map(({ loss }) => loss)).toEqual(["50", "100"]);
    expect(running.story.state.followers.get(FOLLOWER)?.limits.traderExposure).toBeNull();
    expect((await running.settings()).revision).toBe(report.revision);
    const { settings } = await running.control.ask({ kind: "status" });
    expect(settings).toContainEqual({
      keyPath: "sl_loss_tiers_usd",
      follower: FOLLOWER,
      value: [50, 100],
      source: "run-time",
    });
    running.restart();
    expect(guards()?.drawdown).toMatchObject({ limit: { kind: "amount", value: "500" } });
    expect((await running.settings()).revision).toBe(report.revision);
    await running.control.ask(set({ sl_loss_tiers_usd: null, max_trader_exposure: null }));
    expect(guards()?.tiers?.levels.map(({ loss }) => loss)).toEqual(["1000", "2000"]);
    expect((await running.settings()).decided).toEqual({ max_account_drawdown: { usd: 500 } });
  });

  test("are previewed with before and after, and with the stops and orders that they lead to; nothing is kept of it", async () => {
    const running = new Running();
    const { story } = running;
    held(story, "1");
    marked(story, "59800");
    const command = set({ sl_loss_tiers_usd: [{ loss_usd: 80, action: "close" }] });
    const preview = await running.control.ask({ kind: "preview", command });
    expect(preview.changes).toEqual([
      {
        follower: FOLLOWER,
        keyPath: "sl_loss_tiers_usd",
        value: [{ loss_usd: 80, action: "close" }],
        source: "run-time",
        before: [1000, 2000],
      },
    ]);
    expect(preview.begun).toMatchObject([{ follower: FOLLOWER, guard: "loss-tier", action: "close" }]);
    expect(preview.orders).toMatchObject([
      { symbol: "BTCUSDT", side: "sell", quantity: "0.5", reduceOnly: true },
    ]);
    expect(preview.revision).not.toBe((await running.settings()).revision);
    expect(existsSync(join(dataDir, "run-time-settings.json"))).toBe(false);
    await running.control.ask(command);
    expect(story.state.followers.get(FOLLOWER)?.stops).toHaveLength(1);
    const milder = await running.control.ask({ kind: "preview", command: set({ sl_loss_tiers_usd: [] }) });
    expect([milder.lifted, milder.begun]).toEqual([[], undefined]);
    await running.control.ask(set({ sl_loss_tiers_usd: [] }));
    expect(story.state.followers.get(FOLLOWER)?.stops).toHaveLength(1);
  });

  test("are refused like those of a file, with what would change them", async () => {
    const running = new Running();
    const wrong = async (values: Readonly<Record<string, unknown>>) =>
      (await running.refusal(set(values)))[1];
    expect(await wrong({ max_daily_los: 0.1 })).toBe(
      'max_daily_los is not a known key; did you mean "max_daily_loss"?',
    );
    expect(await wrong({ max_daily_los: null })).toMatch(/did you mean "max_daily_loss"/);
    expect(await wrong({ max_daily_loss: 7 })).toMatch(/^max_daily_loss must be off, a share above 0/);
    expect(await wrong({ sl_loss_tiers_usd: [5, 5] })).toMatch(/names a loss twice/);
    expect(await wrong({ copy_multiplier: 2 })).toMatch(/copytrader copy LEADER follower copy_multiplier=/);
    expect(await wrong({ api_key: "x" })).toMatch(
      /^api_key is read at start only: it goes into the account's file/,
    );
    expect(await wrong({ max_traders: 2 })).toMatch(/copytrader settings set --portfolio max_traders=/);
    expect(await running.refusal(set({}))).toEqual(["bad-request", "values must hold at least one setting"]);
    expect((await running.refusal({ ...set({ max_daily_loss: 0.1 }), follower: "folower" }))[0]).toBe(
      "unknown-follower",
    );
    expect(existsSync(join(dataDir, "run-time-settings.json"))).toBe(false);
  });

  test("are not changed by who saw others", async () => {
    const running = new Running();
    const { revision } = await running.settings();
    await running.control.ask({ ...set({ max_daily_loss: 0.1 }), expected: revision });
    const [failure, message] = await running.refusal({ ...set({ max_daily_loss: 0.5 }), expected: revision });
    expect([failure, message]).toEqual([
      "conflict",
      'the settings of "follower" are not as you saw them: they were changed meanwhile',
    ]);
    expect((await running.settings()).decided).toEqual({ max_daily_loss: 0.1 });
    // Another scope is another revision.
    const all = await running.settings("portfolio");
    await running.control.ask({ ...setAll({ max_traders: 5 }), expected: all.revision });
  });

  test("that cannot be written are not in force", async () => {
    const running = new Running();
    rmSync(dataDir, { recursive: true });
    writeFileSync(dataDir, "");
    await expect(running.control.ask(set({ max_daily_loss: 0.1 }))).rejects.toThrow(/run-time-settings.json/);
    expect((await running.settings()).decided).toEqual({});
  });
});

describe("settings that are for all", () => {
  test("come before the files at each of their places, and whoever follows them is shown", async () => {
    const running = new Running();
    const command = setAll({ max_traders: 2, position_scaling: "0.4", correlation_limit: 0.6 });
    const { changes } = await running.control.ask({ kind: "preview", command });
    expect(changes).toContainEqual({
      follower: FOLLOWER,
      keyPath: "correlation_limit",
      value: 0.6,
      source: "run-time",
      before: 0.9,
    });
    expect(changes).toContainEqual({
      leader: "leader",
      follower: FOLLOWER,
      keyPath: "position_scaling",
      value: "0.4",
      source: "run-time",
      before: 0.5,
    });
    expect(changes).toContainEqual({ keyPath: "max_traders", value: 2, source: "run-time", before: 4 });
    expect(changes).toHaveLength(5);
  });

  test("reach the strategy in force, whatever its own options in the files say", async () => {
    const running = new Running();
    expect(await running.refusal(setAll({ strategy: "selective_copying" }))).toMatchObject([
      "bad-settings",
      expect.stringContaining("which follows no share of the equity"),
    ]);
    await running.control.ask({
      kind: "copy",
      leader: "leader",
      follower: FOLLOWER,
      values: { sizing: "equity-proportional" },
    });
    await running.control.ask(setAll({ strategy: "selective_copying" }));
    const name = "strategies.selective_copying.rebalancing_frequency";
    expect(await running.valueOf(name)).toEqual([6, "config/a.yaml"]);
    await running.control.ask(setAll({ max_traders: 2, rebalancing_frequency: 48 }));
    expect(await running.valueOf("strategies.selective_copying.max_traders")).toEqual([2, "run-time"]);
    expect(await running.valueOf(name)).toEqual([48, "run-time"]);
    await running.control.ask(setAll({ strategies: { selective_copying: { rebalancing_frequency: 1 } } }));
    expect(running.configured.at(-1)?.portfolio.options.rebalancing_frequency).toEqual({
      value: 1,
      source: "run-time",
    });
    await running.control.ask(setAll({ [name]: null, rebalancing_frequency: null }));
    expect(await running.valueOf(name)).toEqual([6, "config/a.yaml"]);
  });

  test("are refused like those of the files, with what would change them", async () => {
    const running = new Running();
    const wrong = async (values: Readonly<Record<string, unknown>>) =>
      (await running.refusal(setAll(values)))[1];
    expect(await wrong({ max_traders: 0 })).toMatch(/^max_traders must be a whole number from 1 to 1000/);
    expect(await wrong({ max_trader: null })).toMatch(/did you mean "max_traders"/);
    expect(await wrong({ max_daily_loss: 0.1 })).toMatch(/copytrader settings set FOLLOWER max_daily_loss=/);
    expect(await wrong({ keep_days: 3 })).toMatch(/it goes into the YAML files as journal.keep_days/);
    expect(await wrong({ strategy: "selectve" })).toMatch(
      /there is no strategy "selectve".*, mine; did you mean/,
    );
    expect(await wrong({ "strategies.selective_copying.max_trader": 3 })).toMatch(
      /did you mean "max_traders"/,
    );
    expect(await wrong({ strategy_followers: ["folower"] })).toMatch(/which is no follower/);
  });

  test("are refused where fewer leaders are to be allowed than there are", async () => {
    const more = {
      ...files,
      "data/accounts/b.json": { ...leader, nickname: "b", api_key: "b", api_secret: "b" },
    };
    const told = { ...more, "data/accounts/follower.json": { ...follower, leader: "leader" } };
    const reconfigured = loaded(told).reconfigure({
      allocations: [],
      settings: { accounts: [], portfolio: { max_traders: 1 }, alerts: {} },
    });
    expect(reconfigured).toMatchObject({ ok: false, problems: [{ keyPath: "max_traders" }] });
  });
});

test("whatever is set and taken back, in any order and over restarts: the files, and the last value of run time", async () => {
  const changes = fc.record({
    key: fc.constantFrom("max_daily_loss", "max_symbol_exposure", "cool_off_minutes", "correlation_limit"),
    value: fc.option(fc.constantFrom(0.1, 0.5, 1), { nil: null }),
    isForAll: fc.boolean(),
    restarts: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(changes, { maxLength: 8 }), async (sequence) => {
      rmSync(join(dataDir, "run-time-settings.json"), { force: true });
      const running = new Running();
      const own: Record<string, number> = {};
      const all: Record<string, number> = {};
      for (const { key, value, isForAll, restarts } of sequence) {
        const scope = isForAll && key === "correlation_limit" ? all : own;
        await running.control.ask(scope === all ? setAll({ [key]: value }) : set({ [key]: value }));
        if (value === null) delete scope[key];
        else scope[key] = value;
        if (restarts) running.restart();
      }
      const stated = { ...files, "data/accounts/follower.json": { ...ownFile, ...all, ...own } };
      const wanted = loaded(stated).settings.accounts.find(({ account }) => account === FOLLOWER);
      const found = running.story.state.settings.accounts.find(({ account }) => account === FOLLOWER);
      expect([found?.guards, found?.limits]).toEqual([wanted?.guards, wanted?.limits]);
      expect((await running.settings()).decided).toEqual({ ...all, ...own });
      expect((await running.settings("portfolio")).decided).toEqual(all);
    }),
    { numRuns: 25 },
  );
});

test("what was decided and cannot be read is refused at a start, and names its file", () => {
  const broken = {
    ...files,
    "data/run-time-settings.json": { version: 1, accounts: [], portfolio: { max_trader: 1 } },
  };
  expect(() => loaded(broken)).toThrow(/max_trader/);
  const gone = {
    version: 1,
    accounts: [{ follower: "gone", values: { max_daily_loss: 0.1 } }],
    portfolio: {},
  };
  const { warnings } = loaded({ ...files, "data/run-time-settings.json": gone });
  expect(warnings.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('there is no follower "gone" any more'),
  );
});
