/** Who is signed in. Without anybody only the pages that sign in are shown; the rest of the address is kept for afterwards. */
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { call, setCsrfToken } from "../api/client.ts";
import { isProblem } from "../api/problem.ts";
import { POLL_MS } from "../api/queries.ts";
import type { Permission, SessionBody } from "../api/types.ts";
import { Loading, ProblemNotice } from "../components/notice.tsx";
import { strings } from "../strings.ts";

export const SESSION_KEY = ["session"] as const;

/** Null: nobody is signed in. */
export async function readSession(): Promise<SessionBody | null> {
  try {
    return takeSession(await call<SessionBody>("/session"));
  } catch (error) {
    if (isProblem(error, "not-signed-in")) return null;
    throw error;
  }
}

/** What a sign-in answered: from now on requests carry its CSRF token. */
export function takeSession(session: SessionBody): SessionBody {
  setCsrfToken(session.csrf_token);
  return session;
}

const SessionContext = createContext<SessionBody | null>(null);

export function useSession(): SessionBody {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("only below SessionGate");
  return session;
}

/** Whether a button is for this user; the server decides again. */
export function useMay(permission: Permission): boolean {
  const { permissions } = useSession();
  return permissions.includes(permission);
}

/** Whether everything is for this user; else only the accounts that were given. */
export function useSeesAll(): boolean {
  return useSession().accounts === "all";
}

export interface SessionGateProps {
  readonly signIn: ReactNode;
  readonly children: ReactNode;
}

export function SessionGate({ signIn, children }: SessionGateProps) {
  const { data, error, refetch } = useQuery({
    queryKey: SESSION_KEY,
    queryFn: readSession,
    // A page that was opened without a connection comes by itself when there is one.
    refetchInterval: ({ state }) => (state.data === undefined && state.error !== null ? POLL_MS : false),
  });
  if (data === undefined && error !== null)
    return (
      <main className="lone">
        <ProblemNotice error={error} again={() => void refetch()} />
      </main>
    );
  if (data === undefined) return <Loading what={strings.signIn.session} />;
  if (data === null) return signIn;
  return <SessionContext value={data}>{children}</SessionContext>;
}
