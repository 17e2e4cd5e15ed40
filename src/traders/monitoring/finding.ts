/**
 * What monitoring asks of a leader, and what one look answers. Readings come and go with chance; what is said to stand, and when it is
 * over, standing.ts decides.
 */
export const FINDING_RULES = ["failed-filter", "style-change", "decay", "correlation", "lock-step"] as const;

export type FindingRule = (typeof FINDING_RULES)[number];

/** `between` is neither: nearer to the other side than to doubt, not near enough to be sure. `unknown`: the data say nothing. */
export type ReadingState = "raised" | "between" | "clear" | "unknown";

export interface Reading {
  readonly rule: FindingRule;
  /** By the name that it is configured under; a watched one as venue:trader; "" where `follower` says whose leaders are meant. */
  readonly leader: string;
  /** Where all leaders together are meant that this follower copies. */
  readonly follower?: string;
  /** What exactly, with rule and leader it is one finding: the filter, or the other leader; "" where there is only one. */
  readonly topic: string;
  readonly state: ReadingState;
  /** What the answer follows from: it counts once for as long as this stays the same. */
  readonly basis: string;
  readonly value: string;
  readonly limit: string;
  /** In a sentence without its full stop. */
  readonly text: string;
  readonly numbers: Readonly<Record<string, number | string>>;
}

/** How many answers in a row begin a finding, and end it. */
export const PERSISTENCE: Readonly<Record<FindingRule, { readonly begins: number; readonly ends: number }>> =
  {
    // A figure that swings round its bound is one finding, not many.
    "failed-filter": { begins: 1, ends: 3 },
    "style-change": { begins: 3, ends: 3 },
    // Both have a band between raised and clear.
    decay: { begins: 1, ends: 1 },
    correlation: { begins: 1, ends: 1 },
    "lock-step": { begins: 1, ends: 3 },
  };

/** What is found of two leaders is one finding, whichever of them is the less proven now. */
export function findingId({
  rule,
  leader,
  follower,
  topic,
}: Pick<Reading, "rule" | "leader" | "follower" | "topic">): string {
  if (follower !== undefined) return JSON.stringify([rule, leader, topic, follower]);
  const isOfTwo = rule === "correlation" || rule === "lock-step";
  return JSON.stringify([rule, ...(isOfTwo ? [leader, topic].toSorted() : [leader, topic])]);
}
