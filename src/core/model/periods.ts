/** Periods of the calendar in UTC, after which something is added up or settled. */
export const PERIODS = ["day", "week", "month", "quarter"] as const;

export type Period = (typeof PERIODS)[number];
