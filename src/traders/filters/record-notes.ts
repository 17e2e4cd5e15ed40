/** What is to be kept in mind of a figure that was compared all the same. */
import type { JudgedTrader } from "./judged-trader.ts";

export function cutNotes({ history }: JudgedTrader): readonly string[] {
  return history === "truncated" ? ["its source cut the history: there was more before"] : [];
}

/** A win rate of what is closed says nothing of what is not. */
export function openNotes(trader: JudgedTrader): readonly string[] {
  const open = openPositions(trader);
  if (open === 0) return [];
  return [`${open} position${open === 1 ? " is" : "s are"} still open and not counted`];
}

export function openPositions({ evidence }: JudgedTrader): number {
  return evidence?.quality.find(({ word }) => word === "open-positions")?.count ?? 0;
}
