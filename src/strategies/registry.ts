/** The strategies that come with the program, by name. */
import type { StrategyKind } from "./kind.ts";
import { selectiveCopying } from "./selective-copying.ts";

export const STRATEGY_KINDS: readonly StrategyKind[] = [selectiveCopying];

/** By its name or its short one. */
export function strategyKindOf(name: string): StrategyKind | undefined {
  return STRATEGY_KINDS.find((kind) => kind.name === name || kind.shortName === name);
}
