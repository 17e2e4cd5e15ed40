/**
 * What pages ask for, each under one key, so that the stream, a command and a poll renew the same thing. Answers carry when they were
 * had (`dataUpdatedAt`, this device's clock).
 */
import { skipToken, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useConnection } from "../live/connection.ts";
import { trueAt } from "../live/true-at.ts";
import { strings } from "../strings.ts";
import { call, callAll } from "./client.ts";
import type {
  AlertsReport,
  AlertsState,
  AllocationsReport,
  ExplainReport,
  HealthReport,
  JournalPage,
  LimitsReport,
  PerformanceReport,
  ReasonsBody,
  SettingsInForce,
  StatusReport,
  StrategiesReport,
} from "./types.ts";

/** How often it is asked for while the stream does not bring it. */
export const POLL_MS = 3_000;
/** What the stream never brings and changes slowly. */
export const SLOW_POLL_MS = 15_000;
const PERFORMANCE_POLL_MS = 60_000;
/** As many as the stream tells. */
const ALERTS_MAX = 100;

export const KEYS = {
  status: ["status"],
  health: ["health"],
  limits: ["limits"],
  allocations: ["allocations"],
  alerts: ["alerts"],
  alertsState: ["alerts-state"],
  performance: ["performance"],
  jobs: ["jobs"],
  journalNewest: ["journal-newest"],
  explain: (follower: string, symbol: string) => ["explain", follower, symbol],
} as const;

/** Whatever may be otherwise after a command. */
export const CHANGED_BY_COMMANDS: readonly (readonly string[])[] = [
  KEYS.status,
  KEYS.limits,
  KEYS.allocations,
  ["explain"],
  ["follower-settings"],
  ["journal"],
  ["proposals"],
];

/** With the moment until which it is known to hold; a running engine's status changes with every reading, by its time alone. */
export function useStatus() {
  const { way } = useConnection();
  const query = useQuery({
    queryKey: KEYS.status,
    queryFn: ({ signal }) => call<StatusReport>("/status", { signal }),
    refetchInterval: way === "stream" ? false : POLL_MS,
  });
  return { ...query, atMs: trueAt(query.data?.engine, query.dataUpdatedAt) };
}

/** The same moment of what another query asked of the engine. */
export function useTrueAt(heardAtMs: number): number {
  const { data } = useStatus();
  return trueAt(data?.engine, heardAtMs);
}

/** Each check with its last hours. */
export function useHealth() {
  return useQuery({
    queryKey: KEYS.health,
    queryFn: ({ signal }) => call<HealthReport>("/health?history=true", { signal }),
    refetchInterval: SLOW_POLL_MS,
  });
}

export function useLimits() {
  return useQuery({
    queryKey: KEYS.limits,
    queryFn: ({ signal }) => callAll<LimitsReport>("/limits", "followers", { signal }),
    refetchInterval: POLL_MS,
  });
}

export function useAllocations() {
  return useQuery({
    queryKey: KEYS.allocations,
    queryFn: ({ signal }) => callAll<AllocationsReport>("/allocations", "allocations", { signal }),
    refetchInterval: SLOW_POLL_MS,
  });
}

/** Who copies whom now; undefined until it is known. */
export function useCopies(): AllocationsReport["allocations"] | undefined {
  const { data } = useAllocations();
  return data?.allocations.filter(({ state }) => state !== "ended");
}

/** Stops and limits of one account that may be changed while running. */
export function useFollowerSettings(follower: string) {
  return useQuery({
    queryKey: ["follower-settings", follower],
    queryFn: ({ signal }) =>
      call<SettingsInForce>(`/followers/${encodeURIComponent(follower)}/settings`, { signal }),
    // What is being edited does not change under the hand.
    refetchOnWindowFocus: false,
  });
}

/** Day by day; of one follower, or of all together ("") for who sees all. */
export function usePerformance(follower: string) {
  return useQuery({
    queryKey: [...KEYS.performance, follower],
    queryFn: ({ signal }) =>
      call<PerformanceReport>("/performance", { query: { by: "day", follower }, signal }),
    refetchInterval: PERFORMANCE_POLL_MS,
  });
}

/** Those that there are, with their options; they change with the configuration alone. */
export function useStrategies() {
  return useQuery({
    queryKey: ["strategies"],
    queryFn: ({ signal }) => call<StrategiesReport>("/strategies", { signal }),
    staleTime: PERFORMANCE_POLL_MS,
  });
}

/** The last that were told, newest first. */
export function useAlerts() {
  const { way } = useConnection();
  return useQuery({
    queryKey: KEYS.alerts,
    queryFn: ({ signal }) => call<AlertsReport>("/alerts", { query: { limit: ALERTS_MAX }, signal }),
    refetchInterval: way === "stream" ? false : SLOW_POLL_MS,
  });
}

/** What is muted, and what nobody acknowledged. */
export function useAlertsState() {
  return useQuery({
    queryKey: KEYS.alertsState,
    queryFn: ({ signal }) => call<AlertsState>("/alerts/state", { signal }),
    refetchInterval: SLOW_POLL_MS,
  });
}

export function useExplain(follower: string, symbol: string) {
  return useQuery({
    queryKey: KEYS.explain(follower, symbol),
    queryFn: ({ signal }) => call<ExplainReport>("/explain", { query: { follower, symbol }, signal }),
  });
}

function useReasonsBody() {
  return useQuery({
    queryKey: ["reasons"],
    queryFn: ({ signal }) => call<ReasonsBody>("/journal/reasons", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The sentence of each word of the closed list of reasons, and of those beside it; the word itself until they are known. */
export function useReasons(): (reason: string) => string {
  const { data } = useReasonsBody();
  const sentences = new Map(data?.reasons.map(({ reason, explanation }) => [reason, explanation]));
  return (reason) => sentences.get(reason) ?? strings.otherReasons[reason] ?? reason;
}

/** Every word that may stand as a reason; none until they are known. */
export function useReasonWords(): readonly string[] {
  const { data } = useReasonsBody();
  return data?.reasons.map(({ reason }) => reason) ?? [];
}

export interface JournalFilter {
  readonly leader?: string;
  readonly follower?: string;
  readonly symbol?: string;
  readonly reason?: string;
  /** Moments on this device's clock: from the one on, and before the other; "" for all that is kept. */
  readonly from?: string;
  readonly to?: string;
}

const JOURNAL_PAGE = 50;

/**
 * Newest first, page by page. `isReady`: whether it is known whom to ask about. The first page alone is renewed as the stream tells of
 * something new; with `atMs`, until when it is known to hold.
 */
export function useJournal(filter: JournalFilter, isReady: boolean) {
  const { way, heardAtMs, isEngineGone } = useConnection();
  const newest = useQuery({ queryKey: KEYS.journalNewest, queryFn: skipToken });
  const query = useInfiniteQuery({
    queryKey: ["journal", filter],
    queryFn: ({ pageParam, signal }) => {
      const span = { from: momentIn(filter.from), to: momentIn(filter.to) };
      const query = { ...filter, ...span, limit: JOURNAL_PAGE, cursor: pageParam };
      return call<JournalPage>("/journal", { query, signal });
    },
    enabled: isReady,
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const { data, dataUpdatedAt, refetch } = query;
  const isFollowed = data?.pages.length === 1;
  useEffect(() => {
    if (newest.dataUpdatedAt > 0 && isFollowed) void refetch({ cancelRefetch: false });
  }, [newest.dataUpdatedAt, isFollowed, refetch]);
  const isLive = isFollowed && newest.data !== undefined && way === "stream" && !isEngineGone;
  return { ...query, isLive, atMs: isLive ? Math.max(dataUpdatedAt, heardAtMs ?? 0) : dataUpdatedAt };
}

/** `2026-05-01T12:00` on this device's clock as the API takes it; "" for none. */
function momentIn(local = ""): string {
  const atMs = Date.parse(local);
  return Number.isNaN(atMs) ? "" : new Date(atMs).toISOString();
}
