/** What a judgement of protections stands on beside what every backtest does, in sentences. */
import { assumptionsOf } from "../backtest/assumptions.ts";
import type { ProtectionsReport } from "./protections.ts";
import { STRIKES_MIN } from "./verdict.ts";

export function protectionAssumptions(report: ProtectionsReport): readonly string[] {
  const { comparisons, days, configured, protections } = report;
  const runs = [
    configured,
    ...protections.flatMap(({ without, rungs }) => [without, ...rungs.map((one) => one.with)]),
  ];
  return [
    `each protection is held against the same settings without that one: the same fills, delays, prices and seeds, so that until its first strike both are the same to the last digit`,
    `${comparisons} ${comparisons === 1 ? "comparison was" : "comparisons were"} made here, and p of all allows for them (Holm); what you tried before is not known here`,
    `fewer than ${STRIKES_MIN} strikes are these days' luck, whatever they brought: no verdict is given on them`,
    "nobody releases anything in a backtest: what a stop without a cool-off stopped stays stopped until the end",
    "a stop is met at a point of the bars or at a price that a recorded trader paid, within a second: what a bar did between its points is made up, and shorter bars are better bars",
    "a leader that takes another's place is chosen by the lower bound of the Sharpe ratio of a follower's returns until then, of records of 30 days and 10 trips",
    ...assumptionsOf({ ...report, strategies: runs.map(({ doubts }) => ({ days, doubts })) }),
  ];
}
