/** The same for each breach of one invariant, whoever broke it and by how much: a shrunk history must break the same one. */

/** The checker's rules, and words of a history that could not go on. */
const RULE = /^[a-z]+(-[a-z]+)*(?=: )/u;

/**
 * Of a breach as the invariants and the checker write them: the rule in front, where there is one (of a history that stopped, with
 * the first line of its error); otherwise what is said after the place, without its numbers.
 */
export function invariantOf(breach: string): string {
  const [first = ""] = breach.split("\n");
  const whole = WHOLE.exec(first)?.[0];
  if (whole !== undefined) return withoutNumbers(whole);
  const rule = RULE.exec(first)?.[0];
  if (rule === "stopped") return withoutNumbers(first).slice(0, 200);
  if (rule !== undefined && !CAUSES.test(first)) return rule;
  const place = first.lastIndexOf(": ");
  return withoutNumbers(place < 0 ? first : first.slice(place + 2));
}

/** What goes on with a piece of the state. */
const WHOLE = /^(recovery differs|a checkpoint reads back differently|record \d+ decides)/u;

/** Of the ledger's invariant: the event in front, then the order. */
const CAUSES = /^[a-z-]+: ct[0-9a-z]{22} /u;

function withoutNumbers(text: string): string {
  return text
    .replaceAll(/ct[0-9a-z]{22}/gu, "an order")
    .replaceAll(/-?\d+(\.\d+)?/gu, "N")
    .replaceAll(/(leader|follower)N/gu, "$1");
}
