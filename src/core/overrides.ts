/**
 * What an allocation says of one symbol: its own settings, or those of an override. Of several overrides that fit, each value
 * comes from the most exact one that states it: the symbol itself, then the pattern with the most letters.
 */
import type { Allocation, SizingRule, SymbolOverride } from "./settings.ts";
import { fits } from "./shape/symbols.ts";

/** `symbol` as the leader's venue writes it. */
export function sizingFor({ sizing, overrides }: Allocation, symbol: string): SizingRule {
  return fitting(overrides, symbol).find((one) => one.sizing !== undefined)?.sizing ?? sizing;
}

export function leverageMaxFor({ leverageMax, overrides }: Allocation, symbol: string): string {
  return fitting(overrides, symbol).find((one) => one.leverageMax !== undefined)?.leverageMax ?? leverageMax;
}

/** Null where nothing caps it. */
export function slippageBpsMaxFor({ slippageBpsMax, overrides }: Allocation, symbol: string): string | null {
  const own = fitting(overrides, symbol).find((one) => one.slippageBpsMax !== undefined);
  return own?.slippageBpsMax ?? slippageBpsMax;
}

/** Null where nothing caps it, in these two as well. */
export function orderNotionalMaxFor({ orderNotionalMax, overrides }: Allocation, symbol: string) {
  const own = fitting(overrides, symbol).find((one) => one.orderNotionalMax !== undefined);
  return own?.orderNotionalMax ?? orderNotionalMax;
}

export function symbolNotionalMaxFor({ symbolNotionalMax, overrides }: Allocation, symbol: string) {
  const own = fitting(overrides, symbol).find((one) => one.symbolNotionalMax !== undefined);
  return own?.symbolNotionalMax ?? symbolNotionalMax;
}

/** Those that fit, the most exact first; equally exact ones in the order given. */
function fitting(overrides: readonly SymbolOverride[], symbol: string): readonly SymbolOverride[] {
  if (overrides.length === 0) return overrides;
  const found = overrides.filter(({ pattern }) => fits(pattern, symbol));
  return found.toSorted((left, right) => exactness(right) - exactness(left));
}

function exactness({ pattern }: SymbolOverride): number {
  const letters = pattern.replaceAll("*", "").length;
  return letters === pattern.length ? Number.POSITIVE_INFINITY : letters;
}
