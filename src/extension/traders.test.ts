/** Filters and importers of the owner's own: what their files must say, what they may answer, and what becomes of the rest. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import keepsLossesShort from "../../examples/extensions/keeps-losses-short.ts";
import pipeLog from "../../examples/extensions/pipe-log.ts";
import { checkExtension } from "./conformance.ts";
import { shapeOf } from "./shape.ts";
import type { TraderFilter, TraderImporter } from "./trader-contract.ts";
import { sampleTraders } from "./trader-samples.ts";
import { figureOf, recognisedBy, rowsOf } from "./traders.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/extensions/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "trader-extensions-"));
afterAll(() => rmSync(folder, { recursive: true }));

const [, , someone = expect.fail("no sample")] = sampleTraders();

const filter = (figure: unknown) => ({
  file: "mine.ts",
  extension: { ...keepsLossesShort, figure: figure as TraderFilter["figure"] },
});
const importer = (read: unknown) => ({
  file: "mine.ts",
  extension: { ...pipeLog, read: read as TraderImporter["read"] },
});

it("the contract that examples copy is the program's own", () => {
  const own = readFileSync(new URL("trader-contract.ts", import.meta.url), "utf8");
  expect(readFileSync(join(EXAMPLES, "trader-contract.ts"), "utf8")).toBe(own);
});

it.each(["keeps-losses-short.ts", "pipe-log.ts"])("the example %s keeps the contract", async (name) => {
  for (const file of [name, "trader-contract.ts"]) copyFileSync(join(EXAMPLES, file), join(folder, file));
  const checks = await checkExtension(join(folder, name));
  expect(checks.filter(({ result }) => result !== "ok")).toEqual([]);
  expect(checks.map(({ check }) => check)).toEqual(["load", "answer", "repeat", "time", "left-running"]);
});

describe("the file of a filter or importer", () => {
  it.each([
    [keepsLossesShort, { unit: "percent" }, "unit", "must be one of fraction, ratio, days, count"],
    [keepsLossesShort, { asks: "less" }, "asks", "must be one of at-least, at-most"],
    [keepsLossesShort, { bound: "2" }, "bound", "must be a number"],
    [keepsLossesShort, { bound: Number.NaN }, "bound", "must be a number"],
    [keepsLossesShort, { figure: undefined }, "figure", "must be a function"],
    [keepsLossesShort, { check: () => 1 }, "check", "is no field of the contract"],
    [keepsLossesShort, { name: "Mine" }, "name", "lower-case letters"],
    [pipeLog, { sample: "" }, "sample", "must be a text"],
    [pipeLog, { read: async () => [] }, "read", "must not be async"],
    [pipeLog, { recognises: true }, "recognises", "must be a function"],
    [pipeLog, { kind: "importer" }, "kind", '"trader-filter"'],
  ])("is refused with the field and what would be right", (whole, change, keyPath, message) => {
    expect(shapeOf({ default: { ...whole, ...change } })).toEqual({
      ok: false,
      keyPath,
      message: expect.stringContaining(message),
    });
  });
});

describe("a filter", () => {
  it("says a figure, or why there is none, and is given what it cannot change", () => {
    expect(figureOf({ file: "mine.ts", extension: keepsLossesShort }, someone)).toBe(1.5);
    expect(
      figureOf(
        filter(() => ({ cannotTell: "too young" })),
        someone,
      ),
    ).toEqual({ cannotTell: "too young" });
    const spoils = filter((trader: { id: string }) => {
      trader.id = "other";
      return 1;
    });
    expect(figureOf(spoils, someone)).toEqual({
      cannotTell: expect.stringMatching(/^mine\.ts failed: TypeError/),
    });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
      "Error: broken",
    ],
    ["answers a text", () => "2", 'got "2"'],
    ["answers no number", () => Number.NaN, "must be a finite number, got NaN"],
    ["answers a promise", async () => 2, "the answer is a promise"],
    ["answers something else beside", () => ({ cannotTell: "x", value: 1 }), "must be a number or"],
    [
      "never ends",
      () => {
        for (;;);
      },
      "no answer within 1000 ms",
    ],
  ])("that %s cannot tell, and says so with its file", (_, figure, cause) => {
    expect(figureOf(filter(figure), someone)).toEqual({
      cannotTell: expect.stringContaining(`mine.ts failed: `),
    });
    expect(figureOf(filter(figure), someone)).toEqual({ cannotTell: expect.stringContaining(cause) });
  });
});

describe("an importer", () => {
  it("makes rows of a text", () => {
    expect(rowsOf({ file: "log.ts", extension: pipeLog }, `${pipeLog.sample}nonsense\n`)).toEqual([
      { line: 1, fill: expect.objectContaining({ time: "2024-05-01T10:00:00Z", side: "buy", fee: "-15" }) },
      { line: 2, fill: expect.objectContaining({ trader: "alice", side: "sell" }) },
      { line: 3, rejected: expect.stringContaining("seven cells") },
    ]);
    expect([recognisedBy(pipeLog, pipeLog.sample), recognisedBy(pipeLog, "time,symbol")]).toEqual([
      true,
      false,
    ]);
  });

  it("that fails to recognise does not recognise", () => {
    const broken = { ...pipeLog, recognises: () => JSON.parse("nothing") as boolean };
    expect(recognisedBy(broken, "")).toBe(false);
  });

  it.each([
    ["throws", () => JSON.parse("nothing"), "SyntaxError"],
    ["answers no list", () => ({}), "must answer a list of rows"],
    ["answers a row without a line", () => [{ fill: {} }], "row 1: line must be a whole number"],
    ["answers a row of nothing", () => [{ line: 1 }], "there must be fill, rejected or skipped, got nothing"],
    [
      "answers numbers for texts",
      () => [{ line: 1, fill: { price: 5 } }],
      "row 1: fill.price must be a text",
    ],
  ])("that %s reads nothing, and says so with its file", (_, read, cause) => {
    expect(() => rowsOf(importer(read), "")).toThrow(`the importer mine.ts failed: `);
    expect(() => rowsOf(importer(read), "")).toThrow(cause);
  });
});

it("extension check says what a filter or importer gets wrong", async () => {
  const written = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o644 });
    return file;
  };
  const head = 'contract: 1, name: "mine", description: "",';
  const random = written(
    "random.ts",
    `export default { ${head} kind: "trader-filter", unit: "ratio", asks: "at-most", bound: 1, figure: () => Math.random() };`,
  );
  expect(await checkExtension(random)).toContainEqual(
    expect.objectContaining({ check: "repeat", result: "fail" }),
  );
  const blind = written(
    "blind.ts",
    `export default { ${head} kind: "trader-importer", sample: "x", recognises: () => false, read: () => [] };`,
  );
  expect(await checkExtension(blind)).toContainEqual({
    check: "answer",
    result: "fail",
    message: expect.stringContaining("its own sample is not recognised"),
  });
});
