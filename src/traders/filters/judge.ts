/**
 * Judges a trader by filters, and those who are copied together by how different they are. Pure: the same evidence and filters give
 * the same results. Whoever fails one filter, or of whom one cannot be told, does not pass.
 */
import type { StyleVerdict } from "../../analytics/style/classify.ts";
import type { TraderKey } from "../../store/trader-store.ts";
import { type RecordNeeds, type Reservation, USUAL_NEEDS } from "../verdict.ts";
import type { FilterAsks, FilterBound, FilterOutcome, FilterUnit, TraderFilter } from "./filter.ts";
import { JudgedTrader, type TraderToJudge } from "./judged-trader.ts";
import { judgeDiversity } from "./min-strategy-diversity.ts";

export interface FilterResult {
  /** The name of its key, or of the user's own filter. */
  readonly filter: string;
  readonly result: FilterOutcome["kind"];
  readonly unit: FilterUnit;
  readonly asks: FilterAsks;
  readonly bound: FilterBound;
  /** Null where it cannot be told. */
  readonly value: number | null;
  /** How far beyond the bound; null unless it failed. */
  readonly by: number | null;
  /** Why it cannot be told; null otherwise. */
  readonly because: string | null;
  readonly notes: readonly string[];
}

export interface TraderJudgement {
  readonly trader: TraderKey;
  readonly passes: boolean;
  /** One of each filter, in their order. */
  readonly results: readonly FilterResult[];
  /** What figures of the record leave open. */
  readonly reservations: readonly Reservation[];
  /** For the diversity of a set; `unknown` also where it is told with low confidence only, and where no filter reads styles. */
  readonly style: StyleVerdict["label"];
}

export function judge(
  trader: TraderToJudge,
  filters: readonly TraderFilter[],
  needs: RecordNeeds = USUAL_NEEDS,
): TraderJudgement {
  const judged = new JudgedTrader(trader, needs);
  const results = filters.map((filter) => resultOf(filter, filter.judge(judged)));
  return {
    trader: judged.key,
    passes: results.every(({ result }) => result === "passed"),
    results,
    reservations: judged.verdict.reservations,
    style: sureStyle(trader.style),
  };
}

function sureStyle(style: TraderToJudge["style"]): StyleVerdict["label"] {
  return style === null || style.verdict.confidence === "low" ? "unknown" : style.verdict.label;
}

/** Of those who are, or would be, copied together. */
export function judgeSet(
  judgements: readonly Pick<TraderJudgement, "style">[],
  minStrategyDiversity: number,
): FilterResult {
  const labels = judgements.map(({ style }) => style);
  return resultOf(
    { name: "min_strategy_diversity", unit: "count", asks: "at-least", bound: minStrategyDiversity },
    judgeDiversity(labels, minStrategyDiversity),
  );
}

function resultOf(
  { name, unit, asks, bound }: Pick<TraderFilter, "name" | "unit" | "asks" | "bound">,
  outcome: FilterOutcome,
): FilterResult {
  const isTold = outcome.kind !== "cannot-tell";
  return {
    filter: name,
    result: outcome.kind,
    unit,
    asks,
    bound,
    value: isTold ? outcome.value : null,
    by: outcome.kind === "failed" ? outcome.by : null,
    because: isTold ? null : outcome.because,
    notes: isTold ? outcome.notes : [],
  };
}
