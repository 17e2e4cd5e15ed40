/** Of a reduction that met the owner's: what the copier was told, not what was so, says whether it could have known. */
import { expect, it } from "vitest";
import type { CheckedAccount } from "./evidence.ts";
import { ledgerOf } from "./ledger.ts";
import type { WrittenOrder } from "./rules/record.ts";
import { couldNotKnow } from "./unknown-owner.ts";

const [ENTRY, STOP, CLOSE] = [1, 2, 3].map((at) => `ct${"d".repeat(21)}${at}`) as [string, string, string];
const DECIDED_MS = 100_000;

/** Ours is 0.003; the owner adds 0.2, our stop closes 0.002 of ours, and the whole close meets what is there. */
function account(stopMs: number): CheckedAccount {
  const place = { symbol: "BTCUSDT", leg: "net", price: "60000" } as const;
  const fills = [
    { ...place, side: "buy", quantity: "0.003", atMs: 10_000, clientOrderId: ENTRY },
    { ...place, side: "buy", quantity: "0.2", atMs: stopMs - 1, clientOrderId: "" },
    { ...place, side: "sell", quantity: "0.002", atMs: stopMs, clientOrderId: STOP },
    { ...place, side: "sell", quantity: "0.003", atMs: DECIDED_MS + 5, clientOrderId: CLOSE },
  ] as const;
  return { account: "follower", mode: "one-way", positions: [], held: [], fills, requests: [], equities: [] };
}

function order(quantity: string, shown: string): WrittenOrder {
  const place = { follower: "follower", symbol: "BTCUSDT", leg: "net" } as const;
  const terms = { reduceOnly: true, purpose: "rebalance", limitPrice: "", shares: [], isHeld: true, shown };
  const others = { account: 0, byLeader: {} };
  return { sequence: 1, atMs: DECIDED_MS, clientOrderId: CLOSE, ...place, quantity, ...terms, others };
}

function judged(quantity: string, shown: string, stopMs = DECIDED_MS - 1): boolean {
  const { steps } = ledgerOf(account(stopMs), "BTCUSDT", "net");
  const step = steps.find(({ fill }) => fill.clientOrderId === CLOSE);
  if (step === undefined) throw new Error("it did not fill");
  return couldNotKnow({ record: { orders: [order(quantity, shown)] }, slackMs: 5_000 }, steps, step);
}

it.each([
  ["nothing but ours was shown", "-0.003", "0.003", true],
  ["the owner's was shown", "-0.003", "0.203", false],
  ["a part of the owner's was shown", "-0.003", "0.004", false],
  ["the order is for more than was ours", "-0.004", "0.003", false],
])("%s", (_, quantity, shown, expected) => {
  expect(judged(quantity, shown)).toBe(expected);
});

it("ours was that much only long before", () => {
  expect(judged("-0.003", "0.003", 80_000)).toBe(false);
});
