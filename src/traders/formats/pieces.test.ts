/** Files come in pieces: wherever they are cut, the same records come out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CsvRecord, CsvRecords } from "./csv-records.ts";
import { type JsonRecord, JsonRecords, jsonFields } from "./json-records.ts";

function csv(pieces: readonly string[]) {
  const records: (CsvRecord | string)[] = [];
  const reader = new CsvRecords(
    (record) => records.push(record),
    (line) => records.push(`torn at line ${line}`),
  );
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return records;
}

function json(pieces: readonly string[], isRecordList = (path: string) => path.endsWith("[]")) {
  const found: unknown[] = [];
  const reader = new JsonRecords({
    isRecordList,
    onRecord: ({ path, line, text }: JsonRecord) => found.push([path, line, jsonFields(text)]),
    onScalar: (path, value) => found.push([path, value]),
    onBroken: (line, reason) => found.push(`broken at line ${line}: ${reason}`),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return found;
}

const cutAt = (text: string, places: readonly number[]) => {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
};
const places = fc.array(fc.nat(), { maxLength: 8 });

describe("comma-separated records", () => {
  const text = 'a,b\r\n1,"x, ""y""\nz"\n\n,"" \n"last"';

  it("have cells and lines", () => {
    expect(csv([text])).toEqual([
      { cells: ["a", "b"], line: 1, text: "a,b" },
      { cells: ["1", 'x, "y"\nz'], line: 2, text: '1,"x, ""y""\nz"' },
      { cells: ["", '" '], line: 5, text: ',"" ' },
      { cells: ["last"], line: 6, text: '"last"' },
    ]);
  });

  it("are the same in any pieces", () => {
    fc.assert(
      fc.property(places, (at) => {
        expect(csv(cutAt(text, at))).toEqual(csv([text]));
      }),
    );
  });

  it("go on with the right line behind one that was too long", () => {
    expect(csv([`a,b\n1,"2\n${"x".repeat(16 * 1024 * 1024)}`, "\n3,4\n"])).toEqual([
      { cells: ["a", "b"], line: 1, text: "a,b" },
      "torn at line 2",
      { cells: ["3", "4"], line: 4, text: "3,4" },
    ]);
  });

  it("cost no more for how small the pieces are: one as long as may be comes within seconds", () => {
    const piece = "x".repeat(700);
    const pieces = Array.from({ length: 23_000 }, () => piece);
    expect(csv(pieces)).toEqual([{ cells: [pieces.join("")], line: 1, text: pieces.join("") }]);
  });

  it("tell a quote that is never closed", () => {
    expect(csv(['a,b\n1,"2\n3,4\n'])).toEqual([
      { cells: ["a", "b"], line: 1, text: "a,b" },
      "torn at line 2",
    ]);
  });
});

describe("records in JSON", () => {
  const text =
    '{"pair":"x\\"1","n":12,\n"leader":{"at":7,"fills":[{"a":"{\\"","id":1234567890123456789,"x":1e-7},\n {"a":{"b":[1]}}]},"no":[]}\n{"fills":[{"z":true}]}\n';

  it("come with their list, line and digits", () => {
    expect(json([text])).toEqual([
      ["pair", 'x"1'],
      ["n", "12"],
      ["leader.at", "7"],
      ["leader.fills[]", 2, { a: '{"', id: "1234567890123456789", x: "1e-7" }],
      ["leader.fills[]", 3, { a: { b: [1] } }],
      ["fills[]", 4, { z: true }],
    ]);
  });

  it("are the same in any pieces", () => {
    fc.assert(
      fc.property(places, (at) => {
        expect(json(cutAt(text, at))).toEqual(json([text]));
      }),
    );
  });

  it.each([
    ['[{"a":1},{"a":', "broken at line 1: the file ends in the middle: it was cut"],
    ['[{"a":1}', "broken at line 1: the file ends in the middle: it was cut"],
    ['[{"a":1}}', "broken at line 1: a bracket closes what was not opened"],
    ['[{"a":1},oops]', "broken at line 1: this is no JSON"],
  ])("%s is broken after its first record", (broken, reason) => {
    expect(json([broken])).toEqual([["[]", 1, { a: "1" }], reason]);
  });

  it("have no keys without end, of which every value would have to be told", () => {
    const key = "k".repeat(600);
    expect(json([`{"${key}":1,"${key}":{"${key}":[${"1,".repeat(300_000)}1]}}`])).toEqual([
      [key, "1"],
      "broken at line 1: no keys are longer than 1000 characters",
    ]);
  });

  it("nest no deeper than a limit", () => {
    expect(json(["[".repeat(100)])).toEqual(["broken at line 1: nothing is nested deeper than 40"]);
  });
});
