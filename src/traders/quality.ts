/**
 * What is known to be wrong or missing in a trader's history, each with a word, what it means and what may not be concluded from it.
 * docs/traders.md has the same list. A word says nothing good or bad about the trader.
 */

interface Quality {
  /** For lists; "" where nearly every history has it. */
  readonly letter: string;
  /** With `%` for the flag's count. */
  readonly meaning: string;
  /** "" where it forbids nothing. */
  readonly doubtful: string;
}

const quality = (letter: string, meaning: string, doubtful: string): Quality => ({
  letter,
  meaning,
  doubtful,
});

export const QUALITY = {
  "empty-history": quality("E", "the source names this trader without a single fill", "anything"),
  "truncated-history": quality(
    "T",
    "the source cut the history: older fills are missing",
    "totals, age and win rate, which are of what is left only",
  ),
  "rejected-rows": quality(
    "R",
    "rows of the source that were no fills and are left out: %",
    "exact positions around those rows",
  ),
  "carried-in-positions": quality(
    "C",
    "positions that were there before the first fill that is known: %",
    "when and at what price those were entered, and whose days made their profit",
  ),
  "missing-fills": quality(
    "G",
    "fills that begin with another position than the fill before them left: %",
    "the round trips around those moments",
  ),
  "duplicate-rows": quality(
    "D",
    "rows that equal an earlier one in every column and have no trade id, kept as fills of their own: %",
    "that none of them was exported twice: nothing in a row can tell",
  ),
  "whole-second-times": quality(
    "",
    "times are whole seconds, and the order within one is the source's",
    "anything about reactions within a second",
  ),
  "hedge-mode": quality("", "long and short may be held at once: each is a position of its own", ""),
  "one-way-mode": quality("", "one position for each instrument: a fill may turn it round", ""),
  "mode-not-told": quality(
    "M",
    "the source does not say whether long and short may be held at once, nor what each fill closed: one position for each instrument is taken",
    "round trips, if the account was in hedge mode",
  ),
  "open-positions": quality(
    "O",
    "positions that are open at the end: %",
    "a win rate: a loss that is not closed is not in it",
  ),
  "no-profit-told": quality(
    "",
    "the source tells no profit: it is worked out at average cost",
    "the profit of what was carried in",
  ),
  "no-fees": quality("F", "no fill has a fee", "profit after fees"),
  "fees-in-other-assets": quality(
    "A",
    "fills that paid their fee in another asset, which are not in the sum of fees: %",
    "exact profit after fees",
  ),
  "no-funding": quality(
    "",
    "the source has no funding payments",
    "the profit of positions that were held over funding times",
  ),
  "several-quote-assets": quality(
    "Q",
    "assets that profit is counted in: %; sums take one of each for one of the others",
    "sums to the cent",
  ),
  "short-history": quality(
    "S",
    "less than 30 days lie between the first fill and the last",
    "skill: luck explains as much",
  ),
  "no-equity": quality(
    "",
    "the account's capital is not known",
    "returns, draw-downs and leverage, but on a capital that is assumed",
  ),
  liquidated: quality("L", "fills that were liquidations or deleveraging by the venue: %", ""),
} as const satisfies Readonly<Record<string, Quality>>;

export type QualityWord = keyof typeof QUALITY;

export interface QualityFlag {
  readonly word: QualityWord;
  /** How many, where that is told; 0 otherwise. */
  readonly count: number;
}

export const SHORT_HISTORY_MS = 30 * 24 * 3_600_000;

/** A sentence for people. */
export function qualityText({ word, count }: QualityFlag): string {
  return QUALITY[word].meaning.replace("%", String(count));
}
