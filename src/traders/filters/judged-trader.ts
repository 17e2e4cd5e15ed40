/**
 * A trader as the filters see it: figures under the names of docs/evidence.md, each a number or the reason why it cannot be told. The
 * rules for what a record can carry are those of the ranking (verdict.ts). Figures are made when the first filter asks for one.
 */
import { FIGURE_DEFINITIONS } from "../../analytics/metrics/definitions.ts";
import {
  benchmarkFiguresOf,
  type PerformanceName,
  performanceOf,
} from "../../analytics/metrics/performance.ts";
import { monthsOf } from "../../analytics/returns-table.ts";
import { TRADE_DEFINITIONS } from "../../analytics/trades/trade-definitions.ts";
import { type TradeFigures, tradeFiguresOf } from "../../analytics/trades/trade-figures.ts";
import type { TraderKey, TraderRecord } from "../../store/trader-store.ts";
import type { BenchmarkReturns } from "../benchmark.ts";
import { observedWindow, type TraderEvidence } from "../evidence.ts";
import type { TraderStyle } from "../style.ts";
import {
  fewTripsText,
  judgedRecord,
  type RecordNeeds,
  type Verdict,
  verdictOf,
  whyNoFigures,
} from "../verdict.ts";
import { type CannotTell, cannotTell } from "./filter.ts";

/** Crypto trades every day. */
const PERIODS_PER_YEAR = 365;

/** What filters judge by. */
export interface TraderToJudge {
  readonly record: Pick<TraderRecord, "venue" | "trader" | "history">;
  /** Null without fills. */
  readonly evidence: TraderEvidence | null;
  /** Null where no filter reads it, or without fills. */
  readonly style: TraderStyle | null;
  /** Of the days of the evidence; null likewise. */
  readonly benchmark: BenchmarkReturns | null;
}

const NO_FILLS = "not a single fill of it is known";

export class JudgedTrader {
  readonly key: TraderKey;
  readonly evidence: TraderEvidence | null;
  readonly history: TraderRecord["history"];
  readonly style: TraderStyle | null;
  readonly needs: RecordNeeds;
  readonly verdict: Verdict;
  readonly #benchmark: BenchmarkReturns | null;
  #days: Readonly<Record<PerformanceName, number | null>> | null = null;
  #trades: TradeFigures | null = null;

  constructor({ record, evidence, style, benchmark }: TraderToJudge, needs: RecordNeeds) {
    this.key = { venue: record.venue, trader: record.trader };
    this.history = record.history;
    this.evidence = evidence;
    this.style = style;
    this.needs = needs;
    this.verdict = verdictOf(record, evidence && judgedRecord(evidence), needs);
    this.#benchmark = benchmark;
  }

  /** A figure of the daily returns after fees; a year has 365 days. */
  dayFigure(name: PerformanceName): number | CannotTell {
    const { evidence } = this;
    const why = whyNoFigures(this.verdict);
    if (evidence === null || why !== null) return cannotTell(why?.text ?? NO_FILLS);
    this.#days ??= performanceOf({
      returns: evidence.returns,
      periodsPerYear: PERIODS_PER_YEAR,
      months: monthsOf(evidence.days, { name: "", firstRow: 0, returns: evidence.returns }),
    });
    return this.#days[name] ?? undefinedFigure(FIGURE_DEFINITIONS[name]);
  }

  /** Every figure of the daily returns and of the round trips, null where it is undefined; null as a whole where it cannot be believed. */
  allFigures(): {
    readonly days: Readonly<Record<string, number | null>> | null;
    readonly trades: Readonly<Record<string, number | null>> | null;
  } {
    // What asks for one makes all of them.
    this.dayFigure("sharpe");
    this.tradeFigure("trips");
    return { days: this.#days, trades: this.#trades };
  }

  /** A figure of the round trips that were seen whole, after fees. */
  tradeFigure(name: keyof TradeFigures): number | CannotTell {
    const { evidence, needs } = this;
    if (evidence === null) return cannotTell(NO_FILLS);
    const { trips } = evidence;
    if (trips.length < needs.trips) return cannotTell(fewTripsText(trips.length, needs));
    this.#trades ??= tradeFiguresOf(trips, observedWindow(evidence));
    return this.#trades[name] ?? undefinedFigure(TRADE_DEFINITIONS[name]);
  }

  /** Beta of the daily returns against the benchmark, on the days of which both are known. */
  beta(): number | CannotTell {
    const { evidence, needs } = this;
    const benchmark = this.#benchmark;
    const why = whyNoFigures(this.verdict);
    if (evidence === null || why !== null) return cannotTell(why?.text ?? NO_FILLS);
    if (benchmark === null) throw new Error("a filter asked for a benchmark that it does not say it reads");
    const isKnown = (_: number, day: number) => !Number.isNaN(benchmark.returns[day] ?? Number.NaN);
    const known = evidence.returns.filter(isKnown);
    if (known.length < needs.days)
      return cannotTell(
        `the price of ${benchmark.symbol} is known on ${known.length} of its ${evidence.days.length} days, ${needs.days} are needed; copytrader market fetch or import brings more`,
      );
    const { beta } = benchmarkFiguresOf(known, benchmark.returns.filter(isKnown), PERIODS_PER_YEAR);
    return beta ?? undefinedFigure(FIGURE_DEFINITIONS.beta);
  }

  /** Whether prices were missing on days on which something was held, so that open losses may be missing too. */
  get hasMissingPrices(): boolean {
    return this.evidence?.assumptions.some(({ word }) => word === "last-price-as-mark") ?? false;
  }
}

function undefinedFigure({
  label,
  undefinedWhen,
}: {
  readonly label: string;
  readonly undefinedWhen: string;
}) {
  return cannotTell(`${label} is undefined ${undefinedWhen}`);
}
