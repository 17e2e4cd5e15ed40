/**
 * Opens a venue's public history for the command line: its address, the name under which what it tells is kept, and a request
 * budget that is small, as an engine on the same machine has its own for the same internet address.
 */
import { VenueId } from "../core/model/identifiers.ts";
import { RequestBudget } from "../exchange/bybit/budget.ts";
import { BybitHistory } from "../exchange/bybit/history.ts";
import { bybitVenue } from "../exchange/bybit/hosts.ts";
import { BybitRest } from "../exchange/bybit/rest.ts";
import type { HistorySource, InstrumentSource } from "../exchange/history-source.ts";
import { createRealOutside } from "../exchange/net/outside.ts";

export interface MarketSource {
  /** As in SeriesId. */
  readonly venue: string;
  readonly source: HistorySource & InstrumentSource;
  readonly nowMs: () => number;
  close(): void;
}

const MAINNET = "https://api.bybit.com";
/** Hosts that tell of the same markets as mainnet. */
const SAME_MARKETS = new Set(["api.bybit.com", "api.bytick.com", "api-demo.bybit.com"]);
const WINDOW_MS = 5_000;

/** `where`: `bybit`, or the address of a venue that speaks its protocol. Throws a TypeError on what is neither. */
export function openMarketSource(where: string, requestsPerSecond: number): MarketSource {
  const { urls, venue } = bybitVenue(where === "bybit" ? MAINNET : where);
  const outside = createRealOutside();
  const addressRequests = (requestsPerSecond * WINDOW_MS) / 1_000;
  // All of it is for reads: nothing else is sent.
  const limits = { addressRequests, addressWindowMs: WINDOW_MS, readShareMax: 1, reduceReserve: 0 };
  const rest = new BybitRest(outside, urls.rest, new RequestBudget(outside.clock, limits));
  const source = new BybitHistory(rest, outside.clock, VenueId(venue));
  return {
    venue: SAME_MARKETS.has(venue) ? "bybit" : venue,
    source,
    nowMs: () => outside.clock.nowMs(),
    close: () => {
      source.close();
      outside.close();
    },
  };
}
