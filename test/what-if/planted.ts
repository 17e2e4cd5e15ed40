/** Small pasts of our own making for what-ifs: one leader's fills and bars in folders, and what is asked about them by default. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCopyTerms } from "../../src/config.ts";
import { FOLLOWER } from "../../src/control/backtest/past.ts";
import type { WhatIfReport, WhatIfRequest } from "../../src/control/what-if/report.ts";
import { whatIf } from "../../src/control/what-if/what-if.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";

export const BEGIN_MS = Date.parse("2024-05-01T00:00:00Z");
export const MINUTE_MS = 60_000;
export const LEADER = "leader";

export interface PlantedFill {
  readonly timeMs: number;
  readonly side: "buy" | "sell";
  readonly price: number;
  readonly quantity: number;
}

/** `[openMs, open, high, low, close, volume]` of BTCUSDT. */
export type PlantedBar = readonly [number, number, number, number, number, number];

export interface Planted {
  readonly fills: readonly PlantedFill[];
  readonly bars: readonly PlantedBar[];
}

/** In a folder of its own: `fills`, `market`; nothing else of it is ever there. */
export function plantedFolder({ fills, bars }: Planted): string {
  const folder = mkdtempSync(join(tmpdir(), "what-if-"));
  mkdirSync(join(folder, "fills"));
  const rows = fills.map(({ timeMs, side, price, quantity }) =>
    [LEADER, "binance", timeMs, "BTCUSDT", side, "net", price, quantity, "", "0"].join(","),
  );
  const header = "trader,venue,time,symbol,side,position_side,price,quantity,realized_pnl,fee";
  writeFileSync(join(folder, "fills", "fills.csv"), `${[header, ...rows].join("\n")}\n`);
  const market = join(folder, "market", "binance_um", "5m");
  mkdirSync(market, { recursive: true });
  const lines = bars.map((row) => row.join(","));
  writeFileSync(
    join(market, "BTCUSDT.csv"),
    `open_time_ms,open,high,low,close,volume\n${lines.join("\n")}\n`,
  );
  return folder;
}

/** A follower with no delay, no cost and every limit as it is by default. */
export function free(folder: string, settings: Readonly<Record<string, unknown>> = {}): WhatIfRequest {
  const ids = { leader: AccountId(LEADER), follower: FOLLOWER };
  const loaded = loadCopyTerms(join(folder, "config"), ids, settings);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return {
    leader: LEADER,
    venue: null,
    leaderEquity: "100000",
    traders: join(folder, "fills"),
    market: join(folder, "market"),
    equity: "10000",
    terms: loaded.terms,
    delay: { medianMs: 0, spread: 0, seed: 1 },
    orderLatencyMs: 0,
    feeRate: 0,
    slippage: { kind: "impact", halfSpreadBps: 0, factor: 0 },
    impactFactor: 0,
    horizonDays: null,
    delaysMs: [100, 1_000, 10_000, 60_000],
    lives: 1,
    resamples: 200,
    seed: 1,
  };
}

export function ask(folder: string, request: WhatIfRequest): Promise<WhatIfReport> {
  return whatIf(join(folder, "data"), request, {
    stop: new AbortController().signal,
    onNote: () => {},
    onFile: () => {},
    onStep: () => {},
  });
}

export function removed(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Once every six hours the leader buys (or sells short) one coin, the price runs ten minutes its way, and an hour after the beginning
 * the leader is out; then the price goes back where it was.
 */
export function momentum({
  days,
  price = 50_000,
  perMinute = 50,
}: {
  readonly days: number;
  readonly price?: number;
  readonly perMinute?: number;
}): Planted {
  const fills: PlantedFill[] = [];
  const bars: PlantedBar[] = [];
  for (let minute = 0; minute < days * 1_440; minute += BAR_MINUTES) {
    const round = Math.floor(minute / 360);
    const side = round % 2 === 0 ? 1 : -1;
    const at = (passed: number) => price + side * perMinute * runBy(passed);
    const [open, close] = [at(minute % 360), at((minute % 360) + BAR_MINUTES)];
    const openMs = BEGIN_MS + minute * MINUTE_MS;
    bars.push([openMs, open, Math.max(open, close), Math.min(open, close), close, 1_000]);
    const [enters, leaves] = side > 0 ? (["buy", "sell"] as const) : (["sell", "buy"] as const);
    if (minute % 360 === 60) fills.push({ timeMs: openMs, side: enters, price: open, quantity: 1 });
    if (minute % 360 === 120) fills.push({ timeMs: openMs, side: leaves, price: open, quantity: 1 });
  }
  return { fills, bars };
}

const BAR_MINUTES = 5;
const RUN_MINUTES = 10;

/** Minutes of the run that are over when so many of the round are. */
function runBy(minute: number): number {
  if (minute <= 60) return 0;
  if (minute <= 200) return Math.min(minute - 60, RUN_MINUTES);
  return Math.max(0, RUN_MINUTES - (minute - 200));
}
