/**
 * Prices that move like a market's, from a seed: a factor that all have in common, volatility that comes in clusters, trends that
 * last for hours, and moves that are taken back within the hour. The demo's past and its present are one path, in strides of any
 * length. Nothing here trades, and no price here is anybody's fill.
 */
import { seededRandom } from "../analytics/numeric/random.ts";

export interface ModelMarket {
  readonly symbol: string;
  /** Where the path begins. */
  readonly price: number;
  /** Annual volatility as a share. */
  readonly volatility: number;
}

/** Base prices of the shipped instruments; the volatilities are usual ones of these coins. */
export const MARKETS: readonly ModelMarket[] = [
  { symbol: "BTCUSDT", price: 62_749.5, volatility: 0.5 },
  { symbol: "ETHUSDT", price: 3_436.4, volatility: 0.65 },
  { symbol: "SOLUSDT", price: 146.54, volatility: 0.85 },
  { symbol: "XRPUSDT", price: 0.4758, volatility: 0.8 },
  { symbol: "DOGEUSDT", price: 0.12445, volatility: 0.95 },
  { symbol: "1000PEPEUSDT", price: 0.01193, volatility: 1.2 },
];

const DAY_MS = 86_400_000;
const YEAR_DAYS = 365;
/** Share of each market's variance that all have in common. */
const COMMON = 0.55;
/** Share of a market's volatility that stays; the rest is trend, and what is taken back. */
const LASTING = 0.75;
const CLUSTER = { halfLifeMs: 18 * 3_600_000, deviation: 0.35 };
/** In daily deviations a day. */
const TREND = { halfLifeMs: 16 * 3_600_000, deviation: 0.9 };
/** In daily deviations. */
const TAKEN_BACK = { halfLifeMs: 40 * 60_000, deviation: 0.22 };
/** Rates are a settlement's, as a share: the usual one, and how far a trend moves it. */
const FUNDING = { usual: 0.0001, perTrend: 0.00012, max: 0.0008 };

interface Path {
  readonly market: ModelMarket;
  readonly dailyDeviation: number;
  logLasting: number;
  cluster: number;
  trend: number;
  takenBack: number;
}

export class MarketModel {
  readonly #chance: () => number;
  readonly #paths: ReadonlyMap<string, Path>;
  #commonTrend = 0;

  constructor(seed: number) {
    this.#chance = seededRandom(seed);
    this.#paths = new Map(MARKETS.map((market) => [market.symbol, pathOf(market)]));
  }

  /** Time goes on by a stride. */
  step(strideMs: number): void {
    const days = strideMs / DAY_MS;
    const common = this.#gaussian();
    this.#commonTrend = this.#wander(this.#commonTrend, TREND, strideMs);
    for (const path of this.#paths.values()) {
      const own = this.#gaussian();
      const shock = Math.sqrt(COMMON) * common + Math.sqrt(1 - COMMON) * own;
      path.cluster = this.#wander(path.cluster, CLUSTER, strideMs);
      path.trend = this.#wander(path.trend, TREND, strideMs);
      path.takenBack = this.#wander(path.takenBack, TAKEN_BACK, strideMs);
      const deviation = path.dailyDeviation * Math.exp(path.cluster) * LASTING;
      path.logLasting += path.dailyDeviation * trendOf(path, this.#commonTrend) * days;
      path.logLasting += deviation * Math.sqrt(days) * shock;
    }
  }

  price(symbol: string): number {
    const { logLasting, takenBack, dailyDeviation } = this.#path(symbol);
    return Math.exp(logLasting + takenBack * dailyDeviation);
  }

  /** Somebody else moved the market: from here on it goes on from this price. */
  moveTo(symbol: string, price: number): void {
    const path = this.#path(symbol);
    path.logLasting = Math.log(price) - path.takenBack * path.dailyDeviation;
  }

  /** Of the next settlement, decimal text: longs pay more the longer a rise lasts. */
  fundingRate(symbol: string): string {
    const rate = FUNDING.usual + FUNDING.perTrend * trendOf(this.#path(symbol), this.#commonTrend);
    return Math.max(-FUNDING.max, Math.min(FUNDING.max, rate)).toFixed(6);
  }

  #path(symbol: string): Path {
    const path = this.#paths.get(symbol);
    if (path === undefined) throw new RangeError(`the model has no market ${symbol}`);
    return path;
  }

  /** A stride of an Ornstein-Uhlenbeck process about nought, exact for strides of any length. */
  #wander(value: number, { halfLifeMs, deviation }: typeof TREND, strideMs: number): number {
    const kept = 0.5 ** (strideMs / halfLifeMs);
    return kept * value + deviation * Math.sqrt(1 - kept * kept) * this.#gaussian();
  }

  /** By Box and Muller. */
  #gaussian(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#chance()));
    return radius * Math.cos(2 * Math.PI * this.#chance());
  }
}

function trendOf({ trend }: Path, commonTrend: number): number {
  return Math.sqrt(COMMON) * commonTrend + Math.sqrt(1 - COMMON) * trend;
}

function pathOf(market: ModelMarket): Path {
  return {
    market,
    dailyDeviation: market.volatility / Math.sqrt(YEAR_DAYS),
    logLasting: Math.log(market.price),
    cluster: 0,
    trend: 0,
    takenBack: 0,
  };
}
