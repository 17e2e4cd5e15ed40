/** A reason that calls something stale is held against when it was really read. */
import { expect, it } from "vitest";
import type { Evidence } from "./evidence.ts";
import { NOTHING } from "./fixture.ts";
import { contradiction } from "./reasons.ts";

const EVIDENCE: Evidence = {
  ...NOTHING,
  followers: [
    { account: "follower", mode: "one-way", positions: [], held: [], fills: [], requests: [], equities: [] },
  ],
  staleAfterMs: { leader: 60_000, follower: 30_000 },
  slackMs: 0,
};

const LEADER = { reason: "leader-stale", detail: { ageMs: 61_000, limitMs: 60_000 }, readAtMs: 39_000 };

it.each([
  [LEADER, null],
  [{ ...LEADER, readAtMs: 90_000 }, "it was read 10000 ms before"],
  [{ ...LEADER, detail: { ageMs: 60_000, limitMs: 60_000 } }, "60000 ms are within 60000 ms"],
  [{ ...LEADER, detail: { ageMs: 61_000, limitMs: 30_000 } }, "30000 ms is not the limit"],
  [{ ...LEADER, detail: {} }, "no quantity was recorded"],
  [{ ...LEADER, reason: "follower-stale" }, "60000 ms is not the limit"],
])("%j: %s", (claim, expected) => {
  const at = { follower: "follower", symbol: "BTCUSDT", atMs: 90_000, deniedAtMs: 100_000 };
  expect(contradiction(EVIDENCE, { ...at, ...claim })).toBe(expected);
});
