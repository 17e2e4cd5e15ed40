/** The demo as a newcomer meets it: its summary, Ctrl-C in a terminal, a folder that is not its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { killPrograms, runProgram } from "./program.ts";

const BIN = fileURLToPath(new URL("../../bin/copytrader", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(killPrograms);

test("ends with a summary in which every change is explained, and leaves its folder alone behind", async () => {
  const { code, stdout, stderr } = await runProgram(["demo", "--seconds", "3", "--json"], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const summary = JSON.parse(stdout);
  expect(summary).toMatchObject({ leaders: 3, followers: 5, inSync: true, latencyMs: {} });
  expect(summary.leaderChanges).toBeGreaterThan(0);
  expect(summary.explained).toBe(summary.leaderChanges);
  expect(readdirSync(folder)).toEqual(["data"]);
  expect(readdirSync(join(folder, "data"))).toEqual(["demo"]);
  const journal = await runProgram(["journal", "--data", "data/demo/data", "--json"], { cwd: folder });
  expect(JSON.parse(journal.stdout).entries).not.toEqual([]);
}, 40_000);

test("Ctrl-C, which reaches every process of the terminal, ends it in good order", async () => {
  const demo = spawn(BIN, ["demo"], { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  demo.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  await once(demo.stdout, "data");
  demo.stdout.resume();
  process.kill(-(demo.pid ?? Number.NaN), "SIGINT");
  const [code] = await once(demo, "close");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}, 40_000);

test("a folder that holds anything else is refused and left alone, with exit code 2", async () => {
  mkdirSync(join(folder, "data", "accounts"), { recursive: true });
  const key = join(folder, "data", "accounts", "leader.json");
  writeFileSync(key, "{}");
  const { code, stdout } = await runProgram(["demo", "--data", "data", "--json"], { cwd: folder });
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({ kind: "data-folder" });
  expect(readFileSync(key, "utf8")).toBe("{}");
  expect(existsSync(join(folder, "data", "config"))).toBe(false);
});
