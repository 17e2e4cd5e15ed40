/** The strategies that come with the program, by name. */
import { dynamicCopying } from "./dynamic-copying.ts";
import type { StrategyKind } from "./kind.ts";
import { portfolioCopying } from "./portfolio-copying.ts";
import { riskAdjustedCopying } from "./risk-adjusted-copying.ts";
import { selectiveCopying } from "./selective-copying.ts";

export const STRATEGY_KINDS: readonly StrategyKind[] = [
  selectiveCopying,
  portfolioCopying,
  riskAdjustedCopying,
  dynamicCopying,
];

/** By its name or its short one. */
export function strategyKindOf(name: string): StrategyKind | undefined {
  return STRATEGY_KINDS.find((kind) => kind.name === name || kind.shortName === name);
}
