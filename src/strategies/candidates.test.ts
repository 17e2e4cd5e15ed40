/** Sets of options to try: all of them where they are few, a sample that is fair to every value where they are many. */
import { describe, expect, it } from "vitest";
import { candidateSets } from "./candidates.ts";
import { STRATEGY_KINDS } from "./registry.ts";
import { searchedByDefault, valuesToTry } from "./search-values.ts";

const BASE = { size: 5, deep: true, kept: "as it is" };
const SEARCHED = [
  { option: "size", values: [3, 5, 10] },
  { option: "deep", values: [true, false] },
];

describe("candidates", () => {
  it("are all combinations but the base where they are few, fewest changes first", () => {
    expect(candidateSets(BASE, SEARCHED, { most: 5, seed: 1 })).toEqual({
      combinations: 6,
      sets: [
        { size: 3, deep: true, kept: "as it is" },
        { size: 5, deep: false, kept: "as it is" },
        { size: 10, deep: true, kept: "as it is" },
        { size: 3, deep: false, kept: "as it is" },
        { size: 10, deep: false, kept: "as it is" },
      ],
    });
  });

  it("are not more than were asked for where the base is none of them", () => {
    const searched = [{ option: "size", values: [1, 2, 3, 4] }];
    expect(candidateSets(BASE, searched, { most: 3, seed: 1 }).sets).toHaveLength(3);
    expect(candidateSets(BASE, searched, { most: 4, seed: 1 }).sets).toHaveLength(4);
  });

  it("are a sample in which every value comes equally often, each set once, the same by the same seed", () => {
    const searched = ["a", "b", "c", "d"].map((option) => ({ option, values: [1, 2, 3, 4, 5] }));
    const asked = { most: 20, seed: 7 };
    const { sets, combinations } = candidateSets(BASE, searched, asked);
    expect([sets.length, combinations]).toEqual([20, 625]);
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(20);
    const counts = (option: string) =>
      [1, 2, 3, 4, 5].map(
        (value) =>
          sets.filter((set) => Object.entries(set).some(([name, one]) => name === option && one === value))
            .length,
      );
    expect(["a", "b", "c", "d"].map(counts)).toEqual(Array.from({ length: 4 }, () => [4, 4, 4, 4, 4]));
    expect(candidateSets(BASE, searched, asked).sets).toEqual(sets);
    expect(candidateSets(BASE, searched, { ...asked, seed: 8 }).sets).not.toEqual(sets);
  });

  it("are none where nothing is searched or only what is so already", () => {
    expect(candidateSets(BASE, [], { most: 5, seed: 1 }).sets).toEqual([]);
    expect(candidateSets(BASE, [{ option: "size", values: [5] }], { most: 5, seed: 1 }).sets).toEqual([]);
  });
});

describe("values that are usual", () => {
  it.each(STRATEGY_KINDS.map((kind) => [kind.name, kind] as const))(
    "of %s hold, are tried of every option but the size of positions, and are more than one",
    (_, kind) => {
      const searched = searchedByDefault(kind);
      expect(searched.map(({ option }) => option)).toEqual(
        Object.keys(kind.options).filter((option) => option !== "position_scaling"),
      );
      for (const { option, values } of searched) {
        expect(values.length).toBeGreaterThan(1);
        expect(new Set(values).size).toBe(values.length);
        for (const value of values)
          expect(kind.configure({ [option]: value })).toMatchObject({
            ok: true,
            options: { [option]: value },
          });
        expect(values).toContain(kind.options[option]?.default);
      }
    },
  );

  it("are not known of anything else", () => {
    expect(valuesToTry("position_scaling")).toBeUndefined();
    expect(valuesToTry("toString")).toBeUndefined();
  });
});
