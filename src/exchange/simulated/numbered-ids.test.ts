/** Ids: the head and the number, whatever was asked for before. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { NumberedIds } from "./numbered-ids.ts";

it("shows the number in twelve hexadecimal digits", () => {
  const ids = new NumberedIds("00000001-0bed-4000-8000-");
  fc.assert(
    fc.property(fc.oneof(fc.nat(), fc.integer({ min: 0, max: 16 ** 12 - 1 })), (number) => {
      expect(ids.of(number)).toBe(`00000001-0bed-4000-8000-${number.toString(16).padStart(12, "0")}`);
    }),
  );
});
