/** Strategies of the owner's own: what their files must say, what they may answer, and what becomes of the rest. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import calmFew from "../../examples/extensions/calm-few.ts";
import { decideStrategy } from "../strategies/rebalance.ts";
import type { OwnStrategy } from "../strategies/strategy.ts";
import { checkExtension } from "./conformance.ts";
import { shapeOf } from "./shape.ts";
import { askingStrategy } from "./strategies.ts";
import { sampleEvidence } from "./strategy-samples.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/extensions/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "strategy-extensions-"));
afterAll(() => rmSync(folder, { recursive: true }));

const [, one = expect.fail("no sample"), many = expect.fail("no sample")] = sampleEvidence();

const asking = (choose: unknown) =>
  askingStrategy({
    file: "mine.ts",
    extension: { ...calmFew, choose: choose as OwnStrategy["choose"] },
  });

const wish = { trader: "leader0", weight: 0.5, reason: "own-in", numbers: {} };

it("the contract that examples copy is the program's own", () => {
  const own = readFileSync(new URL("../strategies/strategy.ts", import.meta.url), "utf8");
  expect(readFileSync(join(EXAMPLES, "strategy-contract.ts"), "utf8")).toBe(own);
});

it("the example keeps the contract", async () => {
  for (const file of ["calm-few.ts", "strategy-contract.ts"])
    copyFileSync(join(EXAMPLES, file), join(folder, file));
  const checks = await checkExtension(join(folder, "calm-few.ts"));
  expect(checks.filter(({ result }) => result !== "ok")).toEqual([]);
  expect(checks.map(({ check }) => check)).toEqual(["load", "answer", "repeat", "time", "left-running"]);
});

it.each([
  [{ rebalancingHours: -1 }, "rebalancingHours", "must be a number from 0 to 8760"],
  [{ choose: undefined }, "choose", "must be a function"],
  [{ choose: async () => ({ wishes: [] }) }, "choose", "must not be async"],
  [{ name: "my_own" }, "name", "lower-case letters"],
  [{ figure: () => 1 }, "figure", "is no field of the contract"],
])("a file is refused with the field and what would be right", (change, keyPath, message) => {
  expect(shapeOf({ default: { ...calmFew, ...change } })).toEqual({
    ok: false,
    keyPath,
    message: expect.stringContaining(message),
  });
});

describe("a strategy", () => {
  it("is asked like those of the program, and is given what it cannot change", () => {
    const decision = decideStrategy(askingStrategy({ file: "mine.ts", extension: calmFew }), many.evidence);
    expect(decision.strategy).toBe("calm-few");
    expect(decision.allocations.length).toBeGreaterThan(0);
    expect(decision.verdicts).toHaveLength(20);
    const spoils = asking((evidence: { candidates: { weight: number }[] }) => {
      for (const candidate of evidence.candidates) candidate.weight = 1;
      return { wishes: [] };
    });
    expect(() => spoils.choose(one.evidence)).toThrow(/^the strategy mine\.ts failed: TypeError/);
  });

  it.each<readonly [string, unknown, string]>([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
      "Error: broken",
    ],
    ["answers nothing", () => undefined, "the answer must be an object with wishes"],
    ["answers a promise", async () => ({ wishes: [] }), "the answer is a promise"],
    ["answers no list", () => ({ wishes: {} }), "wishes must be a list"],
    ["answers something else beside", () => ({ wishes: [], size: 1 }), "size is no field of an answer"],
    ["tells no notes", () => ({ wishes: [], notes: [1] }), "notes must be a list"],
    ["wishes nothing", () => ({ wishes: [1] }), "wish 1 must be an object"],
    ["has a field of its own", () => ({ wishes: [{ ...wish, size: 1 }] }), "wish 1: size is no field"],
    ["names nobody", () => ({ wishes: [{ ...wish, trader: 1 }] }), "wish 1: trader must be a text"],
    [
      "weighs nothing",
      () => ({ wishes: [{ ...wish, weight: "1" }] }),
      "wish 1: weight must be a finite number",
    ],
    ["has no scale", () => ({ wishes: [{ ...wish, scale: Number.NaN }] }), "wish 1: scale must be a finite"],
    ["has no reason", () => ({ wishes: [{ ...wish, reason: "luck" }] }), "wish 1: reason must be one of"],
    ["tells no number", () => ({ wishes: [{ ...wish, numbers: { a: [] } }] }), "wish 1: numbers.a must be"],
    [
      "says no word",
      () => ({ wishes: [{ ...wish, isRebalanced: 1 }] }),
      "isRebalanced must be true or false",
    ],
  ])("that %s decides nothing, and says so with its file", (_, choose, cause) => {
    expect(() => asking(choose).choose(one.evidence)).toThrow("the strategy mine.ts failed: ");
    expect(() => asking(choose).choose(one.evidence)).toThrow(cause);
  });
});
