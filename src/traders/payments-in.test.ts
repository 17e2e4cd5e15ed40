/** What was held at each payment in, at marks: the table is one trader's day in hours. */
import { describe, expect, it } from "vitest";
import type { TraderFillRecord, TraderTransferRecord } from "../store/trader-store.ts";
import { paymentsIn } from "./payments-in.ts";

const HOUR_MS = 3_600_000;
const FIRST_MS = Date.UTC(2024, 4, 1);
const at = (hours: number) => FIRST_MS + hours * HOUR_MS;

const fill = (
  hours: number,
  side: "buy" | "sell",
  price: string,
  more: Partial<TraderFillRecord> = {},
): TraderFillRecord => ({
  ...{ kind: "trade", timeMs: at(hours), symbol: "BTC", quoteAsset: "USDC", side, leg: "net", price },
  ...{ quantity: "1", realizedPnl: null, fee: "0", feeAsset: "USDC", liquidity: "taker", tradeId: "" },
  ...{ orderId: "", positionBefore: null, closedQuantity: null, leverage: null },
  ...more,
});

const paid = (hours: number, amount: string | null): TraderTransferRecord => ({
  ...{ id: String(hours), timeMs: at(hours), kind: "deposit", amount, asset: "USDC" },
});

type Marks = Readonly<Record<string, readonly (readonly [hours: number, price: number])[]>>;

function heldAt(fills: readonly TraderFillRecord[], marks: Marks, ...transfers: TraderTransferRecord[]) {
  return paymentsIn({
    fills: async function* () {
      yield fills;
    },
    marks: {
      markAt: (symbol, ms) => {
        const known = (marks[symbol] ?? []).findLast(([hours]) => at(hours) <= ms);
        return known === undefined ? null : { price: known[1], atMs: at(known[0]) };
      },
    },
    transfers: { readMs: 0, rows: transfers },
  }).then((payments) => payments?.map(({ amount, held }) => `${amount} ${held}`));
}

const long = [fill(1, "buy", "100")];

describe("what was held at payments into an account", () => {
  it.each([
    ["a long under its entry", long, { BTC: [[2, 99]] }, "losing"],
    ["a long above it", long, { BTC: [[2, 101]] }, "not-losing"],
    ["one at its entry", long, { BTC: [[2, 100]] }, "not-losing"],
    ["a short above its entry", [fill(1, "sell", "100")], { BTC: [[2, 101]] }, "losing"],
    ["a short under it", [fill(1, "sell", "100")], { BTC: [[2, 99]] }, "not-losing"],
    ["an average of two entries", [...long, fill(2, "buy", "110")], { BTC: [[3, 104]] }, "losing"],
    ["nothing any more", [...long, fill(2, "sell", "90")], {}, "not-losing"],
    ["no price", long, {}, "untold"],
    ["a mark older than a day", long, { BTC: [[-21, 90]] }, "untold"],
    ["a mark from before the entry, which the fill outdates", long, { BTC: [[0, 120]] }, "not-losing"],
    [
      "a position that was there before",
      [fill(1, "buy", "100", { positionBefore: "5" })],
      { BTC: [[2, 90]] },
      "untold",
    ],
    [
      "one at a loss beside one without a price",
      [...long, fill(1, "buy", "5", { symbol: "ETH" })],
      { BTC: [[2, 99]] },
      "losing",
    ],
    [
      "one in profit beside one without a price",
      [...long, fill(1, "buy", "5", { symbol: "ETH" })],
      { BTC: [[2, 101]] },
      "untold",
    ],
    [
      "one at a loss beside a larger profit",
      [...long, fill(1, "buy", "5", { symbol: "ETH" })],
      { BTC: [[2, 99]], ETH: [[2, 50]] },
      "losing",
    ],
  ] as const)("%s", async (_, fills, marks, held) => {
    expect(await heldAt(fills, marks, paid(4, "10.5"))).toEqual([`10.5 ${held}`]);
  });

  it("is as it was before that moment, and not what came after", async () => {
    const fills = [...long, fill(4, "sell", "90"), fill(6, "buy", "100")];
    const marks = { BTC: [[2, 95]] } as const;
    const transfers = [paid(4, "1"), paid(5, "2"), paid(7, "3")];
    expect(await heldAt(fills, marks, ...transfers)).toEqual(["1 losing", "2 not-losing", "3 not-losing"]);
  });

  it("leaves out what was paid in before the first fill, paid out, or not told", async () => {
    const transfers = [paid(0, "1000"), paid(1, "5"), paid(2, "-10"), paid(3, null)];
    expect(await heldAt(long, {}, ...transfers)).toEqual([]);
  });

  it("does not count funding as a fill", async () => {
    const funding = fill(0, "buy", "0", { kind: "funding", fee: "-1" });
    expect(await heldAt([funding, ...long], {}, paid(0.5, "5"))).toEqual([]);
  });

  it("is null where no source tells transfers", async () => {
    const nothing = { fills: async function* () {}, marks: { markAt: () => null }, transfers: null };
    expect(await paymentsIn(nothing)).toBeNull();
  });
});
