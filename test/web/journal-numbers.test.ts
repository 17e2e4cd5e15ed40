/** How the numbers of a decision are told in the journal. */
import { expect, it } from "vitest";
import { namedNumbers } from "../../web/src/pages/journal/numbers.ts";

const NOW_MS = Date.UTC(2026, 4, 1, 12);

it("names numbers in words with their units, and tells spans and moments as such", () => {
  const detail = {
    leaderLots: 1_400,
    priceTicks: 61_000,
    with_leader: "bob",
    headroom: "12.123456789",
    ageMs: 350,
    limitMs: 60_000,
    untilMs: NOW_MS,
    of: { leader: "alice" },
  };
  const told = Object.fromEntries(namedNumbers(detail, NOW_MS).map(({ name, value }) => [name, value]));
  expect(told).toMatchObject({
    "leader, steps": "1,400",
    "price, price ticks": "61,000",
    "with leader": "bob",
    headroom: "12.123457",
    age: "350 ms",
    limit: "1 min",
    of: '{"leader":"alice"}',
  });
  expect(told.until).toMatch(/^\d\d:\d\d:\d\d$/);
});
