/**
 * A status as somebody may see it: his accounts alone; without `view_balance` nothing of money, without `view_positions` nothing of
 * what is held. Who sees everything gets the very object that all others get, so that it is written out once.
 */
import type { FollowerStatus, InstrumentStatus, LeaderStatus, StatusReport } from "../control/control.ts";
import type { AllocationsReport } from "../control/owner-commands.ts";
import type { Principal } from "../identity/identity.ts";
import { maySee } from "../identity/permissions.ts";
import { may, seen } from "./access.ts";

export function seenStatus(principal: Principal, report: StatusReport): StatusReport {
  const { accounts } = principal;
  const isWhole = accounts === "all" && may(principal, "view_balance") && may(principal, "view_positions");
  if (isWhole) return report;
  const isSeen = (one: { readonly leader?: string; readonly follower?: string }) =>
    one.follower === undefined ? accounts === "all" : maySee(accounts, one.follower);
  return {
    ...report,
    followers: seenFollowers(principal, report.followers),
    leaders: seenLeaders(principal, report.leaders),
    limits: report.limits.filter(isSeen),
    capital: may(principal, "view_balance") ? report.capital.filter(isSeen) : [],
    settings: report.settings.filter(isSeen),
    watchdogs: accounts === "all" ? report.watchdogs : [],
    problems: accounts === "all" ? report.problems : [],
  };
}

export function seenFollowers(
  principal: Principal,
  followers: readonly FollowerStatus[],
): readonly FollowerStatus[] {
  return seen(principal, followers, ({ nickname }) => nickname).map((one) => {
    const { instruments, equity, available, results, guards, worked: _, stops: __, ...rest } = one;
    const money = may(principal, "view_balance")
      ? one
      : { ...rest, equity: "", available: "", results: [], guards: [] };
    return { ...money, instruments: may(principal, "view_positions") ? instruments : [] };
  });
}

export function seenLeaders(principal: Principal, leaders: readonly LeaderStatus[]): readonly LeaderStatus[] {
  return seen(principal, leaders, ({ nickname }) => nickname).map((one) => ({
    ...one,
    equity: may(principal, "view_balance") ? one.equity : "",
    positions: may(principal, "view_positions") ? one.positions : [],
  }));
}

/** Each row of every follower's, with whose it is. */
export function positionsOf(
  followers: readonly FollowerStatus[],
): readonly (InstrumentStatus & { readonly follower: string })[] {
  return followers.flatMap(({ nickname: follower, instruments }) =>
    instruments.map((row) => ({ follower, ...row })),
  );
}

/** Relations of his accounts; without `view_balance` nothing of money, without `view_positions` nothing of what is held. */
export function seenAllocations(principal: Principal, report: AllocationsReport): AllocationsReport {
  const balance = may(principal, "view_balance");
  const held = may(principal, "view_positions");
  if (principal.accounts === "all" && balance && held) return report;
  const { engine, allocations, accounts } = report;
  return {
    engine,
    allocations: seen(principal, allocations, ({ follower }) => follower).map((one) => ({
      ...one,
      results: balance ? one.results : [],
      positions: held ? one.positions : [],
    })),
    accounts: balance ? seen(principal, accounts, ({ follower }) => follower) : [],
  };
}

interface Connected {
  readonly all: number;
  readonly connected: number;
}

/** How many accounts there are, and how many of them are connected and at rest. */
export function accountCounts({ followers, leaders }: Pick<StatusReport, "followers" | "leaders">): {
  readonly followers: Connected & { readonly in_sync: number };
  readonly leaders: Connected;
} {
  const connected = (accounts: readonly { readonly connected: boolean }[]) => ({
    all: accounts.length,
    connected: accounts.filter((one) => one.connected).length,
  });
  return {
    followers: {
      ...connected(followers),
      in_sync: followers.filter(({ state }) => state === "in-sync").length,
    },
    leaders: connected(leaders),
  };
}
