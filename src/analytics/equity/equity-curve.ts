/**
 * A trader's profit day by day (UTC): cash of all fills, fees and funding, and what is held at the mark of the day's end. Counted
 * from the first fill to the last, so that nothing is assumed of the time around the history; what was held at the beginning counts
 * from the first mark. Where no mark is known the last known price stands in. Cash is exact; marks are doubles, and so are the days.
 */
import { Decimal } from "../../core/model/decimal.ts";
import type { PositionFill, PositionFunding } from "../positions/position-fill.ts";
import { endOfDayMs, utcDay } from "./days.ts";
import { type OpeningPosition, positionName } from "./opening.ts";

export interface KnownPrice {
  readonly price: number;
  readonly atMs: number;
}

export interface EquityCurveOptions {
  readonly opening: readonly OpeningPosition[];
  /** The newest price of one unit of the symbol that was known at `ms`; null when there is none. */
  markAt(symbol: string, ms: number): KnownPrice | null;
}

export interface EquityCurveResult {
  /** UTC day of the first fill; the days follow without a gap to that of the last one. */
  readonly firstDay: number;
  readonly pnl: Float64Array;
  /** The least capital at the beginning that covers what all positions take at every fill and every day's end. */
  readonly leastCapital: number;
  /** The largest value that was held at once, all sides added. */
  readonly peakNotional: number;
  /** The same of each day by itself. */
  readonly dailyPeaks: Float64Array;
  /** Symbols that a mark was used for. */
  readonly marked: readonly string[];
  /** Symbols that were held at a day's end without a mark. */
  readonly unmarked: readonly string[];
  /** Symbols of which only the venue's own profit counts. */
  readonly realisedOnly: readonly string[];
  /** Symbols that were held at the beginning, at the price that they are counted from. */
  readonly carriedIn: readonly string[];
}

interface Holding {
  readonly symbol: string;
  readonly isRealisedOnly: boolean;
  quantity: Decimal;
  price: Decimal;
  priceMs: number;
  leverage: Decimal;
}

/** Digits of a position's margin where a leverage does not divide. */
const MARGIN_SCALE = 12;

export class EquityCurve {
  readonly #options: EquityCurveOptions;
  readonly #holdings = new Map<string, Holding>();
  readonly #totals: Decimal[] = [];
  readonly #marked = new Set<string>();
  readonly #unmarked = new Set<string>();
  #cash = Decimal.zero;
  #value = Decimal.zero;
  #gross = Decimal.zero;
  #margin = Decimal.zero;
  #leastCapital = Decimal.zero;
  #peak = Decimal.zero;
  readonly #dailyPeaks: Decimal[] = [];
  #peakOfDay = Decimal.zero;
  #firstDay = 0;
  #day = 0;
  #lastMs = 0;
  #isBegun = false;

  constructor(options: EquityCurveOptions) {
    this.#options = options;
  }

  /** In the order of time, together with `pay`. */
  apply(fill: PositionFill): void {
    this.reach(fill.timeMs);
    const holding = this.#holding(fill);
    this.#cash = this.#cash.plus(fill.fee);
    if (holding.isRealisedOnly) this.#cash = this.#cash.plus(fill.realizedPnl ?? Decimal.zero);
    this.#trade(holding, fill);
    this.#look();
  }

  pay({ timeMs, amount }: PositionFunding): void {
    this.reach(timeMs);
    this.#cash = this.#cash.plus(amount);
    this.#look();
  }

  /** After the last fill; it is valued at that moment. Null without fills. */
  finish(): EquityCurveResult | null {
    if (!this.#isBegun) return null;
    this.#close(this.#lastMs);
    const totals = this.#totals;
    const pnl = Float64Array.from(totals, (total, day) =>
      total.minus(totals[day - 1] ?? Decimal.zero).toNumber(),
    );
    return {
      firstDay: this.#firstDay,
      pnl,
      leastCapital: this.#leastCapital.toNumber(),
      peakNotional: this.#peak.toNumber(),
      dailyPeaks: Float64Array.from(this.#dailyPeaks, (peak) => peak.toNumber()),
      marked: [...this.#marked].sort(),
      unmarked: [...this.#unmarked].sort(),
      realisedOnly: symbolsOf([...this.#holdings.values()].filter(({ isRealisedOnly }) => isRealisedOnly)),
      carriedIn: symbolsOf(this.#options.opening.filter(({ quantity }) => !quantity.isZero)),
    };
  }

  get #total(): Decimal {
    return this.#cash.plus(this.#value);
  }

  /** Profit up to the end of the last day that is over. */
  get closed(): Decimal {
    return this.#totals.at(-1) ?? Decimal.zero;
  }

  /** Time passes without a fill: days that are over by then are closed. The first time that is reached begins the first day. */
  reach(ms: number): void {
    if (!this.#isBegun) this.#begin(ms);
    while (this.#day < utcDay(ms)) {
      this.#close(endOfDayMs(this.#day));
      this.#day += 1;
    }
    this.#lastMs = ms;
  }

  #begin(ms: number): void {
    this.#isBegun = true;
    this.#firstDay = utcDay(ms);
    this.#day = this.#firstDay;
    for (const { symbol, leg, quantity, firstPrice, isUnknown } of this.#options.opening) {
      const mark = this.#options.markAt(symbol, ms);
      if (mark !== null) this.#marked.add(symbol);
      const price = mark === null ? firstPrice : Decimal.fromNumber(mark.price);
      const holding = emptyHolding(symbol, price, ms, isUnknown);
      this.#holdings.set(positionName(symbol, leg), holding);
      this.#change(holding, () => {
        holding.quantity = quantity;
      });
      // As if it had been bought now.
      this.#cash = this.#cash.minus(quantity.times(price));
    }
    this.#look();
  }

  #holding(fill: PositionFill): Holding {
    const name = positionName(fill.symbol, fill.leg);
    const known = this.#holdings.get(name);
    if (known !== undefined) return known;
    const holding = emptyHolding(fill.symbol, fill.price, fill.timeMs, false);
    this.#holdings.set(name, holding);
    return holding;
  }

  #trade(holding: Holding, fill: PositionFill): void {
    const { price, quantity, side, positionBefore, leverage, timeMs } = fill;
    const before = positionBefore ?? holding.quantity;
    const after = side === "buy" ? before.plus(quantity) : before.minus(quantity);
    // What the venue's figure adds to ours was traded without our seeing it: at this price nothing is gained by it.
    if (!holding.isRealisedOnly) this.#cash = this.#cash.minus(after.minus(holding.quantity).times(price));
    this.#change(holding, () => {
      holding.quantity = after;
      holding.price = price;
      holding.priceMs = timeMs;
      if (leverage !== null) holding.leverage = leverage;
    });
  }

  /** Changes one holding and keeps the sums over all of them right. */
  #change(holding: Holding, change: () => void): void {
    const before = worth(holding);
    change();
    const after = worth(holding);
    this.#value = this.#value.plus(after.value.minus(before.value));
    this.#gross = this.#gross.plus(after.gross.minus(before.gross));
    this.#margin = this.#margin.plus(after.margin.minus(before.margin));
  }

  #close(ms: number): void {
    for (const holding of this.#holdings.values()) {
      if (holding.quantity.isZero) continue;
      const mark = this.#options.markAt(holding.symbol, ms);
      if (mark === null) this.#unmarked.add(holding.symbol);
      else if (mark.atMs >= holding.priceMs) {
        this.#marked.add(holding.symbol);
        this.#change(holding, () => {
          holding.price = Decimal.fromNumber(mark.price);
          holding.priceMs = mark.atMs;
        });
      }
    }
    this.#look();
    this.#totals.push(this.#total);
    this.#dailyPeaks.push(this.#peakOfDay);
    // What is held now is held when the next day begins.
    this.#peakOfDay = this.#gross;
  }

  /** What must have been there at the beginning for this to be held now. */
  #look(): void {
    const needed = this.#margin.minus(this.#total);
    if (needed.compare(this.#leastCapital) > 0) this.#leastCapital = needed;
    if (this.#gross.compare(this.#peak) > 0) this.#peak = this.#gross;
    if (this.#gross.compare(this.#peakOfDay) > 0) this.#peakOfDay = this.#gross;
  }
}

function emptyHolding(symbol: string, price: Decimal, priceMs: number, isRealisedOnly: boolean): Holding {
  return { symbol, isRealisedOnly, quantity: Decimal.zero, price, priceMs, leverage: Decimal.one };
}

/** Where only the venue's profit counts, what is held takes margin and has no value of its own. */
function worth({ quantity, price, leverage, isRealisedOnly }: Holding) {
  const value = quantity.times(price);
  const gross = value.absolute();
  const margin = leverage.equals(Decimal.one) ? gross : gross.dividedBy(leverage, MARGIN_SCALE, "ceiling");
  return { value: isRealisedOnly ? Decimal.zero : value, gross, margin };
}

function symbolsOf(of: readonly { readonly symbol: string }[]): readonly string[] {
  return [...new Set(of.map(({ symbol }) => symbol))].sort();
}
