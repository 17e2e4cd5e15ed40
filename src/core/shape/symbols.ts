/** Which of a leader's instruments an allocation copies, by lists of symbols and patterns. A denial wins over everything. */
import type { InstrumentSpec } from "../model/instrument.ts";
import type { ReasonDetail } from "../reason.ts";
import type { Allocation } from "../settings.ts";

/** So many patterns are quoted where none of a list fits. */
const QUOTED_MAX = 5;

type Lists = Pick<Allocation, "symbols" | "symbolsWithin" | "symbolsDenied">;

/**
 * Why the leader's instrument is not copied, with the pattern that says so; null when it is. Lists name the leader's symbol; where
 * its venue has names of its own for what others trade too, the follower's (`mapped`) does as well.
 */
export function filterSymbol(
  lists: Lists,
  { symbol, elsewhere }: Pick<InstrumentSpec, "symbol" | "elsewhere">,
  mapped: string,
): ReasonDetail | null {
  const isMeant = (pattern: string) =>
    fits(pattern, symbol) || (elsewhere !== undefined && fits(pattern, mapped));
  const denied = lists.symbolsDenied.find(isMeant);
  if (denied !== undefined) return { symbol, deniedBy: denied };
  for (const allowed of [lists.symbols, lists.symbolsWithin]) {
    if (allowed === null || allowed.some(isMeant)) continue;
    return { symbol, allowed: quoted(allowed) };
  }
  return null;
}

/** Whether `symbol` is spelt as `pattern` says, in which `*` stands for any letters, or for none. */
export function fits(pattern: string, symbol: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === symbol;
  if (!symbol.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = symbol.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return symbol.length - last.length >= at && symbol.endsWith(last);
}

function quoted(patterns: readonly string[]): string {
  const shown = patterns.slice(0, QUOTED_MAX).join(", ");
  return patterns.length <= QUOTED_MAX ? shown : `${shown} and ${patterns.length - QUOTED_MAX} more`;
}
