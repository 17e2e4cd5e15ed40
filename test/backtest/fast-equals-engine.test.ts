/**
 * The fast path gives what the engine gives: the same fills (moment, side, size, price and fee), the same targets, and the same equity,
 * longs and shorts at each hour, to the last digit that the venue tells. On made-up histories full of what is awkward, and on
 * real traders and bars.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedLeaders, recordedMarkets } from "../../src/backtest/history.ts";
import { shippedSpecs } from "../../src/backtest/instruments.ts";
import type { SlippageModel } from "../../src/backtest/market/slippage.ts";
import type { MinimumPolicy, SizingRule } from "../../src/core/settings.ts";
import { openMarketHistory } from "../../src/market/history-folder.ts";
import { importFile } from "../../src/market/import/import-file.ts";
import type { MarketHistory } from "../../src/market/market-history.ts";
import type { TraderRecord } from "../../src/store/trader-store.ts";
import { instrumentList } from "../../src/traders/copying/copied-market.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";
import { leadFills } from "../traders/lead-fills.ts";
import { type Both, throughBoth, type Variation } from "./fast-and-engine.ts";
import { plantedPast } from "./planted-history.ts";
import { BEGIN_MS, DAY_MS, makePast, type Past, recordedFrom, VENUE } from "./recorded-past.ts";

const SHARE = { kind: "equity-proportional", rebalanceBand: "0.1", capital: { kind: "equity" } } as const;
const FIXED: SlippageModel = { kind: "fixed", bps: 5 };
const SPREAD: SlippageModel = { kind: "impact", halfSpreadBps: 1, factor: 0 };

const USUAL = {
  slippage: FIXED,
  equity: "10000",
  delayMs: 1_000,
  delaySpread: 0.5,
  latencyMs: 50,
  takerRate: "0.00055",
  capitalAt: () => "100000",
  tellsCapitalDaily: false,
  seed: 1,
} as const;

function expectEqual({ fast, fills, engine }: Both): void {
  if (fast.kind !== "lived" || engine === null)
    throw new Error(`left to the engine: ${JSON.stringify(fast)}`);
  expect(fills).toEqual(engine.fills);
  expect(fast.samples).toEqual(engine.samples);
  expect(fast.targets).toMatchObject(engine.targets);
  expect(fast.fees).toBeCloseTo(engine.fees, 7);
  expect(fast.funding).toBeCloseTo(engine.funding, 7);
}

describe("a made-up week", () => {
  it.each<readonly [string, Pick<Variation, "settings"> & Partial<Variation>]>([
    ["a multiplier", { settings: { sizing: { kind: "multiplier", multiplier: "0.02" } } }],
    ["a share of the equity", { settings: { sizing: SHARE, positionScaling: "0.7" }, slippage: SPREAD }],
    [
      "parts that are given up",
      { settings: { sizing: SHARE, minimumPolicy: { kind: "skip" }, positionScaling: "0.01" } },
    ],
  ])("by %s", async (_name, variation) => {
    const range = { fromMs: BEGIN_MS + DAY_MS, toMs: BEGIN_MS + 8 * DAY_MS };
    const { recorded, markets } = await recordedFrom(makePast(2, 8, 2), range);
    expectEqual(throughBoth(recorded, markets, { ...USUAL, range, ...variation }));
  });
});

const sizing: fc.Arbitrary<SizingRule> = fc.oneof(
  fc
    .constantFrom("0.5", "0.1", "0.0231", "0.002")
    .map((multiplier) => ({ kind: "multiplier" as const, multiplier })),
  fc.constantFrom("0.1", "0.01", "0.001", "0").map((rebalanceBand) => ({ ...SHARE, rebalanceBand })),
);
const minimumPolicy = fc.constantFrom<MinimumPolicy>(
  { kind: "skip" },
  { kind: "accumulate" },
  { kind: "round-up", excessMax: "3" },
);
const variations = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  settings: fc.record({
    sizing,
    minimumPolicy,
    positionScaling: fc.constantFrom("1", "0.7", "0.1"),
    symbols: fc.constantFrom(null, null, null, ["BTC*"]),
  }),
  slippage: fc.constantFrom<SlippageModel>(FIXED, SPREAD, { kind: "fixed", bps: 0 }),
  equity: fc.constantFrom("10000", "100000", "12345.67"),
  delayMs: fc.constantFrom(1_000, 0, 50, 100, 3_000, 60_000),
  delaySpread: fc.constantFrom(0, 0.5),
  latencyMs: fc.constantFrom(50, 50, 0, 1, 250),
  takerRate: fc.constantFrom("0.00055", "0", "0.0004321"),
  tellsCapitalDaily: fc.boolean(),
  beginSeconds: fc.integer({ min: 0, max: 86_400 }),
  // Afterwards only what traders paid tells prices.
  barDays: fc.constantFrom(3, 3, 1, 0),
});

function withBarsUntil(past: Past, untilMs: number): Past {
  const bars = [...past.bars].map(
    ([symbol, rows]) => [symbol, rows.filter(([openMs]) => openMs < untilMs)] as const,
  );
  return { ...past, bars: new Map(bars) };
}

/** Where what is planted lies outside of the domain there is nothing to compare. */
const LIVED_SHARE_MIN = 0.4;
const RUNS = 20;

describe("planted histories", () => {
  it("come out the same by all settings of the domain", async () => {
    let lived = 0;
    await fc.assert(
      fc.asyncProperty(variations, async ({ beginSeconds, barDays, ...variation }) => {
        const range = { fromMs: BEGIN_MS + beginSeconds * 1_000, toMs: BEGIN_MS + 3 * DAY_MS };
        const { recorded, markets } = await recordedFrom(
          withBarsUntil(plantedPast(variation.seed, 3), BEGIN_MS + barDays * DAY_MS),
          range,
        );
        const capitalAt = (ms: number) => (100_000 + (Math.floor(ms / DAY_MS) % 5) * 3_000.5).toFixed(2);
        const both = throughBoth(recorded, markets, { ...USUAL, ...variation, capitalAt, range });
        if (both.fast.kind === "needs-engine") return;
        lived += 1;
        expectEqual(both);
      }),
      { numRuns: RUNS },
    );
    expect(lived).toBeGreaterThan(RUNS * LIVED_SHARE_MIN);
  });
});

/** Of the days from then on: one trader of a coin that the venue counts in thousands, one of many, and one of BTC. */
const REAL_FROM_MS = Date.parse("2024-06-01T00:00:00Z");
const REAL = [
  ["3977234346014419201", "0.02"],
  ["3914654298562589441", "0.05"],
  ["3998659472131949824", "0.05"],
] as const;

/** The venue lists two of the coins in thousands. */
const REAL_MARKETS = ["1h/SHIB", "1h/FLOKI", "1h/BTC", "1h/ETH", "funding/BTC"];
const IMPORT = {
  venue: "binance",
  keepsLast: true,
  scale: "1",
  volumeIn: "base",
  nowMs: Date.now(),
} as const;

describe.runIf(hasShared)(`real traders${sharedNote}`, () => {
  let folder: string;
  let history: MarketHistory;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "fast-"));
    history = openMarketHistory(folder);
    for (const file of REAL_MARKETS)
      importFile(sharedPath(`data/market/binance_um/${file}USDT.csv.gz`), IMPORT, history);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(REAL)("%s comes out the same", async (trader, multiplier) => {
    const range = { fromMs: REAL_FROM_MS, toMs: REAL_FROM_MS + 6 * DAY_MS };
    const all = leadFills().get(trader) ?? [];
    const store = {
      async *fills() {
        yield all.toSorted((one, other) => one.timeMs - other.timeMs);
      },
    };
    const record = { venue: "binance", trader, statedEquity: "10000" } as TraderRecord;
    const recorded = await recordedLeaders(store, [record], range.toMs);
    const list = instrumentList(shippedSpecs(VENUE), { isComplete: false, key: "shipped" });
    const markets = recordedMarkets(recorded, { history, list, venue: VENUE, range });
    for (const settings of [
      { sizing: { kind: "multiplier", multiplier } as const },
      { sizing: SHARE, minimumPolicy: { kind: "skip" } as const },
    ]) {
      const both = throughBoth(recorded, markets, {
        ...USUAL,
        equity: "100000",
        capitalAt: () => "100000",
        settings,
        range,
      });
      expectEqual(both);
      expect(both.fills.length).toBeGreaterThan(3);
    }
  });
});
