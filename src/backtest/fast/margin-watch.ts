/**
 * Where the venue's margin begins to matter only the engine can go on. By the venue's own tiers and rates, and a little sooner than
 * there: a follower that comes near is outside of the fast path's domain.
 */
import type { Instrument } from "../../core/model/instrument.ts";
import {
  limitForLeverage,
  makeRiskTiers,
  type RiskTier,
  tierOf,
} from "../../exchange/simulated/risk-tiers.ts";
import { lotTickUnits, type MoneyUnits, TOLD_SCALE } from "./money.ts";

/** What the loop asks of a market, as plain numbers. */
export interface FastMarketTerms {
  readonly instrument: Instrument;
  readonly symbol: string;
  /** Money units of one lot at one tick. */
  readonly lotTick: number;
  readonly minLots: number;
  readonly maxMarketLots: number;
  /** No position has more. */
  readonly lotsMax: number;
  readonly minNotionalLotTicks: number;
  readonly fundingMinutes: number;
  /** Whether the leader's venue has another name for it, so that prices are compared. */
  readonly isNamedElsewhere: boolean;
  readonly lotUnits: number;
  readonly lotPlaces: number;
  readonly tickUnits: number;
  readonly tickPlaces: number;
  readonly leverage: number;
  readonly tiers: readonly RiskTier[];
  /** Money units. */
  readonly positionMax: number;
}

/** What an account has at the simulated exchange until it is changed. */
export const LEVERAGE = 10;
/** Sooner than the venue. */
const NEAR = 0.98;
const RATE_ONE = 10 ** TOLD_SCALE;

export function marketTerms(
  instrument: Instrument,
  money: MoneyUnits,
  { sizeFactorMax, isNamedElsewhere }: { readonly sizeFactorMax: number; readonly isNamedElsewhere: boolean },
): FastMarketTerms {
  const { spec, lotUnits, tickUnits, quantityScale, priceScale, maxMarketLots } = instrument;
  const tiers = makeRiskTiers(spec, 0);
  const leverage = Math.min(LEVERAGE, Number(spec.maxLeverage));
  return {
    instrument,
    symbol: spec.symbol,
    lotTick: lotTickUnits(instrument, money),
    minLots: instrument.minLots,
    maxMarketLots,
    lotsMax: maxMarketLots * sizeFactorMax,
    minNotionalLotTicks: instrument.minNotionalLotTicks,
    fundingMinutes: spec.fundingIntervalMinutes,
    isNamedElsewhere,
    lotUnits,
    lotPlaces: 10 ** quantityScale,
    tickUnits,
    tickPlaces: 10 ** priceScale,
    leverage,
    tiers,
    positionMax: limitForLeverage(tiers, leverage * 100) * money.one * NEAR,
  };
}

export interface FastIncrease {
  readonly market: number;
  readonly follower: number;
  /** Of followers. */
  readonly count: number;
  /** Signed. */
  readonly lots: number;
  readonly price: number;
  readonly equity: number;
}

export class MarginWatch {
  readonly #markets: readonly FastMarketTerms[];
  readonly #rate: number;
  readonly #one: number;
  /** Of a value that is held or ordered, the most that it ties up: what has so much equity is surely taken. */
  readonly tiedMax: number;

  constructor(markets: readonly FastMarketTerms[], takerRate: number, { one }: MoneyUnits) {
    this.#markets = markets;
    this.#rate = takerRate / RATE_ONE;
    this.#one = one;
    const leverage = Math.min(LEVERAGE, ...markets.map((market) => market.leverage));
    this.tiedMax = (1 / leverage + 2 * this.#rate) / NEAR;
  }

  /** Why the venue might refuse an increase that arrives; null where it surely takes it. */
  objection(owned: Float64Array, mark: Float64Array, order: FastIncrease): string | null {
    const { market, follower, count, lots, price, equity } = order;
    const terms = this.#markets[market];
    if (terms === undefined) return "an unknown instrument";
    const { symbol, lotTick, leverage, positionMax, minNotionalLotTicks } = terms;
    const size = Math.abs(lots);
    if (size * (mark[market] as number) < minNotionalLotTicks)
      return `an order of ${symbol} whose value falls below the venue's smallest on its way`;
    const after = Math.abs((owned[market * count + follower] as number) + lots) * price * lotTick;
    if (after > positionMax) return `a position in ${symbol} near the largest that its leverage allows`;
    const extra = size * price * lotTick * (1 / leverage + 2 * this.#rate);
    const free = equity - this.#initial(owned, mark, follower, count);
    return extra > free * NEAR ? "too little free margin" : null;
  }

  /** Money units; a little more than the venue needs. */
  maintenance(owned: Float64Array, mark: Float64Array, follower: number, count: number): number {
    let sum = 0;
    for (let market = 0; market < this.#markets.length; market += 1) {
      const lots = owned[market * count + follower] as number;
      const terms = this.#markets[market];
      if (lots === 0 || terms === undefined) continue;
      const usdt = (Math.abs(lots) * (mark[market] as number) * terms.lotTick) / this.#one;
      const { maintenanceRate, deductionUsdt } = tierOf(terms.tiers, usdt);
      sum += usdt * (maintenanceRate + this.#rate) - deductionUsdt;
    }
    return (sum * this.#one) / NEAR;
  }

  #initial(owned: Float64Array, mark: Float64Array, follower: number, count: number): number {
    let sum = 0;
    for (let market = 0; market < this.#markets.length; market += 1) {
      const lots = owned[market * count + follower] as number;
      const terms = this.#markets[market];
      if (lots === 0 || terms === undefined) continue;
      sum += Math.abs(lots) * (mark[market] as number) * terms.lotTick * (1 / terms.leverage + this.#rate);
    }
    return sum;
  }
}
