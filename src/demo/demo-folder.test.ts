/** A demo empties only what a demo made: the mistake of naming the real data folder costs nothing. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDataFolder } from "../data-folder.ts";
import { assertDemoFolder, DemoFolderError, demoFolders, emptyDemoFolder } from "./demo-folder.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "demo-folder-"));
});
afterEach(() => rmSync(root, { recursive: true }));

test("a folder with anybody's files is refused and left as it is", () => {
  writeFileSync(join(root, "keys.json"), "precious");
  expect(() => assertDemoFolder(root)).toThrow(DemoFolderError);
  expect(() => emptyDemoFolder(root)).toThrow(/holds files that are no demo's/);
  expect(readFileSync(join(root, "keys.json"), "utf8")).toBe("precious");
});

test("an absent, an empty and an earlier demo's folder are emptied, for the owner alone", () => {
  const folder = join(root, "data", "demo");
  emptyDemoFolder(folder);
  mkdirSync(demoFolders(folder).config);
  emptyDemoFolder(folder);
  expect(readdirSync(folder)).toEqual([".copytrader-demo"]);
  expect(statSync(join(root, "data")).mode & 0o077).toBe(0);
  const empty = join(root, "empty");
  mkdirSync(empty);
  expect(() => assertDemoFolder(empty)).not.toThrow();
});

test("a folder in which a demo runs is refused", () => {
  emptyDemoFolder(root);
  const running = openDataFolder(demoFolders(root).data);
  expect(() => emptyDemoFolder(root)).toThrow(/another demo runs/);
  expect(existsSync(demoFolders(root).data)).toBe(true);
  running.close();
  expect(() => assertDemoFolder(root)).not.toThrow();
});
