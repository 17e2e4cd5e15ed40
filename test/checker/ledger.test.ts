/** What a copier may take for its own, where an owner trades beside it. */
import { describe, expect, it } from "vitest";
import { show } from "./exact.ts";
import { ledgerOf } from "./ledger.ts";

const OURS = `ct${"a".repeat(21)}1`;
const LATER_MS = 200_000;

/** Signed quantities with who traded, each so many ms after the one before. */
function mayOwn(...trades: readonly (readonly ["ours" | "owner", string, number])[]): readonly string[] {
  let atMs = 0;
  const fills = trades.map(([who, quantity, afterMs]) => {
    atMs += afterMs;
    const place = { symbol: "BTCUSDT", leg: "net", price: "1", atMs } as const;
    const side = quantity.startsWith("-") ? ("sell" as const) : ("buy" as const);
    return { ...place, side, quantity: quantity.replace("-", ""), clientOrderId: who === "ours" ? OURS : "" };
  });
  const plain = { account: "follower", mode: "one-way", positions: [], held: [], requests: [] } as const;
  return ledgerOf({ ...plain, fills, equities: [] }, "BTCUSDT", "net").mayOwn.map(show);
}

describe("what the copier may take for its own", () => {
  it("is what its fills make, where nobody else trades", () => {
    expect(mayOwn(["ours", "5", 0], ["ours", "-2", 10])).toEqual(["3"]);
  });

  it("is what is left once it has settled, and never more than is there", () => {
    expect(mayOwn(["ours", "5", 0], ["owner", "-2", 10])).toEqual(["3"]);
  });

  it("may still be all of it, where the owner closed and opened before it looked", () => {
    expect(mayOwn(["ours", "5", 0], ["owner", "-4", 10], ["owner", "9", 10])).toEqual(["1", "5"]);
  });

  it("is no more than what stood so long that it was seen", () => {
    expect(mayOwn(["ours", "5", 0], ["owner", "-4", 10], ["owner", "9", LATER_MS])).toEqual(["1"]);
  });

  it("is judged at each of its own fills, too", () => {
    const trades = [
      ["ours", "5", 0],
      ["owner", "-5", 10],
      ["owner", "9", 10],
      ["ours", "-2", 10],
    ] as const;
    expect(mayOwn(...trades)).toEqual(["0", "3"]);
  });
});
