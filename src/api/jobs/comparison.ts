/** Several backtests beside each other: each strategy of each, with its figures and curve. Pure. */
import type { z } from "zod";
import { backtestResult, type comparison } from "../contract/job-results.ts";
import type { Job } from "../contract/jobs.ts";

export interface EndedBacktest {
  readonly job: Pick<Job, "id" | "request">;
  readonly result: unknown;
}

type Comparison = z.infer<typeof comparison>;

/** Null where a result has not the form of today's reports. */
export function comparedBacktests(ended: readonly EndedBacktest[]): Comparison | null {
  const backtests: Comparison["backtests"] = [];
  const items: Comparison["items"] = [];
  for (const { job, result } of ended) {
    const read = backtestResult.safeParse(result);
    if (!read.success) return null;
    const { strategies, ...told } = read.data;
    backtests.push({ id: job.id, ...told });
    for (const { decisions, ...one } of strategies)
      items.push({
        id: job.id,
        request: job.request,
        ...one,
        decisions: decisions.length,
        in_decisions: timesIn(decisions),
      });
  }
  const days = new Set(items.map((one) => one.days.join(" ")));
  return { backtests, items, same_days: days.size <= 1 };
}

type Decisions = z.infer<typeof backtestResult>["strategies"][number]["decisions"];

function timesIn(decisions: Decisions): Readonly<Record<string, number>> {
  const times = new Map<string, number>();
  for (const { allocations } of decisions)
    for (const { trader } of allocations) times.set(trader, (times.get(trader) ?? 0) + 1);
  return Object.fromEntries(times);
}
