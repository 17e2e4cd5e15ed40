import { describe, expect, it } from "vitest";
import { PythonNumber, type PythonValue, pythonListElements } from "./python-literal.ts";

/** Plain values, for comparing. */
function plain(value: PythonValue): unknown {
  if (value instanceof PythonNumber) return `#${value.text}`;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

const read = (text: string) =>
  pythonListElements(text).map((one) => (one.ok ? plain(one.value) : `broken: ${one.reason}`));

describe("Python literals", () => {
  it.each([
    ["[]", []],
    ["[{'a': 1.50, 'b': True}]", [{ a: "#1.50", b: true }]],
    [`["it's", 'a \\'b\\' c', None, False]`, ["it's", "a 'b' c", null, false]],
    ["[-6.08e-06, 1718985883000, .5, 3.]", ["#-6.08e-06", "#1718985883000", "#.5", "#3."]],
    ["[(1, 2,), [ ], { }]", [["#1", "#2"], [], {}]],
    ["[3672754654734989568]", ["#3672754654734989568"]],
  ])("%s", (text, values) => {
    expect(read(text)).toEqual(values);
  });

  it.each([
    ["[{'a': 1}, {'a': 'x", "a text has no closing ' (the text ends here: it was cut)"],
    ["[{'a': 1}, {'a': 12", "a comma or } should follow (the text ends here: it was cut)"],
    ["[{'a': 1}, {'a", "a text has no closing ' (the text ends here: it was cut)"],
    ["[{'a': 1}, {'a': ", "a value should stand here (the text ends here: it was cut)"],
    ["[{'a': 1}, ", "the list has no end: it was cut"],
    ["[{'a': 1}] and more", "text follows the list"],
  ])("tells the torn end of %s", (text, reason) => {
    expect(read(text)).toEqual([{ a: "#1" }, `broken: ${reason}`]);
  });

  it.each([
    ["[{'a': __import__('os')}, {'b': 2}]", "a value should stand here (at character 8)"],
    ["[{'a': 1 'c': 2}, {'b': 2}]", "a comma or } should follow (at character 10)"],
    ["[{'a': 1, 'a': 2}, {'b': 2}]", "the key a is there twice (at character 14)"],
    ["[{1: 1}, {'b': 2}]", "a key should be text (at character 4)"],
    ["[{'a': 'x\ny'}, {'b': 2}]", "a text has no closing ' (at character 8)"],
  ])("goes on behind the broken element of %s", (text, reason) => {
    expect(read(text)).toEqual([`broken: ${reason}`, { b: "#2" }]);
  });

  it("is no list", () => {
    expect(read("{'a': 1}")).toEqual(["broken: a list should begin with ["]);
  });

  it("refuses to nest without end", () => {
    expect(read(`${"[".repeat(50)}`)[0]).toContain("nothing is nested deeper than 20");
  });
});
