/** What a size comes to before it is rounded: for the question whether a change reaches a step, and to explain a target. */
import type { Lots } from "../model/amounts.ts";
import type { Copy, CopyLeg } from "../state.ts";
import { proportionNow } from "./capital.ts";
import { equityFactor } from "./equity-proportional.ts";
import { baseAt } from "./fixed-notional.ts";
import type { Fraction } from "./ratio.ts";
import { volatilityFactor } from "./volatility-target.ts";

/** What a leg remembers of how it was sized. */
export type SizedLeg = Pick<CopyLeg, "proportion" | "opening">;

/** The follower's lots for so many of the leader's, by what `leg` remembers; null when it remembers nothing. */
export function exactShare(copy: Copy, leg: SizedLeg, leaderLots: Lots): Fraction | null {
  const factor = factorOf(copy, leg);
  return factor && { numerator: BigInt(leaderLots) * factor.numerator, denominator: factor.denominator };
}

/** The follower's lots for one of the leader's. */
function factorOf(copy: Copy, { proportion, opening }: SizedLeg): Fraction | null {
  const { rule, ratio } = copy;
  switch (rule.kind) {
    case "multiplier":
      return ratio;
    case "equity-proportional": {
      const known = proportion ?? proportionNow(copy, rule);
      return known && product(ratio, equityFactor(known));
    }
    case "volatility-target":
      return proportion && product(ratio, volatilityFactor(rule, proportion));
    case "fixed-notional":
      return opening?.price ? perPeak(baseAt(ratio, opening.price), opening.peakLots) : null;
    case "fixed-quantity":
      return opening && perPeak(ratio, opening.peakLots);
  }
}

function product(one: Fraction, other: Fraction): Fraction {
  return {
    numerator: one.numerator * other.numerator,
    denominator: one.denominator * other.denominator,
  };
}

function perPeak({ numerator, denominator }: Fraction, peakLots: Lots): Fraction {
  return { numerator, denominator: denominator * BigInt(peakLots) };
}
