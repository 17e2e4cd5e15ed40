/**
 * Every interleaving of the leader's script with one fault, and of its beginning with a death: nothing is violated, and what is
 * planted is found by the shortest way. Larger spaces: `npm run explore` (docs/reliability.md).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { explore } from "./explore.ts";
import { Search } from "./search.ts";
import { Table } from "./table.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/explore.ts", import.meta.url));
const HOOK = new URL("../simulation/defect-hook.ts", import.meta.url).href;
const ONE = ["--threads", "1", "--millions", "1"];
const SMALL = {
  followers: 1,
  isReduced: true,
  threads: 0,
  statesMax: 50_000,
  minutesMax: null,
  folder: null,
} as const;

describe("every interleaving", () => {
  it("with one fault anywhere violates nothing", { timeout: 180_000 }, async () => {
    const found = await explore({ ...SMALL, steps: 4, faults: 1, deaths: 0 });
    expect(found).toMatchObject({ exhausted: true, ended: null, violation: null });
    expect(found.states).toBeGreaterThan(3_000);
    expect(found.ends).toBeGreaterThan(10);
  });

  it("with a death and a start anywhere violates nothing", { timeout: 120_000 }, async () => {
    const found = await explore({ ...SMALL, steps: 2, faults: 0, deaths: 1 });
    expect(found).toMatchObject({ exhausted: true, violation: null });
    expect(found.states).toBeGreaterThan(1_000);
  });

  it("with a fault and a death anywhere violates nothing", { timeout: 120_000 }, async () => {
    const found = await explore({ ...SMALL, steps: 1, faults: 1, deaths: 1 });
    expect(found).toMatchObject({ exhausted: true, violation: null });
    expect(found.states).toBeGreaterThan(1_500);
  });

  it("with two followers violates nothing", { timeout: 120_000 }, async () => {
    const found = await explore({ ...SMALL, steps: 1, followers: 2, faults: 0, deaths: 0 });
    expect(found).toMatchObject({ exhausted: true, violation: null });
  });

  it("is gone through by two threads as by one", { timeout: 120_000 }, async () => {
    const space = { ...SMALL, steps: 2, faults: 1, deaths: 0 };
    const [one, two] = [await explore(space), await explore({ ...space, threads: 2 })];
    const { states, transitions, ends, endsMark, depth } = one;
    expect(two).toMatchObject({ states, transitions, ends, endsMark, depth, exhausted: true });
  });

  it("goes on where it was ended, as if it never had been", { timeout: 120_000 }, async () => {
    const space = { ...SMALL, steps: 2, faults: 1, deaths: 0, threads: 2 };
    const whole = await explore(space);
    const folder = mkdtempSync(join(tmpdir(), "exploration-"));
    try {
      // Each time twice as long, so that it ends on a slow machine too.
      let parts = 0;
      let found = whole;
      do {
        found = await explore({ ...space, folder, minutesMax: 0.01 * 2 ** parts });
        parts += 1;
      } while (!found.exhausted);
      const { states, transitions, ends, endsMark } = whole;
      expect(found).toMatchObject({ states, transitions, ends, endsMark, violation: null });
      expect(parts).toBeGreaterThan(1);
      expect(readdirSync(folder)).toEqual([]);
      await explore({ ...space, folder, minutesMax: 0.01 });
      const other = explore({ ...space, faults: 2, folder });
      await expect(other).rejects.toThrow("keeps a run of other numbers or of another version");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    [{ minutesMax: 0.001 }, "minutes"],
    [{ statesMax: 100 }, "full"],
  ])("says when it ended before everything was seen: %j", async (limit, ended) => {
    const found = await explore({ ...SMALL, ...limit, steps: 4, faults: 1, deaths: 0 });
    expect(found).toMatchObject({ exhausted: false, ended, violation: null });
  });
});

describe("a way that once led nowhere", () => {
  // As it was told when it was found.
  const ways = [
    ["nothing-by-disputed-fills", { steps: 4, followers: 1, faults: 2, deaths: 1, isReduced: true }],
  ] as const;

  it.each(ways)("comes to an end: %s", (name, space) => {
    const story = readFileSync(new URL(`ways/${name}.txt`, import.meta.url), "utf8")
      .trimEnd()
      .split("\n");
    expect(new Search(space, Table.of(2 ** 16)).endsAfter(story)).toBe(true);
  });
});

describe("an order of things that comes to the same", () => {
  const table = [
    { steps: 2, followers: 1, faults: 1, deaths: 0 },
    { steps: 1, followers: 1, faults: 2, deaths: 0 },
    { steps: 2, followers: 1, faults: 0, deaths: 1 },
    { steps: 1, followers: 1, faults: 1, deaths: 1 },
    { steps: 1, followers: 2, faults: 0, deaths: 0 },
  ];

  it.each(table)("may be left out, and all ends are met: %j", { timeout: 120_000 }, async (space) => {
    const all = await explore({ ...SMALL, ...space, isReduced: false });
    const fewer = await explore({ ...SMALL, ...space });
    const { ends, endsMark } = all;
    expect(fewer).toMatchObject({ ends, endsMark, exhausted: true, violation: null });
    expect(all).toMatchObject({ exhausted: true, violation: null });
    expect(fewer.states).toBeLessThan(all.states / 2);
  });
});

describe("what is planted", () => {
  const table = [
    ["what is in flight is ignored", ["--faults", "0"], "an increase beside 1 open orders"],
    ["a fill that is told twice counts twice", ["--faults", "1"], "counts 8, the venue filled 4"],
    [
      "an order of unknown fate is sent again under a new id",
      ["--faults", "1"],
      "would take follower 1 to 8",
    ],
    ["an order that is not found at once never arrived", ["--faults", "1"], "would take follower 1 to 8"],
    ["a leader's close is not copied", ["--faults", "0"], "the leader holds 0"],
    ["dust is left behind", ["--faults", "0"], "never come to rest at their targets"],
    [
      "a restart takes unknown orders for rejected ones",
      ["--faults", "0", "--deaths", "1", "--steps", "1"],
      "would take follower 1 to 8",
    ],
  ] as const;

  it.each(table)("is found: %s", { timeout: 60_000 }, (defect, scope, breach) => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ["--import", HOOK, SCRIPT, ...scope, ...ONE, "--json"],
      {
        env: { ...process.env, COPYTRADER_DEFECT: defect },
        encoding: "utf8",
      },
    );
    const { violation } = JSON.parse(stdout);
    expect(violation.breach).toContain(breach);
    expect(violation.story.join("\n")).toContain("the leader opens 4");
    expect(status).toBe(1);
  });
});

describe("the command", () => {
  it.each([
    [["--faults", "ten"], "--faults: a whole number from 0 to 9 is expected, got ten"],
    [["--followers", "3"], "--followers: a whole number from 1 to 2 is expected, got 3"],
    [["--threads", "0"], "--threads: a whole number from 1 to 64 is expected, got 0"],
  ])("refuses %j", (args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 2, stderr: `${message}\nTry --help.\n` });
  });
});
