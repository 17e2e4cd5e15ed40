/** What is decided while running: kept in one file, before every other source, and never in the way of a start. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseSetting } from "../../src/config/run-time-values.ts";
import {
  describeStartLimits,
  NO_RUN_TIME,
  type RunTime,
  type RunTimeAllocation,
  readRunTime,
  withChange,
  writeRunTime,
} from "../../src/config.ts";
import { follower, leader, loaded, pair, refusals, withFolder } from "./folder.ts";
import { names, samples } from "./samples.ts";

const FILE = "data/run-time-allocations.json";
const second = { ...leader, nickname: "second", api_key: "second-key", api_secret: "second-secret" };
const two = { ...pair, "data/accounts/second.json": second };

function decided(...allocations: readonly RunTimeAllocation[]) {
  return { [FILE]: { version: 1, allocations } };
}

function now(...allocations: readonly RunTimeAllocation[]): RunTime {
  return { ...NO_RUN_TIME, allocations };
}

const relation = { leader: "leader", follower: "follower", values: {} };

function pairsIn({ allocations }: ReturnType<typeof loaded>): string[] {
  return allocations.map((one) => `${one.leader}>${one.follower}`);
}

describe("the file", () => {
  test("is written whole for its owner alone, and read back", () =>
    withFolder(pair, (root) => {
      const data = join(root, "data");
      const first = [{ ...relation, values: { copy_multiplier: "0.30" } }];
      writeRunTime(data, NO_RUN_TIME, now(...first));
      expect(readRunTime(data)).toEqual({ ...now(...first), problems: [] });
      const ended = [{ ...relation, ended: true as const }];
      writeRunTime(data, now(...first), now(...ended));
      expect(readRunTime(data).allocations).toEqual(ended);
      expect(statSync(join(root, FILE)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(root, FILE), "utf8")).toContain('"version": 1');
    }));

  test("names its folder when it cannot be written", () =>
    withFolder(pair, (root) => {
      const data = join(root, "elsewhere");
      mkdirSync(data);
      writeFileSync(join(data, "file"), "");
      expect(() => writeRunTime(join(data, "file"), NO_RUN_TIME, now())).toThrow(
        /run-time-allocations.json cannot be written/,
      );
    }));

  test("is refused when it is broken, of another version, or holds what is none", () => {
    const broken = refusals({ ...pair, [FILE]: "{" });
    expect(broken).toMatchObject([{ file: expect.stringContaining("run-time-allocations.json") }]);
    expect(refusals({ ...pair, [FILE]: { version: 2, allocations: [] } })).toMatchObject([
      { keyPath: "version" },
    ]);
    const wrong = refusals({ ...pair, ...decided({ ...relation, values: { copy_multipler: 2 } }) });
    expect(wrong).toMatchObject([{ keyPath: "copy_multipler", nearest: "copy_multiplier" }]);
  });
});

describe("relations", () => {
  test("values come before the account file, with their source", () => {
    const files = {
      ...pair,
      "data/accounts/follower.json": { ...follower, copy_multiplier: 2 },
      ...decided({ ...relation, values: { copy_multiplier: 3 } }),
    };
    const [allocation] = loaded(files).allocations;
    expect(allocation?.values.copy_multiplier).toEqual({ value: 3, source: "run-time" });
  });

  test("are added to those of the files", () => {
    const files = { ...two, "data/accounts/follower.json": { ...follower, leader: "leader" } };
    expect(pairsIn(loaded(files))).toEqual(["leader>follower"]);
    const added = loaded({ ...files, ...decided({ ...relation, leader: "second" }) });
    expect(pairsIn(added)).toEqual(["leader>follower", "second>follower"]);
  });

  test("stand in for a file that names nobody among several leaders", () => {
    expect(refusals(two)).toMatchObject([{ keyPath: "leader" }]);
    expect(pairsIn(loaded({ ...two, ...decided({ ...relation, leader: "second" }) }))).toEqual([
      "second>follower",
    ]);
  });

  test("end, and the follower stands where it stood, also in paper mode", () => {
    const { allocations, accounts } = loaded({ ...pair, ...decided({ ...relation, ended: true }) });
    expect(allocations).toEqual([]);
    const venues = accounts.map(({ account, venue }) => [account, venue]);
    expect(venues).toEqual(loaded(pair).accounts.map(({ account, venue }) => [account, venue]));
  });

  test("of accounts that are gone are remarked and do not stop a start", () => {
    const { warnings, allocations } = loaded({ ...pair, ...decided({ ...relation, leader: "gone" }) });
    expect(warnings.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('there is no leader "gone" any more'),
    );
    expect(allocations).toHaveLength(1);
  });

  test("can be decided anew without reading the files again", () => {
    const result = loaded(pair).reconfigure(now({ ...relation, values: { max_leverage: 3 } }));
    if (!result.ok) throw new Error("refused");
    expect(result.configuration.settings.allocations[0]?.leverageMax).toBe("3");
    const again = result.configuration.reconfigure(NO_RUN_TIME);
    expect(again.ok && again.configuration.settings).toEqual(loaded(pair).settings);
    expect(loaded(pair).reconfigure(now({ ...relation, values: { max_leverage: 0 } })).ok).toBe(false);
  });
});

describe("every setting of a relation", () => {
  const stops = {
    stop_loss: [0.05, { share: 0.1, from: "peak", action: "pause", cool_off_minutes: 5 }, "off"],
    allocated_capital: [2_500, "99.5"],
    position_stop: [0.2, { share: "0.3", cool_off_minutes: 1 }],
  };
  const settings: readonly (readonly [string, object, readonly unknown[]])[] = [
    ...names.map((name) => [name, samples[name].beside ?? {}, samples[name].values] as const),
    ...Object.entries(stops).map(([name, values]) => [name, {}, values] as const),
  ];

  test.each(settings)("%s means while running what it means in an account file", (name, beside, values) => {
    for (const value of values) {
      const own = { ...beside, [name]: value };
      const inFile = loaded({ ...pair, "data/accounts/follower.json": { ...follower, ...own } });
      const decidedNow = loaded(pair).reconfigure(now({ ...relation, values: own }));
      if (!decidedNow.ok) throw new Error(JSON.stringify(decidedNow.problems));
      expect(decidedNow.configuration.settings.allocations).toEqual(inFile.settings.allocations);
    }
  });

  test.each([...names, ...Object.keys(stops)])("%s is refused with the words of an account file", (name) => {
    const own = { [name]: { wrong: "altogether" } };
    const words = (files: Parameters<typeof refusals>[0]) =>
      refusals(files).map(({ keyPath, message }) => `${keyPath} ${message.replace(/, got .*?(?=;|$)/, "")}`);
    const inFile = words({ ...pair, "data/accounts/follower.json": { ...follower, ...own } });
    expect(words({ ...pair, ...decided({ ...relation, values: own }) })).toEqual(inFile);
    expect(inFile).not.toEqual([]);
  });

  test("stops come before those of the account, and start says so", () => {
    const files = { ...pair, "data/accounts/follower.json": { ...follower, stop_loss: 0.3 } };
    const stated = { stop_loss: "off", position_stop: 0.2 };
    const {
      settings: inForce,
      allocations,
      ...rest
    } = loaded({
      ...files,
      ...decided({ ...relation, values: stated }),
    });
    expect(inForce.allocations[0]?.guards).toMatchObject({ stopLoss: null, positionStop: { share: "0.2" } });
    expect(allocations[0]?.guards.values.stop_loss).toEqual({ value: "off", source: "run-time" });
    expect(describeStartLimits({ ...rest, allocations })).toEqual(
      expect.arrayContaining([
        "stop_loss off (run-time), for leader > follower",
        "position_stop 0.2 of the position: close while the leader holds it (run-time), for leader > follower",
      ]),
    );
  });
});

describe("a change", () => {
  const known = [{ ...relation, values: { copy_multiplier: 2, inverse: true } }];
  const pairOf = { leader: "leader", follower: "follower" };

  test("adds, replaces and takes back values", () => {
    const values = { copy_multiplier: 3, inverse: null, copy_side: "long" };
    expect(withChange(known, { ...pairOf, values })).toEqual([
      { ...relation, values: { copy_multiplier: 3, copy_side: "long" } },
    ]);
  });

  test("ends a relation; beginning it again forgets its old values", () => {
    const ended = withChange(known, { ...pairOf, ended: true });
    expect(ended).toEqual([{ ...relation, ended: true }]);
    expect(withChange(ended, pairOf)).toEqual([relation]);
  });
});

test.each<readonly [string, unknown]>([
  ["copy_multiplier=0.5", 0.5],
  ["copy_multiplier=0.12345678901234567", "0.12345678901234567"],
  ["inverse=true", true],
  ["sizing=fixed-notional", "fixed-notional"],
  ["symbols_to_copy=BTCUSDT", ["BTCUSDT"]],
  ["symbols_to_copy=BTCUSDT, 1000PEPEUSDT", ["BTCUSDT", "1000PEPEUSDT"]],
  ['symbols_to_skip=["BTC*"]', ["BTC*"]],
  ['overrides={"BTCUSDT":{"max_leverage":3}}', { BTCUSDT: { max_leverage: 3 } }],
  ["stop_loss={share: 0.05, from: peak}", { share: 0.05, from: "peak" }],
  ["trading_hours=[Mon-Fri 08:00-17:00]", ["Mon-Fri 08:00-17:00"]],
  ["stop_loss={share: 0.05", "{share: 0.05"],
  ["max_leverage=", null],
])("%s is read as a file would hold it", (text, value) => {
  expect(parseSetting(text)?.value).toEqual(value);
});

test("what is no setting is none", () => {
  expect(parseSetting("copy_multiplier")).toBeUndefined();
  expect(parseSetting("=2")).toBeUndefined();
});
