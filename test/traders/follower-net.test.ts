/** What a follower gets of a leader's record: equal to it without costs, and to the cent what a count by hand says with them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BarRow, copied, DAY_MS, FIRST_MS, fillAt, listed, settingsWith } from "./copying-fixture.ts";

const MINUTE_MS = 60_000;

/** Bars in which nothing moves. */
function still(price: number, minutes: number, fromMs = FIRST_MS): readonly BarRow[] {
  return Array.from({ length: minutes }, (_, at) => ({
    openMs: fromMs + at * MINUTE_MS,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 1_000,
  }));
}

describe("a follower's results", () => {
  it("are the leader's without delay, cost and steps", async () => {
    const step = { quantityStep: "0.000000000001", minQuantity: "0.000000000001", minNotional: "0" };
    const free = listed(
      { ...step, symbol: "BTCUSDT", maxMarketQuantity: "1000", maxLimitQuantity: "1000" },
      { ...step, symbol: "ETHUSDT", maxMarketQuantity: "1000", maxLimitQuantity: "1000" },
    );
    const trade = fc.record({
      gapSeconds: fc.integer({ min: 1, max: 90_000 }),
      symbol: fc.constantFrom("BTCUSDT", "ETHUSDT"),
      leg: fc.constantFrom("net", "long", "short") as fc.Arbitrary<"net" | "long" | "short">,
      isBuy: fc.boolean(),
      cents: fc.integer({ min: 5_000, max: 20_000 }),
      thousandths: fc.integer({ min: 1, max: 2_000 }),
      isFunding: fc.boolean(),
    });
    const history = fc.tuple(
      fc.array(trade, { minLength: 1, maxLength: 25 }),
      fc.array(fc.integer({ min: 5_000, max: 20_000 }), { minLength: 30, maxLength: 30 }),
      fc.integer({ min: 100, max: 10_000_000 }),
    );
    await fc.assert(
      fc.asyncProperty(history, async ([trades, closes, equity]) => {
        let seconds = 0;
        const held = new Map<string, number>();
        const fills = trades.map(({ gapSeconds, symbol, leg, isBuy, cents, thousandths, isFunding }) => {
          seconds += gapSeconds;
          const text = `${isBuy ? "+" : "-"}${thousandths / 1000} @ ${cents / 100}`;
          const before = held.get(`${symbol} ${leg}`) ?? 0;
          // Only what is held pays; what legs held before the history their fills tell later.
          if (isFunding && leg === "net" && before !== 0)
            return fillAt(seconds, text, { symbol, leg, kind: "funding", fee: "-0.25" });
          held.set(`${symbol} ${leg}`, before + (isBuy ? thousandths : -thousandths));
          return fillAt(seconds, text, { symbol, leg });
        });
        const bars = closes.map((cents, day) => {
          const price = cents / 100;
          const openMs = FIRST_MS + day * DAY_MS;
          return { openMs, open: price, high: price + 1, low: price - 1, close: price, volume: 10 };
        });
        const { leader, follower } = await copied({
          fills,
          leaderEquity: "10000",
          settings: settingsWith({ equity: String(equity) }),
          instruments: free,
          intervalMs: DAY_MS,
          bars: { BTCUSDT: bars, ETHUSDT: bars },
        });
        expect(follower.days).toEqual(leader.days);
        for (const [day, own] of follower.returns.entries())
          expect(Math.abs(own - (leader.returns[day] ?? Number.NaN)), `day ${day}`).toBeLessThan(1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it("are to the cent what a count by hand says", async () => {
    // Ten times the follower's capital; the market stands at 100 on the first day and at 110 on the second.
    const fills = [
      // 0.025 for the follower: 2.50 USDT, too little.
      fillAt(30, "+0.255 @ 100"),
      // 0.065 in all: 6.50 USDT.
      fillAt(600, "+0.4 @ 100"),
      // 0.015 stays; a reduction has no minimum value.
      fillAt(1_200, "-0.5 @ 100"),
      // Closed, and turned into a short position of 0.1 of the capitals of that day.
      fillAt(86_400 + 60, "-3.155 @ 110"),
      fillAt(86_400 + 120, "+3 @ 110"),
    ];
    const { follower } = await copied({
      fills,
      leaderEquity: "10000",
      settings: settingsWith({ equity: "1000", delayMs: 1_000, feeRate: 0.001, halfSpreadBps: 10 }),
      instruments: listed({}),
      bars: { BTCUSDT: [...still(100, 1_440), ...still(110, 10, FIRST_MS + DAY_MS)] },
    });
    // Bought 0.065 at 100.1, sold 0.05 at 99.9: fees 0.0065065 and 0.004995. 0.015 is worth 100 each at midnight.
    const first = -0.065 * 100.1 + 0.05 * 99.9 + 0.015 * 100 - 0.0065065 - 0.004995;
    // The leader is at 10,000 still, and the follower's capital a little under its tenth: 0.2999... is 0.299.
    expect((1000 + first) / 10000).toBeLessThan(0.1);
    const sold = 110 * 0.999;
    const bought = 110 * 1.001;
    const second = 0.015 * (sold - 100) + 0.299 * (sold - bought) - 0.001 * (0.314 * sold + 0.299 * bought);
    expect(follower.pnl[0]).toBeCloseTo(first, 10);
    expect(follower.pnl[1]).toBeCloseTo(second, 10);
    expect([...follower.returns]).toEqual([
      expect.closeTo(first / 1000, 12),
      expect.closeTo(second / (1000 + first), 12),
    ]);
    // 0.155 from 100 to 110 at a tenth is what the leader's trades brought.
    expect(follower.edge.gross).toBeCloseTo(0.155, 10);
    expect(follower.edge.fees).toBeCloseTo(0.0115015 + 0.001 * (0.314 * sold + 0.299 * bought), 10);
    expect(follower.edge.slippage).toBeCloseTo(0.1 * 0.115 + 0.11 * (0.314 + 0.299), 10);
    expect(follower.edge).toMatchObject({ delay: 0, funding: 0 });
    expect(follower.orders).toBe(5);
  });
});
