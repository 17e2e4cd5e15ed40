/** What came of backtests: results stay as they are. */
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import type { BacktestComparison } from "../../api/types.ts";

/** Ids with commas between; all of them have to be finished. */
export function useComparison(ids: string, isFinished: boolean) {
  return useQuery({
    queryKey: ["backtest-comparison", ids],
    queryFn: ({ signal }) => call<BacktestComparison>("/backtests/comparison", { query: { ids }, signal }),
    enabled: isFinished,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
