/** What a follower gets of a leader's record: equal to it without costs, and to the cent what a count by hand says with them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pnlByForce } from "./copying-by-force.ts";
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

  it("are what the plainest way gives, whatever the fills, the prices and the follower", async () => {
    const QUARTER_MS = 15 * MINUTE_MS;
    const DAYS = 3;
    const bar = fc.record({
      up: fc.integer({ min: -200, max: 200 }),
      above: fc.integer({ min: 0, max: 100 }),
      below: fc.integer({ min: 0, max: 100 }),
      volume: fc.integer({ min: 1, max: 5_000 }),
    });
    const trade = fc.record({
      gapSeconds: fc.integer({ min: 1, max: 40_000 }),
      thousandths: fc.integer({ min: -3_000, max: 3_000 }).filter((one) => one !== 0),
      apart: fc.integer({ min: -50, max: 50 }),
    });
    const story = fc.record({
      trades: fc.array(trade, { minLength: 1, maxLength: 20 }),
      moves: fc.array(bar, { minLength: DAYS * 96, maxLength: DAYS * 96 }),
      equity: fc.constantFrom(200, 1_000, 5_000, 30_000),
      delayMs: fc.constantFrom(0, 1_000, 90_000, 2_000_000),
      feeRate: fc.constantFrom(0, 0.00055, 0.02),
      halfSpreadBps: fc.constantFrom(0, 1, 30),
      impactFactor: fc.constantFrom(0, 1),
      step: fc.constantFrom(0.001, 0.1),
      minNotional: fc.constantFrom(0, 5, 100),
    });
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(story, async ({ trades, moves, ...follower }) => {
        let price = 100;
        const bars = moves.map(({ up, above, below, volume }, at) => {
          const open = price;
          const close = Math.round((open + up / 100) * 100) / 100;
          price = Math.max(close, 20);
          const [high, low] = [Math.max(open, price) + above / 100, Math.min(open, price) - below / 100];
          return { openMs: FIRST_MS + at * QUARTER_MS, open, high, low, close: price, volume };
        });
        // On odd seconds, so that nothing falls on the end of a bar.
        let seconds = 1;
        const fills = trades.flatMap(({ gapSeconds, thousandths, apart }) => {
          seconds += 2 * gapSeconds;
          const row = bars[Math.floor(seconds / 900)];
          if (row === undefined || seconds >= (DAYS * 96 - 1) * 900) return [];
          const paid = Math.round((row.close + apart / 100) * 100) / 100;
          return [{ seconds, quantity: thousandths / 1_000, price: paid }];
        });
        if (fills.length === 0) return;
        const { follower: found } = await copied({
          fills: fills.map(({ seconds: at, quantity, price: paid }) =>
            fillAt(at, `${quantity > 0 ? "+" : "-"}${Math.abs(quantity)} @ ${paid}`),
          ),
          leaderEquity: "5000",
          settings: settingsWith({ ...follower, equity: String(follower.equity) }),
          instruments: listed({
            quantityStep: String(follower.step),
            minQuantity: String(follower.step),
            minNotional: String(follower.minNotional),
          }),
          intervalMs: QUARTER_MS,
          bars: { BTCUSDT: bars },
        });
        const forced = pnlByForce({
          ...follower,
          fills: fills.map(({ seconds: at, ...fill }) => ({ atMs: FIRST_MS + at * 1_000, ...fill })),
          bars,
          intervalMs: QUARTER_MS,
          leaderEquity: 5_000,
          tick: 0.1,
        });
        expect(found.pnl).toHaveLength(forced.length);
        for (const [day, pnl] of found.pnl.entries()) {
          if (pnl !== 0) moved += 1;
          expect(Math.abs(pnl - (forced[day] ?? Number.NaN)), `day ${day}`).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 80 },
    );
    expect(moved).toBeGreaterThan(40);
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

  it("are late at the price of then, with impact, as a count over the bars says", async () => {
    // 100 to 102 in five minutes, then 102 to 101; the fill is one minute into the first, the copy one minute into the second.
    const bar = (at: number, open: number, high: number, low: number, close: number): BarRow => ({
      openMs: FIRST_MS + at * 5 * MINUTE_MS,
      ...{ open, high, low, close, volume: 400 },
    });
    const { follower } = await copied({
      fills: [fillAt(60, "+10 @ 100.3"), fillAt(660, "-10 @ 101")],
      leaderEquity: "10000",
      settings: settingsWith({ equity: "1000", delayMs: 300_000, halfSpreadBps: 10, impactFactor: 1 }),
      instruments: listed({}),
      intervalMs: 5 * MINUTE_MS,
      bars: {
        BTCUSDT: [
          bar(0, 100, 103, 99, 102),
          bar(1, 102, 104, 100, 101),
          bar(2, 101, 101, 101, 101),
          bar(3, 101, 101, 101, 101),
        ],
      },
    });
    const volatility = (high: number, low: number) => Math.log(high / low) / Math.sqrt(4 * Math.log(2));
    const open = Math.sqrt(volatility(103, 99) ** 2 * 0.8 * 0.2 + volatility(104, 100) ** 2 * 0.2 * 0.8);
    // From 100.4 on the line to 101.8, applied to what the leader paid, and as far again as is open.
    const later = 100.3 * (101.8 / 100.4) * (1 + open * Math.sqrt(2 / Math.PI));
    const slip = later * (0.001 + volatility(104, 100) * Math.sqrt(1 / 400));
    // Nothing moves any more when it sells.
    const sold = 101 * (1 - 0.001);
    expect(follower.pnl[0]).toBeCloseTo(sold - (later + slip), 10);
    expect(follower.edge.gross).toBeCloseTo(0.7, 10);
    expect(follower.edge.delay).toBeCloseTo(later - 100.3, 10);
    expect(follower.edge.slippage).toBeCloseTo(slip + 0.101, 10);
    expect(follower.edge.sizes).toBeCloseTo(0, 9);
    expect(follower.copyability.parts).toMatchObject({
      edge: 0,
      size: 1,
      listed: 1,
      bursts: 1,
      holding: 0.5,
    });
    expect(follower.assumptions.map(({ word }) => word)).toEqual(["prices-between-bars", "funding-unknown"]);
  });

  it("have the funding of the market's rates where the leader's is not told, and its share of the leader's where it is", async () => {
    const hour = 3_600;
    const stamps = [4, 8, 12].map((at) => [FIRST_MS + at * hour * 1_000, 0.001] as const);
    const history = {
      leaderEquity: "10000",
      settings: settingsWith({ equity: "1000" }),
      instruments: listed({}),
      intervalMs: hour * 1_000,
      bars: { BTCUSDT: still(100, 24).map((row, at) => ({ ...row, openMs: FIRST_MS + at * hour * 1_000 })) },
      funding: { BTCUSDT: stamps },
    };
    // A tenth of 20 long over two of the settlements: two at 100 and 0.1 %, twice.
    const trades = [fillAt(5 * hour, "+20 @ 100"), fillAt(13 * hour, "-20 @ 100")];
    const { follower: byRates } = await copied({ ...history, fills: trades });
    expect(byRates.edge.funding).toBeCloseTo(-0.4, 10);
    expect(byRates.pnl[0]).toBeCloseTo(-0.4, 10);
    const [bought, sold] = trades;
    const paid = fillAt(8 * hour, "+20 @ 100", { kind: "funding", fee: "-3" });
    if (bought === undefined || sold === undefined) return expect.fail("no trades");
    const { follower: byShare } = await copied({ ...history, fills: [bought, paid, sold] });
    expect(byShare.pnl[0]).toBeCloseTo(-0.3, 10);
    // It is the leader's own: nothing that copying takes.
    expect(byShare.edge).toMatchObject({ funding: 0, gross: expect.closeTo(-0.3, 10) });
  });

  it("are the same for a coin that the follower's venue counts in other units", async () => {
    const fills = [
      fillAt(60, "+5000 @ 0.02", { symbol: "1000SHIBUSDT" }),
      fillAt(3_600, "-5000 @ 0.025", { symbol: "1000SHIBUSDT" }),
    ];
    const steps = {
      quantityStep: "1",
      minQuantity: "1",
      maxMarketQuantity: "100000000",
      tickSize: "0.00000001",
    };
    const results = [];
    for (const symbol of ["1000SHIBUSDT", "SHIB1000USDT", "SHIBUSDT"]) {
      const { follower } = await copied({
        fills,
        leaderEquity: "1000",
        settings: settingsWith({ equity: "100" }),
        instruments: listed({ ...steps, symbol, maxLimitQuantity: "100000000" }),
      });
      results.push([follower.pnl[0], follower.orders, follower.copyability.parts.listed]);
    }
    // 500 of a thousand coins each, from 0.02 to 0.025.
    expect(results).toEqual([
      [2.5, 2, 1],
      [2.5, 2, 1],
      [2.5, 2, 1],
    ]);
  });

  it("leave out what the venue does not list, and count it", async () => {
    const { follower } = await copied({
      fills: [
        fillAt(1, "+1 @ 300"),
        fillAt(2, "+1 @ 100", { symbol: "RAREUSDT" }),
        fillAt(3, "-1 @ 150", { symbol: "RAREUSDT" }),
        fillAt(4, "-1 @ 300"),
      ],
      leaderEquity: "1000",
      settings: settingsWith({ equity: "100" }),
      instruments: listed({}),
    });
    expect(follower.edge).toMatchObject({ gross: 5, net: 0, sizes: 5 });
    // 600 of 850.
    expect(follower.copyability.parts.listed).toBeCloseTo(600 / 850, 12);
    expect(follower.copyability.parts.size).toBeCloseTo(600 / 850, 12);
    expect(follower.assumptions).toContainEqual({
      word: "unlisted",
      text: "RAREUSDT: the follower's venue does not list these: they are not copied",
    });
  });

  it("leave out what was held before in a size that nobody tells, on both sides", async () => {
    const before = { symbol: "ETHUSDT", realizedPnl: "7" };
    const { leader, follower } = await copied({
      fills: [
        fillAt(1, "-1 @ 50", before),
        fillAt(2, "+1 @ 100"),
        fillAt(3, "-1 @ 105", { realizedPnl: "5" }),
      ],
      leaderEquity: "1000",
      settings: settingsWith({ equity: "100" }),
      instruments: listed({}, { symbol: "ETHUSDT" }),
    });
    expect([...leader.pnl]).toEqual([12]);
    expect(follower.edge).toMatchObject({ gross: expect.closeTo(0.5, 12), net: 0.5, sizes: 0 });
    expect(follower.copyability.parts).toMatchObject({ edge: expect.closeTo(1, 12), size: 1, listed: 1 });
    expect(follower.assumptions.map(({ word }) => word)).toContain("size-unknown");
  });

  it("are sized by the leader's own steps where no list tells, and that is said", async () => {
    const { follower } = await copied({
      fills: [fillAt(1, "+1.5 @ 100"), fillAt(2, "-1.5 @ 101")],
      leaderEquity: "1000",
      settings: settingsWith({ equity: "500" }),
    });
    // 0.75 in tenths, as the leader trades: 0.7.
    expect(follower.pnl[0]).toBeCloseTo(0.7, 10);
    expect(follower.copyability.parts.listed).toBeNull();
    expect(follower.assumptions.map(({ word }) => word)).toContain("filters-assumed");
  });

  it("are sized anew at midnight when the capitals have moved apart by more than the band", async () => {
    const fills = [fillAt(60, "+10 @ 100"), fillAt(2 * 86_400, "-10 @ 100")];
    const bars = { BTCUSDT: still(100, 4 * 1_440) };
    const history = { fills, leaderEquity: "1000", instruments: listed({}), bars };
    const cheap = await copied({ ...history, settings: settingsWith({ equity: "1000", feeRate: 0.05 }) });
    expect(cheap.follower.orders).toBe(2);
    // A fifth of the capital is gone after the first day: 8 of 10 are held from then on.
    const dear = await copied({ ...history, settings: settingsWith({ equity: "1000", feeRate: 0.2 }) });
    expect(dear.follower.orders).toBe(3);
    expect([...dear.follower.pnl]).toEqual([
      expect.closeTo(-200, 9),
      expect.closeTo(-40, 9),
      expect.closeTo(-160, 9),
    ]);
  });

  it("end when the follower's capital is used up", async () => {
    const { follower } = await copied({
      fills: [fillAt(1, "+10 @ 100"), fillAt(86_401, "-10 @ 95"), fillAt(2 * 86_400 + 1, "+1 @ 95")],
      leaderEquity: "500",
      settings: settingsWith({ equity: "100", feeRate: 0.3 }),
      instruments: listed({}),
    });
    expect([...follower.returns]).toEqual([-0.6, -1, 0]);
    expect(follower.assumptions.at(-1)).toMatchObject({
      word: "capital-used-up",
      text: expect.stringContaining("on 2024-05-02 the follower's capital is used up"),
    });
  });

  it("know nothing of what comes later: a shorter record gives the same days", async () => {
    const fills = [
      fillAt(60, "+0.5 @ 100"),
      fillAt(7_200, "+0.25 @ 110"),
      fillAt(86_400 + 60, "-0.5 @ 105"),
      fillAt(2 * 86_400 + 60, "-0.25 @ 95"),
      fillAt(3 * 86_400 + 60, "+0.125 @ 95"),
    ];
    const history = {
      leaderEquity: "1000",
      settings: settingsWith({
        equity: "1000",
        delayMs: 1_000,
        feeRate: 0.00055,
        halfSpreadBps: 1,
        impactFactor: 1,
      }),
      instruments: listed({}),
      bars: { BTCUSDT: still(100, 5 * 1_440) },
    };
    const whole = await copied({ ...history, fills });
    const short = await copied({ ...history, fills: fills.slice(0, 3) });
    // The last day of the shorter record ends with its last fill.
    expect([...short.follower.returns].slice(0, 1)).toEqual([...whole.follower.returns].slice(0, 1));
    expect([...short.leader.returns].slice(0, 1)).toEqual([...whole.leader.returns].slice(0, 1));
  });
});
