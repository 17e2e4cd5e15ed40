/** Rows of a market: book, ticker, public trades and price limits, made at the moment of asking. */
import { estimateText, rateText } from "./fixed-point.ts";
import { lotsText, sideOf, ticksText } from "./rows.ts";
import type { Market, PublicTrade, Sign } from "./state.ts";
import type { BookRow, PriceLimitRow, PublicTradeRow, TickerRow } from "./venue-types.ts";

interface Level {
  readonly price: number;
  readonly lots: number;
}

export function publicTradeRow(symbol: string, trade: PublicTrade): PublicTradeRow {
  return {
    symbol,
    execId: tradeId(trade.id),
    side: sideOf(trade.sign),
    price: ticksText(trade.units, trade.price),
    size: lotsText(trade.units, trade.lots),
    seq: trade.seq,
    time: trade.atMs,
    tickDirection: trade.direction,
  };
}

function tradeId(id: number): string {
  return `00000000-0b1c-5000-8000-${id.toString(16).padStart(12, "0")}`;
}

/** House and accounts' orders merged, best first; the house steps back behind an account's crossing order. */
function bookLevels(market: Market, sign: Sign, depth: number): Level[] {
  const own = [...(sign === 1 ? market.bids : market.asks).levels()];
  const other = (sign === 1 ? market.asks : market.bids).best?.price;
  const found: Level[] = [];
  let [ownAt, houseAt] = [0, 0];
  while (found.length < depth) {
    const housePrice = visibleHousePrice(market, sign, houseAt, other);
    if (housePrice === undefined) {
      houseAt++;
      continue;
    }
    const level = own[ownAt];
    if (level === undefined && housePrice === 0) break;
    if (level !== undefined && (housePrice === 0 || (level.price - housePrice) * sign >= 0)) {
      const shared = level.price === housePrice ? market.house.lotsAt(sign, houseAt++) : 0;
      found.push({ price: level.price, lots: level.lots + shared });
      ownAt++;
    } else {
      found.push({ price: housePrice, lots: market.house.lotsAt(sign, houseAt++) });
    }
  }
  return found;
}

/** 0 when the house has no level so deep, undefined when this one is not to be seen. */
function visibleHousePrice(
  market: Market,
  sign: Sign,
  depth: number,
  other: number | undefined,
): number | undefined {
  const price = market.house.priceAt(sign, depth);
  if (price === 0) return 0;
  if (market.house.lotsAt(sign, depth) <= 0) return undefined;
  return other !== undefined && (price - other) * sign >= 0 ? undefined : price;
}

export function bookRow(market: Market, depth: number, nowMs: number): BookRow {
  const { units } = market;
  const text = (level: Level): readonly [string, string] => [
    ticksText(units, level.price),
    lotsText(units, level.lots),
  ];
  return {
    symbol: market.symbol,
    bids: bookLevels(market, 1, depth).map(text),
    asks: bookLevels(market, -1, depth).map(text),
    seq: market.seq,
    updateId: market.updateId,
    time: nowMs,
  };
}

export function tickerRow(market: Market, nowMs: number): TickerRow {
  const { units } = market;
  const day = market.candles.day(nowMs, market.last);
  const bid = bookLevels(market, 1, 1)[0];
  const ask = bookLevels(market, -1, 1)[0];
  const price = (ticks: number) => ticksText(units, ticks);
  const openLots = openInterestLots(market);
  return {
    symbol: market.symbol,
    lastPrice: price(market.last),
    indexPrice: price(market.indexPrice),
    markPrice: price(market.mark),
    prevPrice24h: price(day.open),
    price24hPcnt: (market.last / day.open - 1).toFixed(6).replace(/^-(0\.0+)$/, "$1"),
    highPrice24h: price(day.high),
    lowPrice24h: price(day.low),
    prevPrice1h: price(day.hourOpen),
    openInterest: lotsText(units, openLots),
    openInterestValue: estimateText(openLots * market.mark * units.lotTickUsdt),
    turnover24h: estimateText(day.turnoverUsdt),
    volume24h: lotsText(units, day.lots),
    fundingRate: rateText(market.fundingUnits),
    nextFundingTime: market.nextFundingMs,
    bid1Price: bid === undefined ? "" : price(bid.price),
    bid1Size: bid === undefined ? "" : lotsText(units, bid.lots),
    ask1Price: ask === undefined ? "" : price(ask.price),
    ask1Size: ask === undefined ? "" : lotsText(units, ask.lots),
    fundingIntervalMinutes: market.settings.fundingIntervalMinutes,
    fundingCap: market.settings.upperFundingRate,
    seq: market.seq,
  };
}

function openInterestLots(market: Market): number {
  let lots = 0;
  for (const holding of market.holders) {
    for (const position of holding.positions) lots += Math.abs(position.lots);
  }
  return lots;
}

/** Highest bid and lowest ask in ticks, by the venue's published formula of 2025. */
export function priceBand(market: Market): { readonly highestBid: number; readonly lowestAsk: number } {
  const { mark, indexPrice, filters } = market;
  const { bandX, bandY, stepTicks } = filters;
  const highest = Math.min(Math.max(indexPrice, mark * (1 + bandX)), mark * (1 + bandY));
  const lowest = Math.max(Math.min(indexPrice, mark * (1 - bandX)), mark * (1 - bandY));
  const highestBid = Math.max(mark + stepTicks, floorTo(highest, stepTicks));
  const lowestAsk = Math.max(stepTicks, Math.min(mark - stepTicks, -floorTo(-lowest, stepTicks)));
  return { highestBid, lowestAsk };
}

function floorTo(ticks: number, step: number): number {
  return Math.floor(ticks / step + 1e-9) * step;
}

export function priceLimitRow(market: Market, nowMs: number): PriceLimitRow {
  const band = priceBand(market);
  return {
    symbol: market.symbol,
    buyLimit: ticksText(market.units, band.highestBid),
    sellLimit: ticksText(market.units, band.lowestAsk),
    time: nowMs,
  };
}
