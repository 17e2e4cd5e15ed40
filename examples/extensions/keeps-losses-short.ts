/** Holds losers at most twice as long as winners: whoever sits on losses shows them late. */
import type { TraderFilter } from "./trader-contract.ts";

export default {
  contract: 1,
  kind: "trader-filter",
  name: "keeps-losses-short",
  description: "median holding time of losers at most twice that of winners",
  unit: "ratio",
  asks: "at-most",
  bound: 2,
  figure({ tradeFigures }) {
    return tradeFigures?.disposition ?? { cannotTell: "too few trips won and lost to compare their times" };
  },
} satisfies TraderFilter;
