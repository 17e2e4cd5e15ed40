/**
 * THE CONTRACT of extensions about traders, on one page: filters and importers of your own. It imports nothing: copy it beside your own
 * file for its types. They decide no order: a filter says one figure of a trader's record, an importer makes rows of a file. What
 * monitoring does about a copied leader who fails a filter stands in the configuration.
 *
 * The same question must get the same answer: no clock, no chance, no files, no network, no promises. What a filter is given is frozen.
 * Throwing, answering anything else, or taking too long is told with the file's name: the figure then cannot be told, the file is not read.
 */

/** The default export of a file in the folder `extensions`: this, or an importer. The program holds the figure against the bound. */
export interface TraderFilter {
  readonly contract: 1;
  readonly kind: "trader-filter";
  /** Lower-case letters, digits and hyphens, at most 40; no two extensions have the same. */
  readonly name: string;
  /** One line, at most 200 characters. */
  readonly description: string;
  /** A `fraction` of 0.2 is shown as 20 %. */
  readonly unit: "fraction" | "ratio" | "days" | "count";
  readonly asks: "at-least" | "at-most";
  readonly bound: number;
  /** A finite number, or why it cannot be told: then the trader does not pass. Within 1 s. */
  figure(trader: StudiedTrader): number | { readonly cannotTell: string };
}

/** What is known of a trader. Times are UTC milliseconds, amounts in the asset that profit is counted in. */
export interface StudiedTrader {
  readonly id: string;
  readonly venue: string;
  /** Whether the source cut it. */
  readonly history: "unknown" | "complete" | "truncated";
  /** UTC days (YYYY-MM-DD) without a gap, from the first fill's to the last one's; empty without fills. */
  readonly days: readonly string[];
  /** One a day, after fees, a fraction of the capital that the days before left. */
  readonly returns: readonly number[];
  /** Figures of them by the names of docs/evidence.md; null is undefined. Null as a whole where they cannot be believed. */
  readonly figures: Readonly<Record<string, number | null>> | null;
  /** Why they cannot be; null where they can. */
  readonly noFigures: string | null;
  /** Prices were missing on days on which something was held: losses may be missing, too. */
  readonly hasMissingPrices: boolean;
  /** Finished positions that were seen whole. */
  readonly trips: readonly Trip[];
  /** Figures of them likewise; null where they are too few. */
  readonly tradeFigures: Readonly<Record<string, number | null>> | null;
  /** Against the benchmark of the configuration; null where it cannot be told. */
  readonly beta: number | null;
  /** Null without fills. */
  readonly style: {
    readonly label: string;
    /** By style, summing to 1; null where the trips are too few. */
    readonly probabilities: Readonly<Record<string, number>> | null;
    readonly confidence: "high" | "moderate" | "low" | "none";
  } | null;
  /** Marks of docs/traders.md, such as `open-positions`, and assumptions, such as `capital-estimated`. */
  readonly quality: readonly string[];
  readonly assumptions: readonly string[];
}

export interface Trip {
  readonly symbol: string;
  readonly side: "long" | "short";
  readonly openMs: number;
  readonly closeMs: number;
  /** Before fees. */
  readonly pnl: number;
  /** Positive is paid. */
  readonly fees: number;
  /** The largest quantity held at its average entry price. */
  readonly maxNotional: number;
}

/** A format of histories. Its name is what `--format` takes. */
export interface TraderImporter {
  readonly contract: 1;
  readonly kind: "trader-importer";
  readonly name: string;
  readonly description: string;
  /** A few lines of such a file, which it recognises and makes at least one row of: `extension check` reads them. */
  readonly sample: string;
  /** Whether a file that begins like this is one; asked where none of the program's own formats fits. Within 1 s. */
  recognises(head: string): boolean;
  /** The whole text of a file, at most 64 million characters. Within 60 s. */
  read(text: string): readonly HistoryRow[];
}

export type HistoryRow =
  /** One fill: the columns of the `csv` format of docs/traders.md by name, as texts; times as UTC milliseconds or ISO with a zone. */
  | { readonly line: number; readonly fill: Readonly<Record<string, string>> }
  /** A row that should have been one, and why it is none. */
  | { readonly line: number; readonly rejected: string }
  /** What is not looked at, such as spot. */
  | { readonly line: number; readonly skipped: string };
