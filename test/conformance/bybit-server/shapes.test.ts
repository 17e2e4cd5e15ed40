/**
 * Every answer and frame of the simulated exchange against the documented and recorded ones: the same keys and JSON
 * types, field by field. What differs on purpose stands in exceptions.ts with its reason.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasShared, sharedNote } from "../../shared.ts";
import { startTestExchange, type TestExchange } from "./clients.ts";
import { EXCEPTIONS } from "./exceptions.ts";
import { loadReferences, type MessageName } from "./references.ts";
import { gatherSamples } from "./samples.ts";
import { differences, shapeOf } from "./shapes.ts";

describe.skipIf(!hasShared)(`messages against the reference${sharedNote}`, () => {
  let exchange: TestExchange;
  let ours: Map<MessageName, unknown[]>;
  let references: Map<MessageName, unknown[]>;

  beforeAll(async () => {
    exchange = await startTestExchange();
    ours = await gatherSamples(exchange);
    references = loadReferences();
  }, 30_000);

  afterAll(() => exchange.close());

  it("compares everything that the exchange says", () => {
    expect([...ours.keys()].filter((name) => !references.has(name))).toEqual([]);
    expect(ours.size).toBeGreaterThan(45);
  });

  it("has the documented fields with the documented types, apart from the listed exceptions", () => {
    const found = [...ours].flatMap(([name, samples]) => {
      const reference = references.get(name);
      if (reference === undefined) return [];
      return differences(shapeOf(reference), shapeOf(samples)).map(
        ({ path, problem, detail }) => `${name} | ${path} | ${problem} | ${detail}`,
      );
    });
    const known = EXCEPTIONS.flatMap(({ problem, at }) =>
      at.map(([name, path]) => `${name} | ${path} | ${problem}`),
    );
    const unexpected = found.filter((line) => !known.some((entry) => line.startsWith(`${entry} |`)));
    const stale = known.filter((entry) => !found.some((line) => line.startsWith(`${entry} |`)));
    expect({ unexpected, stale }).toEqual({ unexpected: [], stale: [] });
  });
});

describe("comparison of shapes", () => {
  const reference = shapeOf([
    { list: [{ id: "7", on: true, at: 1 }], fees: {} },
    { list: [], note: "" },
  ]);
  const compare = (sample: unknown) =>
    differences(reference, shapeOf([sample])).map(({ path, problem }) => `${problem} ${path}`);

  it.each([
    [{ list: [{ id: "8", on: false, at: 2 }], fees: {}, note: "x" }, []],
    [{ list: [], fees: {}, note: "" }, []],
    [{ list: [{ on: true, at: 1 }], fees: {}, note: "" }, ["missing list[].id"]],
    [{ list: [{ id: "", on: true, at: 1, more: 1 }], fees: {}, note: "" }, ["extra list[].more"]],
    [
      { list: [{ id: "x", on: "true", at: "1" }], fees: [], note: "" },
      ["type list[].id", "type list[].on", "type list[].at", "type fees"],
    ],
    [{ list: [], fees: {} }, ["missing note"]],
  ])("of %j finds %j", (sample, found) => {
    expect(compare(sample)).toEqual(found);
  });
});
