/** What is asked about the portfolio. A strategy's decision reads every record: on asking, not by itself. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call } from "../../api/client.ts";
import type { RebalancePreview, RiskReport } from "../../api/types.ts";

const SLOW_MS = 60_000;

function decisionQuery(strategy: string) {
  return {
    queryKey: ["rebalance", strategy],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      call<RebalancePreview>("/rebalance", { query: { strategy }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  };
}

/** Without a name: the strategy in force. */
export function useRebalance(strategy: string) {
  return useQuery({
    ...decisionQuery(strategy),
    enabled: strategy !== "",
    placeholderData: keepPreviousData,
  });
}

/** What each would do now, one after the other: each reads every record. */
export function useDecisions(strategies: readonly string[], isWanted: boolean) {
  const [asked, setAsked] = useState(0);
  const queries = useQueries({
    queries: strategies.map((name, at) => ({ ...decisionQuery(name), enabled: isWanted && at <= asked })),
  });
  const settled = queries.findIndex(({ isPending, isFetching }) => isPending || isFetching);
  const isReading = isWanted && settled >= 0;
  useEffect(() => {
    if (settled > asked) setAsked(settled);
  }, [settled, asked]);
  return {
    found: queries.flatMap(({ data }) => data ?? []),
    errors: queries.flatMap(({ error }, at) =>
      error === null ? [] : [{ strategy: strategies[at] ?? "", error }],
    ),
    isReading,
    /** The one that is being asked. */
    reading: strategies[settled] ?? null,
    atMs: Math.min(...queries.map(({ dataUpdatedAt }) => dataUpdatedAt)),
    again: async () => {
      for (const query of queries) await query.refetch();
    },
  };
}

export function useCopiedRisk() {
  return useQuery({
    queryKey: ["copied-risk"],
    queryFn: ({ signal }) => call<RiskReport>("/risk", { signal }),
    staleTime: SLOW_MS,
  });
}
