/**
 * Perpetuals from `meta` (and of builders' markets, from `allPerpMetas`). Sizes have `szDecimals` decimals, prices at most
 * 6 - szDecimals (official documentation, "Tick and lot size"). Coins are named, not contracts: each instrument says under
 * which symbols other venues may trade the same coin. `kPEPE` is a thousand PEPE.
 */
import type { MetaResponse } from "@nktkas/hyperliquid";
import type { VenueId } from "../../core/model/identifiers.ts";
import { type Instrument, makeInstrument, type NameElsewhere } from "../../core/model/instrument.ts";
import { coinOfKilo, linearNamesOf } from "../../core/model/symbol-name.ts";
import { integer, MalformedMessage, type RawRow, rowOf, rowsOf, text } from "../raw.ts";

type Listing = MetaResponse["universe"][number];

const PRICE_DECIMALS = 6;
/** Largest position in lots; a thousand times as much is still counted exactly. */
const LOTS_DECIMALS = 12;
/** Above it no coin trades; in ticks of a millionth it is still counted exactly. */
const PRICE_MAX = "1000000000";
const FUNDING_MINUTES = 60;
const NAME_MAX = 40;

export interface InstrumentList {
  readonly instruments: readonly Instrument[];
  /** `COIN: why` of rows that were left out. */
  readonly unreadable: readonly string[];
}

/** `meta` as it is answered; throws a MalformedMessage where it has no list. */
export function parseInstruments(meta: unknown, venue: VenueId): InstrumentList {
  const rows = rowsOf(rowOf(meta, "meta").universe, "universe");
  const instruments: Instrument[] = [];
  const unreadable: string[] = [];
  for (const row of rows) {
    try {
      instruments.push(instrumentOf(row, venue));
    } catch (error) {
      if (!(error instanceof MalformedMessage || error instanceof RangeError)) throw error;
      const name = typeof row.name === "string" ? row.name.slice(0, NAME_MAX) : "a row without a name";
      unreadable.push(`${name}: ${error.message}`);
    }
  }
  return { instruments, unreadable };
}

function instrumentOf(row: RawRow, venue: VenueId): Instrument {
  const coin = text<Listing>(row, "name");
  const decimals = integer<Listing>(row, "szDecimals");
  if (decimals < 0 || decimals > PRICE_DECIMALS)
    throw new MalformedMessage(`szDecimals is not 0 to ${PRICE_DECIMALS}`);
  const quantityStep = tenTo(-decimals);
  const tickSize = tenTo(decimals - PRICE_DECIMALS);
  const maxQuantity = tenTo(LOTS_DECIMALS - decimals);
  return makeInstrument({
    venue,
    symbol: coin,
    baseCoin: partsOf(coin).base,
    settleCoin: "USDC",
    status: row.isDelisted === true ? "closed" : "trading",
    tickSize,
    quantityStep,
    minQuantity: quantityStep,
    maxLimitQuantity: maxQuantity,
    maxMarketQuantity: maxQuantity,
    minNotional: "10",
    minPrice: tickSize,
    maxPrice: PRICE_MAX,
    maxLeverage: String(integer<Listing>(row, "maxLeverage")),
    leverageStep: "1",
    fundingIntervalMinutes: FUNDING_MINUTES,
    elsewhere: namesElsewhere(coin),
  });
}

/** A power of ten as decimal text. */
function tenTo(exponent: number): string {
  return exponent >= 0 ? `1${"0".repeat(exponent)}` : `0.${"0".repeat(-exponent - 1)}1`;
}

/** The builder whose market a coin is of ("" for the venue's own), and the coin that is counted. */
export function partsOf(coin: string): { readonly dex: string; readonly base: string } {
  const at = coin.indexOf(":");
  const name = coin.slice(at + 1);
  return { dex: coin.slice(0, Math.max(at, 0)), base: coinOfKilo(name) ?? name };
}

/** Spot pairs are `PURR/USDC` or `@107` (official documentation, "Info endpoint"). */
export function isSpot(coin: string): boolean {
  return coin.startsWith("@") || coin.includes("/");
}

/**
 * What linear contracts in USDT on the same coin are called, those that count it as this venue does first. A builder's market
 * tracks what its builder says: nobody's symbol is known to be the same.
 */
export function namesElsewhere(coin: string): readonly NameElsewhere[] {
  if (coin.includes(":")) return [];
  const thousands = coinOfKilo(coin);
  const own = thousands === null ? 0 : 3;
  const names = linearNamesOf(thousands ?? coin);
  const likeOurs = names.filter(({ exponent }) => exponent === own);
  const others = names.filter(({ exponent }) => exponent !== own);
  return [...likeOurs, ...others].map(({ symbol, exponent }) => ({ symbol, units: tenTo(own - exponent) }));
}
