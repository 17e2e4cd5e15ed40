/**
 * Files that the owner, or somebody else, wrote: every one leads to a configuration or to problems that name the file and what is
 * wrong, within a moment, and no secret is in any of them.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import { readEnvironment } from "../../src/config/environment.ts";
import type { LoadResult } from "../../src/config.ts";
import {
  type Files,
  follower,
  leader,
  load,
  loaded,
  pair,
  shown,
  withFolder,
} from "../configuration/folder.ts";
import { damagedText, runs } from "./hostile.ts";

const SECRET = "Sw9RtY4uSECRETMARK1aB3dE5fG7hJ9kL2m";
const MS_MAX = 5_000;
const DECIDED = ["data/run-time-allocations.json", "data/run-time-settings.json"];

const example = (name: string): string =>
  readFileSync(new URL(`../../config/${name}.example`, import.meta.url), "utf8");
/** Of the examples everything, also what they only show in a comment. */
const uncommented = (text: string): string => text.replaceAll(/^(\s*)# ([a-z_]+:|- )/gm, "$1$2");
const yamlFiles = [
  "copy_trading_config.yaml",
  "risk_config.yaml",
  "portfolio_config.yaml",
  "trader_config.yaml",
];
const contents = yamlFiles.map((name) => parse(example(name)) ?? {});
const rich = {
  ...follower,
  copy_multiplier: 0.5,
  symbols: ["BTCUSDT"],
  overrides: { BTCUSDT: { copy_multiplier: 0.1, max_order_notional: 100 } },
  stop_loss: { percent: 5 },
  sizing: { rule: "multiplier", multiplier: 1 },
  trading_hours: { days: ["mon"], from: "08:00", to: "18:00" },
};

/** Whether the answer is one that a person can act upon. */
function expectSound(files: Files): LoadResult {
  const startMs = performance.now();
  const result = load(files);
  expect(performance.now() - startMs).toBeLessThan(MS_MAX);
  if (!result.ok) {
    expect(result.problems.length).toBeGreaterThan(0);
    for (const { file, message } of result.problems) {
      expect(file).not.toBe("");
      expect(message).not.toBe("");
      expect(message.length).toBeLessThan(2_000);
    }
  }
  return result;
}

const noSecret = (text: string): void => expect(text).not.toContain("SECRETMARK");

describe("whatever is written", () => {
  it("in an account file", () => {
    const accounts = damagedText([
      { ...leader, api_secret: SECRET },
      { ...rich, api_secret: SECRET },
    ]);
    fc.assert(
      fc.property(accounts, fc.constantFrom("leader", "follower"), (text, name) => {
        const result = expectSound({ ...pair, [`data/accounts/${name}.json`]: text });
        // Under a name that is public by its meaning it is the owner's own doing.
        if (!/"(nickname|leader|symbols?)":[^,]*SECRETMARK/.test(text)) noSecret(shown(result));
      }),
      runs(60),
    );
  });

  it("in a YAML file, as data or as text", () => {
    const written = fc.oneof(
      damagedText(contents),
      damagedText(yamlFiles.map(example)),
      damagedText(yamlFiles.map((name) => uncommented(example(name)))),
    );
    fc.assert(
      fc.property(written, (text) => {
        expectSound({ ...pair, "config/a.yaml": text });
      }),
      runs(80),
    );
  });

  it("in .env, or as the encryption key, or in what was decided while running", () => {
    const dotEnv = `MASTER_API_KEY=leader-key\nMASTER_API_SECRET="${SECRET}"\n# a comment\nLOG_LEVEL='info'\nCOPYTRADER_ENCRYPTION_KEY=${SECRET}\n`;
    const runTime = {
      version: 1,
      allocations: [{ leader: "leader", follower: "follower", values: { copy_multiplier: 1 } }],
    };
    fc.assert(
      fc.property(damagedText([dotEnv]), damagedText([runTime]), fc.boolean(), (text, decided, both) => {
        const files = {
          ...pair,
          ".env": text,
          ...(both ? { "data/run-time-allocations.json": decided } : {}),
        };
        noSecret(shown(expectSound(files)));
        withFolder({ ".env": text }, (root) => readEnvironment({}, `${root}/config`));
      }),
      runs(60),
    );
  });
});

const decided = {
  version: 1,
  accounts: [
    {
      follower: "follower",
      values: {
        max_portfolio_exposure: 2,
        stop_loss: { share: 0.05, from: "peak", action: "close", cool_off_minutes: 60 },
        free_margin_reserve: "0.1",
        max_orders_per_minute: 10,
      },
    },
    { follower: "gone", values: { max_sector_concentration: 0.5 } },
  ],
  portfolio: { max_traders: 5, correlation_limit: 0.8, rebalance_band: 0.02 },
  alerts: { "email.least_severity": "warning", quiet_hours: ["22:00-07:00"] },
};
/** What a path may say beside the names of prototypes that `damagedText` adds as keys. */
const PATHS = [
  "strategies.__proto__.x",
  "__proto__.polluted",
  "constructor.prototype.polluted",
  "email",
  ".",
];

test("what is set while running is sound, and no path leads to a prototype", () => {
  const file = "data/run-time-settings.json";
  expect(() => loaded({ ...pair, [file]: decided })).not.toThrow();
  for (const path of [...PATHS, "__proto__"])
    for (const scope of ["portfolio", "alerts"] as const) {
      const text = JSON.stringify({ ...decided, [scope]: { "@": 1 } }).replace('"@"', JSON.stringify(path));
      expect(expectSound({ ...pair, [file]: text }).ok, `${scope} ${path}`).toBe(false);
    }
});

it("whatever is set while running leads to a configuration or to problems that name it", () => {
  const withPath = fc.record({ at: fc.nat(2), path: fc.constantFrom("", ...PATHS) }).map(({ at, path }) => {
    if (path === "") return decided;
    const strange = structuredClone(decided);
    const values = [strange.accounts[0]?.values ?? {}, strange.portfolio, strange.alerts][at] ?? {};
    Object.assign(values, { [path]: 1 });
    return strange;
  });
  const texts = withPath.chain((value) => damagedText([value]));
  fc.assert(
    fc.property(texts, (text) => {
      expectSound({ ...pair, "data/run-time-settings.json": text });
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    }),
    runs(60),
  );
});

test.each([
  ["a document nested without end", "[".repeat(100_000)],
  ["a map nested without end", `${"a: {".repeat(20_000)}`],
  ["references that grow to billions", bomb()],
  ["a key of a megabyte", `${"k".repeat(1_000_000)}: 1`],
  ["a number of a megabyte", `copy_trading: {copying: {max_traders: ${"9".repeat(1_000_000)}}}`],
  ["a file of nothing", "\u0000".repeat(10_000)],
  ["the prototype of all", "__proto__: {mode: live}\nconstructor: {prototype: 1}"],
])("%s is refused within a moment", (_name, text) => {
  for (const path of ["config/a.yaml", "data/accounts/follower.json", ...DECIDED])
    expect(expectSound({ ...pair, [path]: text }).ok).toBe(false);
  expect(({} as Record<string, unknown>).mode).toBeUndefined();
});

function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let depth = 1; depth < 12; depth++) {
    const references = Array.from({ length: 10 }, () => `*a${depth - 1}`).join(", ");
    lines.push(`a${depth}: &a${depth} [${references}]`);
  }
  return lines.join("\n");
}

test("a JSON document nested without end is refused, whichever file it is", () => {
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  for (const path of ["data/accounts/follower.json", "config/telegram_auth.json", ...DECIDED])
    expect(expectSound({ ...pair, [path]: deep }).ok).toBe(false);
});
