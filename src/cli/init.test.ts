/** `init` gives a folder that starts as it is (in paper mode), once, and never takes anything away. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfiguration } from "../config.ts";
import { describeInit, initialise } from "./init.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "init-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const options = () => ({ config: join(root, "config"), data: join(root, "data") });

test("writes the four YAML files, schemas, account examples and .env.example", () => {
  const { written, kept } = initialise(options());
  expect(kept).toEqual([]);
  expect(readdirSync(join(root, "config")).sort()).toEqual([
    "copy_trading_config.yaml",
    "portfolio_config.yaml",
    "risk_config.yaml",
    "schema",
    "trader_config.yaml",
  ]);
  expect(readdirSync(join(root, "data", "accounts")).sort()).toEqual([
    "follower.json.example",
    "leader.json.example",
  ]);
  expect(written).toContain(join(root, ".env.example"));
  expect(describeInit({ written, kept }, options())).toContain("paper mode");
});

test("a second run keeps everything, whatever was changed", () => {
  initialise(options());
  const changed = join(root, "config", "risk_config.yaml");
  writeFileSync(changed, "risk: {max_leverage: 2}\n");
  const { written, kept } = initialise(options());
  expect(written).toEqual([]);
  expect(kept).toContain(changed);
  expect(readFileSync(changed, "utf8")).toBe("risk: {max_leverage: 2}\n");
});

test("what it writes loads once the account examples are in use, with nothing that would stop --live", () => {
  initialise(options());
  const accounts = join(root, "data", "accounts");
  for (const name of ["leader", "follower"]) {
    copyFileSync(join(accounts, `${name}.json.example`), join(accounts, `${name}.json`));
  }
  const env = { MASTER_API_KEY: "k", MASTER_API_SECRET: "s" };
  const loaded = loadConfiguration({ configDir: options().config, dataDir: options().data, live: true, env });
  expect(loaded).toMatchObject({ ok: true, configuration: { mode: { value: "paper" }, notInForce: [] } });
});

test("a folder that cannot be written is named", () => {
  writeFileSync(join(root, "config"), "a file in the way");
  expect(() => initialise(options())).toThrow(/cannot write .*config/);
});
