/** What is made from the schema is up to date, and the examples that are shipped load and use only known keys. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { keyTables, schemaFiles } from "../../src/config/json-schema.ts";
import { loaded } from "./folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = (path: string) => readFileSync(`${root}${path}`, "utf8");
const hint = "run: node scripts/generate-schemas.ts";

test("the JSON Schema files are those of the loader's schema", () => {
  const files = schemaFiles();
  expect(readdirSync(`${root}config/schema`).sort()).toEqual([...files.keys()].sort());
  for (const [name, content] of files) expect(text(`config/schema/${name}`), hint).toBe(content);
});

test("the tables of docs/configuration.md are those of the loader's schema", () => {
  expect(text("docs/configuration.md"), hint).toContain(
    `<!-- keys: begin -->\n\n${keyTables()}\n\n<!-- keys: end -->`,
  );
});

const examples = readdirSync(`${root}config`).filter((name) => name.endsWith(".yaml.example"));
const accounts = {
  "data/accounts/leader.json": text("config/leader.json.example"),
  "data/accounts/follower.json": text("config/follower.json.example"),
};
const env = { MASTER_API_KEY: "k", MASTER_API_SECRET: "s", COPYTRADER_WEBHOOK_SECRET: "w".repeat(16) };

test("the examples load together, with nothing but defaults in force", () => {
  expect(examples).toHaveLength(4);
  const files = Object.fromEntries(
    examples.map((name) => [`config/${name.slice(0, -8)}`, text(`config/${name}`)]),
  );
  const { settings, warnings, notInForce } = loaded({ ...files, ...accounts }, { env });
  expect(settings).toEqual(loaded(accounts, { env }).settings);
  expect([warnings, notInForce]).toEqual([[], []]);
});

test.each(examples)("%s: the keys that are commented out are known too", (name) => {
  const open = text(`config/${name}`).replaceAll(/^(\s*)# (?=( {2})*[a-z_0-9]+:( |$))/gm, "$1");
  expect(() => loaded({ "config/a.yaml": plainKeys(open), ...accounts }, { env })).not.toThrow();
});

/** Drops remarks that look like keys: lines such as `live:  orders go ...` explain a choice. */
function plainKeys(yaml: string): string {
  const remark =
    /^\s*(paper|live|multiplier|equity-proportional|fixed-notional|fixed-quantity|volatility-target): .*$/;
  return yaml
    .split("\n")
    .filter((line) => !remark.test(line))
    .join("\n");
}

test(".env.example names every variable that is read", () => {
  const names = [...text(".env.example").matchAll(/^# ([A-Z0-9_]+)=/gm)].map(([, name]) => name);
  expect(names).toEqual([
    "MASTER_API_KEY",
    "MASTER_API_SECRET",
    "SLAVE_API_KEY",
    "SLAVE_API_SECRET",
    "ALICE_1_API_KEY",
    "ALICE_1_API_SECRET",
    "COPYTRADER_WEBHOOK_SECRET",
    "LOG_LEVEL",
    "DEBUG_MODE",
    "API_ENABLED",
    "API_HOST",
    "API_PORT",
    "COPYTRADER_ENCRYPTION_KEY",
    "COPYTRADER_ENCRYPTION_KEY_FILE",
    "COPYTRADER_BACKUP_PASSPHRASE",
    "TELEGRAM_BOT_TOKEN",
  ]);
});
