/** Small histories to be copied: fills, bars, instruments, and what a follower of them gets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COPY_DEFAULTS, type CopySettings } from "../../src/analytics/copying/copy-settings.ts";
import { VenueId } from "../../src/core/model/identifiers.ts";
import type { InstrumentSpec } from "../../src/core/model/instrument.ts";
import { openMarketHistory } from "../../src/market/history-folder.ts";
import type { TraderFillRecord, TraderRecord } from "../../src/store/trader-store.ts";
import { type InstrumentList, instrumentList, NO_LIST } from "../../src/traders/copying/copied-market.ts";
import { type FollowerNet, followerNetReturns } from "../../src/traders/copying/follower-net.ts";
import { openMarketMoves } from "../../src/traders/copying/market-moves.ts";
import { type TraderEvidence, traderEvidence } from "../../src/traders/evidence.ts";
import { openTraderMarks } from "../../src/traders/marks.ts";
import type { QualityFlag } from "../../src/traders/quality.ts";

export const FIRST_MS = Date.UTC(2024, 4, 1);
export const DAY_MS = 86_400_000;
const FREE: CopySettings = {
  ...COPY_DEFAULTS,
  delayMs: 0,
  feeRate: 0,
  halfSpreadBps: 0,
  impactFactor: 0,
};

/** No delay and no cost; what is said otherwise is so. */
export function settingsWith(more: Partial<CopySettings>): CopySettings {
  return { ...FREE, ...more };
}

/** `+0.5 @ 100` buys at so many seconds after the first midnight. */
export function fillAt(
  seconds: number,
  text: string,
  more: Partial<TraderFillRecord> = {},
): TraderFillRecord {
  const [, sign, quantity = "", price = ""] = /^([+-])(\S+) @ (\S+)$/.exec(text) ?? [];
  return {
    kind: "trade",
    timeMs: FIRST_MS + seconds * 1_000,
    symbol: "BTCUSDT",
    quoteAsset: "USDT",
    side: sign === "+" ? "buy" : "sell",
    leg: "net",
    price,
    quantity,
    realizedPnl: null,
    fee: "0",
    feeAsset: "USDT",
    liquidity: "taker",
    tradeId: "",
    orderId: "",
    positionBefore: null,
    closedQuantity: null,
    leverage: null,
    ...more,
  };
}

export function listed(...specs: readonly Partial<InstrumentSpec>[]): InstrumentList {
  return instrumentList(specs.map(spec), { isComplete: true, key: "test" });
}

function spec(more: Partial<InstrumentSpec>): InstrumentSpec {
  return {
    venue: VenueId("bybit"),
    symbol: "BTCUSDT",
    baseCoin: "BTC",
    settleCoin: "USDT",
    status: "trading",
    tickSize: "0.1",
    quantityStep: "0.001",
    minQuantity: "0.001",
    maxLimitQuantity: "1000",
    maxMarketQuantity: "500",
    minNotional: "5",
    minPrice: "0.1",
    maxPrice: "1999999.8",
    maxLeverage: "100",
    leverageStep: "0.01",
    fundingIntervalMinutes: 480,
    ...more,
  };
}

export interface BarRow {
  readonly openMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface CopiedHistory {
  readonly fills: readonly TraderFillRecord[];
  readonly leaderEquity: string;
  readonly settings: CopySettings;
  readonly instruments?: InstrumentList;
  readonly intervalMs?: number;
  readonly bars?: Readonly<Record<string, readonly BarRow[]>>;
  /** `[time, rate]`. */
  readonly funding?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

const NO_FUNDING: QualityFlag = { word: "no-funding", count: 0 };

/** What the leader's record is, and what a follower of it gets. */
export async function copied(
  history: CopiedHistory,
): Promise<{ readonly leader: TraderEvidence; readonly follower: FollowerNet }> {
  const folder = mkdtempSync(join(tmpdir(), "copying-"));
  try {
    return await copiedIn(folder, history);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function copiedIn(folder: string, history: CopiedHistory) {
  const market = openMarketHistory(folder);
  const intervalMs = history.intervalMs ?? 60_000;
  for (const [symbol, rows] of Object.entries(history.bars ?? {})) {
    const column = (of: (row: BarRow) => number) => Float64Array.from(rows, of);
    const columns = [
      column((row) => row.open),
      column((row) => row.high),
      column((row) => row.low),
      column((row) => row.close),
      column((row) => row.volume),
    ];
    const times = column((row) => row.openMs);
    const covered = [{ fromMs: times[0] ?? 0, toMs: (times.at(-1) ?? 0) + intervalMs }];
    market.write({ venue: "bybit", symbol, kind: "bars", intervalMs }, { times, columns }, covered);
  }
  for (const [symbol, rows] of Object.entries(history.funding ?? {})) {
    const times = Float64Array.from(rows, ([ms]) => ms);
    const covered = [{ fromMs: times[0] ?? 0, toMs: (times.at(-1) ?? 0) + 1 }];
    const columns = [Float64Array.from(rows, ([, rate]) => rate)];
    market.write({ venue: "bybit", symbol, kind: "funding", intervalMs: 0 }, { times, columns }, covered);
  }
  const trader: TraderRecord = {
    venue: "bybit",
    trader: "leader",
    firstSeenMs: 0,
    lastSeenMs: 0,
    history: "complete",
    statedEquity: history.leaderEquity,
    revision: 1,
    rejectedRows: 0,
  };
  const range = { fromMs: FIRST_MS - DAY_MS, toMs: FIRST_MS + 400 * DAY_MS };
  const marks = openTraderMarks(market, "bybit", range);
  // In small pages, as a store gives them.
  const fills = async function* () {
    for (let at = 0; at < history.fills.length; at += 3) yield history.fills.slice(at, at + 3);
  };
  const quality = history.fills.some(({ kind }) => kind === "funding") ? [] : [NO_FUNDING];
  const leader = await traderEvidence({ trader, fills, marks, equity: null, quality });
  if (leader === null) throw new Error("no fills");
  const sources = {
    marks,
    moves: openMarketMoves(market, "bybit"),
    instruments: history.instruments ?? NO_LIST,
  };
  const follower = await followerNetReturns(
    { ...sources, trader, evidence: leader, fills },
    history.settings,
  );
  return { leader, follower };
}
