/** The rules of the demo's leaders: orders that the exchange takes, and never through nought at once. */
import { expect, test } from "vitest";
import { seededRandom } from "../analytics/numeric/random.ts";
import { type Book, DOUBLE, FADE, LEADERS, quantityOf, RIDE, type Seen } from "./leaders.ts";

const BOOK: Book = { symbol: "BTCUSDT", clip: 0.02, decimals: 3, positionIdx: 0 };
const FLAT: Seen = { trend: 0, stretch: 0, held: 0, gain: 0 };
const chance = seededRandom(1);

test("goes with a trend, step by step, and closes first when it turns", () => {
  expect(RIDE(BOOK, { ...FLAT, trend: 1 }, chance)).toEqual({ clips: 4, reduceOnly: false });
  expect(RIDE(BOOK, { ...FLAT, trend: 1, held: 4 }, chance)).toEqual({ clips: 2, reduceOnly: false });
  expect(RIDE(BOOK, { ...FLAT, trend: -1, held: 6 }, chance)).toEqual({ clips: -6, reduceOnly: true });
});

test("sells what has risen quickly", () => {
  expect(FADE(BOOK, { ...FLAT, stretch: 2 }, chance)).toEqual({ clips: -3, reduceOnly: false });
});

test("doubles what loses, takes what gains, and gives up at its largest", () => {
  expect(DOUBLE(BOOK, { ...FLAT, held: 4, gain: -0.02 }, chance)).toEqual({ clips: 4, reduceOnly: false });
  expect(DOUBLE(BOOK, { ...FLAT, held: 4, gain: 0.01 }, chance)).toEqual({ clips: -4, reduceOnly: true });
  expect(DOUBLE(BOOK, { ...FLAT, held: 16, gain: -0.05 }, chance)).toEqual({ clips: -16, reduceOnly: true });
});

test("quantities are whole steps of their instruments", () => {
  expect(quantityOf(BOOK, { clips: -3, reduceOnly: false })).toBe("0.060");
  expect(quantityOf({ ...BOOK, clip: 80_000, decimals: -2 }, { clips: 2, reduceOnly: false })).toBe("160000");
  for (const { books, act } of LEADERS) {
    for (const book of books) {
      const action = act(book, { ...FLAT, trend: 2, stretch: 2 }, chance);
      if (action !== null) expect(Number(quantityOf(book, action))).toBeGreaterThan(0);
    }
  }
});
