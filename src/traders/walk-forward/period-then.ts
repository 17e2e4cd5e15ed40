/** Who could be chosen at a moment of the past, in the order of the careful ranking of that moment. */
import { DAY_MS } from "../../analytics/equity/days.ts";
import type { Moments } from "../../analytics/ranking/lock-step.ts";
import { type RankedRecord, rankRecords } from "../../analytics/ranking/rank-records.ts";
import type { Period, PeriodCandidate } from "../../analytics/walk-forward/holding.ts";
import { type RankedTrader, rankTraders } from "../ranked-traders.ts";
import type { RecordNeeds } from "../verdict.ts";
import type { RecordThen } from "./record-then.ts";
import type { DaySpan } from "./spans.ts";

export interface ThenCandidate extends PeriodCandidate {
  /** What the ranking of that moment made of `returns`. */
  readonly figures: RankedRecord;
  /** See RecordThen. */
  readonly features: readonly number[];
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
  const entries = records.map(({ record, judged, firstDay, ownReturns, moments }) => ({
    record,
    judged,
    firstDay,
    returns: ownReturns,
    moments: momentsBefore(moments, beginDay * DAY_MS),
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
    counted.map(([name, { returns }]) => ({ name, returns })),
    { screened: records.length },
  );
  const candidates = ranked.flatMap((figures) => {
    const then = byName.get(figures.name);
    if (then === undefined) return [];
    const { returns, outcome, features } = then;
    return [{ name: figures.name, returns, outcome, figures, features }];
  });
  return { beginDay, days, candidates };
}

function momentsBefore(moments: Moments, untilMs: number): Moments {
  const before = Object.entries(moments).map(
    ([what, seconds]) => [what, seconds.filter((second) => second * 1_000 < untilMs)] as const,
  );
  return Object.fromEntries(before);
}
