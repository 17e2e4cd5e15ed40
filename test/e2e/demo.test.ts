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
import { killPrograms, Program, runProgram } from "./program.ts";

const BIN = fileURLToPath(new URL("../../bin/copytrader", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(killPrograms);

test("ends with a summary in which every change is explained, and leaves its folder alone behind", async () => {
  const { code, stdout, stderr } = await runProgram(["demo", "--seconds", "3", "--days", "1", "--json"], {
    cwd: folder,
  });
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

test("tells the dashboard's address with a one-time link before anything else", async () => {
  const demo = new Program(["demo", "--days", "0", "--port", "0", "--json"], { cwd: folder });
  const { dashboard } = (await demo.line((json) => "dashboard" in json, 60_000)) as {
    readonly dashboard: string;
  };
  const { origin, hash } = new URL(dashboard);
  expect(hash).toMatch(/^#setup=.{20,}$/);
  const health = await fetch(`${origin}/api/v1/openapi.json`);
  expect(health.status).toBe(200);
  demo.kill("SIGINT");
  expect(await demo.exit).toMatchObject({ code: 0, stderr: "" });
}, 90_000);

test("shows loss tiers that cut a follower, and the kill switch closing another", async () => {
  const { code } = await runProgram(["demo", "--seconds", "14", "--days", "1", "--json"], { cwd: folder });
  expect(code).toBe(0);
  const places = ["--config", "data/demo/config", "--data", "data/demo/data"];
  const { stdout } = await runProgram(["status", ...places, "--json"], { cwd: folder });
  const { followers } = JSON.parse(stdout) as { followers: readonly StoppedFollower[] };
  const stops = followers.flatMap(({ nickname, stops: found = [] }) =>
    found.map(({ guard }) => `${nickname} ${guard}`),
  );
  expect(stops).toEqual(expect.arrayContaining(["ben loss-tier", "chloe panic"]));
  expect(stops.filter((stop) => stop.startsWith("chloe"))).toEqual(["chloe panic"]);
  const held = followers.find(({ nickname }) => nickname === "chloe")?.instruments.map((row) => row.held);
  expect(new Set(held)).toEqual(new Set(["0"]));
});

interface StoppedFollower {
  readonly nickname: string;
  readonly stops?: readonly { readonly guard: string }[];
  readonly instruments: readonly { readonly held: string }[];
}

test("Ctrl-C, which reaches every process of the terminal, ends it in good order", async () => {
  const demo = startedDemo(["--days", "1"]);
  await once(demo.stdout, "data");
  demo.stdout.resume();
  expect(await interrupted(demo)).toEqual({ code: 0, stderr: "" });
});

test("Ctrl-C ends it while the past is still being lived through", async () => {
  const demo = startedDemo(["--days", "14"]);
  const journal = join(folder, "data", "demo", "data", "journal");
  await expect.poll(() => existsSync(journal), { timeout: 30_000 }).toBe(true);
  expect(await interrupted(demo)).toEqual({ code: 0, stderr: "" });
  const again = await runProgram(["demo", "--seconds", "1", "--days", "0", "--json"], { cwd: folder });
  expect(again.code).toBe(0);
});

function startedDemo(options: readonly string[]) {
  return spawn(BIN, ["demo", ...options], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function interrupted(demo: ReturnType<typeof startedDemo>) {
  let stderr = "";
  demo.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  process.kill(-(demo.pid ?? Number.NaN), "SIGINT");
  const [code] = await once(demo, "close");
  return { code, stderr };
}

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
