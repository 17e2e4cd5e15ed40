/** Long computations in the background: those that there are, starting one, cancelling it, and what came of it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useConnection } from "../live/connection.ts";
import { call, newIdempotencyKey } from "./client.ts";
import { KEYS, POLL_MS } from "./queries.ts";
import type { BacktestRequest, JobPage, JobRow, ReportRequest, WhatIfRequest } from "./types.ts";

/** As the stream tells them: by id. */
interface JobsBody {
  readonly jobs: Readonly<Record<string, JobRow>>;
}

export interface JobRequests {
  readonly backtest: BacktestRequest;
  readonly what_if: WhatIfRequest;
  readonly report: ReportRequest;
}

export type JobKind = keyof JobRequests;

const PATHS: Readonly<Record<JobKind, string>> = {
  backtest: "/backtests",
  what_if: "/what_if",
  report: "/reports",
};
const SHOWN_MAX = 50;

/** Of one kind, newest first. The stream brings how far they are; without it they are asked for. */
export function useJobs(kind: JobKind) {
  const { way } = useConnection();
  const query = useQuery({
    queryKey: KEYS.jobs,
    queryFn: async ({ signal }): Promise<JobsBody> => {
      const { items } = await call<JobPage>("/jobs", { query: { limit: SHOWN_MAX }, signal });
      return { jobs: Object.fromEntries(items.map((one) => [one.id, one])) };
    },
    refetchInterval: way === "stream" ? false : POLL_MS,
  });
  const jobs = Object.values(query.data?.jobs ?? {})
    .filter((one) => one.kind === kind)
    .sort((one, other) => other.id - one.id);
  return { ...query, jobs };
}

export function startJob<Kind extends JobKind>(kind: Kind, body: JobRequests[Kind]): Promise<JobRow> {
  return call(PATHS[kind], { method: "POST", body, idempotencyKey: newIdempotencyKey() });
}

/** Cancels one that waits or works, forgets one that has ended. */
export function useRemoveJob(kind: JobKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => call<JobRow>(`${PATHS[kind]}/${id}`, { method: "DELETE" }),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.jobs }),
  });
}

export function isOpen({ state }: JobRow): boolean {
  return state === "queued" || state === "running";
}
