/** What the settings ask for and change. Lists are asked for anew after each change. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, callAll } from "../../api/client.ts";
import { SLOW_POLL_MS } from "../../api/queries.ts";
import type {
  AccountOutcome,
  AccountRow,
  AuditPage,
  Enrolment,
  MadeToken,
  NewAccount,
  NewUser,
  OneTimeLink,
  Permission,
  SessionRow,
  SettingsInForce,
  TokenRow,
  UserRow,
} from "../../api/types.ts";

const LISTS = ["accounts", "users", "tokens", "sessions", "audit", "session"] as const;

export function useUsers() {
  return useQuery({
    queryKey: ["users"],
    queryFn: async ({ signal }) => (await callAll<{ users: UserRow[] }>("/users", "users", { signal })).users,
  });
}

export function useAccounts() {
  return useQuery({
    queryKey: ["accounts"],
    queryFn: async ({ signal }) =>
      (await callAll<{ accounts: AccountRow[] }>("/accounts", "accounts", { signal })).accounts,
    refetchInterval: SLOW_POLL_MS,
  });
}

/** A look at the key takes as long as its venue does. */
const LOOK_MAX_MS = 60_000;

export const addAccount = (body: NewAccount, { isDry }: { readonly isDry: boolean }) =>
  call<AccountOutcome>("/accounts", {
    method: "POST",
    body,
    query: { dry_run: isDry },
    timeoutMs: LOOK_MAX_MS,
  });

const accountPath = (nickname: string) => `/accounts/${encodeURIComponent(nickname)}`;

/** What stands against it, before it is asked. */
export function useAccountRemoval(nickname: string) {
  return useQuery({
    queryKey: ["account-removal", nickname],
    queryFn: ({ signal }) =>
      call<AccountOutcome>(accountPath(nickname), { method: "DELETE", query: { dry_run: true }, signal }),
    retry: false,
    gcTime: 0,
  });
}

export const removeAccount = (nickname: string) =>
  call<AccountOutcome>(accountPath(nickname), { method: "DELETE" });

const PORTFOLIO = ["portfolio-settings"] as const;

/** What may be changed for all while running. */
export function usePortfolioSettings() {
  return useQuery({
    queryKey: PORTFOLIO,
    queryFn: ({ signal }) => call<SettingsInForce>("/settings/portfolio", { signal }),
    // What is being edited does not change under the hand.
    refetchOnWindowFocus: false,
  });
}

export function useRenewPortfolio(): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: PORTFOLIO });
}

export function useTokens() {
  return useQuery({
    queryKey: ["tokens"],
    queryFn: async ({ signal }) =>
      (await callAll<{ tokens: TokenRow[] }>("/tokens", "tokens", { signal })).tokens,
  });
}

export function useSessions() {
  return useQuery({
    queryKey: ["sessions"],
    queryFn: async ({ signal }) =>
      (await callAll<{ sessions: SessionRow[] }>("/sessions", "sessions", { signal })).sessions,
  });
}

export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
}

const AUDIT_PAGE = 50;

/** Newest first, page by page. */
export function useAudit(filter: AuditFilter) {
  return useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam, signal }) =>
      call<AuditPage>("/audit", { query: { ...filter, limit: AUDIT_PAGE, cursor: pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** To be called after a change. */
export function useRenew(): () => void {
  const client = useQueryClient();
  return () => {
    for (const list of LISTS) void client.invalidateQueries({ queryKey: [list] });
  };
}

export const addUser = (body: NewUser) => call<UserRow>("/users", { method: "POST", body });

export const changeUser = (id: number, body: Omit<NewUser, "password">) =>
  call<UserRow>(`/users/${id}`, { method: "PATCH", body });

export const removeUser = (id: number) => call<unknown>(`/users/${id}`, { method: "DELETE" });

export const inviteUser = (id: number) => call<OneTimeLink>(`/users/${id}/invitation`, { method: "POST" });

export const endSessionsOf = (id: number) => call<unknown>(`/users/${id}/sessions`, { method: "DELETE" });

export const endSession = (id: number) => call<unknown>(`/sessions/${id}`, { method: "DELETE" });

/** Of oneself, with the one so far. */
export interface PasswordForm {
  readonly password: string;
  readonly current: string;
  readonly keep_tokens: boolean;
}

export const changePassword = (id: number, body: PasswordForm) =>
  call<{ readonly tokens_revoked: number }>(`/users/${id}/password`, { method: "PUT", body });

export interface TokenForm {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly expires_in_days: number;
}

export const makeToken = (body: TokenForm) => call<MadeToken>("/tokens", { method: "POST", body });

export const revokeToken = (id: number) => call<unknown>(`/tokens/${id}`, { method: "DELETE" });

export const beginSecondFactor = (password: string) =>
  call<Enrolment>("/second_factor", { method: "POST", body: { password } });

export const finishSecondFactor = (code: string) =>
  call<{ recovery_codes: string[] }>("/second_factor/finish", { method: "POST", body: { code } });

export const switchSecondFactorOff = (id: number) =>
  call<unknown>(`/users/${id}/second_factor`, { method: "DELETE" });
