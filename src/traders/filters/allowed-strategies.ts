/**
 * The styles that may be copied: their probabilities together, as the classifier of docs/style.md tells them, have to be at least one
 * half. A trader of too few round trips has no style that can be told.
 */
import { STYLES } from "../../analytics/style/styles.ts";
import { atLeast, cannotTell, type TraderFilter } from "./filter.ts";

const MORE_LIKELY_THAN_NOT = 0.5;
/** Less likely ones are not told. */
const TOLD_FROM = 0.1;
const TOLD_MAX = 3;

export function allowedStrategies(allowed: readonly string[]): TraderFilter {
  return {
    name: "allowed_strategies",
    unit: "fraction",
    asks: "one-of",
    bound: allowed,
    reads: ["style"],
    judge: ({ style }) => {
      if (style === null) return cannotTell("not a single fill of it is known");
      const { probabilities, confidence, reasons } = style.verdict;
      if (probabilities === null) return cannotTell(reasons.join("; "));
      const value = STYLES.reduce((sum, name) => sum + (allowed.includes(name) ? probabilities[name] : 0), 0);
      const told = STYLES.filter((name) => probabilities[name] >= TOLD_FROM)
        .sort((one, other) => probabilities[other] - probabilities[one])
        .slice(0, TOLD_MAX)
        .map((name) => `${name} ${Math.round(100 * probabilities[name])} %`);
      const unsure = confidence === "low" ? [`told with low confidence: ${reasons.join("; ")}`] : [];
      return atLeast(value, MORE_LIKELY_THAN_NOT, [told.join(", "), ...unsure]);
    },
  };
}
