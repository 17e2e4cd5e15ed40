/**
 * THE CONTRACT of report sections of your own, on one page. It imports nothing: copy it beside your own file for its types. A section is made of
 * the numbers of a report, and stands at the end of its pages: text and tables, shown as they are. It decides nothing.
 *
 * The same question must get the same answer: no clock, no chance, no files, no network, no promises. What it is given is frozen. Throwing,
 * answering anything else, or taking longer than 2 s is told in the report, which is made without the section.
 */

/** The default export of a file in the folder `extensions`. */
export interface ReportSectionMaker {
  readonly contract: 1;
  readonly kind: "report-section";
  /** Lower-case letters, digits and hyphens, at most 40; no two extensions have the same. */
  readonly name: string;
  /** One line, at most 200 characters. */
  readonly description: string;
  /** Null: this report has no such section. */
  section(report: ReportedPeriod): ReportedSection | null;
}

export interface ReportedSection {
  readonly title: string;
  /** At most 20, of at most 1,000 characters each. */
  readonly paragraphs?: readonly string[];
  /** At most 10 columns and 200 rows; every row as long as the head. */
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** Amounts are exact decimal texts in the settle coin, "" where they are not known; returns and shares fractions; days UTC. */
export interface ReportedPeriod {
  readonly subject: { readonly of: "portfolio" | "account" | "leader"; readonly name: string };
  readonly isPaper: boolean;
  readonly period: {
    readonly kind: "daily" | "weekly" | "monthly" | "range";
    readonly name: string;
    readonly from: string;
    readonly to: string;
    readonly isOver: boolean;
  };
  readonly coin: string;
  readonly summary: ReportedSums;
  /** Oldest first. */
  readonly days: readonly ReportedDay[];
  readonly parts: readonly (ReportedSums & { readonly of: "account" | "leader"; readonly name: string })[];
  readonly trades: {
    readonly fills: number;
    readonly volume: string;
    readonly orders: { readonly sent: number; readonly filled: number; readonly rejected: number };
    readonly closed: number;
    readonly won: number;
    readonly symbols: readonly { readonly symbol: string; readonly fills: number; readonly volume: string }[];
  };
  /** Per settle coin; the components sum to the difference. */
  readonly copying: readonly {
    readonly coin: string;
    readonly leaderScaled: string;
    readonly follower: string;
    readonly difference: string;
    readonly components: readonly { readonly component: string; readonly amount: string }[];
    readonly changes: number;
    readonly copied: number;
  }[];
  readonly alerts: readonly {
    readonly atMs: number;
    readonly severity: string;
    readonly kind: string;
    readonly text: string;
  }[];
}

export interface ReportedSums {
  readonly profit: string;
  readonly fees: string;
  readonly funding: string;
  readonly flow: string;
  readonly equity: string;
  readonly return: number;
  readonly drawdown: number;
}

export interface ReportedDay extends ReportedSums {
  readonly day: string;
  /** False: nothing ran. */
  readonly lived: boolean;
  /** Worth of what was held at its end, longs and shorts added. */
  readonly gross: string;
  readonly trades: number;
  readonly volume: string;
}
