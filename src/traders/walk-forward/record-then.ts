/**
 * A trader's record as it was known at some moment of the past, and what came of it: evidence is made anew from the fills until then, so that
 * neither the capital that is taken nor any figure knows what followed.
 */
import { returnsOn } from "../../analytics/equity/capital.ts";
import { DAY_MS } from "../../analytics/equity/days.ts";
import type { Moments } from "../../analytics/ranking/lock-step.ts";
import type { TraderFillRecord, TraderRecord } from "../../store/trader-store.ts";
import { type EvidenceInput, type TraderEvidence, traderEvidence } from "../evidence.ts";
import type { DaySpan } from "./spans.ts";

export interface RecordThen {
  readonly record: TraderRecord;
  /** From the fills before `beginDay`. */
  readonly evidence: TraderEvidence;
  readonly moments: Moments;
  /** Per day from `beginDay` on, a fraction of the capital that was there; 0 after the last fill. */
  readonly outcome: Float64Array;
}

export interface ThenInput extends EvidenceInput {
  /** Of all fills. */
  readonly whole: TraderEvidence;
  readonly moments: Moments;
}

/** Null where nothing was known, or nothing of the capital that was known is left. */
export async function recordThen(input: ThenInput, { beginDay, days }: DaySpan): Promise<RecordThen | null> {
  const untilMs = beginDay * DAY_MS;
  const evidence = await traderEvidence({ ...input, fills: () => fillsBefore(input.fills(), untilMs) });
  if (evidence === null) return null;
  const { whole } = input;
  const firstDay = Math.floor(Date.parse(whole.days[0] ?? "") / DAY_MS);
  const before = whole.pnl.subarray(0, Math.max(0, beginDay - firstDay));
  const capital = before.reduce((sum, profit) => sum + profit, evidence.base);
  if (!(capital > 0)) return null;
  const profits = Float64Array.from({ length: days }, (_, day) => whole.pnl[beginDay - firstDay + day] ?? 0);
  return {
    record: input.trader,
    evidence,
    moments: momentsBefore(input.moments, untilMs),
    outcome: returnsOn(capital, profits).returns,
  };
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
