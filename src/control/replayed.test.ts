/** Where a change stands in the journal, also where its oldest records were removed. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dataFolderPaths } from "../data-folder.ts";
import { recordOfChange } from "./replayed.ts";

const KEPT = fileURLToPath(new URL("../../test/journal/kept/0.1.0", import.meta.url));

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "replayed-"));
  cpSync(KEPT, dataFolderPaths(dataDir).journal, { recursive: true });
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** "not kept" where that is said. */
function recordOf(change: number): number | string | null {
  const steps = recordOfChange(dataDir, change);
  try {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  } catch (error) {
    if (error instanceof Error && error.message.includes("is not kept any more")) return "not kept";
    throw error;
  }
}

test("it is found in what is kept, and told of as gone where it is not", () => {
  const changes = [1, 76, 77, 78];
  const whole = changes.map(recordOf);
  expect(whole).not.toContain("not kept");
  for (const name of ["0000000000000001.journal", "0000000000000004.checkpoint", "0000000000000004.journal"])
    rmSync(join(dataFolderPaths(dataDir).journal, name));
  const left = changes.map(recordOf);
  expect(left).toEqual(whole.map((record) => (Number(record) < 105 ? "not kept" : record)));
  expect(left[0]).toBe("not kept");
  expect(left.at(-1)).toBe(whole.at(-1));
});
