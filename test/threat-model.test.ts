/** The threat model claims nothing that is not there: its files exist, and its tests carry the names that it quotes. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(`${root}/docs/threat-model.md`, "utf8");

test("every file that it names exists", () => {
  const files = [...page.matchAll(/`((?:src|test|scripts|bin)\/[^`*]+)`/g)].map(([, file = ""]) => file);
  expect(files.length).toBeGreaterThan(40);
  expect(files.filter((file) => !existsSync(`${root}/${file}`))).toEqual([]);
});

test("every test that it quotes is in the file it is said to be in", () => {
  const quotes = [...page.matchAll(/`(\S+\.test\.ts)` "([^"]+)"/g)];
  expect(quotes.length).toBeGreaterThan(25);
  const missing = quotes.filter(
    ([, file = "", name = ""]) => !readFileSync(`${root}/${file}`, "utf8").includes(name),
  );
  expect(missing.map(([quote]) => quote)).toEqual([]);
});
