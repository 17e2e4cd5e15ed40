/**
 * Largest share of the value traded in round trips that lies in coins of one sector. A coin of no known sector is one of its own;
 * where those could make the largest share too large, it cannot be told.
 */
import { atMost, cannotTell, type TraderFilter } from "./filter.ts";

export function maxSectorConcentration(bound: number): TraderFilter {
  return {
    name: "max_sector_concentration",
    unit: "fraction",
    asks: "at-most",
    bound,
    reads: ["style"],
    judge: ({ style }) => {
      const { largest = null, unknown = null } = style?.concentration.sectors ?? {};
      if (largest === null || unknown === null)
        return cannotTell("no finished round trip of it was seen whole");
      const notes = [`most in ${largest.sector}`];
      const outcome = atMost(largest.share, bound, notes);
      if (outcome.kind === "failed" || atMost(largest.share + unknown, bound).kind === "passed")
        return outcome;
      return cannotTell(
        `${percent(unknown)} of what it trades is in coins of no known sector, beside ${percent(largest.share)} in ${largest.sector}; sectors.json in the data folder names theirs`,
      );
    },
  };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
