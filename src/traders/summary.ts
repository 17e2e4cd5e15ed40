/**
 * What a trader's fills come to, in one pass over them: sums, positions that are open, round trips, and what is known to be wrong with
 * the history. Exact; amounts are decimal strings.
 */
import { PositionLedger } from "../analytics/positions/position-ledger.ts";
import { type PositionTrip, profitSign } from "../analytics/positions/trip.ts";
import { Decimal } from "../core/model/decimal.ts";
import { contentOf } from "../store/merge-fills.ts";
import type { TraderFillRecord, TraderRecord } from "../store/trader-store.ts";
import { positionFills, positionFunding } from "./position-fills.ts";
import { type QualityFlag, type QualityWord, SHORT_HISTORY_MS } from "./quality.ts";

/** Part of what a saved summary is based on: another version of this file makes others. */
export const SUMMARY_VERSION = 4;
/** A profit that is worked out may have no end in decimals. */
const WORKED_OUT_SCALE = 12;
const MOMENT_MS = 1_000;

export interface TraderSummary {
  /** Funding payments are none. */
  readonly fills: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Of fills alone, and of funding payments alone. */
  readonly lastFillMs: number | null;
  readonly lastFundingMs: number | null;
  /** Before fees: the venue's own figure of each fill, worked out at average cost where it has none. */
  readonly realizedPnl: string;
  /** Cash: negative is paid. */
  readonly fees: string;
  readonly funding: string;
  /** Fees in assets that profit is not counted in, by asset. */
  readonly otherFees: Readonly<Record<string, string>>;
  readonly tradedNotional: string;
  readonly symbols: readonly string[];
  readonly open: readonly OpenPosition[];
  readonly trips: TripCounts;
  readonly quality: readonly QualityFlag[];
}

export interface OpenPosition {
  readonly symbol: string;
  readonly leg: "net" | "long" | "short";
  /** Signed. */
  readonly quantity: string;
  readonly averageEntry: number;
  readonly sinceMs: number;
}

export interface TripCounts {
  readonly finished: number;
  readonly won: number;
  readonly lost: number;
  /** Of the finished: those of which a part lies before the history, or fills are missing. They are in no other figure. */
  readonly unseen: number;
}

export class SummaryMaker {
  readonly #trader: TraderRecord;
  readonly #ledger = new PositionLedger("average-cost");
  readonly #otherFees = new Map<string, Decimal>();
  readonly #quotes = new Set<string>();
  readonly #legs = new Set<string>();
  readonly #moment = new Set<string>();
  readonly #counts: Partial<Record<QualityWord, number>> = {};
  #momentMs = -1;
  #fills = 0;
  #firstMs: number | null = null;
  #lastMs: number | null = null;
  #lastFillMs: number | null = null;
  #lastFundingMs: number | null = null;
  #realized = Decimal.zero;
  #fees = Decimal.zero;
  #funding = Decimal.zero;
  #notional = Decimal.zero;
  #trips = { finished: 0, won: 0, lost: 0, unseen: 0 };
  #isWorkedOut = false;
  #isWholeSeconds = true;
  #isModeTold = true;

  constructor(trader: TraderRecord) {
    this.#trader = trader;
  }

  /** In the order of the store. */
  add(fill: TraderFillRecord): void {
    this.#firstMs ??= fill.timeMs;
    this.#lastMs = fill.timeMs;
    if (fill.kind === "funding") this.#addFunding(fill);
    else this.#addFill(fill);
  }

  summary(): TraderSummary {
    const books = [...this.#ledger.books];
    return {
      fills: this.#fills,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      lastFillMs: this.#lastFillMs,
      lastFundingMs: this.#lastFundingMs,
      realizedPnl: this.#realized.toString(),
      fees: this.#fees.toString(),
      funding: this.#funding.toString(),
      otherFees: Object.fromEntries(
        [...this.#otherFees].map(([asset, amount]) => [asset, amount.toString()]),
      ),
      tradedNotional: this.#notional.toString(),
      symbols: [...new Set(books.map(({ symbol }) => symbol))].sort(),
      open: books.flatMap(({ symbol, leg, quantity, cost, openTrip }) =>
        openTrip === null
          ? []
          : [
              {
                symbol,
                leg,
                quantity: quantity.toString(),
                averageEntry: cost.toNumber() / quantity.absolute().toNumber(),
                sinceMs: openTrip.openMs,
              },
            ],
      ),
      trips: this.#trips,
      quality: this.#quality(),
    };
  }

  #addFunding(fill: TraderFillRecord): void {
    this.#lastFundingMs = fill.timeMs;
    const funding = positionFunding(fill);
    this.#funding = this.#funding.plus(funding.amount);
    this.#ledger.pay(funding);
  }

  #addFill(fill: TraderFillRecord): void {
    this.#fills += 1;
    this.#lastFillMs = fill.timeMs;
    for (const exact of positionFills(fill)) {
      const { pnl, ended, closed } = this.#ledger.apply(exact);
      this.#notional = this.#notional.plus(exact.price.times(exact.quantity));
      this.#realized = this.#realized.plus(
        exact.realizedPnl ?? pnl.roundedToStep(WORKED_OUT_STEP, "half-even"),
      );
      if (exact.realizedPnl === null && !closed.isZero) this.#isWorkedOut = true;
      for (const trip of ended) this.#addTrip(trip);
    }
    if (fill.fee !== "0") this.#addFee(fill);
    this.#lookAt(fill);
  }

  #addFee({ fee, feeAsset, quoteAsset }: TraderFillRecord): void {
    const amount = Decimal.parse(fee);
    if (feeAsset === quoteAsset) {
      this.#fees = this.#fees.plus(amount);
      return;
    }
    this.#count("fees-in-other-assets");
    this.#otherFees.set(feeAsset, (this.#otherFees.get(feeAsset) ?? Decimal.zero).plus(amount));
  }

  #addTrip({ pnl, isPartlyUnseen }: PositionTrip): void {
    const sign = profitSign(pnl);
    this.#trips = {
      finished: this.#trips.finished + 1,
      won: this.#trips.won + (!isPartlyUnseen && sign > 0 ? 1 : 0),
      lost: this.#trips.lost + (!isPartlyUnseen && sign < 0 ? 1 : 0),
      unseen: this.#trips.unseen + (isPartlyUnseen ? 1 : 0),
    };
  }

  #lookAt(fill: TraderFillRecord): void {
    this.#quotes.add(fill.quoteAsset);
    this.#legs.add(fill.leg);
    if (fill.timeMs % MOMENT_MS !== 0) this.#isWholeSeconds = false;
    if (fill.leg === "untold" && fill.closedQuantity === null) this.#isModeTold = false;
    if (fill.kind === "liquidation" || fill.kind === "deleveraging") this.#count("liquidated");
    if (fill.tradeId !== "") return;
    if (fill.timeMs !== this.#momentMs) this.#moment.clear();
    this.#momentMs = fill.timeMs;
    const content = contentOf(fill);
    if (this.#moment.has(content)) this.#count("duplicate-rows");
    this.#moment.add(content);
  }

  #count(word: QualityWord): void {
    this.#counts[word] = (this.#counts[word] ?? 0) + 1;
  }

  #quality(): readonly QualityFlag[] {
    const { history, rejectedRows, statedEquity } = this.#trader;
    const books = [...this.#ledger.books];
    const hasFills = this.#fills > 0;
    const isHedged = this.#legs.has("long") || this.#legs.has("short");
    const words: Readonly<Record<QualityWord, number | boolean>> = {
      "empty-history": !hasFills,
      "truncated-history": history === "truncated",
      "rejected-rows": rejectedRows,
      "carried-in-positions": books.filter(({ isCarriedIn }) => isCarriedIn).length,
      "missing-fills": books.reduce((sum, { counts }) => sum + counts.gaps, 0),
      "duplicate-rows": 0,
      "whole-second-times": hasFills && this.#isWholeSeconds,
      "hedge-mode": isHedged,
      "one-way-mode": this.#legs.has("net"),
      "mode-not-told": !this.#isModeTold,
      "open-positions": books.filter(({ quantity }) => !quantity.isZero).length,
      "no-profit-told": this.#isWorkedOut,
      "no-fees": hasFills && this.#fees.isZero && this.#otherFees.size === 0,
      "fees-in-other-assets": 0,
      "no-funding": hasFills && this.#lastFundingMs === null,
      "several-quote-assets": this.#quotes.size > 1 ? this.#quotes.size : 0,
      "short-history": hasFills && (this.#lastMs ?? 0) - (this.#firstMs ?? 0) < SHORT_HISTORY_MS,
      "no-equity": hasFills && statedEquity === null,
      liquidated: 0,
    };
    const entries = Object.entries(words) as readonly (readonly [QualityWord, number | boolean])[];
    return entries.flatMap(([word, found]) => {
      const count = this.#counts[word] ?? Number(found === true ? 0 : found);
      return found === true || count > 0 ? [{ word, count }] : [];
    });
  }
}

const WORKED_OUT_STEP = Decimal.of(1n, WORKED_OUT_SCALE);
