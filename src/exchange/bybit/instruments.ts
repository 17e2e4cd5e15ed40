/**
 * Instruments from `/v5/market/instruments-info`: filters as decimal strings, all pages, USDT contracts only. A row that
 * cannot be understood is left out and named, so that one odd listing does not keep the others from being traded.
 */
import type { LinearInverseInstrumentInfoV5 } from "bybit-api";
import type { VenueId } from "../../core/model/identifiers.ts";
import {
  type Instrument,
  type InstrumentSpec,
  type InstrumentStatus,
  makeInstrument,
} from "../../core/model/instrument.ts";
import {
  decimal,
  integer,
  MalformedMessage,
  meant,
  optionalDecimal,
  type RawRow,
  rowOf,
  text,
} from "../raw.ts";
import { venueText } from "./errors.ts";
import { SETTLE_COIN } from "./parse.ts";

/** "Enums Definitions" (status). */
const STATUSES: Readonly<Record<string, InstrumentStatus>> = {
  Trading: "trading",
  PreLaunch: "pre-launch",
  Delivering: "delivering",
  Closed: "closed",
};

type Info = LinearInverseInstrumentInfoV5;

export function parseInstrumentSpec(row: RawRow, venue: VenueId): InstrumentSpec {
  const lot = rowOf(row.lotSizeFilter, "lotSizeFilter");
  const price = rowOf(row.priceFilter, "priceFilter");
  const leverage = rowOf(row.leverageFilter, "leverageFilter");
  const status = meant(STATUSES, text<Info>(row, "status"));
  if (status === undefined) throw new MalformedMessage(`unknown status ${JSON.stringify(row.status)}`);
  return {
    venue,
    symbol: text<Info>(row, "symbol"),
    baseCoin: text<Info>(row, "baseCoin"),
    settleCoin: text<Info>(row, "settleCoin"),
    status,
    tickSize: decimal<Info["priceFilter"]>(price, "tickSize"),
    quantityStep: decimal<Info["lotSizeFilter"]>(lot, "qtyStep"),
    minQuantity: decimal<Info["lotSizeFilter"]>(lot, "minOrderQty"),
    maxLimitQuantity: decimal<Info["lotSizeFilter"]>(lot, "maxOrderQty"),
    maxMarketQuantity: decimal<Info["lotSizeFilter"]>(lot, "maxMktOrderQty"),
    minNotional: optionalDecimal<Info["lotSizeFilter"]>(lot, "minNotionalValue") || "0",
    minPrice: decimal<Info["priceFilter"]>(price, "minPrice"),
    maxPrice: decimal<Info["priceFilter"]>(price, "maxPrice"),
    maxLeverage: decimal<Info["leverageFilter"]>(leverage, "maxLeverage"),
    leverageStep: decimal<Info["leverageFilter"]>(leverage, "leverageStep"),
    fundingIntervalMinutes: integer<Info>(row, "fundingInterval"),
  };
}

export interface InstrumentPage {
  readonly instruments: readonly Instrument[];
  /** `SYMBOL: why` of rows that were left out. */
  readonly unreadable: readonly string[];
}

export function parseInstruments(rows: readonly RawRow[], venue: VenueId): InstrumentPage {
  const instruments: Instrument[] = [];
  const unreadable: string[] = [];
  for (const row of rows) {
    if (row.settleCoin !== SETTLE_COIN) continue;
    try {
      instruments.push(makeInstrument(parseInstrumentSpec(row, venue)));
    } catch (error) {
      if (!(error instanceof MalformedMessage || error instanceof RangeError)) throw error;
      unreadable.push(`${venueText(row.symbol)}: ${venueText(error.message)}`);
    }
  }
  return { instruments, unreadable };
}
