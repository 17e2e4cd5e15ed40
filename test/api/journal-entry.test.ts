/** What the journal answers of a leader whom nobody copies is an answer, too. */
import { expect, test } from "vitest";
import { journalEntry } from "../../src/api/contract.ts";

const entry = {
  change: 7,
  at: 1_700_000_000_000,
  leader: "rider",
  follower: "",
  symbol: "BTCUSDT",
  leg: "net",
  changedBy: "0.1",
  leaderHolds: "0.1",
  orders: [],
  reason: "allocation-ended",
  explanation: "the allocation ended before this change was copied",
  detail: {},
  pending: false,
};

test("a change that no follower was to copy has an empty follower", () => {
  expect(journalEntry.parse(entry)).toEqual(entry);
});
