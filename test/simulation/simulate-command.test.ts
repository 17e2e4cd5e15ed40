/** `npm run simulate` as it is called: what it prints, and the exit codes. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../scripts/simulate.ts", import.meta.url));
const HOOK = new URL("./defect-hook.ts", import.meta.url).href;
const TIMEOUT_MS = 120_000;

const DEFECT = "reductions are not reduce-only";
const WIRE_DEFECT = "an order leaves before its record is written";

interface Begun {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** `defect` is one of the deliberate ones (defects.ts). */
function begin(args: readonly string[], defect: string | null = null): Begun {
  const node = defect === null ? [] : ["--import", HOOK];
  const env = { ...process.env, COPYTRADER_DEFECT: defect ?? "" };
  const child = spawn(process.execPath, [...node, SCRIPT, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output, errors }));
  });
  return { child, ended };
}

function run(...args: readonly string[]): Promise<Ended> {
  return begin(args).ended;
}

describe("npm run simulate", { timeout: TIMEOUT_MS }, () => {
  it("gives the same for the same seeds, however many threads run them", async () => {
    const args = ["--seed", "5", "--schedules", "6", "--events", "20", "--json"];
    const [one, three] = [await run(...args, "--workers", "1"), await run(...args, "--workers", "3")];
    expect(one.code).toBe(0);
    const { eventsPerSecond, seconds: _, ...result } = JSON.parse(one.output);
    const { eventsPerSecond: __, seconds: ___, ...again } = JSON.parse(three.output);
    expect(again).toEqual(result);
    expect(eventsPerSecond).toBeGreaterThan(0);
    expect(result).toMatchObject({ seed: 5, schedules: 6, passed: 6, violations: [] });
    expect(result.branches["order rebalance"]).toBeGreaterThan(0);
    expect(Object.keys(result.faults)).not.toEqual([]);
    expect(result.never.order).toContain("close");
    expect(result.never.fault).toBeDefined();
  });

  it("prints the seed first, then what was reached and what was not", async () => {
    const { code, output } = await run("--seed", "5", "--schedules", "2", "--events", "20", "--ruled");
    expect(code).toBe(0);
    expect(output.split("\n")[0]).toBe("seed 5, 2 schedules of 20 events, --ruled");
    expect(output).toMatch(/2 of 2 schedules held every invariant/u);
    expect(output).toMatch(/modes: ruled 2\n/u);
    expect(output).toMatch(/reason: .*; never: /u);
  });

  it("prints what was done when it is interrupted", async () => {
    const { child, ended } = begin(["--schedules", "1000000", "--events", "20", "--workers", "1"]);
    child.stdout?.once("data", () => child.kill("SIGINT"));
    const { code, output } = await ended;
    expect(code).toBe(130);
    expect(output).toMatch(/\ninterrupted: \d+ of \d+ schedules held every invariant/u);
  });

  it("tells each history that breaks something as soon as it does, for a run that may not get to its end", async () => {
    const { child, ended } = begin(["--schedules", "1000000", "--events", "100", "--one-leader"], DEFECT);
    child.stderr?.once("data", () => child.kill("SIGINT"));
    const { code, output, errors } = await ended;
    expect(code).toBe(1);
    expect(errors).toMatch(/^seed 1 \(one-leader\) broke: .* would pass the target /u);
    expect(output).toMatch(/\nseed 1 broke: /u);
  });

  it("makes a history over the wire small, tells it, and keeps it to be told again", async () => {
    const folder = mkdtempSync(join(tmpdir(), "simulate-"));
    const args = ["--schedules", "1", "--events", "20", "--wire", "--save", folder, "--json"];
    const { code, output } = await begin(args, WIRE_DEFECT).ended;
    expect(code).toBe(1);
    const [violation] = JSON.parse(output).violations;
    expect(violation).toMatchObject({
      seed: 1,
      invariant: "an order leaves before its intent is in the journal",
    });
    const kept = readFileSync(join(folder, "1.json"), "utf8");
    const replayed = await begin(["--replay", join(folder, "1.json")], WIRE_DEFECT).ended;
    rmSync(folder, { recursive: true });
    expect(JSON.parse(kept).excerpt.kept.length).toBeLessThan(20);
    expect(replayed.code).toBe(1);
    for (const story of [violation.story, replayed.output]) {
      expect(story).toMatch(/^follower follower1: one-way, 5000 USDT$/mu);
      expect(story).toMatch(/^ +0\.000 s {2}leader1 (buys|sells) /mu);
      expect(story).toMatch(/^ +[\d.]+ s {2}BROKEN {2}ct\w+ leaves before its intent is in the journal$/mu);
    }
  });

  it.each([
    [["--schedules", "none"], /^--schedules: a whole number above zero is expected, got none\n/u],
    [["--wire", "--ruled"], /^--ruled and --wire: at most one kind of history\n/u],
    [["--schedule", "4"], /Unknown option '--schedule'/u],
    [["--replay", "nowhere.json"], /^--replay: .*nowhere\.json/u],
    [
      ["--replay", fileURLToPath(new URL("../../package.json", import.meta.url))],
      /is not a recorded history/u,
    ],
  ])("ends with 2 when asked for wrongly: %j", async (args, message) => {
    const { code, output, errors } = await run(...args);
    expect(code).toBe(2);
    expect(output).toBe("");
    expect(errors).toMatch(message);
  });
});
