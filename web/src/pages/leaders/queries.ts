/** What is asked about traders. Records change slowly: what is there is shown while it is asked for anew. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { call, callAll } from "../../api/client.ts";
import type { TraderKey } from "../../api/commands.ts";
import type {
  CorrelationsReport,
  FilteredTraders,
  JobRow,
  Ranking,
  RankingQuery,
  StylesReport,
  TraderEvidence,
  TraderPerformance,
  TradersPage,
  TraderTrades,
  WhatIfResult,
} from "../../api/types.ts";
import { isRecord } from "../../live/changes.ts";

const SLOW_MS = 60_000;
/** As many as the server tells at once. */
const PAGE = 500;

export function useRanking(query: RankingQuery) {
  return useQuery({
    queryKey: ["ranking", query],
    queryFn: ({ signal }) => callAll<Ranking>("/ranking", "traders", { query: { ...query }, signal }),
    placeholderData: keepPreviousData,
    staleTime: SLOW_MS,
  });
}

/** For the words of quality that the ranking does not have. */
export function useTraders() {
  return useQuery({
    queryKey: ["traders"],
    queryFn: ({ signal }) => callAll<TradersPage>("/traders", "items", { query: { limit: PAGE }, signal }),
    staleTime: SLOW_MS,
  });
}

/** How each trades; by its place in the ranking. */
export function useStyles() {
  return useQuery({
    queryKey: ["styles"],
    queryFn: ({ signal }) => callAll<StylesReport>("/styles", "traders", { signal }),
    staleTime: SLOW_MS,
  });
}

/** Who passes the filters of the configuration; a problem where it sets none, so it is asked only when somebody wants to know. */
export function useFilters({ min_days, min_trips }: RankingQuery, isWanted: boolean) {
  return useQuery({
    queryKey: ["filters", min_days, min_trips],
    queryFn: ({ signal }) =>
      callAll<FilteredTraders>("/filters", "traders", { query: { min_days, min_trips }, signal }),
    enabled: isWanted,
    placeholderData: keepPreviousData,
    staleTime: SLOW_MS,
  });
}

/** Traders by venue and id. */
export function keyed<Row extends TraderKey>(rows: readonly Row[] = []): (key: TraderKey) => Row | undefined {
  const byKey = new Map(rows.map((row) => [`${row.venue} ${row.id}`, row]));
  return ({ venue, id }) => byKey.get(`${venue} ${id}`);
}

export function useTrader({ id, venue }: TraderKey) {
  return useQuery({
    queryKey: ["trader", venue, id],
    queryFn: ({ signal }) =>
      call<TraderPerformance>(`/traders/${encodeURIComponent(id)}/performance`, { query: { venue }, signal }),
    staleTime: SLOW_MS,
  });
}

/** By itself, and of followers with the usual capitals. */
export function useEvidence({ id, venue }: TraderKey) {
  return useQuery({
    queryKey: ["evidence", venue, id],
    queryFn: ({ signal }) =>
      call<TraderEvidence>(`/traders/${encodeURIComponent(id)}/evidence`, { query: { venue }, signal }),
    staleTime: SLOW_MS,
  });
}

const TRADES_PAGE = 25;

/** Those that ended last first, page by page; of one instrument where it is named. */
export function useTrades({ id, venue }: TraderKey, symbol: string) {
  return useInfiniteQuery({
    queryKey: ["trades", venue, id, symbol],
    queryFn: ({ pageParam, signal }) =>
      call<TraderTrades>(`/traders/${encodeURIComponent(id)}/trades`, {
        query: { venue, symbol, limit: TRADES_PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: SLOW_MS,
  });
}

interface WhatIfBody {
  readonly job: JobRow;
  /** Of another version it may have another form. */
  readonly result: unknown;
}

/** Of one that is finished: it stays as it is. */
export function useWhatIfResult(job: number) {
  return useQuery({
    queryKey: ["what-if", job],
    queryFn: ({ signal }) => call<WhatIfBody>(`/what_if/${job}/result`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The server has written it by the contract where it has these parts. */
export function isWhatIfResult(result: unknown): result is WhatIfResult {
  const parts = ["verdict", "follower", "delays", "settingCosts", "terms", "own"];
  return isRecord(result) && parts.every((part) => part in result);
}

export function useCorrelations() {
  return useQuery({
    queryKey: ["correlations"],
    queryFn: ({ signal }) => call<CorrelationsReport>("/correlations", { signal }),
    staleTime: SLOW_MS,
  });
}
