/**
 * Instruments, tickers, books, trades, candles and risk tiers as Bybit rows, for REST and for the public topics.
 */
import type {
  BookRow,
  Candle,
  InstrumentRow,
  PublicTradeRow,
  RiskTierRow,
  TickerRow,
} from "../../venue-types.ts";

export function instrumentRow(row: InstrumentRow): string {
  const preLaunch = row.status === "PreLaunch";
  return JSON.stringify({
    symbol: row.symbol,
    symbolId: row.symbolId,
    contractType: "LinearPerpetual",
    status: row.status,
    baseCoin: row.baseCoin,
    quoteCoin: row.quoteCoin,
    settleCoin: row.settleCoin,
    symbolType: "",
    launchTime: String(row.launchTimeMs),
    deliveryTime: "0",
    deliveryFeeRate: "",
    priceScale: String(row.priceScale),
    leverageFilter: {
      minLeverage: row.minLeverage,
      maxLeverage: row.maxLeverage,
      leverageStep: row.leverageStep,
    },
    priceFilter: { minPrice: row.minPrice, maxPrice: row.maxPrice, tickSize: row.tickSize },
    lotSizeFilter: {
      maxOrderQty: row.maxOrderQty,
      minOrderQty: row.minOrderQty,
      qtyStep: row.qtyStep,
      postOnlyMaxOrderQty: row.maxOrderQty,
      maxMktOrderQty: row.maxMktOrderQty,
      minNotionalValue: row.minNotionalValue,
    },
    unifiedMarginTrade: true,
    fundingInterval: row.fundingIntervalMinutes,
    copyTrading: "both",
    upperFundingRate: row.upperFundingRate,
    lowerFundingRate: row.lowerFundingRate,
    displayName: "",
    forbidUplWithdrawal: false,
    isPreListing: preLaunch,
    preListingInfo: preLaunch ? preListing(row) : null,
    riskParameters: {
      priceLimitRatioX: row.priceLimitRatioX,
      priceLimitRatioY: row.priceLimitRatioY,
    },
  });
}

function preListing(row: InstrumentRow): unknown {
  return {
    curAuctionPhase: "NotStarted",
    phases: [{ phase: "NotStarted", startTime: String(row.launchTimeMs), endTime: "" }],
    auctionFeeInfo: { auctionFeeRate: "0", takerFeeRate: "0.001", makerFeeRate: "0.0004" },
  };
}

/** The fields of a ticker, in the form of the REST row. */
export function tickerFields(row: TickerRow, skewMs: number): Readonly<Record<string, string>> {
  return {
    symbol: row.symbol,
    lastPrice: row.lastPrice,
    indexPrice: row.indexPrice,
    markPrice: row.markPrice,
    prevPrice24h: row.prevPrice24h,
    price24hPcnt: row.price24hPcnt,
    highPrice24h: row.highPrice24h,
    lowPrice24h: row.lowPrice24h,
    prevPrice1h: row.prevPrice1h,
    openInterest: row.openInterest,
    openInterestValue: row.openInterestValue,
    turnover24h: row.turnover24h,
    volume24h: row.volume24h,
    fundingRate: row.fundingRate,
    nextFundingTime: String(row.nextFundingTime + skewMs),
    bid1Price: row.bid1Price,
    bid1Size: row.bid1Size,
    ask1Price: row.ask1Price,
    ask1Size: row.ask1Size,
    preOpenPrice: "",
    preQty: "",
    curPreListingPhase: "",
    fundingIntervalHour: String(row.fundingIntervalMinutes / 60),
    fundingCap: row.fundingCap,
  };
}

export function restTickerRow(row: TickerRow, skewMs: number): string {
  return JSON.stringify({
    ...tickerFields(row, skewMs),
    singleOpenInterest: row.openInterest,
    singleOpenInterestValue: row.openInterestValue,
    predictedDeliveryPrice: "",
    basisRate: "",
    basis: "",
    basisRateYear: "",
    deliveryFeeRate: "",
    deliveryTime: "0",
  });
}

export function bookSide(levels: readonly (readonly [string, string])[]): string {
  return `[${levels.map(([price, size]) => `["${price}","${size}"]`).join(",")}]`;
}

export function restBook(row: BookRow, nowMs: number, skewMs: number): string {
  return (
    `{"s":"${row.symbol}","b":${bookSide(row.bids)},"a":${bookSide(row.asks)},"ts":${nowMs},` +
    `"u":${row.updateId},"seq":${row.seq},"cts":${row.time + skewMs}}`
  );
}

export function restTradeRow(row: PublicTradeRow, skewMs: number): string {
  return (
    `{"execId":"${row.execId}","symbol":"${row.symbol}","price":"${row.price}","size":"${row.size}",` +
    `"side":"${row.side}","time":"${row.time + skewMs}","isBlockTrade":false,"isRPITrade":false,"seq":"${row.seq}"}`
  );
}

export function streamTradeRow(row: PublicTradeRow, skewMs: number): string {
  return (
    `{"T":${row.time + skewMs},"s":"${row.symbol}","S":"${row.side}","v":"${row.size}","p":"${row.price}",` +
    `"L":"${row.tickDirection}","i":"${row.execId}","BT":false,"RPI":false,"seq":${row.seq}}`
  );
}

export function restCandle(candle: Candle): string {
  return `["${candle.startMs}","${candle.open}","${candle.high}","${candle.low}","${candle.close}","${candle.volume}","${candle.turnover}"]`;
}

/** Mark, index and premium candles have prices only. */
export function restPriceCandle(candle: Candle): string {
  return `["${candle.startMs}","${candle.open}","${candle.high}","${candle.low}","${candle.close}"]`;
}

export function riskTierRow(row: RiskTierRow, ratesType: "text" | "number"): string {
  const rate = (text: string): string => (ratesType === "text" ? `"${text}"` : String(Number(text)));
  return (
    `{"id":${row.id},"symbol":"${row.symbol}","riskLimitValue":"${row.riskLimitValue}",` +
    `"maintenanceMargin":${rate(row.maintenanceMarginRate)},"initialMargin":${rate(row.initialMarginRate)},` +
    `"isLowestRisk":${row.id === 1 ? 1 : 0},"maxLeverage":"${row.maxLeverage}",` +
    `"mmDeduction":"${row.maintenanceDeduction}"}`
  );
}
