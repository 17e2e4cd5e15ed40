/** Who could be chosen at a moment of the past, in the order of the careful ranking of that moment. */
import { type RankedRecord, rankRecords } from "../../analytics/ranking/rank-records.ts";
import type { Period, PeriodCandidate } from "../../analytics/walk-forward/holding.ts";
import { type RankedTrader, rankTraders } from "../ranked-traders.ts";
import { judgedRecord, type RecordNeeds } from "../verdict.ts";
import type { RecordThen } from "./record-then.ts";
import type { DaySpan } from "./spans.ts";

export interface ThenCandidate extends PeriodCandidate {
  readonly then: RecordThen;
  /** As ranked at that moment. */
  readonly figures: RankedRecord;
}

/**
 * Those whose record gave figures, one of each group in lock-step, the surest first. Histories that their source cut are among them: who
 * was cut is chance, and of some sources hardly any other is left.
 */
export function periodThen(
  records: readonly RecordThen[],
  { beginDay, days }: DaySpan,
  needs: RecordNeeds,
): Period<ThenCandidate> {
  const entries = records.map(({ record, evidence, moments }) => ({
    record,
    judged: judgedRecord(evidence),
    firstDay: evidence.days[0] ?? "",
    returns: evidence.returns,
    moments,
    follower: null,
  }));
  const { traders } = rankTraders(entries, { needs, screened: records.length, by: "gross" });
  const nameOf = ({ venue, trader }: RankedTrader["trader"]) => `${venue} ${trader}`;
  const byName = new Map(records.map((then) => [nameOf(then.record), then]));
  const counted = traders.flatMap(({ trader, figures }) => {
    const then = byName.get(nameOf(trader));
    return then === undefined || figures === null ? [] : [[nameOf(trader), then] as const];
  });
  const { ranked } = rankRecords(
    counted.map(([name, { returns }]) => ({ name, returns, sharpeInterval: null })),
    { screened: records.length },
  );
  const candidates = ranked.flatMap((figures) => {
    const then = byName.get(figures.name);
    if (then === undefined) return [];
    const { returns, outcome } = then;
    return [{ name: figures.name, returns, outcome, then, figures }];
  });
  return { beginDay, days, candidates };
}
