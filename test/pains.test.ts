/**
 * What users of copy traders suffer from (../shared/design/pains.md): each row that a test answers is named in the test that
 * answers it, as `(pain 17)` or `(pains 30, 31)` in its title or head.
 */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hasShared, sharedNote, sharedPath } from "./shared.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const ROWS = 45;

/** Those that have to be named; a row that is named for the first time is added here, and none is taken away. */
const ANSWERED: readonly number[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
  ...[31, 32, 33, 34, 36, 37, 38, 43, 44, 45],
];

const files = globSync(["src/**/*.test.ts", "test/**/*.test.ts"], { cwd: ROOT })
  .filter((file) => !file.endsWith("pains.test.ts"))
  .map((file) => ({ file, text: readFileSync(`${ROOT}/${file}`, "utf8") }));

function rowsIn(text: string): readonly number[] {
  const named = text.matchAll(/\bpains? (\d+(?:(?:, | and )\d+)*)/g);
  return [...named].flatMap(([, rows = ""]) => (rows.match(/\d+/g) ?? []).map(Number));
}

describe("a row of the pains", () => {
  const named = new Map<number, string[]>();
  for (const { file, text } of files)
    for (const row of rowsIn(text)) named.set(row, [...(named.get(row) ?? []), file]);

  test.each(ANSWERED)("%i is named in a test that answers it", (row) => {
    expect(named.get(row) ?? []).not.toEqual([]);
  });

  test("that is named is on the list", () => {
    const strange = [...named].filter(([row]) => !ANSWERED.includes(row));
    expect(strange).toEqual([]);
  });

  test.skipIf(!hasShared)(`is one of the table${sharedNote}`, () => {
    const table = readFileSync(sharedPath("design/pains.md"), "utf8");
    const rows = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, row]) => Number(row));
    expect(rows).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
  });
});
