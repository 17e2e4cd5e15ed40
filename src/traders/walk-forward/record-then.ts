/**
 * A trader's record as it was known at some moment of the past, and what came of it: evidence is made anew from the fills until then, so that
 * neither the capital that is taken nor any figure knows what followed.
 */

import type { CopySettings } from "../../analytics/copying/copy-settings.ts";
import { returnsOn } from "../../analytics/equity/capital.ts";
import { DAY_MS, utcDay } from "../../analytics/equity/days.ts";
import type { Moments } from "../../analytics/ranking/lock-step.ts";
import type { TraderFillRecord, TraderRecord } from "../../store/trader-store.ts";
import { type CopySources, followerNetReturns } from "../copying/follower-net.ts";
import { type EvidenceInput, type TraderEvidence, traderEvidence } from "../evidence.ts";
import { hasFigures, type JudgedRecord, judgedRecord, type RecordNeeds, verdictOf } from "../verdict.ts";
import type { DaySpan } from "./spans.ts";

/** What is kept of it is little: there is one for each trader and period. */
export interface RecordThen {
  readonly record: TraderRecord;
  /** From the fills before `beginDay`; so are all that follow but the outcome. */
  readonly judged: JudgedRecord;
  /** YYYY-MM-DD (UTC). */
  readonly firstDay: string;
  /** The trader's own. */
  readonly ownReturns: Float64Array;
  /** Of whom it is the question, the trader or a follower: on the same days. */
  readonly returns: Float64Array;
  /** See ThenInput. */
  readonly features: readonly number[];
  /** Of the whole history. */
  readonly moments: Moments;
  /** What followed, per day from `beginDay` on, a fraction of the capital that was there; 0 after the last fill. */
  readonly outcome: Float64Array;
}

export interface ThenInput extends EvidenceInput {
  /** Of all fills. */
  readonly whole: TraderEvidence;
  readonly moments: Moments;
  /** The follower whose results are meant; null for the trader's own. */
  readonly copying: Copying | null;
  readonly needs: RecordNeeds;
  /** What is made of what was known, for whoever learns from it. */
  featuresOf(evidence: TraderEvidence, returns: Float64Array): readonly number[];
}

export interface Copying {
  readonly sources: CopySources;
  readonly settings: CopySettings;
}

/** Null where no figure could be made of what was known, or nothing of the capital that was known is left. */
export async function recordThen(input: ThenInput, { beginDay, days }: DaySpan): Promise<RecordThen | null> {
  const { trader, needs, moments, copying } = input;
  const evidence = await traderEvidence({
    ...input,
    fills: () => fillsBefore(input.fills(), beginDay * DAY_MS),
  });
  const judged = evidence === null ? null : judgedRecord(evidence);
  if (evidence === null || judged === null || !hasFigures(verdictOf(trader, judged, needs))) return null;
  const { capital, pnl } = await profitOf(input, evidence);
  const firstDay = evidence.days[0] ?? "";
  const place = beginDay - utcDay(Date.parse(firstDay));
  const left = pnl.subarray(0, place).reduce((sum, profit) => sum + profit, capital);
  if (!(left > 0)) return null;
  const known = pnl.subarray(0, evidence.days.length);
  const returns = copying === null ? evidence.returns : returnsOn(capital, known).returns;
  const profits = Float64Array.from({ length: days }, (_, day) => pnl[place + day] ?? 0);
  return {
    record: trader,
    judged,
    firstDay,
    ownReturns: evidence.returns,
    returns,
    features: input.featuresOf(evidence, returns),
    moments,
    outcome: returnsOn(left, profits).returns,
  };
}

/** By day of the whole history, on the capital that was known then: no day needs more than what was known by its end. */
async function profitOf(
  { whole, copying, trader, fills }: ThenInput,
  { base }: TraderEvidence,
): Promise<{ readonly capital: number; readonly pnl: Float64Array }> {
  if (copying === null) return { capital: base, pnl: whole.pnl };
  const { sources, settings } = copying;
  const evidence = { ...whole, base };
  const { pnl } = await followerNetReturns({ ...sources, trader, evidence, fills }, settings);
  return { capital: Number(settings.equity), pnl };
}

/** Fills come in the order of time. */
export async function* fillsBefore(
  pages: AsyncIterable<readonly TraderFillRecord[]>,
  untilMs: number,
): AsyncIterable<readonly TraderFillRecord[]> {
  for await (const page of pages) {
    const until = page.findIndex(({ timeMs }) => timeMs >= untilMs);
    if (until !== 0) yield until < 0 ? page : page.slice(0, until);
    if (until >= 0) return;
  }
}
