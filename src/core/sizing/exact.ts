/**
 * The size that a rule wants for a whole position of the leader by the figures of this moment, before it is rounded to steps.
 * For explanations and what-if questions; targets come from sizing.ts.
 */
import type { Lots } from "../model/amounts.ts";
import type { Copy, State } from "../state.ts";
import { proportionNow } from "./capital.ts";
import { equityFactor } from "./equity-proportional.ts";
import { baseAt, priceNow } from "./fixed-notional.ts";
import type { Fraction } from "./ratio.ts";
import type { UnsizedReason } from "./size.ts";
import { measuredProportion, volatilityFactor } from "./volatility-target.ts";

/** Unsigned, in the follower's lots; or which figure is missing. */
export function exactSize(state: State, copy: Copy, leaderLots: Lots): Fraction | UnsizedReason {
  const { rule, ratio } = copy;
  switch (rule.kind) {
    case "multiplier":
      return product(leaderLots, ratio);
    case "equity-proportional": {
      const proportion = proportionNow(copy, rule);
      return proportion === null ? "equity-unknown" : product(leaderLots, ratio, equityFactor(proportion));
    }
    case "volatility-target": {
      const proportion = measuredProportion(state, copy, rule);
      if (typeof proportion === "string") return proportion;
      return product(leaderLots, ratio, volatilityFactor(rule, proportion));
    }
    case "fixed-notional": {
      const price = priceNow(state, copy);
      return price === null ? "no-price" : baseAt(ratio, price);
    }
    case "fixed-quantity":
      return ratio;
  }
}

function product(lots: Lots, ...factors: readonly Fraction[]): Fraction {
  let numerator = BigInt(Math.abs(lots));
  let denominator = 1n;
  for (const factor of factors) {
    numerator *= factor.numerator;
    denominator *= factor.denominator;
  }
  return { numerator, denominator };
}
