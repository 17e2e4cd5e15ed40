/**
 * Least number of different styles among those that are copied together. One trader has one style: this is a question about the
 * whole set, and never one about a single trader.
 */
import type { StyleVerdict } from "../../analytics/style/classify.ts";
import { atLeast, cannotTell, type FilterOutcome } from "./filter.ts";

export function judgeDiversity(labels: readonly StyleVerdict["label"][], bound: number): FilterOutcome {
  const known = labels.filter((label) => label !== "unknown");
  const styles = [...new Set(known)].sort();
  const unknown = labels.length - known.length;
  const outcome = atLeast(styles.length, bound, styles.length === 0 ? [] : [styles.join(", ")]);
  if (outcome.kind === "passed" || styles.length + unknown < bound) return outcome;
  return cannotTell(
    `the style of ${unknown} of them is not known well enough; the others show ${styles.length}${styles.length === 0 ? "" : ` (${styles.join(", ")})`}`,
  );
}
