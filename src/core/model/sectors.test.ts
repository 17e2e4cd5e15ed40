import { expect, test } from "vitest";
import { knownSectorOf, listedSectors, sectorOf } from "./sectors.ts";

test.each([
  ["BTC", "bitcoin"],
  ["1000PEPE", "memes"],
  ["SHIB1000", "memes"],
  ["1MBABYDOGE", "memes"],
  ["kPEPE", "other"],
  ["NEVERHEARD", "other"],
])("%s is of the sector %s", (coin, sector) => {
  expect(sectorOf(coin)).toBe(sector);
});

test("what is not listed is told apart from what is listed", () => {
  expect(knownSectorOf("NEVERHEARD")).toBeNull();
  expect(listedSectors().get("bitcoin")).toContain("BTC");
});
