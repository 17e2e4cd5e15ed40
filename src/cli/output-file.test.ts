import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { assertPage, assertWritable } from "./output-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "output-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("says before the work what would keep a file from being written, and names the option", () => {
  mkdirSync(join(folder, "dir.html"));
  writeFileSync(join(folder, "old.html"), "");
  expect(() => assertPage("--html", undefined)).not.toThrow();
  expect(() => assertPage("--html", join(folder, "new.html"))).not.toThrow();
  expect(() => assertPage("--html", join(folder, "old.html"))).not.toThrow();
  expect(() => assertPage("--html", join(folder, "page.txt"))).toThrow(/^--html: .*page\.txt has to end/);
  expect(() => assertWritable("--out", join(folder, "none", "a.csv"))).toThrow(
    `--out: there is no folder ${join(folder, "none")} for`,
  );
  expect(() => assertWritable("--out", join(folder, "old.html", "a.csv"))).toThrow(
    "--out: there is no folder",
  );
  expect(() => assertPage("--html", join(folder, "dir.html"))).toThrow("is a folder; name a file in it");
});
