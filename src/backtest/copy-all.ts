/**
 * The plainest strategy, to hold others against: equal parts of everybody of whom anything can be told. Filters are a way of choosing,
 * so it asks none.
 */
import { COMMON_OPTIONS } from "../strategies/common.ts";
import { type StrategyKind, strategyKind } from "../strategies/kind.ts";
import { numberOption, wholeOption } from "../strategies/options.ts";

interface CopyAllValues {
  readonly rebalancing_frequency: number;
  readonly min_days: number;
  readonly position_scaling: number;
}

export const copyAll: StrategyKind = strategyKind<CopyAllValues>({
  name: "copy_all",
  shortName: "all",
  description:
    "Equal parts of every trader with enough days of record, whatever filters say: what choosing is held against.",
  options: {
    rebalancing_frequency: COMMON_OPTIONS.rebalancing_frequency,
    min_days: wholeOption("Fewest known days of a leader.", { min: 1, max: 3_650 }, 10),
    position_scaling: numberOption("Factor on the positions of every leader.", { above: 0, max: 100 }, 1),
  },
  choose: ({ candidates }, { min_days: least, position_scaling: scale }) => {
    const isLong = (days: number | null | undefined) => (days ?? 0) >= least;
    const count = candidates.filter(({ figures }) => isLong(figures.days)).length;
    return {
      wishes: candidates.map(({ trader, figures }) => {
        const days = figures.days ?? 0;
        if (!isLong(days)) return { trader, weight: 0, reason: "record-too-short", numbers: { days, least } };
        return { trader, weight: 1 / count, scale, reason: "chosen", numbers: { days } };
      }),
    };
  },
});
