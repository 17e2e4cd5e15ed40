/**
 * What every implementation of the journal must do. Each implementation's test calls this with a way to make an empty
 * journal; what is particular to one (files, power cuts) is tested beside it.
 */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Journal, type JournalEntry, JournalError } from "../../src/journal/journal.ts";

export interface JournalUnderTest {
  readonly name: string;
  /** An empty journal; `bytesMax` bounds its disk, with a reserve for reductions of `reserveBytes` inside. */
  make(room?: { readonly bytesMax: number; readonly reserveBytes: number }): Journal;
}

const event = (payload: string): JournalEntry => ({ type: "event", payload });

export const entryArbitrary: fc.Arbitrary<JournalEntry> = fc.record({
  type: fc.constantFrom("event" as const, "decision" as const),
  payload: fc.oneof(fc.string(), fc.string({ unit: "grapheme", maxLength: 40 }), fc.json({ maxDepth: 2 })),
});

export function journalContract(subject: JournalUnderTest): void {
  describe(`journal contract: ${subject.name}`, () => {
    const made: Journal[] = [];
    const make: JournalUnderTest["make"] = (room) => {
      const journal = subject.make(room);
      made.push(journal);
      return journal;
    };
    afterEach(() => {
      for (const journal of made.splice(0)) journal.close();
    });

    it("begins empty", () => {
      const journal = make();
      expect([journal.lastSequence, journal.lastCheckpoint]).toEqual([0, 0]);
      expect([...journal.read(1)]).toEqual([]);
    });

    it("numbers records from 1 without gaps and returns the first of each append", () => {
      const journal = make();
      expect(journal.append([event("a"), event("b")])).toBe(1);
      expect(journal.append([{ type: "decision", payload: "c" }])).toBe(3);
      expect(journal.lastSequence).toBe(3);
      expect([...journal.read(1)]).toEqual([
        { sequence: 1, type: "event", payload: "a" },
        { sequence: 2, type: "event", payload: "b" },
        { sequence: 3, type: "decision", payload: "c" },
      ]);
    });

    it("reads back what was appended, from any sequence", () => {
      fc.assert(
        fc.property(
          fc.array(fc.array(entryArbitrary, { minLength: 1, maxLength: 5 })),
          fc.nat(),
          (batches, nat) => {
            const journal = make();
            for (const batch of batches) journal.append(batch);
            const all = batches.flat();
            const from = 1 + (nat % (all.length + 1));
            const expected = all
              .slice(from - 1)
              .map((entry, index) => ({ sequence: from + index, ...entry }));
            expect([...journal.read(from)]).toEqual(expected);
          },
        ),
        { numRuns: 50 },
      );
    });

    it("knows its newest checkpoint", () => {
      const journal = make();
      journal.append([event("a")]);
      expect(journal.append([{ type: "checkpoint", payload: "{}" }, event("b")])).toBe(2);
      expect(journal.lastCheckpoint).toBe(2);
      journal.append([event("c")]);
      journal.append([{ type: "checkpoint", payload: "{}" }]);
      expect(journal.lastCheckpoint).toBe(5);
      expect([...journal.read(2)].map((record) => record.type)).toEqual([
        "checkpoint",
        "event",
        "event",
        "checkpoint",
      ]);
    });

    it("refuses an append of nothing and a checkpoint that does not begin its append", () => {
      const journal = make();
      expect(() => journal.append([])).toThrow(RangeError);
      expect(() => journal.append([event("a"), { type: "checkpoint", payload: "{}" }])).toThrow(RangeError);
      expect(journal.lastSequence).toBe(0);
    });

    it("reads lazily what was there when reading began, while more is appended", () => {
      const journal = make();
      journal.append([event("a"), event("b")]);
      const seen: string[] = [];
      for (const record of journal.read(1)) {
        seen.push(record.payload);
        journal.append([event("later")]);
      }
      expect(seen).toEqual(["a", "b"]);
      expect(journal.lastSequence).toBe(4);
    });

    it("reads again from the beginning for each iteration", () => {
      const journal = make();
      journal.append([event("a"), event("b")]);
      const records = journal.read(2);
      expect([...records]).toEqual([...records]);
    });

    it("keeps room that only reductions may use", () => {
      const journal = make({ bytesMax: 40_000, reserveBytes: 20_000 });
      const kilobyte = event("x".repeat(1000));
      const appended = fill(journal, kilobyte);
      expect(appended).toBeGreaterThan(5);
      expect(failureOf(() => journal.append([kilobyte]))).toBe("disk-full");
      expect(journal.append([event("reduce")], { reduction: true })).toBe(appended + 1);
      journal.append([event("reduce more")], { reduction: true });
      expect(failureOf(() => journal.append([kilobyte]))).toBe("disk-full");
      const tail = [...journal.read(appended + 1)].map((record) => record.payload);
      expect(tail).toEqual(["reduce", "reduce more"]);
    });

    it("refuses reductions too when their room is used up", () => {
      const journal = make({ bytesMax: 40_000, reserveBytes: 20_000 });
      const kilobyte = event("x".repeat(1000));
      const ordinary = fill(journal, kilobyte);
      let reductions = 0;
      const failure = failureOf(() => {
        for (; reductions < 100; reductions += 1) journal.append([kilobyte], { reduction: true });
      });
      expect(failure).toBe("disk-full");
      expect(reductions).toBeGreaterThan(5);
      expect([...journal.read(1)]).toHaveLength(ordinary + reductions);
    });

    it("takes nothing after closing, and closing twice is nothing", () => {
      const journal = make();
      journal.append([event("a")]);
      journal.sync();
      journal.close();
      journal.close();
      expect(failureOf(() => journal.append([event("b")]))).toBe("write-failed");
    });
  });
}

function fill(journal: Journal, entry: JournalEntry): number {
  for (let appended = 0; appended < 1000; appended += 1) {
    if (failureOf(() => journal.append([entry])) !== undefined) return appended;
  }
  throw new Error("the journal never became full");
}

/** The failure of the JournalError that `action` throws; undefined when it throws nothing. */
export function failureOf(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof JournalError) return error.failure;
    throw error;
  }
}
