/** What stands on the screen is the number that was answered: rounded exactly, never through a double. */
import { describe, expect, it } from "vitest";
import { decimalText, directionOf, percentText, shareOf } from "../../web/src/format/decimal.ts";
import { readableText } from "../../web/src/format/readable.ts";
import { differenceOf, sumOf } from "../../web/src/format/sums.ts";
import { ageText, spanText } from "../../web/src/format/time.ts";

describe("decimal text", () => {
  it.each([
    ["1234567.005", { places: 2 }, "1,234,567.01"],
    ["-1234.565", { places: 2 }, "−1,234.57"],
    ["0.994", { places: 2, signed: true }, "+0.99"],
    ["-0.004", { places: 2, signed: true }, "0.00"],
    ["999.999", { places: 2 }, "1,000.00"],
    ["0.14", {}, "0.14"],
    ["12", { places: 2 }, "12.00"],
    ["9007199254740993.1", { places: 0 }, "9,007,199,254,740,993"],
    ["0", { signed: true }, "0"],
    ["no number", { places: 2 }, "no number"],
  ])("%s -> %o", (value, style, expected) => {
    expect(decimalText(value, style)).toBe(expected);
  });

  it("tells the direction by the whole value, not by what rounding leaves of it", () => {
    expect(["-0.0001", "0.000", "-0", "3"].map(directionOf)).toEqual(["down", "flat", "flat", "up"]);
  });

  it("knows no share where one of both is not known or nothing", () => {
    expect([shareOf("", "5"), shareOf("1", ""), shareOf("1", "0"), shareOf("1", "4")]).toEqual([
      null,
      null,
      null,
      0.25,
    ]);
    expect(percentText(-0.01234, 1, true)).toBe("−1.2 %");
  });
});

describe("sums", () => {
  it("are exact, and not known where a part is not", () => {
    expect(sumOf(["0.1", "0.2", "-0.35"])).toBe("-0.05");
    expect(sumOf(["9007199254740993", "0.000001"])).toBe("9007199254740993.000001");
    expect(sumOf([])).toBe("0");
    expect(sumOf(["1", ""])).toBe("");
    expect(differenceOf("1.5", "-0.25")).toBe("1.75");
    expect(differenceOf("1.5", "0.25")).toBe("1.25");
  });
});

describe("sentences of the engine", () => {
  it("have moments on the reader's clock and numbers of a length that is read", () => {
    const at = new Date(2026, 10, 21, 18, 46, 55, 688);
    const text = `cut (loss -221.65963874, limit 200), until ${at.toISOString()}, docs 1.2.3`;
    expect(readableText(text, at.getTime())).toBe(
      "cut (loss −221.6596, limit 200), until 18:46:55, docs 1.2.3",
    );
  });
});

describe("ages", () => {
  it.each([
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_600_000, "1 h"],
    [3_900_000, "1 h 5 min"],
    [86_400_000, "1 day"],
    [200_000_000, "2 days"],
  ])("%d ms is %s", (span, expected) => {
    expect(spanText(span)).toBe(expected);
  });

  it("says now below a second, also where clocks disagree a little", () => {
    expect([ageText(-500), ageText(400), ageText(4_000)]).toEqual(["now", "now", "4 s ago"]);
  });
});
