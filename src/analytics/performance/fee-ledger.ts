/**
 * What a leader earns of what its copies brought one follower: at the end of each period a share of what the profit since the beginning
 * (fees of trading and funding counted, what is held at its price) has come to above the highest that it ever was at such an end, the mark.
 * Losses are made good first, whatever happens in between: the sum that the mark is held against never begins anew. The mark itself never
 * falls. Exact; accounting only.
 *
 *   fee of a period = rate x max(0, profit at its end - mark);   mark = max(mark, profit at its end)
 */
import { Decimal } from "../../core/model/decimal.ts";
import type { Period } from "../../core/model/periods.ts";
import { type DaySpan, periodOf } from "./calendar.ts";

export interface FeeTerms {
  /** 0.1 is 10 %. */
  readonly rate: Decimal;
  readonly period: Period;
}

/** How a relation stood at the end of a day; days that changed nothing are left out. */
export interface FeeDay {
  /** UTC days since 1970, rising. */
  readonly day: number;
  /** Since copying began, in the settle coin. */
  readonly profit: Decimal;
  /** Null where no fee was agreed. */
  readonly terms: FeeTerms | null;
  /** What was before is not known: what there was of profit counts as settled. */
  readonly opening: boolean;
}

export interface FeeSettlement {
  readonly period: DaySpan;
  readonly rate: Decimal;
  /** Since copying began, at the end. */
  readonly profit: Decimal;
  /** What it was held against, and what the next is held against. */
  readonly markBefore: Decimal;
  readonly markAfter: Decimal;
  readonly fee: Decimal;
  /** False: the period goes on, and this is how it would be if it ended now. */
  readonly settled: boolean;
}

export interface FeeLedger {
  readonly settlements: readonly FeeSettlement[];
  /** Of those that are settled, and what the running period would add. */
  readonly settled: Decimal;
  readonly accrued: Decimal;
  /** Which the running period is held against. */
  readonly mark: Decimal;
  readonly profit: Decimal;
}

/** `today` is the day that is not over. */
export function feeLedger(days: readonly FeeDay[], today: number): FeeLedger {
  const settlements: FeeSettlement[] = [];
  let [mark, profit] = [Decimal.zero, Decimal.zero];
  let terms: FeeTerms | null = null;
  let since = Number.NEGATIVE_INFINITY;
  const settle = (nextDay: number) => {
    if (terms === null) return;
    const period = periodOf(since, terms.period);
    const settled = period.lastDay < nextDay;
    const above = greater(profit, mark);
    const fee = terms.rate.times(above.minus(mark));
    settlements.push({
      ...{ period, rate: terms.rate, profit, markBefore: mark, markAfter: settled ? above : mark, fee },
      settled,
    });
    if (settled) mark = above;
  };
  for (const one of days) {
    // What there was before a fee was agreed, or before anything is known, is not shared.
    if (terms === null && one.terms !== null) mark = greater(mark, profit);
    else if (terms !== null && periodOf(since, terms.period).lastDay < one.day) settle(one.day);
    profit = one.profit;
    terms = one.opening ? null : one.terms;
    since = one.day;
  }
  settle(today);
  const sum = (wanted: boolean) =>
    settlements.reduce((all, { fee, settled }) => (settled === wanted ? all.plus(fee) : all), Decimal.zero);
  return { settlements, settled: sum(true), accrued: sum(false), mark, profit };
}

function greater(one: Decimal, other: Decimal): Decimal {
  return one.compare(other) < 0 ? other : one;
}
