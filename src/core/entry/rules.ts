/** Which rules of entries an allocation states for a symbol. Without any, an increase goes at market. */
import { slippageBpsMaxFor } from "../overrides.ts";
import type { Copy } from "../state.ts";

/** Null where nothing caps the slippage of this copy's increases. */
export function slippageCapOf({ allocation, leaderInstrument }: Copy): string | null {
  if (allocation.slippageBpsMax === null && allocation.overrides.length === 0) return null;
  return slippageBpsMaxFor(allocation, leaderInstrument.spec.symbol);
}

/** Whether what the leader paid, or when, matters to this copy. */
export function isPriced(copy: Copy): boolean {
  return !copy.isPlain && (copy.allocation.entryDelayMaxMs !== null || slippageCapOf(copy) !== null);
}
