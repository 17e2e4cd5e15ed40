/** Lead traders that OKX shows publicly, with its statistics where they are wanted. */
import { createRealOutside } from "../exchange/net/outside.ts";
import { OkxLeadTraders, type Period, type RanksWanted } from "../exchange/okx/lead-traders.ts";
import type { CoinShare, LeadStatistics, LeadTrader, PnlPeriod, SubPosition } from "../exchange/okx/parse.ts";
import { OKX_URL, OkxPublicRest } from "../exchange/okx/public-rest.ts";

export interface DiscoverParts extends RanksWanted {
  /** Null: no statistics. */
  readonly period: Period | null;
  /** Null: OKX's own address. */
  readonly url: string | null;
  readonly stop: AbortSignal;
  onProgress(done: number, of: number): void;
}

export interface Discovered {
  readonly traders: readonly (LeadTrader & { readonly statistics: LeadStatistics | null })[];
  readonly unreadable: readonly string[];
}

export interface LeadProfile {
  readonly id: string;
  readonly statistics: LeadStatistics | null;
  readonly weeks: readonly PnlPeriod[];
  readonly coins: readonly CoinShare[];
  readonly open: readonly SubPosition[];
}

/** All that OKX publishes of one lead trader but the history. Rejects with an ExchangeError, or when stopped. */
export async function profileOf(
  id: string,
  { period, url, stop }: Pick<DiscoverParts, "url" | "stop"> & { readonly period: Period },
): Promise<LeadProfile> {
  const outside = createRealOutside();
  try {
    const source = new OkxLeadTraders(new OkxPublicRest(outside, url ?? OKX_URL, stop));
    const statistics = await source.statistics(id, period);
    const { rows: weeks } = await source.weeklyPnl(id);
    const { rows: coins } = await source.preferences(id);
    const { rows: open } = await source.openPositions(id);
    return { id, statistics, weeks, coins, open };
  } finally {
    outside.close();
  }
}

/** Rejects with an ExchangeError, or when stopped. */
export async function discoverLeadTraders(parts: DiscoverParts): Promise<Discovered> {
  const outside = createRealOutside();
  try {
    const source = new OkxLeadTraders(new OkxPublicRest(outside, parts.url ?? OKX_URL, parts.stop));
    const { rows, unreadable } = await source.ranks(parts);
    const traders = [];
    for (const trader of rows) {
      const { period } = parts;
      const statistics = period === null ? null : await source.statistics(trader.id, period);
      traders.push({ ...trader, statistics });
      if (period !== null) parts.onProgress(traders.length, rows.length);
    }
    return { traders, unreadable };
  } finally {
    outside.close();
  }
}
