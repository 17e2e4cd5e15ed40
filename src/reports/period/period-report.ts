/**
 * The numbers of a report over a period: what its pages, pictures, tables and JSON say, and nothing else does. Amounts are exact decimal texts in
 * the settle coin, returns and shares fractions, days UTC; null or "" is what is not known, and `notes` says why.
 */

export interface PeriodReport {
  readonly version: 1;
  readonly subject: ReportSubject;
  /** Of paper accounts; real money is never among it. */
  readonly isPaper: boolean;
  readonly period: {
    readonly kind: "daily" | "weekly" | "monthly" | "range";
    /** `2026-11-20`, `2026-W47`, `2026-11`, `2026-11-01_2026-11-20`. */
    readonly name: string;
    /** Both included. */
    readonly from: string;
    readonly to: string;
    /** False while it goes on. */
    readonly isOver: boolean;
  };
  readonly madeAtMs: number;
  /** Up to which moment something is known. */
  readonly asOfMs: number;
  readonly coin: string;
  readonly summary: ReportSums;
  /** Each day of the period that is known of, oldest first. */
  readonly days: readonly ReportDay[];
  /** The last month up to the period's end, or the period where that is longer; draw-downs since copying began. For pictures. */
  readonly history: readonly Pick<ReportDay, "day" | "equity" | "profit" | "drawdown" | "lived">[];
  /** Days of the period of which nothing is known, before copying began or after the record ends. */
  readonly daysUnknown: number;
  /** Since copying began, up to the period's end. */
  readonly record: ReportTrackRecord | null;
  /** By account and by leader, where the report is of more than one. */
  readonly parts: readonly (ReportSums & { readonly of: "account" | "leader"; readonly name: string })[];
  readonly trades: ReportTrades;
  readonly copying: readonly ReportCopying[];
  readonly performanceFees: readonly ReportFee[];
  readonly alerts: readonly ReportAlert[];
  readonly parity: ReportParity;
  readonly sections: readonly ReportSection[];
  readonly notes: readonly string[];
}

export interface ReportSubject {
  readonly of: "portfolio" | "account" | "leader";
  /** "" of the portfolio. */
  readonly name: string;
}

export interface ReportSums {
  readonly profit: string;
  readonly fees: string;
  readonly funding: string;
  /** What came in beside copying, less what went out. */
  readonly flow: string;
  /** At the end; "" where it is not known, and of leaders. */
  readonly equity: string;
  readonly return: number;
  /** The deepest within the period, at or below zero. */
  readonly drawdown: number;
}

export interface ReportDay extends ReportSums {
  readonly day: string;
  /** False: nothing ran, and what changed is in the next day. */
  readonly lived: boolean;
  /** Of the day so far. */
  readonly isWhole: boolean;
  /** Worth of what was held at its end, longs and shorts added, and longs less shorts; "" where it is not known. */
  readonly gross: string;
  readonly net: string;
  readonly grossMost: string;
  readonly trades: number;
  readonly volume: string;
}

export interface ReportTrackRecord {
  readonly firstDay: string;
  readonly days: number;
  readonly daysWithout: number;
  readonly profit: string;
  readonly return: number;
  readonly drawdownNow: number;
  readonly deepest: { readonly depth: number; readonly from: string | null; readonly trough: string } | null;
  /** Whole days that the ratios are of, and whether they are too few to take them at their word. */
  readonly figureDays: number;
  readonly isTooShort: boolean;
  readonly sharpe: number | null;
  /** 95 %. */
  readonly sharpeInterval: readonly [number, number] | null;
  readonly sharpeAboveZero: number | null;
  readonly sortino: number | null;
  readonly volatility: number | null;
  readonly annualReturn: number | null;
  /** Of days on which something was won or lost. */
  readonly winningDays: number | null;
}

export interface ReportTrades {
  /** From when on trades are known; "" where all of the period is, null where none of it is. */
  readonly knownFrom: string | null;
  readonly fills: number;
  readonly volume: string;
  readonly perDay: number | null;
  readonly orders: { readonly sent: number; readonly filled: number; readonly rejected: number };
  /** Filled of sent; null without orders. */
  readonly success: number | null;
  /** Positions that went back to nothing, and of them those that brought something after fees and funding. */
  readonly closed: number;
  readonly won: number;
  readonly winRate: number | null;
  readonly best: string;
  readonly worst: string;
  /** The largest by volume first. */
  readonly symbols: readonly { readonly symbol: string; readonly fills: number; readonly volume: string }[];
}

/** Why the result is not the leader's, per settle coin; the parts sum to the difference, to the last digit. */
export interface ReportCopying {
  readonly coin: string;
  readonly leaderScaled: string;
  readonly follower: string;
  readonly difference: string;
  readonly components: readonly { readonly component: string; readonly amount: string }[];
  readonly residual: string;
  readonly changes: number;
  readonly copied: number;
  readonly notCopied: readonly { readonly reason: string; readonly changes: number }[];
  readonly copyAccuracy: number | null;
  readonly delayMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly slippageBps: string | null;
  readonly timeInParity: string | null;
}

export interface ReportFee {
  readonly leader: string;
  readonly follower: string;
  readonly coin: string;
  readonly period: string;
  readonly rate: string;
  readonly fee: string;
  readonly settled: boolean;
}

export interface ReportAlert {
  readonly atMs: number;
  readonly severity: string;
  readonly kind: string;
  readonly text: string;
}

/** By the certificates that were made in the period. */
export interface ReportParity {
  readonly certificates: number;
  readonly inParity: number;
  readonly newest: {
    readonly atMs: number;
    readonly inParity: boolean;
    readonly rows: number;
    readonly atTarget: number;
    readonly explained: number;
    readonly unexplained: number;
  } | null;
}

/** What the owner's own file adds: text and tables, nothing that is run. */
export interface ReportSection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } | null;
}
