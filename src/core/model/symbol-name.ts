/**
 * What a venue's symbol means: coin, quote, and how many coins are one unit of it. Venues count cheap coins in multiples and
 * write that each in its own way: `1000PEPEUSDT`, `SHIB1000USDT`, `1MBABYDOGEUSDT`, `kPEPE`. This is the one place that reads and
 * writes these names, and that finds the symbol of another venue for the same coin.
 */

export interface SymbolMeaning {
  readonly coin: string;
  /** `USDT`, `USDC`, ...; a bare coin is one of Hyperliquid's perpetuals, which are quoted in `USDC`. */
  readonly quote: string;
  /** Coins in one unit. */
  readonly units: number;
}

/** Longest first, so that FDUSD is not taken for a coin that ends in FD. Bybit writes PERP for perpetuals in USDC. */
const QUOTES = ["FDUSD", "USDT", "USDC", "BUSD", "PERP", "USD"] as const;
const LEADING = /^(10{2,})(?=[A-Z])/;
const TRAILING = /^([A-Z]+)(10{2,})$/;
const KILO = /^k([A-Z0-9]{2,})$/;
/** `-PERP` and `-SWAP` say what kind of contract it is; a date names one that ends. */
const CONTRACT = /[-_](?:PERP|SWAP)$/;
const DATED = /\d{1,2}[A-Z]{3}\d{2}$/;

/** Null for what names more than a coin and a dollar: contracts that end (`BTC-26DEC25`), markets of others (`xyz:CL`). */
export function meaningOfSymbol(symbol: string): SymbolMeaning | null {
  const kilo = coinOfKilo(symbol);
  if (kilo !== null) return { coin: kilo, quote: "USDC", units: 1000 };
  const name = symbol.replace(CONTRACT, "").replace(/[-/_]/, "");
  if (!/^[A-Z0-9]+$/.test(name) || DATED.test(name)) return null;
  const quote = QUOTES.find((one) => name.endsWith(one) && name.length > one.length);
  if (quote === undefined) return coinOf(name, "USDC");
  return coinOf(name.slice(0, -quote.length), quote === "PERP" ? "USDC" : quote);
}

/** PEPE for kPEPE, a thousand of them; null for what is no thousand. */
export function coinOfKilo(symbol: string): string | null {
  return KILO.exec(symbol)?.[1] ?? null;
}

/** A symbol, and the power of ten of the coins in one unit of it. */
export interface MultipleName {
  readonly symbol: string;
  readonly exponent: number;
}

/** What linear contracts in USDT on a coin may be called. */
export function linearNamesOf(coin: string): readonly MultipleName[] {
  return [
    { symbol: `1000${coin}USDT`, exponent: 3 },
    { symbol: `${coin}1000USDT`, exponent: 3 },
    { symbol: `${coin}USDT`, exponent: 0 },
    { symbol: `10000${coin}USDT`, exponent: 4 },
    { symbol: `1000000${coin}USDT`, exponent: 6 },
  ];
}

/** Of a venue's base coin: PEPE for 1000PEPE. */
export function coinOfBase(base: string): string {
  return coinOf(base, "").coin;
}

function coinOf(base: string, quote: string): SymbolMeaning {
  const leading = LEADING.exec(base)?.[1];
  if (leading !== undefined) return { coin: base.slice(leading.length), quote, units: Number(leading) };
  if (/^1M[A-Z]/.test(base)) return { coin: base.slice(2), quote, units: 1_000_000 };
  const trailing = TRAILING.exec(base);
  if (trailing !== null) return { coin: trailing[1] ?? "", quote, units: Number(trailing[2]) };
  return { coin: base, quote, units: 1 };
}

export interface OtherName {
  readonly symbol: string;
  /** Units of `symbol` in one unit of what it was found for: 1000 for 1000PEPEUSDT -> PEPEUSDT. */
  readonly units: number;
}

/** Quotes that are worth a dollar stand for each other, in this order. */
const DOLLARS = ["USDT", "USDC", "USD", "FDUSD", "BUSD"];

/**
 * The symbol among `listed` (of another venue) for the coin of `symbol`: in the same quote where there is one, else in
 * another that is worth a dollar. Null when there is none.
 */
export function sameCoinIn(symbol: string, listed: readonly string[]): OtherName | null {
  const wanted = meaningOfSymbol(symbol);
  if (wanted === null) return null;
  const found = listed.flatMap((name) => {
    const meaning = meaningOfSymbol(name);
    if (meaning === null || meaning.coin !== wanted.coin) return [];
    const rank = meaning.quote === wanted.quote ? -1 : dollarRank(wanted.quote, meaning.quote);
    return rank === null ? [] : [{ name, rank, units: wanted.units / meaning.units }];
  });
  const [best] = found.sort((left, right) => left.rank - right.rank || (left.name < right.name ? -1 : 1));
  return best === undefined ? null : { symbol: best.name, units: best.units };
}

function dollarRank(wanted: string, found: string): number | null {
  const rank = DOLLARS.indexOf(found);
  return rank >= 0 && DOLLARS.includes(wanted) ? rank : null;
}
