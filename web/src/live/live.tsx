/** Puts what the stream brings where the pages' queries look for it, and keeps account of what was heard when. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Problem } from "../api/problem.ts";
import { KEYS } from "../api/queries.ts";
import { SESSION_KEY } from "../session/session.tsx";
import { connectionNow, updateConnection } from "./connection.ts";
import { LiveStream, type Socket } from "./stream.ts";

/** Each topic's document is what the query of this key would ask for. */
const QUERY_KEYS: Readonly<Record<string, readonly string[]>> = {
  status: KEYS.status,
  copies: KEYS.allocations,
  alerts: KEYS.alerts,
  jobs: KEYS.jobs,
  journal: KEYS.journalNewest,
};
/** What every page shows something of. */
const COMMON_TOPICS = ["status", "copies", "alerts", "jobs"];

/** Topics of the pages that are open, and the stream that brings them. */
const pageTopics = new Set<string>();
let current: LiveStream | null = null;

/** For a page whose topic no other needs: brought as long as it is there. */
export function useTopic(topic: keyof typeof QUERY_KEYS): void {
  useEffect(() => {
    pageTopics.add(topic);
    current?.add(topic);
    return () => {
      pageTopics.delete(topic);
      current?.remove(topic);
    };
  }, [topic]);
}

/** Below the session: while somebody is signed in. */
export function useLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    const stream = new LiveStream({
      open: openSocket,
      topics: [...COMMON_TOPICS, ...pageTopics],
      onTopic: (topic, document) => client.setQueryData(QUERY_KEYS[topic] ?? [topic], document),
      onEngine: (state) => updateConnection({ isEngineGone: state === "gone" }),
      onHeard: () => updateConnection({ heardAtMs: Date.now() }),
      onState: (state) => {
        if (state === "open") updateConnection({ way: "stream" });
        // That it cannot be opened again says nothing new of what is gone already.
        else if (connectionNow().way !== "gone") updateConnection({ way: "polled" });
        // Whether anybody is signed in is asked again: the page to sign in comes by itself.
        if (state === "refused") void client.invalidateQueries({ queryKey: SESSION_KEY });
      },
    });
    current = stream;
    const forget = watchAnswers(client);
    const online = () => stream.retryNow();
    addEventListener("online", online);
    return () => {
      removeEventListener("online", online);
      forget();
      current = null;
      stream.end();
    };
  }, [client]);
}

/** A browser's WebSocket, as far as it is used. */
function openSocket(): Socket {
  const address = new URL("/api/v1/stream", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(address) as Socket;
}

/** Every answer to a query tells something of the connection, too. */
function watchAnswers(client: QueryClient): () => void {
  return client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated") return;
    if (event.action.type === "success")
      updateConnection({
        heardAtMs: Date.now(),
        // While the stream lives it tells of the engine; without it only an answer of the engine's own does.
        ...(connectionNow().way === "stream" ? {} : { way: "polled", ...engineHeard(event.query.queryKey) }),
      });
    if (event.action.type === "error") tellError(event.action.error);
  });
}

function engineHeard([name]: readonly unknown[]): { readonly isEngineGone?: false } {
  return name === KEYS.status[0] ? { isEngineGone: false } : {};
}

function tellError(error: unknown): void {
  if (!(error instanceof Problem)) return;
  if (error.code === "no-connection" && connectionNow().way !== "stream") updateConnection({ way: "gone" });
  if (error.code === "engine-unreachable" || error.code === "engine-failed") {
    updateConnection({ heardAtMs: Date.now(), isEngineGone: true });
  }
}
