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
import type { DaySpan } from "./spans.ts";

export interface RecordThen {
  readonly record: TraderRecord;
  /** From the fills before `beginDay`. */
  readonly evidence: TraderEvidence;
  readonly moments: Moments;
  /** Of whom it is the question, the trader or a follower: what was known then, on the days of the evidence. */
  readonly returns: Float64Array;
  /** And what followed, per day from `beginDay` on, a fraction of the capital that was there; 0 after the last fill. */
  readonly outcome: Float64Array;
}

export interface ThenInput extends EvidenceInput {
  /** Of all fills. */
  readonly whole: TraderEvidence;
  readonly moments: Moments;
  /** The follower whose results are meant; null for the trader's own. */
  readonly copying: Copying | null;
}

export interface Copying {
  readonly sources: CopySources;
  readonly settings: CopySettings;
}

/** Null where nothing was known, or nothing of the capital that was known is left. */
export async function recordThen(input: ThenInput, { beginDay, days }: DaySpan): Promise<RecordThen | null> {
  const untilMs = beginDay * DAY_MS;
  const evidence = await traderEvidence({ ...input, fills: () => fillsBefore(input.fills(), untilMs) });
  if (evidence === null) return null;
  const { capital, pnl } = await profitOf(input, evidence);
  const firstDay = utcDay(Date.parse(evidence.days[0] ?? ""));
  const left = pnl.subarray(0, beginDay - firstDay).reduce((sum, profit) => sum + profit, capital);
  if (!(left > 0)) return null;
  const profits = Float64Array.from({ length: days }, (_, day) => pnl[beginDay - firstDay + day] ?? 0);
  return {
    record: input.trader,
    evidence,
    moments: momentsBefore(input.moments, untilMs),
    returns:
      input.copying === null
        ? evidence.returns
        : returnsOn(capital, pnl.subarray(0, evidence.days.length)).returns,
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

function momentsBefore(moments: Moments, untilMs: number): Moments {
  const before = Object.entries(moments).map(
    ([what, seconds]) => [what, seconds.filter((second) => second * 1_000 < untilMs)] as const,
  );
  return Object.fromEntries(before);
}

/** Fills come in the order of time. */
async function* fillsBefore(
  pages: AsyncIterable<readonly TraderFillRecord[]>,
  untilMs: number,
): AsyncIterable<readonly TraderFillRecord[]> {
  for await (const page of pages) {
    const until = page.findIndex(({ timeMs }) => timeMs >= untilMs);
    if (until !== 0) yield until < 0 ? page : page.slice(0, until);
    if (until >= 0) return;
  }
}
